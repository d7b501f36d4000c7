import { expect, test } from 'vitest';

import { Chance } from '../chance.ts';
import { addLongDoubles, parseLongDouble, printLongDouble } from './long-double.ts';

function sum(a: string, b: string): string | null {
  const [left, right] = [parseLongDouble(a), parseLongDouble(b)];
  if (left === null || right === null) return null;
  const result = addLongDoubles(left, right);
  return typeof result === 'string' ? result : printLongDouble(result);
}

// Each of these was said by a real server.
test.each([
  ['0.1', '0.2', '0.3'],
  ['10.50', '0.1', '10.6'],
  ['1000000', '0.001', '1000000.00099999999997635'],
  ['0', '0.000003814697265625', '0.00000381469726562'],
  ['5.0e3', '2.0e2', '5200'],
  ['3', '1.000000000000000005', '4.00000000000000001'],
  ['0', '-0', '0'],
  ['0x1.8p1', '0', '3'],
  ['.5', '5.', '5.5'],
  ['1', '-1e-18', '1'],
])('%s + %s = %s', (a, b, expected) => {
  expect(sum(a, b)).toBe(expected);
});

test.each([
  '',
  ' 1',
  '1 ',
  '1x',
  'nan',
  'e1',
  '.',
  '0x',
  '1e',
  '1\0',
  '--1',
  '1e-4951',
  '1e4933',
  '1e999999999999',
  '1'.repeat(5120),
])('%j is no number', (text) => {
  expect(parseLongDouble(text)).toBeNull();
});

test('infinities are read, and their sums are told apart', () => {
  expect(sum('inf', '1')).toBe('inf');
  expect(sum('-Infinity', '1')).toBe('-inf');
  expect(sum('inf', '-inf')).toBe('nan');
  expect(sum('1.1e4932', '1.1e4932')).toBe('inf');
});

test('a number has 64 bits: one more is rounded, to the even side when in the middle', () => {
  expect(sum('18446744073709551616', '0')).toBe('18446744073709551616');
  expect(sum('18446744073709551617', '0')).toBe('18446744073709551616');
  expect(sum('18446744073709551619', '0')).toBe('18446744073709551620');
  expect(sum('1e100', '0')).toHaveLength(100);
});

test('what integers of 63 bits add up to is exact', () => {
  const chance = new Chance(7);
  for (let i = 0; i < 500; i++) {
    const [a, b] = [0, 1].map(() => (BigInt(chance.next()) << 30n) + BigInt(chance.next()));
    expect(sum(String(a), String(b))).toBe(String(a + b));
  }
});
