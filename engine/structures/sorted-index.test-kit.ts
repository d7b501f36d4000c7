/** For tests: a sorted index with the table that its elements lie in, and random changes to both. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { Arena, NONE } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep, StepKinds } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { HashTable } from './hash-table.ts';
import type { SortedIndex } from './sorted-index.ts';

export interface SortedChange {
  readonly do: 'set' | 'remove' | 'remove run' | 'clear' | 'look';
  readonly member: string;
  readonly score: number;
}

/** Few members and few scores, so that both meet again. */
export const sortedChanges = fc.array(
  fc.record({
    do: fc.oneof(
      { weight: 20, arbitrary: fc.constant('set' as const) },
      { weight: 12, arbitrary: fc.constant('remove' as const) },
      { weight: 2, arbitrary: fc.constant('remove run' as const) },
      { weight: 4, arbitrary: fc.constant('look' as const) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
    ),
    member: fc.oneof(
      fc.nat(40).map((n) => `m${n}`),
      fc.nat(5).map((n) => 'x'.repeat(n * 9)),
    ),
    score: fc.oneof(fc.nat(12), fc.constantFrom(-Infinity, Infinity, -0, 0.1, -1.5, 1e300)),
  }),
  { minLength: 20, maxLength: 150 },
);

/** So many elements are taken out at once, from the first of a score on. */
const RUN = 3;

export class SortedElements<State, Model> {
  readonly arena = new Arena();
  readonly index: SortedIndex<State, Model>;
  readonly table: HashTable;

  constructor(make: (arena: Arena) => SortedIndex<State, Model>) {
    this.index = make(this.arena);
    const { foreignWords } = this.index;
    this.table = new HashTable(this.arena, {
      ...{ id: 1, hashName: 'fnv1a', seed: [0, 0], payloadWords: 0, trace: null },
      foreignWords,
    });
  }

  perform({ do: what, member, score }: SortedChange): void {
    const bytes = ascii(member);
    const found = this.table.find(bytes, 0, bytes.length);
    if (what === 'clear') {
      this.index.clear();
      this.table.clear(() => undefined);
    } else if (what === 'remove' && found !== NONE) {
      this.index.remove(found);
      this.table.remove(found);
    } else if (what === 'remove run') {
      const rank = this.index.countToScore(score, false);
      const count = Math.min(RUN, this.index.length - rank);
      if (count > 0) this.index.removeRun(this.index.at(rank), count, (element) => this.table.remove(element));
    } else if (what === 'set') {
      if (found !== NONE) this.index.rescore(found, score);
      else this.index.insert(this.table.insertMissing(bytes, 0, bytes.length), score);
    } else if (what === 'look') {
      this.index.at(this.index.countToScore(score, true));
      if (found !== NONE) this.index.rank(found);
    }
  }

  member(element: number): string {
    return latin1(this.table.keyCopy(element));
  }

  /** All elements in the order of the index. */
  order(): [member: string, score: number][] {
    const all: [string, number][] = [];
    for (let at = this.index.first(); at !== NONE; at = this.index.next(at))
      all.push([this.member(at), this.index.score(at)]);
    return all;
  }
}

/** What a plain map and a sort would make of the same changes. */
function expectedOrder(changes: readonly SortedChange[]): [member: string, score: number][] {
  const map = new Map<string, number>();
  for (const { do: what, member, score } of changes) {
    if (what === 'set') map.set(member, score);
    if (what === 'remove') map.delete(member);
    if (what === 'remove run') {
      const run = inOrder(map).filter(([, other]) => other >= score);
      for (const [other] of run.slice(0, RUN)) map.delete(other);
    }
    if (what === 'clear') map.clear();
  }
  return inOrder(map);
}

function inOrder(map: ReadonlyMap<string, number>): [member: string, score: number][] {
  return [...map].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1));
}

/** So many elements, whose scores are 0 to 9. */
export function filledWith<State, Model>(elements: SortedElements<State, Model>, count: number): typeof elements {
  for (let i = 0; i < count; i++) elements.perform({ do: 'set', member: `m${(i * 7919) % count}`, score: i % 10 });
  return elements;
}

/** What is asked of every index: that it orders, that its steps tell all that happens, and that it can go back. */
export function itIsASortedIndex<State, Model>(
  spec: StepKinds,
  make: (recorder: Recorder | null, seed?: number) => SortedElements<State, Model>,
  empty: Model,
  apply: (model: Model, step: AnyStep) => Model,
): void {
  it('keeps the order that sorting would give, whatever is done to it', () => {
    fc.assert(
      fc.property(sortedChanges, fc.nat(), (all, seed) => {
        const elements = make(null, seed);
        for (const change of all) {
          elements.perform(change);
          elements.index.assertValid();
        }
        expect(elements.order()).toEqual(expectedOrder(all));
        elements.index.clear();
        elements.table.clear(() => undefined);
        expect(elements.arena.usedBytes).toBe(0);
      }),
    );
  });

  it('knows the rank of each element, the n-th, and how many are below a score', () => {
    const { index } = filledWith(make(null), 500);
    index.assertValid();
    let rank = 0;
    for (let at = index.first(); at !== NONE; at = index.next(at), rank++) {
      expect(index.rank(at)).toBe(rank);
      expect(index.at(rank)).toBe(at);
    }
    expect([index.at(-1), index.at(500), rank]).toEqual([NONE, NONE, 500]);
    expect([index.countToScore(3, false), index.countToScore(3, true)]).toEqual([150, 200]);
    expect([index.countToScore(-Infinity, false), index.countToScore(Infinity, true)]).toEqual([0, 500]);
  });

  it('counts members below bytes where all scores are equal', () => {
    const elements = make(null);
    for (const member of ['b', 'd', 'dd', '']) elements.perform({ do: 'set', member, score: 1 });
    const count = (text: string, isInclusive: boolean): number =>
      elements.index.countToMember(ascii(text), 0, text.length, isInclusive);
    expect(['', 'a', 'd', 'dd', 'z'].map((text) => count(text, false))).toEqual([0, 1, 2, 3, 4]);
    expect(['', 'a', 'd', 'dd', 'z'].map((text) => count(text, true))).toEqual([1, 1, 3, 4, 4]);
    expect(make(null).index.countToMember(ascii('a'), 0, 1, true)).toBe(0);
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(sortedChanges, (all) => {
        const recorder = new Recorder();
        const elements = make(recorder);
        const witness = new Witness(recorder, empty, apply);
        for (const change of all) {
          elements.perform(change);
          expect(witness.look()).toEqual(elements.index.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect([...met].sort()).toEqual(
      Object.keys(spec.kinds)
        .map((kind) => `${spec.structure}.${kind}`)
        .sort(),
    );
  });

  it.each(mutatingKinds(spec))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(sortedChanges, { numRuns: 30, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const elements = make(recorder);
      const witness = new Witness(recorder, empty, apply);
      return all.some((change) => {
        elements.perform(change);
        return !isEqual(witness.look(), elements.index.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('comes back exactly as it was, from a captured state', () => {
    const elements = filledWith(make(null), 100);
    const states = [elements.arena.capture(), elements.table.capture(), elements.index.capture()] as const;
    const before = elements.index.snapshot();
    for (let i = 0; i < 100; i++) elements.perform({ do: 'remove', member: `m${i}`, score: 0 });
    elements.arena.restore(states[0]);
    elements.table.restore(states[1]);
    elements.index.restore(states[2]);
    expect(elements.index.snapshot()).toEqual(before);
    elements.perform({ do: 'set', member: 'more', score: 4.5 });
    elements.index.assertValid();
  });
}
