import fc from 'fast-check';
import { expect, test } from 'vitest';

import { sortRange } from './partial-sort.ts';

const byNumber = (a: number, b: number): number => a - b;

test('what is asked for stands where it would stand if all were sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 200 }), fc.nat(200), fc.nat(200), (numbers, a, b) => {
      const [first, last] = [Math.min(a, b), Math.max(a, b)];
      const sorted = [...numbers].sort(byNumber);
      const partly = [...numbers];
      sortRange(partly, byNumber, first, last);
      expect(partly.slice(first, last + 1)).toEqual(sorted.slice(first, last + 1));
      // Nothing is lost on the way, and nothing doubled.
      expect([...partly].sort(byNumber)).toEqual(sorted);
    }),
  );
});

test('what is not asked for is left alone where that saves work', () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  let compared = 0;
  const counting = (a: number, b: number): number => {
    compared++;
    return a - b;
  };
  sortRange([...numbers], counting, 0, 9);
  const part = compared;
  compared = 0;
  sortRange([...numbers], counting, 0, 999);
  expect(part * 2).toBeLessThan(compared);
});

test('thousands of equal items are sorted in a few passes', () => {
  let compared = 0;
  sortRange(
    new Array<number>(10_000).fill(1),
    () => {
      compared++;
      return 0;
    },
    0,
    9_999,
  );
  expect(compared).toBeLessThan(30_000);
});
