/**
 * # The skip list
 *
 * **Problem.** Keep elements in the order of their scores, and find by score, by place in the order, or the neighbours of
 * an element, among a million, while they come and go.
 *
 * **Idea.** A linked list in order, and above it express lines: each element is also on the next level with a chance of
 * one in four, so that every level has a quarter of the one below. A search runs along the top line until the next stop
 * would be too far, goes down a level, and so on. Chance does the balancing: nothing is ever rearranged.
 *
 * ```
 *   level 2  head ───────────────(3)──▶ c ───────────(2)─────▶ ∅
 *   level 1  head ────(2)───▶ b ──(1)─▶ c ───────────(2)─────▶ ∅
 *   level 0  head ─(1)▶ a ─(1)▶ b ─(1)▶ c ─(1)▶ d ─(1)▶ e ───▶ ∅      and backwards on level 0
 *
 *   an element: │ next │ hash │ length │ tower │ score │ forward │ backward │ the next one's score │ member … │
 *   its tower, which three elements in four have not:
 *               │ element │ height │ for each level from 1 on: forward │ span │ the next one's score │ …
 * ```
 *
 * Each link knows its *span*, how many elements farther it leads. The spans on the way to an element add up to its rank. On
 * level 0 all are 1, so that in their place the way back is kept.
 *
 * And each link carries the score of the element that it leads to: a search reads a record only to stand on it. What is above
 * level 0 lies apart from the elements, and leads from tower to tower: a search spends most of its steps there, and a tenth
 * of the memory is in the processor's cache where all of it is not.
 *
 * **Complexity.** Find, insert, remove, rank and the n-th element O(log n) on average; the neighbours O(1).
 *
 * **Invariants.**
 * 1. On level 0 every element stands in order: by score, then by the bytes of its member.
 * 2. The elements of a level are those of the one below whose towers are high enough.
 * 3. A span is the number of links on level 0 that the link passes over, and to the end where it leads nowhere.
 * 4. A link's score is the score of the element that it leads to, and infinity where it leads nowhere.
 * 5. Backwards, the same elements are met; `last` is the last one.
 * 6. No level above the lowest is empty.
 * 7. A tower knows its element, and the element its tower.
 *
 * **Unlike Redis.** An element is one record, which the hash table of the members finds as well, and for one in four a tower;
 * there they are two and a string. A tower has 16 levels at most, enough for four thousand million elements, where Redis has 32.
 *
 * **Read next.** `engine/structures/skip-list-towers.ts`, for how the links lie; `engine/structures/avl-tree.ts`, which
 * keeps the same promises without chance.
 */
import { NONE, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { assertTowers, skipListModel, type Whole } from './skip-list-whole.ts';
import type { SkipListModel, SkipListProbe } from './skip-list.steps.ts';
import {
  FOREIGN_WORDS,
  MEMBER_OFFSET,
  MOST_LEVELS,
  Path,
  SPAN,
  Towers,
  linkWord,
  nextScoreDouble,
  type Stop,
} from './skip-list-towers.ts';
import { Target, assertOrder, type IndexShape, type SortedIndex } from './sorted-index.ts';

export interface SkipListOptions {
  readonly id: number;
  readonly trace: SkipListProbe | null;
  /** 32 bits by chance. */
  readonly chance: () => number;
}

export interface SkipListState {
  readonly head: Ref;
  readonly last: Ref;
  readonly levels: number;
  readonly length: number;
}

export class SkipList implements SortedIndex<SkipListState, SkipListModel> {
  readonly foreignWords = FOREIGN_WORDS;

  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: SkipListProbe | null;
  private readonly chance: () => number;
  private readonly towers: Towers;
  private readonly target: Target;
  /** The way of the last search, and that to where an element is that moves. */
  private readonly path = new Path();
  private readonly oldPath = new Path();
  /** A record like an element's, but of no member and with a tower as high as can be. It is made for the first element. */
  private head: Ref = NONE;
  private tail: Ref = NONE;
  private levels = 1;
  private count = 0;

  constructor(arena: Arena, options: SkipListOptions) {
    this.arena = arena;
    this.id = options.id;
    this.trace = options.trace;
    this.chance = options.chance;
    this.towers = new Towers(arena);
    this.target = new Target(arena, MEMBER_OFFSET);
  }

  get length(): number {
    return this.count;
  }

  insert(element: Ref, score: number): void {
    this.towers.build(element, this.throwLevels());
    this.putIn(element, score);
  }

  /** As many levels as chance will have it. */
  private throwLevels(): number {
    // Two bits a level: one time in four both are 0, and the tower grows.
    const bits = this.chance();
    return bits === 0 ? MOST_LEVELS : 1 + ((31 - Math.clz32(bits & -bits)) >> 1);
  }

  private putIn(element: Ref, score: number): void {
    if (this.head === NONE) this.makeHead();
    const levels = this.towers.levels(element);
    if (levels > this.levels) this.raise(levels);
    this.target.setElement(element, score);
    const rank = this.search();
    this.enter(element, levels, score);
    const { before } = this.path;
    this.link(0, before[0], element, score, rank);
    const tower = this.towers.tower(element);
    for (let level = 1; level < levels; level++) this.link(level, before[level], tower, score, rank);
    for (let level = levels; level < this.levels; level++) this.stretch(level, before[level], 1);
    this.setBackward(element, this.named(before[0]));
    this.setBackward(this.next(element), element);
  }

  remove(element: Ref): void {
    this.findBefore(element);
    this.takeOut(element);
    this.towers.raze(element);
  }

  removeRun(first: Ref, count: number, free: (element: Ref) => void): void {
    // One search: what stands before an element stands before the next one when it is out.
    this.findBefore(first);
    let element = first;
    for (let left = count; left > 0; left--) {
      const next = this.next(element);
      this.takeOut(element);
      this.towers.raze(element);
      free(element);
      element = next;
    }
  }

  /** Finds what is before an element on every level. On the lowest it knows that itself, and no search needs to walk there. */
  private findBefore(element: Ref): void {
    this.target.setElement(element, this.score(element));
    this.search(1);
    this.path.before[0] = this.neighbourBefore(element);
  }

  private neighbourBefore(element: Ref): Ref {
    const previous = this.previous(element);
    return previous === NONE ? this.head : previous;
  }

  /** After what is before the element was found. */
  private takeOut(element: Ref): void {
    const { before } = this.path;
    const levels = this.towers.levels(element);
    this.setBackward(this.next(element), this.named(before[0]));
    this.unlink(0, before[0], element);
    const tower = this.towers.tower(element);
    for (let level = 1; level < levels; level++) this.unlink(level, before[level], tower);
    for (let level = levels; level < this.levels; level++) this.stretch(level, before[level], -1);
    this.leave(element);
    let high = this.levels;
    const top = this.towers.tower(this.head);
    while (high > 1 && this.towers.forward(top, high - 1) === NONE) high--;
    if (high < this.levels) this.lower(high);
  }

  rescore(element: Ref, score: number): void {
    const fits = this.fitsInPlace(element, score);
    if (!fits && this.trace === null) {
      this.move(element, score);
      return;
    }
    this.findBefore(element);
    if (fits) {
      this.setScore(element, score);
    } else {
      this.takeOut(element);
      this.putIn(element, score);
    }
  }

  /**
   * Takes an element to another place, after both ways were searched at once. Does what `takeOut` and `putIn` do one after
   * the other, where nobody watches the searches.
   */
  private move(element: Ref, score: number): void {
    const { towers, oldPath, path } = this;
    const isUp = score > this.score(element);
    const rank = this.searchBoth(element, score) - (isUp ? 1 : 0);
    const levels = towers.levels(element);
    this.setBackward(this.next(element), this.named(oldPath.before[0]));
    let stop: Stop = element;
    for (let level = 0; level < levels; level++) {
      const old = oldPath.before[level];
      this.unlink(level, old, stop);
      // The new way was searched while the element was on it.
      if (path.before[level] === stop) path.take(level, old, oldPath.ranks[level]);
      else if (isUp && path.before[level] !== old) path.ranks[level]--;
      this.link(level, path.before[level], stop, score, rank);
      if (level === 0) stop = towers.tower(element);
    }
    for (let level = levels; level < this.levels; level++) {
      if (oldPath.before[level] === path.before[level]) continue;
      this.stretch(level, oldPath.before[level], -1);
      this.stretch(level, path.before[level], 1);
    }
    towers.setScore(element, score);
    this.setBackward(element, this.named(path.before[0]));
    this.setBackward(this.next(element), element);
  }

  /** Whether with this score an element would stand between the same two. Only towards one of them can it have moved. */
  private fitsInPlace(element: Ref, score: number): boolean {
    this.target.setElement(element, score);
    if (score > this.score(element)) {
      const next = this.next(element);
      return next === NONE || !this.target.isBehind(next, this.towers.nextScore(element, 0));
    }
    const previous = this.previous(element);
    return previous === NONE || this.target.isBehind(previous, this.score(previous));
  }

  /**
   * Finds, on every level down to the lowest, the last element before the target. Returns how many elements are before that.
   */
  private search(lowest = 0): number {
    this.walk(this.path, this.target.score, lowest, null, 0);
    return this.path.rank;
  }

  /** Finds the place of an element, into `oldPath`, and where it would be with another score, as `search` does. */
  private searchBoth(element: Ref, score: number): number {
    const { path, oldPath } = this;
    this.target.setElement(element, score);
    this.walk(path, score, 0, oldPath, this.score(element));
    oldPath.before[0] = this.neighbourBefore(element);
    return path.rank;
  }

  /**
   * Searches along a path for the target, were its score this; and level by level in turn along another path for the same
   * with another score: what a search waits for is memory, and so the two wait together.
   */
  private walk(first: Path, firstScore: number, lowest: number, second: Path | null, secondScore: number): void {
    const { head, towers } = this;
    const top = this.levels > 1 ? towers.tower(head) : head;
    first.begin(top);
    second?.begin(top);
    for (let level = this.levels - 1; level > 0; level--) {
      if (second !== null) this.along(second, level, secondScore);
      this.along(first, level, firstScore);
    }
    // On the lowest level an element knows what is before it.
    if (lowest > 0) return;
    if (this.levels > 1) first.at = towers.element(first.at, 1);
    this.along(first, 0, firstScore);
  }

  /**
   * Goes on along a level. Most commands on a large sorted set spend their time in this loop: it looks first at the score in a
   * link, which most often decides, and at the rest of the link only to follow it.
   */
  private along(path: Path, level: number, wanted: number): void {
    const { arena, target, towers, trace } = this;
    const link = linkWord(level);
    const nextScore = nextScoreDouble(link);
    let { at, rank } = path;
    for (;;) {
      const ahead = arena.double(at, nextScore);
      if (ahead > wanted) break;
      const next = arena.word(at, link);
      // Where no score is wanted or the two are equal, members decide; and infinity may be that of the end.
      if (!(ahead < wanted) && (next === NONE || !target.isBehindTie(towers.element(next, level)))) break;
      rank += level === 0 ? 1 : arena.word(at, link + SPAN);
      at = next;
      trace?.forward(this.id, level, towers.element(at, level));
    }
    trace?.down(this.id, level, this.nameOf(at, level));
    path.at = at;
    path.rank = rank;
    path.take(level, at, rank);
  }

  rank(element: Ref): number {
    this.target.setElement(element, this.score(element));
    return this.search();
  }

  countToScore(score: number, isInclusive: boolean): number {
    if (this.head === NONE) return 0;
    this.target.setScore(score, isInclusive);
    return this.search();
  }

  countToMember(bytes: Uint8Array, start: number, end: number, isInclusive: boolean): number {
    if (this.head === NONE) return 0;
    this.target.setMember(bytes, start, end, isInclusive);
    return this.search();
  }

  at(rank: number): Ref {
    if (rank < 0 || rank >= this.count) return NONE;
    const { towers } = this;
    let level = this.levels - 1;
    let at = towers.stop(this.head, level);
    for (let left = rank + 1; ; level--) {
      for (;;) {
        const next = towers.forward(at, level);
        const span = towers.span(at, level);
        if (next === NONE || span > left) break;
        left -= span;
        at = next;
        this.trace?.forward(this.id, level, towers.element(at, level));
      }
      if (left === 0) return towers.element(at, level);
      this.trace?.down(this.id, level, this.nameOf(at, level));
      at = towers.below(at, level);
    }
  }

  first(): Ref {
    return this.head === NONE ? NONE : this.towers.forward(this.head, 0);
  }

  last(): Ref {
    return this.tail;
  }

  next(element: Ref): Ref {
    return this.towers.forward(element, 0);
  }

  previous(element: Ref): Ref {
    return this.towers.backward(element);
  }

  score(element: Ref): number {
    return this.towers.score(element);
  }

  ownBytes(): number {
    return this.head === NONE ? 0 : this.arena.capacityOf(this.head) + this.towers.bytes(this.head);
  }

  private makeHead(): void {
    this.head = this.arena.allocateZeroed(MEMBER_OFFSET);
    this.towers.build(this.head, MOST_LEVELS);
    this.towers.setLink(this.head, 0, NONE, 0, Infinity);
  }

  /** An element's name in a step: the head has none. */
  private named(element: Ref): Ref {
    return element === this.head ? NONE : element;
  }

  private nameOf(stop: Stop, level: number): Ref {
    return this.named(this.towers.element(stop, level));
  }

  // Micro-steps.

  private raise(levels: number): void {
    const top = this.towers.tower(this.head);
    for (let level = this.levels; level < levels; level++) this.towers.setLink(top, level, NONE, this.count, Infinity);
    this.levels = levels;
    this.trace?.raise(this.id, levels);
  }

  private enter(element: Ref, levels: number, score: number): void {
    this.towers.setScore(element, score);
    this.count++;
    const start = this.target.memberStart(element);
    const length = this.arena.word(element, 2);
    const page = this.arena.bytes[element >>> PAGE_SHIFT];
    this.trace?.enter(this.id, element, levels, length, score, page, start, start + length);
  }

  private link(level: number, before: Stop, stop: Stop, score: number, rank: number): void {
    const { towers } = this;
    const spanBefore = rank - this.path.ranks[level] + 1;
    const span = towers.span(before, level) + 1 - spanBefore;
    towers.setLink(stop, level, towers.forward(before, level), span, towers.nextScore(before, level));
    towers.setLink(before, level, stop, spanBefore, score);
    this.trace?.link(this.id, level, this.nameOf(before, level), this.nameOf(stop, level), spanBefore, span);
  }

  private unlink(level: number, before: Stop, stop: Stop): void {
    const { towers } = this;
    const span = towers.span(before, level) + towers.span(stop, level) - 1;
    towers.setLink(before, level, towers.forward(stop, level), span, towers.nextScore(stop, level));
    this.trace?.unlink(this.id, level, this.nameOf(before, level), this.nameOf(stop, level));
  }

  private stretch(level: number, before: Stop, by: number): void {
    this.towers.stretch(before, level, by);
    this.trace?.stretch(this.id, level, this.nameOf(before, level), by);
  }

  private setBackward(element: Ref, before: Ref): void {
    if (element === NONE) this.tail = before;
    else this.towers.setBackward(element, before);
    this.trace?.back(this.id, element, before);
  }

  /** After what is before the element was found: those know its score. */
  private setScore(element: Ref, score: number): void {
    this.towers.setScore(element, score);
    for (let level = this.towers.levels(element) - 1; level >= 0; level--) {
      this.towers.setNextScore(this.path.before[level], level, score);
    }
    this.trace?.rescore(this.id, element, score);
  }

  private leave(element: Ref): void {
    this.count--;
    this.trace?.leave(this.id, element);
  }

  private lower(levels: number): void {
    this.levels = levels;
    this.trace?.lower(this.id, levels);
  }

  clear(): void {
    if (this.head !== NONE) {
      this.towers.clear(this.head);
      this.arena.release(this.head);
    }
    this.restore(EMPTY);
    this.trace?.clear(this.id);
  }

  // Seeing the whole.

  shape(): IndexShape {
    const heights = new Uint8Array(this.count);
    let rank = 0;
    for (let at = this.first(); at !== NONE; at = this.next(at)) heights[rank++] = this.towers.levels(at);
    return { kind: 'skip-list', heights };
  }

  snapshot(): SkipListModel {
    return skipListModel(this.whole());
  }

  capture(): SkipListState {
    return { head: this.head, last: this.tail, levels: this.levels, length: this.count };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: SkipListState): void {
    this.head = state.head;
    this.tail = state.last;
    this.levels = state.levels;
    this.count = state.length;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    for (let at = this.first(); at !== NONE; at = this.next(at)) assertOrder(this, this.target, at);
    assertTowers(this.whole());
  }

  private whole(): Whole {
    const { arena, towers, target, head, tail, levels, count } = this;
    return { arena, towers, target, head, last: tail, levels, length: count };
  }
}

const EMPTY: SkipListState = { head: NONE, last: NONE, levels: 1, length: 0 };
