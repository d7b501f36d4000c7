import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { memberText } from './skip-list.steps.ts';

/** The side of a node on which a child is. */
export const LEFT = 0;
export const RIGHT = 1;

export const avlTreeSteps = declareSteps('avl-tree', 12, {
  /** A search met an element, and goes on to the side of what comes before it or of what comes after. */
  visit: observe('element', 'side'),
  /** An element became a node without children, which hangs nowhere yet. */
  enter: mutate('element', 'height', 'length', 'score:ms', 'member:bytes'),
  /** A node became another one's child on a side; 0 is no node, and as a parent the root's place. */
  hang: mutate('parent', 'side', 'child'),
  /** The height and the size of a node's subtree are counted anew. */
  measure: mutate('element', 'height', 'size'),
  /** A node leans too far to a side: the child on that side is to take its place. */
  rotate: observe('element', 'side'),
  /** An element has another score and keeps its place. */
  rescore: mutate('element', 'score:ms'),
  /** An element is no longer in the tree. */
  leave: mutate('element'),
  /** Nothing is in the tree any more. */
  clear: mutate(),
});

export type AvlTreeStep = StepOf<typeof avlTreeSteps>;
export type AvlTreeProbe = ProbeOf<typeof avlTreeSteps>;

export interface NodeModel {
  readonly ref: number;
  readonly score: number;
  readonly length: number;
  /** The member's first bytes, `PREVIEW_BYTES` at most. */
  readonly member: Uint8Array;
  readonly parent: number;
  readonly left: number;
  readonly right: number;
  /** Of the subtree: how many nodes are on its longest way down, and how many there are. */
  readonly height: number;
  readonly size: number;
}

export interface AvlTreeModel {
  readonly kind: 'avl-tree';
  readonly root: number;
  readonly nodes: ReadonlyMap<number, NodeModel>;
}

export const emptyAvlTreeModel: AvlTreeModel = { kind: 'avl-tree', root: 0, nodes: new Map() };

export function applyAvlTreeStep(model: AvlTreeModel, step: AvlTreeStep): AvlTreeModel {
  switch (step.kind) {
    case 'visit':
    case 'rotate':
      return model;
    case 'enter': {
      const { element: ref, score, length, member, height } = step;
      const node = { ref, score, length, member, parent: 0, left: 0, right: 0, height, size: 1 };
      return { ...model, nodes: new Map(model.nodes).set(ref, node) };
    }
    case 'hang': {
      const { parent, side, child } = step;
      const hung = changed(model, child, { parent });
      if (parent === 0) return { ...hung, root: child };
      return changed(hung, parent, side === LEFT ? { left: child } : { right: child });
    }
    case 'measure':
      return changed(model, step.element, { height: step.height, size: step.size });
    case 'rescore':
      return changed(model, step.element, { score: step.score });
    case 'leave': {
      const nodes = new Map(model.nodes);
      nodes.delete(step.element);
      return { ...model, nodes };
    }
    case 'clear':
      return emptyAvlTreeModel;
  }
}

function changed(model: AvlTreeModel, ref: number, change: Partial<NodeModel>): AvlTreeModel {
  const node = model.nodes.get(ref);
  return node ? { ...model, nodes: new Map(model.nodes).set(ref, { ...node, ...change }) } : model;
}

export function describeAvlTreeStep(step: AvlTreeStep, model: AvlTreeModel): string {
  const name = (ref: number): string => memberText(model.nodes.get(ref));
  switch (step.kind) {
    case 'visit':
      return step.side === LEFT
        ? `At ${name(step.element)}, what is looked for is not behind it: to the left.`
        : `${name(step.element)} comes before what is looked for: to the right.`;
    case 'enter':
      return `${memberText(step)} becomes a node with the score ${step.score}.`;
    case 'hang':
      return describeHang(step, name);
    case 'measure':
      return `Below ${name(step.element)}, itself counted, there are now ${nodes(step.size)}; the way down is ${nodes(step.height)} long.`;
    case 'rotate':
      return `${name(step.element)} leans to the ${sideName(step.side)} by two: its ${sideName(step.side)} child turns up into its place.`;
    case 'rescore':
      return `${name(step.element)} has the score ${step.score} now, and its place is still right.`;
    case 'leave':
      return `${name(step.element)} is out of the tree.`;
    case 'clear':
      return 'The tree is empty.';
  }
}

function describeHang(
  { parent, side, child }: Extract<AvlTreeStep, { kind: 'hang' }>,
  name: (ref: number) => string,
): string {
  if (child === 0) return parent === 0 ? 'The tree has no root.' : `${name(parent)} has no ${sideName(side)} child.`;
  if (parent === 0) return `${name(child)} is the root.`;
  return `${name(child)} becomes the ${sideName(side)} child of ${name(parent)}.`;
}

function sideName(side: number): string {
  return side === LEFT ? 'left' : 'right';
}

function nodes(count: number): string {
  return count === 1 ? 'one node' : `${count} nodes`;
}
