import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { keyText } from './hash-table.steps.ts';

export const skipListSteps = declareSteps('skip-list', 11, {
  /** The search went along a level to an element that still comes before what is looked for. */
  forward: observe('level', 'element'),
  /** The next element on a level comes too late, or there is none: the search goes down from here. */
  down: observe('level', 'element'),
  /** The list became as many levels high; on the new ones the head reaches over everything. */
  raise: mutate('level'),
  /** An element got its score and a tower of so many levels, which hang nowhere yet. */
  enter: mutate('element', 'level', 'length', 'score:ms', 'member:bytes'),
  /** On a level an element was hung in behind another; each says how far its link reaches. 0 is the head. */
  link: mutate('level', 'before', 'element', 'spanBefore', 'span'),
  /** On a level an element's tower was taken out; what was before it reaches as far as both did. */
  unlink: mutate('level', 'before', 'element'),
  /** A link that passes over the place reaches one farther, or one less far. */
  stretch: mutate('level', 'before', 'by'),
  /** An element knows another one as the one before it; of element 0 it is the last of the list. */
  back: mutate('element', 'before'),
  /** An element has another score and keeps its place. */
  rescore: mutate('element', 'score:ms'),
  /** The topmost levels were empty and are gone. */
  lower: mutate('level'),
  /** An element is no longer in the list. */
  leave: mutate('element'),
  /** Nothing is in the list any more. */
  clear: mutate(),
});

export type SkipListStep = StepOf<typeof skipListSteps>;
export type SkipListProbe = ProbeOf<typeof skipListSteps>;

/** One level of a tower: the next element on it, 0 for none, and how many elements farther that is. */
export interface LinkModel {
  readonly forward: number;
  readonly span: number;
}

export interface TowerModel {
  readonly ref: number;
  readonly score: number;
  readonly length: number;
  /** The member's first bytes, `PREVIEW_BYTES` at most. */
  readonly member: Uint8Array;
  readonly backward: number;
  /** From the lowest level, on which everything is, upwards. */
  readonly links: readonly LinkModel[];
}

export interface SkipListModel {
  readonly kind: 'skip-list';
  /** The head's links: as many as the list has levels. */
  readonly head: readonly LinkModel[];
  readonly last: number;
  readonly towers: ReadonlyMap<number, TowerModel>;
}

export const emptySkipListModel: SkipListModel = {
  kind: 'skip-list',
  head: [{ forward: 0, span: 0 }],
  last: 0,
  towers: new Map(),
};

const NO_LINK: LinkModel = { forward: 0, span: 0 };

export function applySkipListStep(model: SkipListModel, step: SkipListStep): SkipListModel {
  switch (step.kind) {
    case 'forward':
    case 'down':
      return model;
    case 'raise': {
      const over = { forward: 0, span: model.towers.size };
      return { ...model, head: Array.from({ length: step.level }, (_, level) => model.head[level] ?? over) };
    }
    case 'enter': {
      const { element: ref, score, length, member } = step;
      const links = Array.from({ length: step.level }, () => NO_LINK);
      return withTower(model, { ref, score, length, member, backward: 0, links });
    }
    case 'link': {
      const { level, before, element, span, spanBefore } = step;
      const { forward } = linkOf(model, before, level);
      return withLink(withLink(model, element, level, { forward, span }), before, level, {
        forward: element,
        span: spanBefore,
      });
    }
    case 'unlink': {
      const { span } = linkOf(model, step.before, step.level);
      const gone = linkOf(model, step.element, step.level);
      return withLink(model, step.before, step.level, { forward: gone.forward, span: span + gone.span - 1 });
    }
    case 'stretch': {
      const { forward, span } = linkOf(model, step.before, step.level);
      return withLink(model, step.before, step.level, { forward, span: span + step.by });
    }
    case 'back': {
      if (step.element === 0) return { ...model, last: step.before };
      const tower = model.towers.get(step.element);
      return tower ? withTower(model, { ...tower, backward: step.before }) : model;
    }
    case 'rescore': {
      const tower = model.towers.get(step.element);
      return tower ? withTower(model, { ...tower, score: step.score }) : model;
    }
    case 'lower':
      return { ...model, head: model.head.slice(0, step.level) };
    case 'leave': {
      const towers = new Map(model.towers);
      towers.delete(step.element);
      return { ...model, towers };
    }
    case 'clear':
      return emptySkipListModel;
  }
}

function linkOf(model: SkipListModel, element: number, level: number): LinkModel {
  const links = element === 0 ? model.head : model.towers.get(element)?.links;
  return links?.[level] ?? NO_LINK;
}

function withTower(model: SkipListModel, tower: TowerModel): SkipListModel {
  return { ...model, towers: new Map(model.towers).set(tower.ref, tower) };
}

function withLink(model: SkipListModel, element: number, level: number, link: LinkModel): SkipListModel {
  const changed = (links: readonly LinkModel[]): readonly LinkModel[] =>
    links.map((old, at) => (at === level ? link : old));
  if (element === 0) return { ...model, head: changed(model.head) };
  const tower = model.towers.get(element);
  return tower ? withTower(model, { ...tower, links: changed(tower.links) }) : model;
}

export function describeSkipListStep(step: SkipListStep, model: SkipListModel): string {
  const name = (ref: number): string => (ref === 0 ? 'the head' : memberText(model.towers.get(ref)));
  switch (step.kind) {
    case 'forward':
      return `Along level ${step.level} to ${name(step.element)}, which still comes before.`;
    case 'down':
      return step.level === 0
        ? `${capitalized(name(step.element))} is the last one before the place.`
        : `From ${name(step.element)} the next on level ${step.level} is too far: down to level ${step.level - 1}.`;
    case 'raise':
      return `The list is now ${levels(step.level)} high.`;
    case 'enter':
      return `${memberText(step)} gets the score ${step.score} and, by the throw of dice, a tower of ${levels(step.level)}.`;
    case 'link':
      return `On level ${step.level}, ${name(step.element)} goes in behind ${name(step.before)}.`;
    case 'unlink':
      return `On level ${step.level}, ${name(step.before)} now reaches past ${name(step.element)}.`;
    case 'stretch':
      return `The link of ${name(step.before)} on level ${step.level} spans one element ${step.by > 0 ? 'more' : 'less'}.`;
    case 'back':
      if (step.element === 0)
        return step.before === 0 ? 'The list has no last element.' : `${name(step.before)} is the last.`;
      return step.before === 0
        ? `${name(step.element)} is the first.`
        : `Backwards, ${name(step.element)} leads to ${name(step.before)}.`;
    case 'rescore':
      return `${name(step.element)} has the score ${step.score} now, and its place is still right.`;
    case 'lower':
      return `Nothing reaches higher any more: the list is ${levels(step.level)} high.`;
    case 'leave':
      return `${name(step.element)} is out of the skip list.`;
    case 'clear':
      return 'The skip list is empty.';
  }
}

/** A member as it is written in captions. */
export function memberText(element: { readonly member: Uint8Array; readonly length: number } | undefined): string {
  return element ? keyText({ key: element.member, keyLength: element.length }) : 'an element';
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function levels(count: number): string {
  return count === 1 ? 'one level' : `${count} levels`;
}
