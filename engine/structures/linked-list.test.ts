import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena, NONE } from '../memory/arena.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { LinkedList } from './linked-list.ts';
import {
  applyLinkedListStep,
  describeLinkedListStep,
  emptyLinkedListModel,
  linkedListSteps,
  type LinkedListModel,
  type LinkedListStep,
} from './linked-list.steps.ts';

interface Change {
  readonly do: 'pushFront' | 'pushBack' | 'insertBefore' | 'insertAfter' | 'remove' | 'carry';
  readonly place: number;
  readonly value: number;
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    do: fc.constantFrom<Change['do'][]>('pushFront', 'pushBack', 'insertBefore', 'insertAfter', 'remove', 'carry'),
    place: fc.nat(20),
    value: fc.integer({ min: 1 }),
  }),
  { minLength: 5, maxLength: 50 },
);

function listOf(recorder: Recorder | null, arena = new Arena()): LinkedList {
  return new LinkedList(arena, { id: 1, payloadWords: 2, trace: recorder?.probe(linkedListSteps) ?? null });
}

function nodesOf(list: LinkedList): number[] {
  const nodes: number[] = [];
  for (let node = list.first; node !== NONE; node = list.next(node)) nodes.push(node);
  return nodes;
}

function perform(list: LinkedList, { do: what, place, value }: Change): void {
  const nodes = nodesOf(list);
  const node = nodes[place % Math.max(1, nodes.length)];
  if (node === undefined || what === 'pushFront' || what === 'pushBack') {
    const added = what === 'pushFront' ? list.pushFront() : list.pushBack();
    list.setPayload(added, 0, value);
  } else if (what === 'remove') {
    list.remove(node);
  } else if (what === 'carry') {
    list.visit(node);
    list.setPayload(node, 1, value);
  } else {
    list.setPayload(list[what](node), 0, value);
  }
}

function performOnArray(values: readonly number[], { do: what, place, value }: Change): number[] {
  const after = [...values];
  const at = place % Math.max(1, values.length);
  if (values.length === 0 || what === 'pushBack') after.push(value);
  else if (what === 'pushFront') after.unshift(value);
  else if (what === 'remove') after.splice(at, 1);
  else if (what !== 'carry') after.splice(what === 'insertBefore' ? at : at + 1, 0, value);
  return after;
}

const apply = (model: LinkedListModel, step: AnyStep): LinkedListModel =>
  applyLinkedListStep(model, step as LinkedListStep);

describe('the linked list', () => {
  it('holds what an ordinary array would hold, forwards and backwards, and gives its memory back', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const arena = new Arena();
        const list = listOf(null, arena);
        let values: number[] = [];
        for (const change of all) {
          perform(list, change);
          values = performOnArray(values, change);
          list.assertValid();
          expect(nodesOf(list).map((node) => list.payload(node, 0))).toEqual(values);
        }
        const backwards: number[] = [];
        for (let node = list.last; node !== NONE; node = list.previous(node)) backwards.push(list.payload(node, 0));
        expect(backwards.reverse()).toEqual(values);
        for (const node of nodesOf(list)) list.remove(node);
        expect(arena.usedBytes).toBe(0);
      }),
    );
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, (all) => {
        const recorder = new Recorder();
        const list = listOf(recorder);
        const witness = new Witness(recorder, emptyLinkedListModel(2), apply);
        for (const change of all) {
          perform(list, change);
          expect(witness.look()).toEqual(list.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect(met).toEqual(new Set(Object.keys(linkedListSteps.kinds).map((kind) => `linked-list.${kind}`)));
  });

  it.each(mutatingKinds(linkedListSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const list = listOf(recorder);
      const witness = new Witness(recorder, emptyLinkedListModel(2), apply);
      return all.some((change) => {
        perform(list, change);
        return !isEqual(witness.look(), list.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('comes back as it was captured', () => {
    const arena = new Arena();
    const list = listOf(null, arena);
    for (let i = 0; i < 5; i++) list.setPayload(list.pushBack(), 0, i);
    const [state, memory, snapshot] = [list.capture(), arena.capture(), list.snapshot()];
    list.remove(list.first);
    list.pushFront();
    arena.restore(memory);
    list.restore(state);
    list.assertValid();
    expect(list.snapshot()).toEqual(snapshot);
  });

  it('notices a node that does not know its neighbour, and a length that is not true', () => {
    const arena = new Arena();
    const list = listOf(null, arena);
    const [first] = [list.pushBack(), list.pushBack()];
    list.length = 3;
    expect(() => {
      list.assertValid();
    }).toThrow('invariant 2');
    list.length = 2;
    arena.words[0][(list.last & 0x1ffff) << 1] = NONE;
    expect(() => {
      list.assertValid();
    }).toThrow('invariant 1');
    expect(first).toBe(list.first);
  });

  it('tells where a new node goes', () => {
    const link = (previous: number, next: number): string =>
      describeLinkedListStep({ structure: 'linked-list', kind: 'link', id: 1, node: 16, previous, next });
    expect([link(0, 0), link(0, 8), link(8, 0), link(8, 24)]).toEqual([
      'The list gets its first node, at 0x000080.',
      'A new node at 0x000080 becomes the first of the list.',
      'A new node at 0x000080 becomes the last of the list.',
      'A new node at 0x000080 is linked in between its two neighbours.',
    ]);
  });
});
