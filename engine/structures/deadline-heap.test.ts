import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import {
  applyDeadlineHeapStep,
  deadlineHeapSteps,
  emptyDeadlineHeapModel,
  type DeadlineHeapModel,
  type DeadlineHeapStep,
} from './deadline-heap.steps.ts';

/** Sets, changes or takes away the deadline of one of forty owners. */
const wishes = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.record({ owner: fc.integer({ min: 1, max: 40 }), deadlineMs: fc.nat(1000) }) },
    { weight: 5, arbitrary: fc.record({ owner: fc.integer({ min: 1, max: 40 }), deadlineMs: fc.constant(-1) }) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  ),
  { minLength: 20, maxLength: 150 },
);
type Wish = { readonly owner: number; readonly deadlineMs: number } | 'clear';

const apply = (model: DeadlineHeapModel, step: AnyStep): DeadlineHeapModel =>
  applyDeadlineHeapStep(model, step as DeadlineHeapStep);

class Owners {
  readonly positions = new Map<number, number>();
  readonly heap: DeadlineHeap;

  constructor(recorder: Recorder | null) {
    this.heap = new DeadlineHeap(3, recorder?.probe(deadlineHeapSteps) ?? null, (owner, position) => {
      if (position < 0) this.positions.delete(owner);
      else this.positions.set(owner, position);
    });
  }

  grant(wish: Wish): void {
    if (wish === 'clear') {
      this.heap.clear();
      this.positions.clear();
      return;
    }
    const position = this.positions.get(wish.owner);
    if (wish.deadlineMs < 0) {
      if (position !== undefined) this.heap.remove(position);
    } else if (position === undefined) {
      this.heap.add(wish.owner, wish.deadlineMs);
    } else {
      this.heap.change(position, wish.deadlineMs);
    }
  }
}

describe('the heap of deadlines', () => {
  it('has the earliest in front, and every owner knows its place', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const owners = new Owners(null);
        const deadlines = new Map<number, number>();
        for (const wish of all) {
          owners.grant(wish);
          if (wish === 'clear') deadlines.clear();
          else if (wish.deadlineMs < 0) deadlines.delete(wish.owner);
          else deadlines.set(wish.owner, wish.deadlineMs);
          owners.heap.assertValid((owner) => owners.positions.get(owner) ?? -1);
          expect(owners.heap.length).toBe(deadlines.size);
          if (deadlines.size > 0) expect(owners.heap.deadline(0)).toBe(Math.min(...deadlines.values()));
        }
      }),
    );
  });

  it('holds more deadlines than fit one chunk, and gives them back in their order', () => {
    const owners = new Owners(null);
    for (let owner = 1; owner <= 10_000; owner++) owners.grant({ owner, deadlineMs: (owner * 7919) % 10_007 });
    let last = -1;
    while (owners.heap.length > 0) {
      expect(owners.heap.deadline(0)).toBeGreaterThanOrEqual(last);
      last = owners.heap.deadline(0);
      owners.heap.remove(0);
    }
  });

  it('says enough while it works: after every wish the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(wishes, (all) => {
        const recorder = new Recorder();
        const owners = new Owners(recorder);
        const witness = new Witness(recorder, emptyDeadlineHeapModel, apply);
        for (const wish of all) {
          owners.grant(wish);
          expect(witness.look()).toEqual(owners.heap.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect([...met].sort()).toEqual(
      Object.keys(deadlineHeapSteps.kinds)
        .map((kind) => `deadline-heap.${kind}`)
        .sort(),
    );
  });

  it.each(mutatingKinds(deadlineHeapSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(wishes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const owners = new Owners(recorder);
      const witness = new Witness(recorder, emptyDeadlineHeapModel, apply);
      return all.some((wish) => {
        owners.grant(wish);
        return !isEqual(witness.look(), owners.heap.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });
});
