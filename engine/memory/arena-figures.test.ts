import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Arena, type Ref } from './arena.ts';
import { classFigures, describeArena, idleBytes } from './arena-figures.ts';

test('the figures of the classes and the large blocks add up to what the arena counts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700_000 }), { maxLength: 60 }), fc.nat(7), (sizes, keep) => {
      const arena = new Arena();
      const refs: Ref[] = sizes.map((size) => arena.allocate(size));
      refs.forEach((ref, at) => {
        if (at % 8 > keep) arena.release(ref);
      });
      const model = arena.snapshot();
      const classes = classFigures(model);
      const live = classes.reduce((total, { blockBytes, live: count }) => total + blockBytes * count, 0);
      const large = model.large.reduce((total, { pages }) => total + pages * (1 << 20), 0);
      expect(live + large).toBe(arena.usedBytes);
      const idle = classes.reduce((total, figures) => total + idleBytes(figures), 0);
      expect(arena.usedBytes + idle).toBeLessThanOrEqual(arena.slabBytes);
      expect(arena.slabBytes).toBeLessThanOrEqual(arena.reservedBytes);
    }),
  );
});

test('the table has a line for each class', () => {
  const arena = new Arena();
  const refs = [10, 10, 10, 100, 600_000].map((size) => arena.allocate(size));
  arena.release(refs[1]);
  const text = describeArena(arena.snapshot(), arena.reservedBytes, arena.usedBytes);
  expect(text).toContain('2097152 bytes from the system');
  expect(text).toMatch(/\n +16 +1 +1024 +2 +1 +1021 +0\.2% +16352\n/);
  expect(text).toContain('Large blocks: 1, of 1 pages.');
});

test('an arena without a slab says so', () => {
  expect(describeArena(new Arena().snapshot(), 0, 0)).toContain('There is no slab yet.');
});
