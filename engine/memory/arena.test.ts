import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { Arena, NONE, PAGE_BYTES } from './arena.ts';
import { applyArenaStep, arenaSteps, emptyArenaModel, type ArenaModel, type ArenaStep } from './arena.steps.ts';

/** A positive number allocates so many bytes; a negative one frees one of the blocks that are live. */
const requests = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 2, arbitrary: fc.integer({ min: 2000, max: 70_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(600_000, PAGE_BYTES + 1) },
    { weight: 10, arbitrary: fc.integer({ min: -1000, max: -1 }) },
  ),
  { minLength: 20, maxLength: 150 },
);

const apply = (model: ArenaModel, step: AnyStep): ArenaModel => applyArenaStep(model, step as ArenaStep);

function serve(arena: Arena, live: number[], request: number): void {
  if (request > 0) live.push(arena.allocate(request));
  else if (live.length > 0) arena.release(live.splice(-request % live.length, 1)[0] ?? 0);
  if (request < 0 && live.length === 0 && arena.reservedBytes > 0) arena.reset();
}

describe('the arena', () => {
  it('gives nobody the ref that means nobody, not to a large block that comes first either', () => {
    const arena = new Arena();
    const ref = arena.allocate(600_000);
    expect(ref).not.toBe(NONE);
    expect(arena.allocate(8)).not.toBe(NONE);
    expect(arena.capacityOf(ref)).toBe(PAGE_BYTES);
    arena.assertValid();
    arena.release(ref);
    arena.assertValid();
  });

  it.each([0, 2])(
    'gives blocks that never overlap, and keeps what is written, with %i pages in one piece',
    (stretchPages) => {
      fc.assert(
        fc.property(requests, (all) => {
          const arena = new Arena(0, null, { stretchPages });
          const live: { ref: number; size: number; mark: number }[] = [];
          all.forEach((request, mark) => {
            if (request > 0) {
              const ref = arena.allocate(request);
              const start = arena.offset(ref);
              arena.bytes[ref >>> 17]?.fill(mark & 255, start, start + request);
              live.push({ ref, size: request, mark: mark & 255 });
            } else if (live.length > 0) {
              const [gone] = live.splice(-request % live.length, 1);
              if (gone) arena.release(gone.ref);
            }
          });
          for (const { ref, size, mark } of live) {
            const start = arena.offset(ref);
            const bytes = arena.bytes[ref >>> 17]?.subarray(start, start + size) ?? new Uint8Array();
            expect(bytes.length).toBe(size);
            expect(bytes.every((byte) => byte === mark)).toBe(true);
            expect(arena.capacityOf(ref)).toBeGreaterThanOrEqual(size);
          }
          arena.assertValid();
        }),
      );
    },
  );

  it('loses at most a fifth of a block, and eight bytes of a small one, to rounding', () => {
    for (let size = 1; size <= 500_000; size += 1 + (size >> 5)) {
      expect(Arena.capacityFor(size)).toBeGreaterThanOrEqual(size);
      expect(Arena.capacityFor(size) - size).toBeLessThan(Math.max(8, size / 4));
    }
  });

  it('hands out a freed block before it cuts a new one, the last one freed first', () => {
    const arena = new Arena();
    const [a, b] = [arena.allocate(40), arena.allocate(40)];
    arena.release(a);
    arena.release(b);
    expect([arena.allocate(40), arena.allocate(33)]).toEqual([b, a]);
  });

  it('gives the pages of a large block back, and uses their numbers again', () => {
    const arena = new Arena();
    arena.allocate(8);
    const before = arena.reservedBytes;
    const large = arena.allocate(3 * PAGE_BYTES);
    expect(arena.reservedBytes).toBe(before + 3 * PAGE_BYTES);
    arena.release(large);
    expect(arena.reservedBytes).toBe(before);
    expect(arena.allocate(2 * PAGE_BYTES)).toBe(large);
  });

  it('begins anew when everything was given back, and not before', () => {
    const arena = new Arena();
    const ref = arena.allocate(40);
    expect(() => {
      arena.reset();
    }).toThrow('40 bytes are still in use');
    arena.release(ref);
    arena.reset();
    expect(arena.reservedBytes).toBe(0);
    expect(arena.allocate(40)).toBe(ref);
    arena.assertValid();
  });

  it('says enough while it works: after every request the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(requests, (all) => {
        const recorder = new Recorder();
        const arena = new Arena(0, recorder.probe(arenaSteps));
        const witness = new Witness(recorder, emptyArenaModel, apply);
        const live: number[] = [];
        for (const request of all) {
          serve(arena, live, request);
          expect(witness.look()).toEqual(arena.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
      { numRuns: 40 },
    );
    expect([...met].sort()).toEqual(
      Object.keys(arenaSteps.kinds)
        .map((kind) => `arena.${kind}`)
        .sort(),
    );
  });

  it('says enough when a page gets a number that a large block has given back', () => {
    const recorder = new Recorder();
    const arena = new Arena(0, recorder.probe(arenaSteps));
    const witness = new Witness(recorder, emptyArenaModel, apply);
    const large = arena.allocate(PAGE_BYTES);
    arena.allocate(8);
    arena.release(large);
    for (let left = 5; left > 0; left--) arena.allocate(400_000);
    expect(witness.look()).toEqual(arena.snapshot());
    expect(arena.snapshot().pages).toContain(0);
  });

  it('is refused what it could not be sure of, and can be sure of what it was promised', () => {
    let isDenying = false;
    const allocate = (bytes: number): ArrayBuffer => {
      if (isDenying) throw new RangeError('Array buffer allocation failed');
      return new ArrayBuffer(bytes);
    };
    const arena = new Arena(0, null, { allocate, mostPages: 10 });
    expect(arena.secure(11)).toBe(false);
    expect(arena.secure(4)).toBe(true);
    isDenying = true;
    const blocks = [arena.allocate(2 * PAGE_BYTES), arena.allocate(500_000), arena.allocate(PAGE_BYTES)];
    blocks.forEach((ref, mark) =>
      arena.bytes[ref >>> 17].fill(mark + 1, arena.offset(ref), arena.offset(ref) + 500_000),
    );
    expect(blocks.map((ref) => arena.bytes[ref >>> 17][arena.offset(ref) + 499_999])).toEqual([1, 2, 3]);
    expect(arena.capacityOf(blocks[0])).toBe(2 * PAGE_BYTES);
    expect(arena.tryAllocate(PAGE_BYTES)).toBe(0);
    expect(() => arena.allocate(PAGE_BYTES)).toThrow('0 are in reserve');
    expect(arena.secure(1)).toBe(false);
    arena.assertValid();
    isDenying = false;
    expect(arena.secure(6)).toBe(true);
    expect(arena.secure(7)).toBe(false);
  });

  describe('whose first pages lie in one piece', () => {
    /** Blocks of 200 kB, four on each page: eight in the stretch, the rest behind it. */
    function twelveBlocks(arena: Arena): number[] {
      return Array.from({ length: 12 }, () => arena.allocate(200_000));
    }

    it('has the same words and doubles by ref and by page, in it and behind it', () => {
      const arena = new Arena(0, null, { stretchPages: 2 });
      const blocks = twelveBlocks(arena);
      const pages = blocks.map((ref) => ref >>> 17);
      expect(new Set(pages).size).toBeGreaterThan(2);
      blocks.forEach((ref, i) => {
        arena.setWord(ref, 5, 1000 + i);
        arena.setDouble(ref, 4, i / 8);
      });
      blocks.forEach((ref, i) => {
        const first = arena.offset(ref);
        expect([arena.word(ref, 5), arena.words[ref >>> 17][first / 4 + 5]]).toEqual([1000 + i, 1000 + i]);
        expect([arena.double(ref, 4), arena.doubles[ref >>> 17][first / 8 + 4]]).toEqual([i / 8, i / 8]);
      });
      expect(new Set(blocks.map((ref) => arena.bytes[ref >>> 17].buffer)).size).toBe(new Set(pages).size - 1);
    });

    it('puts large blocks behind it, whose memory can be given back', () => {
      const arena = new Arena(0, null, { stretchPages: 2 });
      const large = arena.allocate(2 * PAGE_BYTES);
      expect(large >>> 17).toBe(2);
      arena.setWord(large, 0, 7);
      expect(arena.words[2][0]).toBe(7);
      arena.allocate(8);
      arena.release(large);
      expect(arena.reservedBytes).toBe(PAGE_BYTES);
      expect(arena.words[2].length).toBe(0);
    });

    it('does without where the system denies it', () => {
      const allocate = (bytes: number): ArrayBuffer => {
        if (bytes > PAGE_BYTES) throw new RangeError('Array buffer allocation failed');
        return new ArrayBuffer(bytes);
      };
      const arena = new Arena(0, null, { allocate, stretchPages: 2 });
      const ref = arena.allocate(8);
      arena.setWord(ref, 0, 9);
      expect([arena.word(ref, 0), arena.reservedBytes]).toEqual([9, PAGE_BYTES]);
    });

    it('goes back to a captured state, and goes on from there', () => {
      const arena = new Arena(0, null, { stretchPages: 2 });
      const blocks = twelveBlocks(arena);
      for (const ref of blocks) arena.setWord(ref, 0, ref);
      const state = arena.capture();
      for (const ref of blocks) arena.setWord(ref, 0, 1);
      arena.restore(state);
      expect(blocks.map((ref) => arena.word(ref, 0))).toEqual(blocks);
      const more = arena.allocate(200_000);
      arena.setWord(more, 0, 3);
      expect([arena.word(more, 0), blocks.includes(more)]).toEqual([3, false]);
      arena.assertValid();
    });

    it.each([
      [3, 5],
      [70, 0],
    ])('begins anew, when %i pages were used with %i in a word that had 5 in it', (pages, left) => {
      const arena = new Arena(0, null, { stretchPages: 80 });
      const blocks = Array.from({ length: 2 * pages }, () => arena.allocate(500_000));
      arena.setWord(blocks[0], 9, 5);
      for (const ref of blocks.toReversed()) arena.release(ref);
      arena.reset();
      expect([arena.reservedBytes, arena.word(NONE, 0)]).toEqual([0, 0]);
      expect(arena.allocate(500_000)).toBe(blocks[0]);
      // Many pages are given back to the system, and what it gives then is empty.
      expect(arena.word(blocks[0], 9)).toBe(left);
    });
  });

  it.each(mutatingKinds(arenaSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(requests, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const arena = new Arena(0, recorder.probe(arenaSteps));
      const witness = new Witness(recorder, emptyArenaModel, apply);
      const live: number[] = [];
      return all.some((request) => {
        serve(arena, live, request);
        return !isEqual(witness.look(), arena.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });
});
