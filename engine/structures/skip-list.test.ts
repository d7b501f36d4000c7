import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { NONE } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { Witness } from '../trace/witness.ts';
import { SkipList, type SkipListState } from './skip-list.ts';
import {
  applySkipListStep,
  describeSkipListStep,
  emptySkipListModel,
  skipListSteps,
  type SkipListModel,
  type SkipListStep,
} from './skip-list.steps.ts';
import {
  SortedElements,
  expectedOrder,
  filledWith,
  itTellsAllAndComesBack,
  sortedChanges,
} from './sorted-index.test-kit.ts';

function make(recorder: Recorder | null, seed = 3): SortedElements<SkipListState, SkipListModel> {
  const chance = new Chance(seed);
  const trace = recorder?.probe(skipListSteps) ?? null;
  return new SortedElements((arena) => new SkipList(arena, { id: 9, trace, chance: () => chance.next() }));
}

const apply = (model: SkipListModel, step: AnyStep): SkipListModel => applySkipListStep(model, step as SkipListStep);

describe('the skip list', () => {
  it('keeps the order that sorting would give, whatever is done to it', () => {
    fc.assert(
      fc.property(sortedChanges, (all) => {
        const elements = make(null);
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
    const { index, ...rest } = filledWith(make(null), 500);
    const elements = { index, ...rest };
    index.assertValid();
    let rank = 0;
    for (let at = index.first(); at !== NONE; at = index.next(at), rank++) {
      expect(index.rank(at)).toBe(rank);
      expect(elements.index.at(rank)).toBe(at);
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

  it('looks at few elements even among many', () => {
    const recorder = new Recorder();
    const elements = filledWith(make(recorder), 4000);
    recorder.drop();
    const witness = new Witness(recorder, emptySkipListModel, (model) => model);
    let steps = 0;
    for (let rank = 0; rank < 4000; rank += 40) {
      elements.index.at(rank);
      steps += recorder.position;
      witness.look();
    }
    // Four words a step; level by level a few hops each.
    expect(steps / 100 / 4).toBeLessThan(40);
  });

  it('makes towers of one level for three elements in four', () => {
    const elements = filledWith(make(null), 4000);
    const { towers } = elements.index.snapshot();
    const low = [...towers.values()].filter(({ links }) => links.length === 1).length;
    expect(low / 4000).toBeGreaterThan(0.7);
    expect(low / 4000).toBeLessThan(0.8);
  });

  itTellsAllAndComesBack(skipListSteps, make, emptySkipListModel, apply);

  it('tells of an element by its member', () => {
    const recorder = new Recorder();
    const elements = make(recorder);
    elements.perform({ do: 'set', member: 'alice', score: 1.5 });
    const model = new Witness(recorder, emptySkipListModel, apply).look();
    const element = elements.index.first();
    const step = (fields: object): SkipListStep => ({ structure: 'skip-list', id: 9, ...fields }) as SkipListStep;
    expect(describeSkipListStep(step({ kind: 'forward', level: 2, element }), model)).toBe(
      'Along level 2 to “alice”, which still comes before.',
    );
    expect(describeSkipListStep(step({ kind: 'down', level: 0, element: 0 }), model)).toBe(
      'The head is the last one before the place.',
    );
    expect(describeSkipListStep(step({ kind: 'back', element: 0, before: element }), model)).toBe(
      '“alice” is the last.',
    );
  });
});
