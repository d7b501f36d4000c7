import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
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
import { SortedElements, filledWith, itIsASortedIndex, sortedChanges } from './sorted-index.test-kit.ts';

function make(recorder: Recorder | null, seed = 3): SortedElements<SkipListState, SkipListModel> {
  const chance = new Chance(seed);
  const trace = recorder?.probe(skipListSteps) ?? null;
  return new SortedElements((arena) => new SkipList(arena, { id: 9, trace, chance: () => chance.next() }));
}

const apply = (model: SkipListModel, step: AnyStep): SkipListModel => applySkipListStep(model, step as SkipListStep);

describe('the skip list', () => {
  itIsASortedIndex(skipListSteps, make, emptySkipListModel, apply);

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

  it('comes to the same towers whether its searches are watched, one after the other, or made side by side', () => {
    fc.assert(
      fc.property(sortedChanges, fc.nat(), (changes, seed) => {
        const [watched, alone] = [make(new Recorder(), seed), make(null, seed)];
        for (const change of changes) {
          watched.perform(change);
          alone.perform(change);
          expect(alone.index.snapshot()).toEqual(watched.index.snapshot());
        }
      }),
    );
  });

  it('counts the towers of its elements as its own bytes, and frees each with its element', () => {
    const elements = filledWith(make(null), 400);
    const { arena, index } = elements;
    const withMany = index.ownBytes();
    const low = [...index.snapshot().towers.values()].filter(({ links }) => links.length === 1);
    const before = arena.usedBytes;
    for (const { ref } of low) index.remove(ref);
    // What stood on level 0 alone has no tower to free: the table's records are still there.
    expect([arena.usedBytes, index.ownBytes()]).toEqual([before, withMany]);
    const high = [...index.snapshot().towers.keys()];
    for (const ref of high) index.remove(ref);
    expect(before - arena.usedBytes).toBe(withMany - index.ownBytes());
    expect(withMany - index.ownBytes()).toBeGreaterThan(high.length * 16);
  });

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
