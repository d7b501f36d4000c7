/** The towers of a skip list: where in an element's record its links lie, as the skip list's essay draws them, and what they say. */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import type { LinkModel } from './skip-list.steps.ts';
import { SCORE_DOUBLE, TABLE_WORDS } from './sorted-index.ts';

/** High enough for four thousand million elements. */
export const MOST_LEVELS = 16;
/** The words of an element behind those of the table: the bytes of its tower, and its score (two). */
export const TOWER_BYTES = 3;
export const FOREIGN_WORDS = 3;
/** Where the tower begins. */
export const TOWER_OFFSET = (TABLE_WORDS + FOREIGN_WORDS) * 4;
/** One level of a tower: forward, span (on level 0: backward), and as a double the score of the next. */
const LINK_SHIFT = 2;
const LINK_BYTES_SHIFT = 4;
export const LINK_BYTES = 1 << LINK_BYTES_SHIFT;
/** The words of a link. */
const FORWARD = 0;
export const SPAN = 1;
const BACKWARD = 1;
/** From an element's front to the first word of its lowest link, and to the double in that. */
const FIRST_LINK = TOWER_OFFSET / 4;
const FIRST_SCORE = TOWER_OFFSET / 8 + 1;

/** Where the first word of a link lies in its page. */
export function linkAt(element: Ref, level: number): number {
  return ((element & PAGE_MASK) << 1) + FIRST_LINK + (level << LINK_SHIFT);
}

/** Where the double in it does. */
export function nextScoreAt(element: Ref, level: number): number {
  return (element & PAGE_MASK) + FIRST_SCORE + (level << 1);
}

export class Towers {
  private readonly arena: Arena;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  levels(element: Ref): number {
    return this.arena.word(element, TOWER_BYTES) >>> LINK_BYTES_SHIFT;
  }

  score(element: Ref): number {
    return this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE];
  }

  setScore(element: Ref, score: number): void {
    this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE] = score;
  }

  forward(element: Ref, level: number): Ref {
    return this.arena.words[element >>> PAGE_SHIFT][linkAt(element, level) + FORWARD];
  }

  backward(element: Ref): Ref {
    return this.arena.words[element >>> PAGE_SHIFT][linkAt(element, 0) + BACKWARD];
  }

  setBackward(element: Ref, before: Ref): void {
    this.arena.words[element >>> PAGE_SHIFT][linkAt(element, 0) + BACKWARD] = before;
  }

  span(element: Ref, level: number): number {
    if (level > 0) return this.arena.words[element >>> PAGE_SHIFT][linkAt(element, level) + SPAN];
    return this.forward(element, 0) === NONE ? 0 : 1;
  }

  /** Above level 0, where spans do not change. */
  stretch(element: Ref, level: number, by: number): void {
    this.arena.words[element >>> PAGE_SHIFT][linkAt(element, level) + SPAN] += by;
  }

  nextScore(element: Ref, level: number): number {
    return this.arena.doubles[element >>> PAGE_SHIFT][nextScoreAt(element, level)];
  }

  setNextScore(element: Ref, level: number, score: number): void {
    this.arena.doubles[element >>> PAGE_SHIFT][nextScoreAt(element, level)] = score;
  }

  setLink(element: Ref, level: number, forward: Ref, span: number, score: number): void {
    const words = this.arena.words[element >>> PAGE_SHIFT];
    const link = linkAt(element, level);
    words[link + FORWARD] = forward;
    if (level > 0) words[link + SPAN] = span;
    this.setNextScore(element, level, score);
  }

  /** The links on the lowest so many levels. */
  links(element: Ref, levels: number): LinkModel[] {
    return Array.from({ length: levels }, (_, level) => ({
      forward: this.forward(element, level),
      span: this.span(element, level),
    }));
  }
}

/** The way of a search. */
export class Path {
  /** For each level: the last element before the place, and how many are before that. */
  readonly before = new Int32Array(MOST_LEVELS);
  readonly ranks = new Int32Array(MOST_LEVELS);
  /** How far it has come. */
  at: Ref = NONE;
  rank = 0;

  begin(head: Ref): void {
    this.at = head;
    this.rank = 0;
  }

  take(level: number, before: Ref, rank: number): void {
    this.before[level] = before;
    this.ranks[level] = rank;
  }
}
