/** The links of a skip list: where they lie, as the skip list's essay draws them, and what they say. */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import type { LinkModel } from './skip-list.steps.ts';
import { SCORE_DOUBLE, TABLE_WORDS } from './sorted-index.ts';

/**
 * What a search stands on: on level 0 an element, above its tower. All that lies on one level leads to what lies there too, and
 * so a search looks at an element only on the lowest.
 */
export type Stop = Ref;

/** High enough for four thousand million elements. */
export const MOST_LEVELS = 16;
/** The words of an element behind those of the table: its tower, its score (two), and its link on level 0 (four). */
const TOWER = 3;
export const FOREIGN_WORDS = 7;
export const MEMBER_OFFSET = (TABLE_WORDS + FOREIGN_WORDS) * 4;
/** The words of a tower before its links: the element, and how many links there are. */
const ELEMENT = 0;
const HEIGHT = 1;
const TOWER_WORDS = 2;
/** A link: forward, span (on level 0: backward), and as a double the score of the next. */
const LINK_WORDS = 4;
export const SPAN = 1;
const BACKWARD = 1;
const LOWEST_LINK = 6;

/** In which word of a stop its link begins. */
export function linkWord(level: number): number {
  return level === 0 ? LOWEST_LINK : TOWER_WORDS + (level - 1) * LINK_WORDS;
}

/** In which double of a stop the score lies that belongs to a link. */
export function nextScoreDouble(link: number): number {
  return (link >> 1) + 1;
}

export class Towers {
  private readonly arena: Arena;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** Gives an element as many levels; they lead nowhere yet. */
  build(element: Ref, levels: number): void {
    const tower = levels === 1 ? NONE : this.arena.allocateZeroed((TOWER_WORDS + (levels - 1) * LINK_WORDS) * 4);
    this.setWord(element, TOWER, tower);
    if (tower === NONE) return;
    this.setWord(tower, ELEMENT, element);
    this.setWord(tower, HEIGHT, levels - 1);
  }

  /** Frees what is above an element. */
  raze(element: Ref): void {
    const tower = this.tower(element);
    if (tower !== NONE) this.arena.release(tower);
  }

  /** `NONE` where an element is on level 0 alone. */
  tower(element: Ref): Ref {
    return this.arena.word(element, TOWER);
  }

  levels(element: Ref): number {
    const tower = this.tower(element);
    return tower === NONE ? 1 : 1 + this.arena.word(tower, HEIGHT);
  }

  /** What of an element stands on a level. */
  stop(element: Ref, level: number): Stop {
    return level === 0 ? element : this.tower(element);
  }

  element(stop: Stop, level: number): Ref {
    return level === 0 || stop === NONE ? stop : this.arena.word(stop, ELEMENT);
  }

  /** The same stop, one level lower. */
  below(stop: Stop, level: number): Stop {
    return level === 1 ? this.arena.word(stop, ELEMENT) : stop;
  }

  score(element: Ref): number {
    return this.arena.double(element, SCORE_DOUBLE);
  }

  setScore(element: Ref, score: number): void {
    this.arena.setDouble(element, SCORE_DOUBLE, score);
  }

  forward(stop: Stop, level: number): Stop {
    return this.arena.word(stop, linkWord(level));
  }

  backward(element: Ref): Ref {
    return this.arena.word(element, LOWEST_LINK + BACKWARD);
  }

  setBackward(element: Ref, before: Ref): void {
    this.setWord(element, LOWEST_LINK + BACKWARD, before);
  }

  span(stop: Stop, level: number): number {
    if (level > 0) return this.arena.word(stop, linkWord(level) + SPAN);
    return this.forward(stop, 0) === NONE ? 0 : 1;
  }

  /** Above level 0, where spans do not change. */
  stretch(stop: Stop, level: number, by: number): void {
    const word = linkWord(level) + SPAN;
    this.arena.setWord(stop, word, this.arena.word(stop, word) + by);
  }

  nextScore(stop: Stop, level: number): number {
    return this.arena.double(stop, nextScoreDouble(linkWord(level)));
  }

  setNextScore(stop: Stop, level: number, score: number): void {
    this.arena.setDouble(stop, nextScoreDouble(linkWord(level)), score);
  }

  setLink(stop: Stop, level: number, forward: Stop, span: number, score: number): void {
    const link = linkWord(level);
    this.setWord(stop, link, forward);
    if (level > 0) this.setWord(stop, link + SPAN, span);
    this.setNextScore(stop, level, score);
  }

  private setWord(stop: Stop, index: number, value: number): void {
    this.arena.setWord(stop, index, value);
  }

  /** The links of an element on the lowest so many levels. */
  links(element: Ref, levels: number): LinkModel[] {
    return Array.from({ length: levels }, (_, level) => {
      const stop = this.stop(element, level);
      return { forward: this.element(this.forward(stop, level), level), span: this.span(stop, level) };
    });
  }

  /** The bytes of the towers of all elements and the head, which is met first. */
  bytes(head: Ref): number {
    let bytes = 0;
    for (let at = this.tower(head); at !== NONE; at = this.forward(at, 1)) bytes += this.arena.capacityOf(at);
    return bytes;
  }

  /** Frees all of them. */
  clear(head: Ref): void {
    for (let at = this.tower(head); at !== NONE;) {
      const next = this.forward(at, 1);
      this.arena.release(at);
      at = next;
    }
  }
}

/** The way of a search. */
export class Path {
  /** For each level: the last stop before the place, and how many elements are before that. */
  readonly before = new Int32Array(MOST_LEVELS);
  readonly ranks = new Int32Array(MOST_LEVELS);
  /** How far it has come. */
  at: Stop = NONE;
  rank = 0;

  begin(at: Stop): void {
    this.at = at;
    this.rank = 0;
  }

  take(level: number, before: Stop, rank: number): void {
    this.before[level] = before;
    this.ranks[level] = rank;
  }
}
