import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { DynamicStrings } from './dynamic-string.ts';
import {
  applyDynamicStringStep,
  dynamicStringSteps,
  emptyDynamicStringModel,
  type DynamicStringModel,
  type DynamicStringStep,
} from './dynamic-string.steps.ts';

type Change =
  | { readonly do: 'append' | 'replace' | 'create'; readonly bytes: Uint8Array }
  | { readonly do: 'setRange'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'splice'; readonly at: number; readonly removed: number; readonly bytes: Uint8Array }
  | { readonly do: 'release' };

const bytes = fc.uint8Array({ maxLength: 100 });
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('append' as const, 'replace' as const, 'create' as const), bytes }),
    fc.record({ do: fc.constant('setRange' as const), at: fc.nat(300), bytes }),
    fc.record({ do: fc.constant('splice' as const), at: fc.nat(300), removed: fc.nat(20), bytes }),
    fc.constant({ do: 'release' as const }),
  ),
  { minLength: 10, maxLength: 60 },
);

const apply = (model: DynamicStringModel, step: AnyStep): DynamicStringModel =>
  applyDynamicStringStep(model, step as DynamicStringStep);

/** Works on the last of the strings; returns the refs that are live. */
function perform(strings: DynamicStrings, refs: readonly number[], change: Change): number[] {
  const last = refs.at(-1);
  if (change.do === 'create') return [...refs, strings.create(change.bytes, 0, change.bytes.length)];
  if (last === undefined) return [];
  const others = refs.slice(0, -1);
  switch (change.do) {
    case 'release':
      strings.release(last);
      return others;
    case 'append':
      return [...others, strings.append(last, change.bytes, 0, change.bytes.length)];
    case 'replace':
      return [...others, strings.replace(last, change.bytes, 0, change.bytes.length)];
    case 'splice': {
      const [at, removed] = cutOf(strings.length(last), change);
      return [...others, strings.splice(last, at, removed, change.bytes, 0, change.bytes.length)];
    }
    case 'setRange':
      return [...others, strings.setRange(last, change.at, change.bytes, 0, change.bytes.length)];
  }
}

/** Where to cut a string of that length, and how much of it. */
function cutOf(length: number, { at, removed }: { at: number; removed: number }): [at: number, removed: number] {
  const first = at % (length + 1);
  return [first, Math.min(removed, length - first)];
}

function expected(value: Uint8Array, change: Change): Uint8Array {
  if (change.do === 'append') return Uint8Array.from([...value, ...change.bytes]);
  if (change.do === 'replace') return change.bytes;
  if (change.do === 'splice') {
    const [at, removed] = cutOf(value.length, change);
    return Uint8Array.from([...value.subarray(0, at), ...change.bytes, ...value.subarray(at + removed)]);
  }
  if (change.do !== 'setRange') return value;
  const result = new Uint8Array(Math.max(value.length, change.at + change.bytes.length));
  result.set(value);
  result.set(change.bytes, change.at);
  return result;
}

describe('the dynamic string', () => {
  it('holds what an ordinary byte array would hold after the same changes', () => {
    fc.assert(
      fc.property(bytes, changes, (first, all) => {
        const strings = new DynamicStrings(new Arena(), 1, null);
        let ref = strings.create(first, 0, first.length);
        let value: Uint8Array = first;
        for (const change of all) {
          if (change.do === 'create' || change.do === 'release') continue;
          [ref] = perform(strings, [ref], change) as [number];
          value = expected(value, change);
          strings.assertValid(ref);
          expect(strings.copy(ref)).toEqual(value);
        }
      }),
    );
  });

  it('copies a string that is appended to byte by byte only now and then', () => {
    const recorder = new Recorder();
    const strings = new DynamicStrings(new Arena(), 1, recorder.probe(dynamicStringSteps));
    let ref = strings.create(ascii(''), 0, 0);
    let moves = 0;
    for (let i = 0; i < 10_000; i++) {
      const after = strings.append(ref, ascii('x'), 0, 1);
      if (after !== ref) moves++;
      ref = after;
    }
    expect(strings.length(ref)).toBe(10_000);
    expect(moves).toBeLessThan(15);
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, (all) => {
        const recorder = new Recorder();
        const strings = new DynamicStrings(new Arena(), 1, recorder.probe(dynamicStringSteps));
        const witness = new Witness(recorder, emptyDynamicStringModel, apply);
        let refs: number[] = [];
        for (const change of all) {
          refs = perform(strings, refs, change);
          expect(witness.look()).toEqual(strings.snapshot(refs));
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect([...met].sort()).toEqual(
      Object.keys(dynamicStringSteps.kinds)
        .map((kind) => `dynamic-string.${kind}`)
        .sort(),
    );
  });

  it.each(mutatingKinds(dynamicStringSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const strings = new DynamicStrings(new Arena(), 1, recorder.probe(dynamicStringSteps));
      const witness = new Witness(recorder, emptyDynamicStringModel, apply);
      let refs: number[] = [];
      return all.some((change) => {
        refs = perform(strings, refs, change);
        return !isEqual(witness.look(), strings.snapshot(refs));
      });
    });
    expect(isNoticed).toBe(true);
  });
});
