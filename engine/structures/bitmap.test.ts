import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { combineBits, countBits, countBitsBetween, findBit } from './bitmap.ts';

/** Bytes that lie anywhere in a larger piece of memory, as strings do; long runs of equal bytes among them. */
const stretch = fc
  .record({
    before: fc.nat(9),
    behind: fc.nat(9),
    parts: fc.array(fc.oneof(fc.uint8Array({ maxLength: 5 }), runOf(0), runOf(255)), { maxLength: 6 }),
  })
  .map(({ before, behind, parts }) => {
    const inner = parts.flatMap((part) => [...part]);
    const noise = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 77) & 255);
    const bytes = Uint8Array.from([...noise(before), ...inner, ...noise(behind)]);
    return { bytes, start: before, end: before + inner.length };
  });

function runOf(byte: number): fc.Arbitrary<Uint8Array> {
  return fc.nat(40).map((length) => new Uint8Array(length).fill(byte));
}

function bitsOf({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }): string {
  return [...bytes.subarray(start, end)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

const onesIn = (bits: string): number => bits.replaceAll('0', '').length;

describe('a bitmap', () => {
  it('counts the ones of any stretch of bytes', () => {
    fc.assert(
      fc.property(stretch, (given) => {
        expect(countBits(given.bytes, given.start, given.end)).toBe(onesIn(bitsOf(given)));
      }),
    );
  });

  it('counts and finds between any two bits', () => {
    fc.assert(
      fc.property(stretch, fc.nat(), fc.nat(), (given, a, b) => {
        const bits = bitsOf(given);
        fc.pre(bits.length > 0);
        const [first, last] = [a % bits.length, b % bits.length].sort((x, y) => x - y);
        const between = bits.slice(first, last + 1);
        expect(countBitsBetween(given.bytes, given.start, first, last)).toBe(onesIn(between));
        for (const bit of [0, 1] as const) {
          const at = between.indexOf(String(bit));
          expect(findBit(given.bytes, given.start, first, last, bit)).toBe(at < 0 ? -1 : first + at);
        }
      }),
    );
  });

  it('is combined with others bit by bit, the shorter ones going on with zeros', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 4 }), (all) => {
        const texts = all.map(bitsOf);
        const length = Math.max(...texts.map((text) => text.length));
        const columns: number[][] = Array.from({ length }, (_, i) => texts.map((text) => Number(text[i] ?? 0)));
        const reduce = (by: (a: number, b: number) => number): string =>
          columns.map((column) => column.reduce((a, b) => by(a, b))).join('');
        const made = (operation: 'AND' | 'OR' | 'XOR' | 'NOT', from = all): string => {
          const bytes = combineBits(operation, from);
          return bitsOf({ bytes, start: 0, end: bytes.length });
        };
        expect(made('AND')).toBe(reduce((a, b) => a & b));
        expect(made('OR')).toBe(reduce((a, b) => a | b));
        expect(made('XOR')).toBe(reduce((a, b) => a ^ b));
        expect(made('NOT', all.slice(0, 1))).toBe(texts[0].replace(/./g, (bit) => (bit === '1' ? '0' : '1')));
      }),
    );
  });
});
