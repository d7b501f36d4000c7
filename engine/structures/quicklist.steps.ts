import { address } from '../memory/arena.steps.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import {
  applyLinkedListStep,
  emptyLinkedListModel,
  type LinkedListModel,
  type LinkedListStep,
} from './linked-list.steps.ts';

export const quickListSteps = declareSteps('quicklist', 9, {
  /** The list has so many elements now. */
  count: mutate('length'),
  /** The pack of this node, which has so many bytes in use, takes no more. */
  full: observe('node', 'used'),
  /** The pack of a node is about to be cut in two before the element at an offset. */
  split: observe('node', 'at'),
  /** The pack of an inner node is about to be compressed. */
  close: observe('node'),
  /** The compressed pack of a node is about to be made plain, for use or because the node is near an end now. */
  open: observe('node'),
  /** The elements of the second node are about to go to the first. */
  merge: observe('node', 'next'),
});

export type QuickListStep = StepOf<typeof quickListSteps>;
export type QuickListProbe = ProbeOf<typeof quickListSteps>;

/** A node carries the ref of its pack; when that is compressed, how many elements it has, else 0. */
export const QUICKLIST_PAYLOAD_WORDS = 2;

/** The packs themselves are among the listpacks, by the refs that the nodes carry. */
export interface QuickListModel {
  readonly length: number;
  readonly nodes: LinkedListModel;
}

export const emptyQuickListModel: QuickListModel = {
  length: 0,
  nodes: emptyLinkedListModel(QUICKLIST_PAYLOAD_WORDS),
};

export function applyQuickListStep(model: QuickListModel, step: QuickListStep | LinkedListStep): QuickListModel {
  if (step.structure === 'linked-list') return { ...model, nodes: applyLinkedListStep(model.nodes, step) };
  return step.kind === 'count' ? { ...model, length: step.length } : model;
}

export function describeQuickListStep(step: QuickListStep): string {
  switch (step.kind) {
    case 'count':
      return step.length === 1 ? 'The list has one element now.' : `The list has ${step.length} elements now.`;
    case 'full':
      return `The pack of the node at ${address(step.node)} has ${step.used} bytes in use and takes no more.`;
    case 'split':
      return `The pack of the node at ${address(step.node)} is full: it is cut in two where the new element goes.`;
    case 'close':
      return `The node at ${address(step.node)} lies far enough from both ends: its pack is compressed.`;
    case 'open':
      return `The pack of the node at ${address(step.node)} is made plain.`;
    case 'merge':
      return `The packs of the nodes at ${address(step.node)} and ${address(step.next)} fit into one: they are joined.`;
  }
}
