import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii, latin1 } from './bytes.ts';
import { digitsOf, fourDigits, parseFloating, parseInt32, parseInt64, writeDigits } from './numbers.ts';

const int64 = (text: string): bigint | null => parseInt64(ascii(text), 0, text.length);
const int32 = (text: string): number => parseInt32(ascii(text), 0, text.length);
const floating = (text: string): number => parseFloating(ascii(text), 0, text.length);

describe('integers', () => {
  it('are read exactly over the whole range of 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(int64(String(value))).toBe(value);
      }),
    );
  });

  it.each([
    '',
    '-',
    '+1',
    '01',
    '-0',
    '-01',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x10',
    '9223372036854775808',
    '-9223372036854775809',
  ])('%j is none', (text) => {
    expect(int64(text)).toBeNull();
  });

  it('of 32 bits are the same ones, and nothing beyond them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger()), (value) => {
        const fits = value === (value | 0);
        expect(int32(String(value))).toBe(fits ? value : NaN);
      }),
    );
    for (const text of ['', '-', '+1', '01', '-0', ' 1', '2147483648', '-2147483649']) expect(int32(text)).toBeNaN();
  });
});

describe('floating numbers', () => {
  it('are read as they are printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(floating(String(value).replace('Infinity', 'inf'))).toBe(value + 0);
      }),
    );
  });

  it('are read as JavaScript reads them, whatever their digits, sign and point', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 });
    fc.assert(
      fc.property(
        fc.constantFrom('', '-', '+'),
        digits,
        fc.constantFrom('', '.'),
        digits,
        (sign, whole, point, rest) => {
          const text = sign + whole + point + rest;
          expect(floating(text)).toBe(whole + rest === '' ? NaN : Number(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['0x10', 16],
    ['0x1p4', 16],
    ['-0x.8', -0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['+Inf', Infinity],
    ['-infinity', -Infinity],
  ])('%j is %d', (text, value) => {
    expect(floating(text)).toBe(value);
  });

  it.each(['', ' 1', '1 ', 'nan', '1e', '0x', '1.2.3', '--1', 'abc', '.', '-', '+', '-.'])('%j is none', (text) => {
    expect(floating(text)).toBeNaN();
  });
});

describe('digits', () => {
  const written = (value: number): string => {
    const to = new Uint8Array(20).fill(32);
    return latin1(to, 0, writeDigits(value, to, 2));
  };

  it('are those of the number, at their place, and as many as are foretold', () => {
    const whole = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.nat(16).map((power) => 10 ** power - 1),
    );
    fc.assert(
      fc.property(whole, (value) => {
        expect(written(value)).toBe(`  ${value}`);
        expect(digitsOf(value)).toBe(String(value).length);
      }),
    );
  });

  it.each([0, 9, 10, 9999, 10_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 10 ** 15, 2 ** 53 - 1])('of %d', (value) => {
    expect(written(value)).toBe(`  ${value}`);
  });

  it('are found four at once for every number that has no more', () => {
    const to = new Uint8Array(4);
    for (let value = 0; value < 10_000; value++) {
      new DataView(to.buffer).setInt32(0, fourDigits(value), true);
      expect(latin1(to)).toBe(String(value).padStart(4, '0'));
    }
  });
});
