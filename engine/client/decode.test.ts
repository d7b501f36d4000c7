import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii, utf8Encode } from '../memory/bytes.ts';
import { ProtocolError, ReplyDecoder } from './decode.ts';
import type { Pair, Reply } from './reply.ts';

function decode(wire: string | Uint8Array, pieceLength = Infinity): Reply[] {
  const bytes = typeof wire === 'string' ? utf8Encode(wire) : wire;
  const replies: Reply[] = [];
  const decoder = new ReplyDecoder((reply) => replies.push(reply));
  for (let at = 0; at < bytes.length; at += pieceLength) {
    // A copy that is wiped afterwards: the decoder must not keep a view of what it was lent.
    const piece = bytes.slice(at, Math.min(bytes.length, at + pieceLength));
    decoder.feed(piece);
    piece.fill(0x58);
  }
  return replies;
}

const bulk = (text: string): Reply => ({ type: 'bulk', bytes: utf8Encode(text) });
const integer = (value: number): Reply => ({ type: 'integer', value });

describe('decoding RESP2', () => {
  it('keeps a status, an error and an integer apart', () => {
    expect(decode('+OK\r\n-ERR no\r\n:-7\r\n')).toEqual([
      { type: 'status', text: 'OK' },
      { type: 'error', text: 'ERR no' },
      integer(-7),
    ]);
  });

  it('keeps the bytes of a bulk string, line ends and zeros among them', () => {
    expect(decode('$5\r\na\r\n\0b\r\n$0\r\n\r\n')).toEqual([bulk('a\r\n\0b'), bulk('')]);
  });

  it('reads both nulls', () => {
    expect(decode('$-1\r\n*-1\r\n')).toEqual([{ type: 'null' }, { type: 'null' }]);
  });

  it('reads integers beyond what a double holds exactly', () => {
    expect(decode(':9223372036854775807\r\n:-9223372036854775808\r\n')).toEqual([
      { type: 'integer', value: 9223372036854775807n },
      { type: 'integer', value: -9223372036854775808n },
    ]);
  });

  it('reads nested and empty arrays', () => {
    expect(decode('*3\r\n:1\r\n*2\r\n*0\r\n$1\r\nx\r\n*-1\r\n')).toEqual([
      {
        type: 'array',
        items: [integer(1), { type: 'array', items: [{ type: 'array', items: [] }, bulk('x')] }, { type: 'null' }],
      },
    ]);
  });
});

describe('decoding RESP3', () => {
  it('reads every scalar', () => {
    expect(decode('_\r\n#t\r\n#f\r\n(123456789012345678901234567890\r\n!5\r\nERR x\r\n=7\r\ntxt:a\nb\r\n')).toEqual([
      { type: 'null' },
      { type: 'boolean', value: true },
      { type: 'boolean', value: false },
      { type: 'big-number', text: '123456789012345678901234567890' },
      { type: 'error', text: 'ERR x' },
      { type: 'verbatim', format: 'txt', bytes: utf8Encode('a\nb') },
    ]);
  });

  it.each([
    ['1.5', 1.5],
    ['-3', -3],
    ['10', 10],
    ['1e300', 1e300],
    ['inf', Infinity],
    ['-inf', -Infinity],
    ['nan', NaN],
  ])('reads the double %s and keeps its wording', (text, value) => {
    expect(decode(`,${text}\r\n`)).toEqual([{ type: 'double', value, text }]);
  });

  it('reads maps, sets and pushes', () => {
    expect(decode('%1\r\n+a\r\n:1\r\n~1\r\n:2\r\n>2\r\n+message\r\n:3\r\n')).toEqual([
      { type: 'map', pairs: [[{ type: 'status', text: 'a' }, integer(1)]] },
      { type: 'set', items: [integer(2)] },
      { type: 'push', items: [{ type: 'status', text: 'message' }, integer(3)] },
    ]);
  });

  it('hangs attributes on the value after them, also inside an array, and counts them as no item', () => {
    const ttl: Pair = [{ type: 'status', text: 'ttl' }, integer(3)];
    expect(decode('*2\r\n|1\r\n+ttl\r\n:3\r\n:1\r\n:2\r\n')).toEqual([
      { type: 'array', items: [{ type: 'integer', value: 1, attributes: [ttl] }, integer(2)] },
    ]);
    expect(decode('|1\r\n+ttl\r\n:3\r\n*1\r\n:1\r\n')).toEqual([
      { type: 'array', items: [integer(1)], attributes: [ttl] },
    ]);
  });

  it('joins two attributes in a row', () => {
    expect(decode('|1\r\n+a\r\n:1\r\n|1\r\n+b\r\n:2\r\n+x\r\n')).toEqual([
      {
        type: 'status',
        text: 'x',
        attributes: [
          [{ type: 'status', text: 'a' }, integer(1)],
          [{ type: 'status', text: 'b' }, integer(2)],
        ],
      },
    ]);
  });
});

describe('a malformed stream', () => {
  it.each([
    ['?\r\n', /no reply begins with '\?'/],
    ['HTTP/1.1 200 OK\r\n', /no reply begins with 'H'/],
    ['\r\n', /an empty line/],
    ['+OK\n', /without its carriage return/],
    ['+O\rK\r\n', /carriage return inside/],
    [':1x\r\n', /':1x' is no integer/],
    [':\r\n', /is no integer/],
    [':9223372036854775808\r\n', /64 bits/],
    ['$x\r\n', /announces no length/],
    ['$-2\r\n', /announces no length/],
    ['$+1\r\n', /announces no length/],
    ['*3000000000\r\n', /impossible length/],
    ['*99999999999\r\n', /announces no length/],
    ['%-1\r\n', /announces no length/],
    ['$600000000\r\n', /more than Redis allows/],
    ['$1\r\nabc\r\n', /does not end where it says/],
    ['#x\r\n', /no boolean/],
    ['_x\r\n', /no null/],
    [',1.5.2\r\n', /no double/],
    ['(12a\r\n', /no big number/],
    ['=3\r\nabc\r\n', /three letters/],
    ['$?\r\n', /announces no length/],
    ['*1\r\n'.repeat(600), /nested deeper/],
    ['+' + 'a'.repeat((1 << 20) + 2), /a line longer/],
  ])('%j is refused in words', (wire, message) => {
    expect(() => decode(wire)).toThrow(ProtocolError);
    expect(() => decode(wire)).toThrow(message);
  });

  it('stays refused: what follows has no meaning any more', () => {
    const decoder = new ReplyDecoder(() => expect.unreachable());
    expect(() => decoder.feed(ascii('?\r\n'))).toThrow(ProtocolError);
    expect(() => decoder.feed(ascii('+OK\r\n'))).toThrow(/no reply begins/);
  });

  it('is quoted without its control bytes', () => {
    expect(() => decode(':\x1b]0;title\x07\r\n')).toThrow("':\\x1b]0;title\\x07' is no integer");
  });

  it('cannot make the decoder hold what was only announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(decode('$536870912\r\nabc')).toEqual([]);
    expect(decode('*2147483647\r\n:1\r\n')).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });
});

describe('pieces', () => {
  const scalarWire = fc.oneof(
    fc.constantFrom(
      '+OK\r\n',
      '-ERR é\r\n',
      '$-1\r\n',
      '_\r\n',
      '#t\r\n',
      ',1.5\r\n',
      ',inf\r\n',
      '(999999999999999999999\r\n',
      '=5\r\ntxt:x\r\n',
    ),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => `:${value}\r\n`),
    fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', '$') }).map((text) => `$${text.length}\r\n${text}\r\n`),
  );
  const wire = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalarWire,
      fc.array(tie('node'), { maxLength: 4 }).map((items) => `*${items.length}\r\n${items.join('')}`),
      fc.array(tie('node'), { maxLength: 4 }).map((items) => `~${items.length}\r\n${items.join('')}`),
      fc
        .array(fc.tuple(tie('node'), tie('node')), { maxLength: 3 })
        .map((pairs) => `%${pairs.length}\r\n${pairs.flat().join('')}`),
      fc.tuple(tie('node'), tie('node'), tie('node')).map(([key, value, of]) => `|1\r\n${key}${value}${of}`),
    ),
  })).node;

  it('of any length give what the whole gives', () => {
    fc.assert(
      fc.property(
        fc.array(wire, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (replies, pieceLength) => {
          const whole = decode(replies.join(''));
          expect(whole).toHaveLength(replies.length);
          expect(decode(replies.join(''), 1)).toEqual(whole);
          expect(decode(replies.join(''), pieceLength)).toEqual(whole);
        },
      ),
      { numRuns: 300, verbose: 1 },
    );
  });

  it('of any bytes at all give replies or a ProtocolError, and the same ones either way', () => {
    const outcome = (bytes: Uint8Array, pieceLength: number) => {
      const seen: unknown[] = [];
      const decoder = new ReplyDecoder((reply) => seen.push(reply));
      try {
        for (let at = 0; at < bytes.length; at += pieceLength) decoder.feed(bytes.slice(at, at + pieceLength));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        seen.push(error.message);
      }
      return seen;
    };
    const noise = fc.array(fc.constantFrom(...ascii('*$+-:_#,(=%~>|!0123456789\r\n\r\n\r\nab')), { maxLength: 60 });
    fc.assert(
      fc.property(noise, (bytes) => {
        expect(outcome(Uint8Array.from(bytes), 1)).toEqual(outcome(Uint8Array.from(bytes), 1000));
      }),
      { numRuns: 2000, verbose: 1 },
    );
  });

  it('leave no cost behind: a large reply is not read again with each piece of it, which would take minutes', () => {
    const size = 32_000_000;
    const bytes = ascii(`$${size}\r\n${'x'.repeat(size)}\r\n`);
    expect(decode(bytes, 1000)).toHaveLength(1);
  });
});
