/** A skip list seen as a whole: as plain data, and whether its invariants hold. */
import { NONE, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import type { Towers } from './skip-list-towers.ts';
import type { SkipListModel, TowerModel } from './skip-list.steps.ts';
import type { Target } from './sorted-index.ts';

export interface Whole {
  readonly arena: Arena;
  readonly towers: Towers;
  readonly target: Target;
  readonly head: Ref;
  readonly last: Ref;
  readonly levels: number;
  readonly length: number;
}

function elements({ towers, head }: Whole): Ref[] {
  const all: Ref[] = [];
  if (head === NONE) return all;
  for (let at = towers.forward(head, 0); at !== NONE; at = towers.forward(at, 0)) all.push(at);
  return all;
}

export function skipListModel(whole: Whole): SkipListModel {
  const { arena, towers, target, head } = whole;
  const models = elements(whole).map((ref): TowerModel => {
    const start = target.memberStart(ref);
    const length = arena.word(ref, 2);
    return {
      ref,
      score: towers.score(ref),
      length,
      member: arena.bytes[ref >>> PAGE_SHIFT].slice(start, start + Math.min(length, PREVIEW_BYTES)),
      backward: towers.backward(ref),
      links: towers.links(ref, towers.levels(ref)),
    };
  });
  return {
    kind: 'skip-list',
    head: head === NONE ? [{ forward: NONE, span: 0 }] : towers.links(head, whole.levels),
    last: whole.last,
    towers: new Map(models.map((model) => [model.ref, model])),
  };
}

/** Throws when an invariant of the skip list's essay is broken, but for the first: that of the order. */
export function assertTowers(whole: Whole): void {
  const { towers, head, last, levels, length } = whole;
  const order = elements(whole);
  if (order.length !== length) throw new Error(`invariant 1: ${order.length} elements, ${length} counted`);
  for (let level = 0; head !== NONE && level < levels; level++) assertLevel(whole, level, order);
  const backwards: Ref[] = [];
  for (let at = last; at !== NONE; at = towers.backward(at)) backwards.unshift(at);
  if (backwards.join() !== order.join()) throw new Error('invariant 5: backwards, other elements are met');
}

function assertLevel({ towers, head }: Whole, level: number, order: readonly Ref[]): void {
  const on = [head, ...order.filter((element) => towers.levels(element) > level)];
  if (on.length === 1 && level > 0) throw new Error(`invariant 6: level ${level} is empty`);
  on.forEach((element, i) => {
    const next = on[i + 1] ?? NONE;
    const stop = towers.stop(element, level);
    if (towers.element(stop, level) !== element) throw new Error(`invariant 7: the tower of ${element} is another's`);
    if (towers.element(towers.forward(stop, level), level) !== next)
      throw new Error(`invariant 2: ${element} leads to another than ${next} on level ${level}`);
    const rank = order.indexOf(element) + 1;
    const span = next === NONE ? order.length - rank : order.indexOf(next) + 1 - rank;
    if (towers.span(stop, level) !== span)
      throw new Error(`invariant 3: the link of ${element} on level ${level} does not span ${span}`);
    if (towers.nextScore(stop, level) !== (next === NONE ? Infinity : towers.score(next)))
      throw new Error(`invariant 4: ${element} has another score for ${next} on level ${level}`);
  });
}
