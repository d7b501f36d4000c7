import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii } from '../memory/bytes.ts';
import { compressLzf, decompressLzf } from './lzf.ts';

/** Bytes that repeat themselves as texts do: short pieces, some of them again and again, and noise. */
const text = fc
  .record({
    words: fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 6 }),
    order: fc.array(fc.tuple(fc.nat(5), fc.nat({ max: 60 })), { maxLength: 80 }),
  })
  .map(({ words, order }) =>
    Uint8Array.from(
      order.flatMap(([which, times]) => {
        const word = [...words[which % words.length]];
        return Array.from({ length: times % 7 === 0 ? times : 1 }, () => word).flat();
      }),
    ),
  );

/** The compressed bytes, where there is room enough for whatever cannot be compressed at all. */
function compress(bytes: Uint8Array): Uint8Array {
  const to = new Uint8Array(bytes.length + Math.ceil(bytes.length / 32) + 5);
  return to.slice(0, compressLzf(bytes, 0, bytes.length, to, 0, to.length));
}

function decompress(bytes: Uint8Array, length: number): Uint8Array | null {
  const to = new Uint8Array(length);
  return decompressLzf(bytes, 0, bytes.length, to, 0, length) ? to : null;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('LZF', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(text, (bytes) => {
        expect(decompress(compress(bytes), bytes.length)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('writes pieces as they are, short ones from before and long ones', () => {
    expect(hex(compress(ascii('!abcabc..')))).toBe('03 21 61 62 63 20 02 01 2e 2e');
    expect(hex(compress(ascii('!abcdefghabcdefgh..')))).toBe('08 21 61 62 63 64 65 66 67 68 c0 07 01 2e 2e');
    expect(hex(compress(ascii('!abcdefghiabcdefghi..')))).toBe('09 21 61 62 63 64 65 66 67 68 69 e0 00 08 01 2e 2e');
    expect(hex(compress(ascii('!abcabcabcabc..')))).toBe('03 21 61 62 63 e0 00 02 01 2e 2e');
  });

  it('makes the choices that a real server makes, up to the last bytes of a text', () => {
    expect(hex(compress(ascii('a'.repeat(100))))).toBe('01 61 61 e0 57 00 01 61 61');
    expect(hex(compress(ascii('wrhcfjgo' + 'z'.repeat(20))))).toBe('08 77 72 68 63 66 6a 67 6f 7a e0 0a 00');
    expect(hex(compress(ascii('jkgiigc' + 'z'.repeat(19) + 'g')))).toBe('07 6a 6b 67 69 69 67 63 7a e0 09 00 00 67');
  });

  it('never refers to more than 264 bytes or further back than 8192', () => {
    const far = new Uint8Array(20_000);
    for (let i = 0; i < far.length; i++) far[i] = Math.imul(i, 2654435761) >>> 24;
    far.copyWithin(8192 + 100, 100, 130);
    far.copyWithin(18_193 - 5, 10_000 - 5, 10_030);
    for (const bytes of [far, new Uint8Array(3000), far.subarray(0, 33), far.subarray(0, 32)]) {
      expect(decompress(compress(bytes), bytes.length)).toEqual(bytes);
    }
    expect(compress(new Uint8Array(3000)).length).toBeLessThan(50);
  });

  it('works in the middle of other bytes and leaves those alone', () => {
    fc.assert(
      fc.property(text, fc.nat(9), fc.nat(9), (bytes, before, behind) => {
        const given = Uint8Array.from([
          ...new Array<number>(before).fill(7),
          ...bytes,
          ...new Array<number>(behind).fill(7),
        ]);
        const to = new Uint8Array(bytes.length * 2 + 20).fill(99);
        const length = compressLzf(given, before, before + bytes.length, to, 5, bytes.length * 2 + 15);
        expect(to.slice(5, 5 + length)).toEqual(compress(bytes));
        expect([...to.slice(0, 5), ...to.slice(5 + length)].every((byte) => byte === 99)).toBe(true);
        const back = new Uint8Array(bytes.length + 8).fill(98);
        expect(decompressLzf(to, 5, 5 + length, back, 3, bytes.length)).toBe(true);
        expect(back.slice(3, 3 + bytes.length)).toEqual(bytes);
        expect([...back.slice(0, 3), ...back.slice(3 + bytes.length)].every((byte) => byte === 98)).toBe(true);
      }),
    );
  });

  it('gives up when it would need more than the limit, and never writes past it', () => {
    fc.assert(
      fc.property(text, fc.nat(), (bytes, draw) => {
        const whole = compress(bytes);
        const limit = draw % (whole.length + 6);
        const to = new Uint8Array(whole.length + 16).fill(99);
        const length = compressLzf(bytes, 0, bytes.length, to, 0, limit);
        if (limit < whole.length) expect(length).toBe(0);
        if (length > 0 || limit === whole.length + 5) expect(to.slice(0, length)).toEqual(whole);
        expect(to.slice(limit).every((byte) => byte === 99)).toBe(true);
      }),
    );
  });

  it('gives the same bytes whatever was compressed before', () => {
    const bytes = ascii('one two three one two three, and three again');
    const first = compress(bytes);
    for (let i = 0; i < 50; i++) compress(ascii(`two three ${'one '.repeat(i)} three again`));
    expect(compress(bytes)).toEqual(first);
  });

  it('refuses a stream that is cut, refers to before its start, or makes another length', () => {
    const stream = compress(ascii('!abcdefghiabcdefghi and so on and so on'));
    for (let end = 0; end < stream.length; end++) expect(decompress(stream.slice(0, end), 39)).toBe(null);
    for (const length of [0, 1, 38, 40, 1000]) expect(decompress(stream, length)).toBe(null);
    expect(decompress(Uint8Array.of(0, 97, 0x20, 0), 4)).toEqual(ascii('aaaa'));
    expect(decompress(Uint8Array.of(0, 97, 0x20, 1), 4)).toBe(null);
    expect(decompress(Uint8Array.of(0x20, 0), 3)).toBe(null);
    expect(decompress(Uint8Array.of(0xe0), 9)).toBe(null);
    expect(decompress(Uint8Array.of(0, 97, 0xe0, 0), 10)).toBe(null);
    expect(decompress(new Uint8Array(0), 0)).toEqual(new Uint8Array(0));
  });

  it('stays within its bounds whatever it reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(400), (noise, length) => {
        const to = new Uint8Array(length + 16).fill(99);
        // What lies behind the stream must not be read: with other bytes there nothing may change.
        const [a, b] = [0, 255].map((byte) => {
          const given = Uint8Array.from([...noise, byte, byte, byte]);
          to.fill(99);
          const fits = decompressLzf(given, 0, noise.length, to, 8, length);
          expect([...to.slice(0, 8), ...to.slice(8 + length)].every((other) => other === 99)).toBe(true);
          return fits ? hex(to) : null;
        });
        expect(a).toBe(b);
      }),
      { numRuns: 2000 },
    );
  });
});
