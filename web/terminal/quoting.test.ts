import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { utf8Decode, utf8Encode } from '../../engine/memory/bytes.ts';
import { quote, scanLine, splitLine, wordsOf } from './quoting.ts';

const split = (line: string) => splitLine(line)?.map((bytes) => utf8Decode(bytes)) ?? 'Invalid argument(s)';

describe('splitting a line', () => {
  it.each([
    ['set a 1', ['set', 'a', '1']],
    ['  set \t a\v1  ', ['set', 'a', '1']],
    ['', []],
    ['   ', []],
    ['set k "two words"', ['set', 'k', 'two words']],
    [String.raw`x "a\n\r\t\a\b"`, ['x', 'a\n\r\t\x07\b']],
    [String.raw`x "\q \" \\"`, ['x', 'q " \\']],
    [String.raw`x 'it\'s \n \x00'`, ['x', String.raw`it's \n \x00`]],
    [String.raw`x "\x4g \x41"`, ['x', 'x4g A']],
    ['set z a"b"', ['set', 'z', 'ab']],
    ['""', ['']],
    ["''", ['']],
    ['# hi', ['#', 'hi']],
    ['GET\\x20a', ['GET\\x20a']],
    ['é "ü€😀"', ['é', 'ü€😀']],
    ['set "z', 'Invalid argument(s)'],
    ['set "a"b c', 'Invalid argument(s)'],
    ["set 'a'b", 'Invalid argument(s)'],
    ['set "a" "b', 'Invalid argument(s)'],
    ['get "\\"', 'Invalid argument(s)'],
    ['get "\\', 'Invalid argument(s)'],
    ["get 'it\\'", 'Invalid argument(s)'],
  ])('%j gives %j, as redis-cli does', (line, expected) => {
    expect(split(line)).toEqual(expected);
  });

  it('makes any byte with \\x, so that binary data can be typed', () => {
    expect(splitLine(String.raw`"\x00\xff\xC3"`)).toEqual([Uint8Array.of(0, 255, 0xc3)]);
  });

  it('tells where each word stands, and whether a quote is open', () => {
    expect(scanLine('set "k').balanced).toBe(false);
    expect(scanLine(' set "a b" c').words.map(({ start, end }) => [start, end])).toEqual([[1, 4], [5, 10], [11, 12]]); // prettier-ignore
    expect(wordsOf('set "k w')).toEqual(['set', 'k w']);
  });
});

describe('quoting a value', () => {
  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a\0\n\r\t\x07\b\\ "q"', String.raw`"a\x00\n\r\t\a\b\\ \"q\""`],
    ['é', String.raw`"\xc3\xa9"`],
    ['\x1b\x7f', String.raw`"\x1b\x7f"`],
  ])('%j prints as %s', (text, expected) => {
    expect(quote(utf8Encode(text))).toBe(expected);
  });

  it('is undone by splitting, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(splitLine(`set k ${quote(bytes)}`)?.[2]).toEqual(bytes);
      }),
      { verbose: 1 },
    );
  });

  it('splitting never fails but by saying so, for any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', 'x', '4', 'é', '😀', '\n') }), (line) => {
        const { words, balanced } = scanLine(line);
        expect(splitLine(line) === null).toBe(!balanced);
        for (const { start, end } of words) expect(end).toBeGreaterThan(start);
      }),
      { verbose: 1, numRuns: 1000 },
    );
  });
});
