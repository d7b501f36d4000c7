import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NONE } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { Witness } from '../trace/witness.ts';
import { AvlTree, type AvlTreeState } from './avl-tree.ts';
import {
  applyAvlTreeStep,
  describeAvlTreeStep,
  emptyAvlTreeModel,
  avlTreeSteps,
  type AvlTreeModel,
  type AvlTreeStep,
} from './avl-tree.steps.ts';
import {
  SortedElements,
  expectedOrder,
  filledWith,
  itTellsAllAndComesBack,
  sortedChanges,
} from './sorted-index.test-kit.ts';

function make(recorder: Recorder | null): SortedElements<AvlTreeState, AvlTreeModel> {
  const trace = recorder?.probe(avlTreeSteps) ?? null;
  return new SortedElements((arena) => new AvlTree(arena, { id: 9, trace }));
}

const apply = (model: AvlTreeModel, step: AnyStep): AvlTreeModel => applyAvlTreeStep(model, step as AvlTreeStep);

describe('the AVL tree', () => {
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

  it('is never deeper than it must be, not even when the elements come in order', () => {
    const elements = make(null);
    for (let i = 0; i < 1023; i++) elements.perform({ do: 'set', member: `m${i}`, score: i });
    const heightOf = (): number => {
      const { root, nodes } = elements.index.snapshot();
      return nodes.get(root)?.height ?? 0;
    };
    expect(heightOf()).toBe(10);
    for (let i = 0; i < 1000; i++) elements.perform({ do: 'remove', member: `m${i}`, score: 0 });
    elements.index.assertValid();
    expect(heightOf()).toBeLessThanOrEqual(6);
  });

  itTellsAllAndComesBack(avlTreeSteps, make, emptyAvlTreeModel, apply);

  it('tells of an element by its member', () => {
    const recorder = new Recorder();
    const elements = make(recorder);
    elements.perform({ do: 'set', member: 'alice', score: 1.5 });
    const model = new Witness(recorder, emptyAvlTreeModel, apply).look();
    const element = elements.index.first();
    const step = (fields: object): AvlTreeStep => ({ structure: 'avl-tree', id: 9, ...fields }) as AvlTreeStep;
    expect(describeAvlTreeStep(step({ kind: 'visit', element, side: 1 }), model)).toBe(
      '“alice” comes before what is looked for: to the right.',
    );
    expect(describeAvlTreeStep(step({ kind: 'hang', parent: element, side: 0, child: 0 }), model)).toBe(
      '“alice” has no left child.',
    );
    expect(describeAvlTreeStep(step({ kind: 'hang', parent: 0, side: 0, child: element }), model)).toBe(
      '“alice” is the root.',
    );
  });
});
