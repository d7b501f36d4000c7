import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena } from '../memory/arena.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { Intsets } from './intset.ts';
import {
  applyIntsetStep,
  describeIntsetStep,
  emptyIntsetModel,
  int64Text,
  intsetSteps,
  type IntsetModel,
  type IntsetStep,
} from './intset.steps.ts';

type Change =
  { readonly do: 'add' | 'delete'; readonly value: bigint } | { readonly do: 'create' | 'copy' | 'release' };

const [MIN, MAX] = [-(2n ** 63n), 2n ** 63n - 1n];
/** Mostly few and small, so that they meet again; now and then around the ends of two, four and eight bytes. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: -20n, max: 20n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: -40000n, max: 40000n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[-32769n, -32768n, 32767n, 32768n, 65535n, -(2n ** 31n), -(2n ** 31n) - 1n, 2n ** 31n - 1n, 2n ** 31n],
      ...[2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n), MIN, MAX, MIN + 1n, 2n ** 53n + 1n],
    ),
  },
);
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('add' as const), value }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), value }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('create' as const, 'copy' as const, 'release' as const) }),
    },
  ),
  { minLength: 10, maxLength: 80 },
);

const apply = (model: IntsetModel, step: AnyStep): IntsetModel => applyIntsetStep(model, step as IntsetStep);
const halves = (value: bigint): [high: number, low: number] => [
  Number(BigInt.asIntN(32, value >> 32n)),
  Number(BigInt.asIntN(32, value)),
];

function add(sets: Intsets, ref: number, value: bigint): number {
  const [high, low] = halves(value);
  return sets.find(ref, high, low) ? ref : sets.insertMissing(ref, high, low);
}

function remove(sets: Intsets, ref: number, value: bigint): number {
  return sets.find(ref, ...halves(value)) ? sets.remove(ref, sets.place) : ref;
}

/** Works on the last of the sets; returns the refs that are live. */
function perform(sets: Intsets, refs: readonly number[], change: Change): number[] {
  const last = refs.at(-1);
  if (last === undefined || change.do === 'create') return [...refs, sets.create()];
  const others = refs.slice(0, -1);
  switch (change.do) {
    case 'add':
      return [...others, add(sets, last, change.value)];
    case 'delete':
      return [...others, remove(sets, last, change.value)];
    case 'copy':
      return [...refs, sets.copy(last)];
    case 'release':
      sets.release(last);
      return others;
  }
}

function contents(sets: Intsets, ref: number): bigint[] {
  return Array.from({ length: sets.count(ref) }, (_, at) => {
    sets.read(ref, at);
    return BigInt(int64Text(sets.high, sets.low));
  });
}

describe('the intset', () => {
  it('holds what an ordinary set would hold after the same changes, in ascending order', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const arena = new Arena();
        const sets = new Intsets(arena, 1, null);
        let ref = sets.create();
        const expected = new Set<bigint>();
        for (const change of all) {
          if (change.do !== 'add' && change.do !== 'delete') continue;
          [ref] = perform(sets, [ref], change) as [number];
          expected[change.do](change.value);
          sets.assertValid(ref);
          expect(contents(sets, ref)).toEqual([...expected].sort((a, b) => (a < b ? -1 : 1)));
          expect(sets.find(ref, ...halves(change.value))).toBe(change.do === 'add');
        }
        sets.release(ref);
        arena.assertValid();
        expect(arena.usedBytes).toBe(0);
      }),
    );
  });

  it('is as wide as the widest that it ever had', () => {
    const sets = new Intsets(new Arena(), 1, null);
    let ref = sets.create();
    const widths = [1n, -32768n, 32767n, 32768n, -(2n ** 31n), 2n ** 31n - 1n, 2n ** 31n, 5n].map((value) => {
      ref = add(sets, ref, value);
      return sets.width(ref);
    });
    expect(widths).toEqual([2, 2, 2, 4, 4, 4, 8, 8]);
    for (const value of contents(sets, ref).slice(1)) ref = remove(sets, ref, value);
    expect([contents(sets, ref), sets.width(ref)]).toEqual([[-(2n ** 31n)], 8]);
  });

  it('keeps thousands of integers apart whatever the order in which they come', () => {
    const arena = new Arena();
    const sets = new Intsets(arena, 1, null);
    let ref = sets.create();
    const values = Array.from({ length: 5000 }, (_, i) => BigInt((i * 7919) % 5000) * 3_000_000_000n - 2n ** 42n);
    for (const value of values) ref = add(sets, ref, value);
    sets.assertValid(ref);
    expect(sets.count(ref)).toBe(5000);
    for (const value of values) {
      expect(sets.find(ref, ...halves(value))).toBe(true);
      expect(sets.find(ref, ...halves(value + 1n))).toBe(false);
    }
    while (sets.count(ref) > 10) ref = sets.remove(ref, sets.count(ref) >> 1);
    expect(arena.capacityOf(ref)).toBeLessThan(200);
    sets.assertValid(ref);
  });

  it('looks at few of many', () => {
    const recorder = new Recorder();
    const sets = new Intsets(new Arena(), 1, recorder.probe(intsetSteps));
    let ref = sets.create();
    for (let i = 0; i < 1000; i++) ref = add(sets, ref, BigInt(i));
    const witness = new Witness(recorder, emptyIntsetModel, apply);
    witness.look();
    const counting = new Witness(recorder, 0, (count, step) => count + (step.kind === 'compare' ? 1 : 0));
    sets.find(ref, ...halves(123n));
    const looks = counting.look();
    expect(looks).toBeGreaterThan(1);
    expect(looks).toBeLessThanOrEqual(11);
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, (all) => {
        const recorder = new Recorder();
        const sets = new Intsets(new Arena(), 1, recorder.probe(intsetSteps));
        const witness = new Witness(recorder, emptyIntsetModel, apply);
        let refs: number[] = [];
        for (const change of all) {
          refs = perform(sets, refs, change);
          expect(witness.look()).toEqual(sets.snapshot(refs));
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    const kinds = Object.keys(intsetSteps.kinds).map((kind) => `intset.${kind}`);
    expect([...met].sort()).toEqual(kinds.sort());
  });

  it.each(mutatingKinds(intsetSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const sets = new Intsets(new Arena(), 1, recorder.probe(intsetSteps));
      const witness = new Witness(recorder, emptyIntsetModel, apply);
      let refs: number[] = [];
      return all.some((change) => {
        refs = perform(sets, refs, change);
        return !isEqual(witness.look(), sets.snapshot(refs));
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('tells of an integer by its value and its place', () => {
    const recorder = new Recorder();
    const sets = new Intsets(new Arena(), 1, recorder.probe(intsetSteps));
    let ref = sets.create();
    for (const value of [5n, -3n, 2n ** 40n]) ref = add(sets, ref, value);
    const model = new Witness(recorder, emptyIntsetModel, apply).look();
    const tell = (fields: object): string =>
      describeIntsetStep({ structure: 'intset', id: 1, ref, ...fields } as IntsetStep, model);
    expect(tell({ kind: 'compare', at: 1, order: 0 })).toBe('5, at place 1, is what is looked for.');
    expect(tell({ kind: 'compare', at: 0, order: 1 })).toBe('What is looked for is more than -3 at place 0.');
    expect(tell({ kind: 'remove', at: 2 })).toBe('1099511627776 leaves the intset; what is behind moves up.');
    expect(tell({ kind: 'insert', at: 0, high: -1, low: -9 })).toBe(
      '-9 goes to place 0 of the intset, so that all stay in order.',
    );
  });
});
