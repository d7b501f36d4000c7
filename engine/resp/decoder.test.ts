import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii, latin1 } from '../memory/bytes.ts';
import { RequestDecoder } from './decoder.ts';

const LIMITS = { maxBulkBytes: 512 * 1024 * 1024 };

interface Seen {
  readonly commands: readonly (readonly string[])[];
  readonly error: string | null;
}

/** What lies in a host's buffer behind what it has read just now. */
const BEHIND = ascii('\r\n$1\r\n');

function decode(pieces: readonly Uint8Array[], decoder = new RequestDecoder(LIMITS)): Seen {
  const commands: string[][] = [];
  for (const piece of pieces) {
    // A fresh copy each time, spoiled afterwards: nothing may be read from a piece once it was handed back, nor behind it.
    const input = new Uint8Array(piece.length + BEHIND.length);
    input.set(piece);
    input.set(BEHIND, piece.length);
    decoder.feed(input, piece.length);
    while (decoder.next()) commands.push(Array.from({ length: decoder.args.count }, (_, i) => decoder.args.latin1(i)));
    input.fill(0);
    if (decoder.error !== null) break;
  }
  return { commands, error: decoder.error };
}

const encode = (argv: readonly string[]): string =>
  `*${argv.length}\r\n${argv.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;

const argument = fc.uint8Array({ maxLength: 30 }).map((bytes) => latin1(bytes));
const request = fc.oneof(
  { weight: 4, arbitrary: fc.array(argument, { minLength: 1, maxLength: 20 }).map(encode) },
  { weight: 1, arbitrary: fc.constantFrom('PING\r\n', 'set "a b" \'c\'\n', '\r\n', '   \r\n', '*0\r\n', '*-1\r\n') },
);

describe('the request decoder', () => {
  it('finds the same commands however the bytes are cut, a byte at a time included', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), fc.array(fc.nat(200), { maxLength: 20 }), (requests, cuts) => {
        const whole = ascii(requests.join(''));
        const expected = decode([whole]);
        const edges = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].sort(
          (a, b) => a - b,
        );
        const pieces = edges.slice(1).map((edge, i) => whole.slice(edges[i], edge));
        expect(decode(pieces)).toEqual(expected);
        expect(decode(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
      }),
    );
  });

  it('tells which bytes the request was, so that the log can copy them', () => {
    const decoder = new RequestDecoder(LIMITS);
    const text = encode(['SET', 'a', '1']);
    decoder.feed(ascii(`PING\r\n${text}${text.slice(0, 9)}`));
    decoder.next();
    expect(decoder.isCanonical).toBe(false);
    decoder.next();
    expect(decoder.isCanonical).toBe(true);
    expect(latin1(decoder.args.bytes, decoder.requestStart, decoder.requestEnd)).toBe(text);
    expect(decoder.next()).toBe(false);
    decoder.feed(ascii(text.slice(9)));
    expect(decoder.next()).toBe(true);
    expect(latin1(decoder.args.bytes, decoder.requestStart, decoder.requestEnd)).toBe(text);
  });

  it('does not call a request its own encoding when a line ends otherwise than a writer would end it', () => {
    const decoder = new RequestDecoder(LIMITS);
    decoder.feed(ascii('*1\r\n$4\r\nPINGxx'));
    expect(decoder.next()).toBe(true);
    expect(decoder.isCanonical).toBe(false);
  });

  it.each([
    ['*abc\r\n', 'invalid multibulk length'],
    ['*3000000000\r\n', 'invalid multibulk length'],
    ['*+1\r\n', 'invalid multibulk length'],
    ['*1\r\nPING\r\n', "expected '$', got 'P'"],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$01\r\nx\r\n', 'invalid bulk length'],
    ['set "a\r\n', 'unbalanced quotes in request'],
    [`*${'1'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(70_000)}`, 'too big bulk count string'],
    ['x'.repeat(70_000), 'too big inline request'],
  ])('refuses %j', (text, error) => {
    expect(decode([ascii(text)]).error).toBe(`ERR Protocol error: ${error}`);
    expect(decode(Array.from(ascii(text), (byte) => Uint8Array.of(byte))).error).toBe(`ERR Protocol error: ${error}`);
  });

  it('lets a client that has not authenticated claim little', () => {
    const decoder = new RequestDecoder(LIMITS);
    decoder.isAuthenticated = false;
    expect(decode([ascii('*11\r\n')], decoder).error).toBe('ERR Protocol error: unauthenticated multibulk length');
    const another = new RequestDecoder(LIMITS);
    another.isAuthenticated = false;
    expect(decode([ascii('*1\r\n$16385\r\n')], another).error).toBe('ERR Protocol error: unauthenticated bulk length');
  });

  it('sets aside memory for what came, not for what was promised', () => {
    const decoder = new RequestDecoder(LIMITS);
    decode([ascii('*1000000\r\n$536870912\r\nabc')], decoder);
    expect(decoder.pendingCapacity).toBeLessThan(4096);
  });

  it('gives the memory of a large request back once it is done', () => {
    const decoder = new RequestDecoder(LIMITS);
    const text = encode(['SET', 'a', 'x'.repeat(1_000_000)]);
    decode([ascii(text.slice(0, 900_000)), ascii(text.slice(900_000))], decoder);
    expect(decoder.pendingCapacity).toBe(0);
  });
});

describe('looking ahead', () => {
  const keysIn = (text: string, position = 0, which = 1): string[] => {
    const decoder = new RequestDecoder(LIMITS);
    const [starts, ends] = [new Int32Array(4), new Int32Array(4)];
    decoder.feed(ascii(text));
    for (let i = 0; i < position; i++) decoder.next();
    const count = decoder.wordsAhead(which, starts, ends);
    const before = decoder.args.count;
    // Nothing is taken: the commands come as if nobody had looked.
    expect(decoder.args.count).toBe(before);
    return Array.from({ length: count }, (_, i) => latin1(decoder.bytes, starts[i], ends[i]));
  };
  const pipeline = (...lines: string[]): string => lines.map((line) => encode(line.split(' '))).join('');

  it('tells the first argument of each command, as many as there is room for', () => {
    expect(keysIn(pipeline('GET a', 'SET bb 1', `GET ${'c'.repeat(300)}`, 'DEL d', 'GET e'))).toEqual([
      ...['a', 'bb', 'c'.repeat(300), 'd'],
    ]);
    expect(keysIn(pipeline('GET a', 'SET bb 1', 'GET c'), 1)).toEqual(['bb', 'c']);
  });

  it('tells another word, where there is one', () => {
    expect(keysIn(pipeline('SADD s a', 'HSET h f 1', 'ZADD z 1 m'), 0, 2)).toEqual(['a', 'f', '1']);
    expect(keysIn(pipeline('SADD s a', 'SCARD s', 'SADD s b'), 0, 2)).toEqual(['a']);
  });

  it('tells the word of commands that begin alike, whether they are as long as each other or not', () => {
    expect(keysIn(pipeline('SET a xx', 'SET b yy', 'SET c zz', 'SET d vv'))).toEqual(['a', 'b', 'c', 'd']);
    expect(keysIn(pipeline('SET a xx', 'SET b y', 'SET c zzz', 'SET d v'))).toEqual(['a', 'b', 'c', 'd']);
    expect(keysIn(pipeline('SET a xx', 'SET bb y', 'SET c zz', 'GET d'))).toEqual(['a', 'bb', 'c', 'd']);
  });

  it('ends before a command without one, a long one, one that has not come whole, and one that is not plainly written', () => {
    expect(keysIn(pipeline('GET a', 'PING', 'GET b'))).toEqual(['a']);
    expect(keysIn(pipeline('GET a', 'MSET b 1 c 2 d 3 e 4 f 5', 'GET g'))).toEqual(['a']);
    expect(keysIn(`${pipeline('GET a')}get b\r\n${pipeline('GET c')}`)).toEqual(['a']);
    expect(keysIn(`${pipeline('GET a')}*2\r\n$003\r\nGET\r\n$1\r\nb\r\n`)).toEqual(['a']);
    const whole = pipeline('GET a', 'GET bcd');
    for (let end = whole.length - 1; end > 20; end--) expect(keysIn(whole.slice(0, end))).toEqual(['a']);
  });
});
