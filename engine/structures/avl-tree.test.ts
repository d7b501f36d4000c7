import { describe, expect, it } from 'vitest';

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
import { SortedElements, itIsASortedIndex } from './sorted-index.test-kit.ts';

function make(recorder: Recorder | null): SortedElements<AvlTreeState, AvlTreeModel> {
  const trace = recorder?.probe(avlTreeSteps) ?? null;
  return new SortedElements((arena) => new AvlTree(arena, { id: 9, trace }));
}

const apply = (model: AvlTreeModel, step: AnyStep): AvlTreeModel => applyAvlTreeStep(model, step as AvlTreeStep);

describe('the AVL tree', () => {
  itIsASortedIndex(avlTreeSteps, make, emptyAvlTreeModel, apply);

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
