import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii } from './bytes.ts';
import { formatAsInteger, formatDouble, readDouble } from './doubles.ts';

describe('a double in text', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [-17, '-17'],
    [0.1, '0.10000000000000001'],
    [1e15, '1000000000000000'],
    [1e16, '10000000000000000'],
    [1e17, '1e+17'],
    [123456789012345680, '1.2345678901234568e+17'],
    [12345678901234567, '12345678901234568'],
    [1.5, '1.5'],
    [0.0001, '0.0001'],
    [0.00001, '1.0000000000000001e-05'],
    [5e-324, '4.9406564584124654e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
    // Exactly in the middle between two of 17 digits: the even one.
    [2 ** -25, '2.9802322387695312e-08'],
    [3 * 2 ** -26, '4.4703483581542969e-08'],
  ])('writes %d as C does', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it('can be read again without any loss', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), fc.integer()), (value) => {
        const bytes = ascii(`x${formatDouble(value)}x`);
        expect(readDouble(bytes, 1, bytes.length - 1)).toBe(value);
      }),
    );
  });

  it('is written as an integer where it is one, beside the members of small sorted sets', () => {
    expect([1e17, 0.5, -0, 2 ** 62, 2 ** 63, -3].map(formatAsInteger)).toEqual([
      '100000000000000000',
      '0.5',
      '0',
      '4611686018427387904',
      '9.2233720368547758e+18',
      '-3',
    ]);
  });
});
