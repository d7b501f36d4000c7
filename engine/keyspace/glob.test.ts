import { describe, expect, test } from 'vitest';

import { Glob } from './glob.ts';

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function holds(pattern: string, text: string, ignoresCase = false): boolean {
  return new Glob(bytes(pattern), ignoresCase).matchesText(text);
}

const CASES: readonly [pattern: string, holdsFor: readonly string[], notFor: readonly string[]][] = [
  ['hello', ['hello'], ['hell', 'hello!', 'Hello', '']],
  ['h?llo', ['hello', 'hallo', 'h?llo'], ['hllo', 'heello']],
  ['h*llo', ['hllo', 'hello', 'heeeello'], ['hell']],
  ['*', ['a', 'anything'], ['']],
  ['a**b', ['ab', 'axb', 'axxb'], ['a', 'b']],
  ['*a*b*c*', ['abc', 'xaxbxcx', 'aabbcc'], ['acb', 'ab']],
  ['h[ae]llo', ['hello', 'hallo'], ['hillo', 'h[llo']],
  ['h[^e]llo', ['hallo', 'h^llo'], ['hello']],
  ['h[a-c]llo', ['hallo', 'hbllo', 'hcllo'], ['hdllo', 'h-llo']],
  ['h[c-a]llo', ['hallo', 'hbllo'], ['hdllo']],
  ['[^a-c]', ['d', '-'], ['a', 'b']],
  ['[]', [], ['', ']', 'a']],
  ['[^]', ['a', ']'], ['', 'ab']],
  ['[ab', ['a', 'b'], ['ab', '[ab']],
  // The dash takes the closing bracket for the end of its range, so the bracket is not closed.
  ['[ae-]', ['a', 'b', ']', 'e', 'a'], ['-', 'f']],
  ['[\\]]', [']'], ['\\', '\\]']],
  ['[a\\-c]', ['a', '-', 'c'], ['b', '\\']],
  ['\\*', ['*'], ['\\', 'a', '\\*']],
  ['a\\', ['a\\'], ['a']],
  ['\\[a]', ['[a]'], ['a']],
  ['', [''], ['a']],
];

describe('a pattern', () => {
  for (const [pattern, good, bad] of CASES) {
    test(`${JSON.stringify(pattern)} holds for what it should, and for nothing else`, () => {
      for (const text of good) expect(holds(pattern, text), text).toBe(true);
      for (const text of bad) expect(holds(pattern, text), text).toBe(false);
    });
  }

  test('looks at bytes, whatever they are', () => {
    expect(holds('\xff?\x00', '\xff\x80\x00')).toBe(true);
    expect(holds('[\x00-\x10]', '\x05')).toBe(true);
  });

  test('can ignore the case, in brackets too', () => {
    expect(holds('MAX*', 'maxmemory', true)).toBe(true);
    expect(holds('[M-N]ax', 'max', true)).toBe(true);
    expect(holds('MAX*', 'maxmemory')).toBe(false);
  });

  test('of many stars takes no more time than the product of the lengths: anything more would never end', () => {
    const text = 'a'.repeat(5000);
    expect(holds('a*'.repeat(500) + 'b', text)).toBe(false);
    expect(holds('*?'.repeat(200) + '[^a]', text)).toBe(false);
  });

  test('a place within other bytes is all that is looked at', () => {
    expect(new Glob(bytes('b*d')).matches(bytes('abcde'), 1, 4)).toBe(true);
    expect(new Glob(bytes('b*e')).matches(bytes('abcde'), 1, 4)).toBe(false);
  });
});
