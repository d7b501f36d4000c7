import { address } from '../memory/arena.steps.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const linkedListSteps = declareSteps('linked-list', 8, {
  /** A walk came by this node. */
  visit: observe('node'),
  /** A new node stands between these two, either of which may be nobody. */
  link: mutate('node', 'previous', 'next'),
  /** One of the words that a node carries was set. */
  carry: mutate('node', 'word', 'value'),
  /** A node was taken out; its neighbours are each other's now. */
  unlink: mutate('node'),
});

export type LinkedListStep = StepOf<typeof linkedListSteps>;
export type LinkedListProbe = ProbeOf<typeof linkedListSteps>;

export interface ListNodeModel {
  readonly ref: number;
  readonly payload: readonly number[];
}

export interface LinkedListModel {
  readonly payloadWords: number;
  /** From the first to the last. */
  readonly nodes: readonly ListNodeModel[];
}

export function emptyLinkedListModel(payloadWords: number): LinkedListModel {
  return { payloadWords, nodes: [] };
}

export function applyLinkedListStep(model: LinkedListModel, step: LinkedListStep): LinkedListModel {
  switch (step.kind) {
    case 'visit':
      return model;
    case 'link': {
      const at = model.nodes.findIndex(({ ref }) => ref === step.previous) + 1;
      const node = { ref: step.node, payload: new Array<number>(model.payloadWords).fill(0) };
      return { ...model, nodes: [...model.nodes.slice(0, at), node, ...model.nodes.slice(at)] };
    }
    case 'carry': {
      const carrying = (node: ListNodeModel): ListNodeModel => ({
        ...node,
        payload: node.payload.map((value, word) => (word === step.word ? step.value : value)),
      });
      return { ...model, nodes: model.nodes.map((node) => (node.ref === step.node ? carrying(node) : node)) };
    }
    case 'unlink':
      return { ...model, nodes: model.nodes.filter(({ ref }) => ref !== step.node) };
  }
}

export function describeLinkedListStep(step: LinkedListStep): string {
  const node = `the node at ${address(step.node)}`;
  switch (step.kind) {
    case 'visit':
      return `Come to ${node}.`;
    case 'link':
      if (step.previous === 0 && step.next === 0) return `The list gets its first node, at ${address(step.node)}.`;
      if (step.previous === 0) return `A new node at ${address(step.node)} becomes the first of the list.`;
      if (step.next === 0) return `A new node at ${address(step.node)} becomes the last of the list.`;
      return `A new node at ${address(step.node)} is linked in between its two neighbours.`;
    case 'carry':
      return `${node.replace('the', 'The')} now carries ${address(step.value)}.`;
    case 'unlink':
      return `${node.replace('the', 'The')} is taken out: its neighbours point past it, and its memory is given back.`;
  }
}
