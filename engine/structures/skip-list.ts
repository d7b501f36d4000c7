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
 *   an element: │ next │ hash │ length │ levels │ score │ backward │ member … │ tower: forward, span, next's score │ … │
 * ```
 *
 * Each link knows its *span*, how many elements farther it leads. The spans on the way to an element add up to its rank.
 * And each link carries the score of the element that it leads to: a search reads a record only to stand on it.
 *
 * **Complexity.** Find, insert, remove, rank and the n-th element O(log n) on average; the neighbours O(1).
 *
 * **Invariants.**
 * 1. On level 0 every element stands in order: by score, then by the bytes of its member.
 * 2. The elements of a level are those of the one below whose towers are high enough.
 * 3. A span is the number of links on level 0 that the link passes over, and to the end where it leads nowhere.
 * 4. A link's score is the score of the element that it leads to.
 * 5. Backwards, the same elements are met; `last` is the last one.
 * 6. No level above the lowest is empty.
 *
 * **Unlike Redis.** An element is one record, which the hash table of the members finds as well; there they are two and a
 * string. A tower has 16 levels at most, enough for four thousand million elements, where Redis has 32.
 *
 * **Read next.** `engine/structures/avl-tree.ts`, which keeps the same promises without chance.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import { SCORE_DOUBLE, TABLE_WORDS, Target, assertOrder, type SortedIndex } from './sorted-index.ts';
import type { LinkModel, SkipListModel, SkipListProbe, TowerModel } from './skip-list.steps.ts';

/** The words of an element behind those of the table: levels, score (two), the element before. */
const LEVELS = 3;
const BACKWARD = 6;
const FOREIGN_WORDS = 4;
const MEMBER_OFFSET = (TABLE_WORDS + FOREIGN_WORDS) * 4;
/** The words of one level of a tower: forward, span, and as a double the score of the next. */
const LINK_SHIFT = 2;
const LINK_BYTES = 16;

const MOST_LEVELS = 16;
const HEAD_BYTES = 32 + MOST_LEVELS * LINK_BYTES;

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
  private readonly target: Target;
  /** Of the last search, for each level: the last element before the place, and how many are before that. */
  private readonly before = new Int32Array(MOST_LEVELS);
  private readonly ranks = new Int32Array(MOST_LEVELS);
  /** A record like an element's, but of no member and with a tower of all levels. It is made for the first element. */
  private head: Ref = NONE;
  private tail: Ref = NONE;
  private levels = 1;
  private count = 0;
  /** How high the next element is to be. */
  private drawn = 1;

  constructor(arena: Arena, options: SkipListOptions) {
    this.arena = arena;
    this.id = options.id;
    this.trace = options.trace;
    this.chance = options.chance;
    this.target = new Target(arena, MEMBER_OFFSET);
  }

  get length(): number {
    return this.count;
  }

  trailingBytes(): number {
    // Two bits a level: one time in four both are 0, and the tower grows.
    const bits = this.chance();
    this.drawn = Math.min(MOST_LEVELS, 1 + ((31 - Math.clz32(bits & -bits)) >> 1));
    if (bits === 0) this.drawn = MOST_LEVELS;
    return this.drawn * LINK_BYTES;
  }

  insert(element: Ref, score: number): void {
    this.arena.words[element >>> PAGE_SHIFT][((element & PAGE_MASK) << 1) + LEVELS] = this.drawn;
    this.place(element, score);
  }

  private place(element: Ref, score: number): void {
    if (this.head === NONE) this.makeHead();
    const levels = this.levelsOf(element);
    if (levels > this.levels) this.raise(levels);
    this.target.setElement(element, score);
    const rank = this.search();
    this.enter(element, levels, score);
    for (let level = 0; level < levels; level++) this.link(level, this.before[level], element, score, rank);
    for (let level = levels; level < this.levels; level++) this.stretch(level, this.before[level], 1);
    this.setBackward(element, this.before[0] === this.head ? NONE : this.before[0]);
    this.setBackward(this.next(element), element);
  }

  remove(element: Ref): void {
    this.target.setElement(element, this.score(element));
    this.search();
    const levels = this.levelsOf(element);
    this.setBackward(this.next(element), this.previous(element));
    for (let level = 0; level < levels; level++) this.unlink(level, this.before[level], element);
    for (let level = levels; level < this.levels; level++) this.stretch(level, this.before[level], -1);
    this.leave(element);
    let high = this.levels;
    while (high > 1 && this.forward(this.head, high - 1) === NONE) high--;
    if (high < this.levels) this.lower(high);
  }

  rescore(element: Ref, score: number): void {
    if (this.fitsInPlace(element, score)) {
      this.target.setElement(element, this.score(element));
      this.search();
      this.setScore(element, score);
    } else {
      this.remove(element);
      this.place(element, score);
    }
  }

  /** Whether with this score an element would stand between the same two. */
  private fitsInPlace(element: Ref, score: number): boolean {
    const [previous, next] = [this.previous(element), this.next(element)];
    this.target.setElement(element, score);
    return (
      (previous === NONE || this.target.isBehind(previous, this.score(previous))) &&
      (next === NONE || !this.target.isBehind(next, this.score(next)))
    );
  }

  /** Finds, on every level, the last element before the target. Returns how many elements are before the target. */
  private search(): number {
    let at = this.head;
    let rank = 0;
    for (let level = this.levels - 1; level >= 0; level--) {
      for (;;) {
        const words = this.arena.words[at >>> PAGE_SHIFT];
        const link = this.linkAt(at, level);
        const next = words[link];
        if (next === NONE) break;
        const score = this.arena.doubles[at >>> PAGE_SHIFT][(link >>> 1) + 1];
        if (!this.target.isBehind(next, score)) break;
        rank += words[link + 1];
        at = next;
        this.trace?.forward(this.id, level, at);
      }
      this.trace?.down(this.id, level, at === this.head ? NONE : at);
      this.before[level] = at;
      this.ranks[level] = rank;
    }
    return rank;
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
    let at = this.head;
    let left = rank + 1;
    for (let level = this.levels - 1; left > 0; level--) {
      for (;;) {
        const words = this.arena.words[at >>> PAGE_SHIFT];
        const link = this.linkAt(at, level);
        if (words[link] === NONE || words[link + 1] > left) break;
        left -= words[link + 1];
        at = words[link];
        this.trace?.forward(this.id, level, at);
      }
      if (left > 0) this.trace?.down(this.id, level, at === this.head ? NONE : at);
    }
    return at;
  }

  first(): Ref {
    return this.head === NONE ? NONE : this.forward(this.head, 0);
  }

  last(): Ref {
    return this.tail;
  }

  next(element: Ref): Ref {
    return this.forward(element, 0);
  }

  previous(element: Ref): Ref {
    return this.arena.word(element, BACKWARD);
  }

  score(element: Ref): number {
    return this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE];
  }

  ownBytes(): number {
    return this.head === NONE ? 0 : this.arena.capacityOf(this.head);
  }

  // The layout of an element.

  private levelsOf(element: Ref): number {
    return this.arena.word(element, LEVELS);
  }

  /** The first word of one level of a tower, within its page: behind the member, at a multiple of eight bytes. */
  private linkAt(element: Ref, level: number): number {
    const first = (element & PAGE_MASK) << 1;
    const length = this.arena.words[element >>> PAGE_SHIFT][first + 2];
    return first + (((MEMBER_OFFSET + length + 7) >>> 3) << 1) + (level << LINK_SHIFT);
  }

  private forward(element: Ref, level: number): Ref {
    return this.arena.words[element >>> PAGE_SHIFT][this.linkAt(element, level)];
  }

  private span(element: Ref, level: number): number {
    return this.arena.words[element >>> PAGE_SHIFT][this.linkAt(element, level) + 1];
  }

  private nextScore(element: Ref, level: number): number {
    return this.arena.doubles[element >>> PAGE_SHIFT][(this.linkAt(element, level) >>> 1) + 1];
  }

  private setLink(element: Ref, level: number, forward: Ref, span: number, score: number): void {
    const words = this.arena.words[element >>> PAGE_SHIFT];
    const link = this.linkAt(element, level);
    words[link] = forward;
    words[link + 1] = span;
    this.arena.doubles[element >>> PAGE_SHIFT][(link >>> 1) + 1] = score;
  }

  private makeHead(): void {
    this.head = this.arena.allocateZeroed(HEAD_BYTES);
  }

  /** An element's name in a step: the head has none. */
  private named(element: Ref): Ref {
    return element === this.head ? NONE : element;
  }

  // Micro-steps.

  private raise(levels: number): void {
    for (let level = this.levels; level < levels; level++) this.setLink(this.head, level, NONE, this.count, 0);
    this.levels = levels;
    this.trace?.raise(this.id, levels);
  }

  private enter(element: Ref, levels: number, score: number): void {
    this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE] = score;
    this.count++;
    const start = this.arena.offset(element) + MEMBER_OFFSET;
    const length = this.arena.word(element, 2);
    const page = this.arena.bytes[element >>> PAGE_SHIFT];
    this.trace?.enter(this.id, element, levels, length, score, page, start, start + length);
  }

  private link(level: number, before: Ref, element: Ref, score: number, rank: number): void {
    const spanBefore = rank - this.ranks[level] + 1;
    const span = this.span(before, level) + 1 - spanBefore;
    this.setLink(element, level, this.forward(before, level), span, this.nextScore(before, level));
    this.setLink(before, level, element, spanBefore, score);
    this.trace?.link(this.id, level, this.named(before), element, spanBefore, span);
  }

  private unlink(level: number, before: Ref, element: Ref): void {
    const span = this.span(before, level) + this.span(element, level) - 1;
    this.setLink(before, level, this.forward(element, level), span, this.nextScore(element, level));
    this.trace?.unlink(this.id, level, this.named(before), element);
  }

  private stretch(level: number, before: Ref, by: number): void {
    this.arena.words[before >>> PAGE_SHIFT][this.linkAt(before, level) + 1] += by;
    this.trace?.stretch(this.id, level, this.named(before), by);
  }

  private setBackward(element: Ref, before: Ref): void {
    if (element === NONE) this.tail = before;
    else this.arena.words[element >>> PAGE_SHIFT][((element & PAGE_MASK) << 1) + BACKWARD] = before;
    this.trace?.back(this.id, element, before);
  }

  /** After a search for the element: those before it know its score. */
  private setScore(element: Ref, score: number): void {
    this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE] = score;
    for (let level = this.levelsOf(element) - 1; level >= 0; level--) {
      const before = this.before[level];
      this.arena.doubles[before >>> PAGE_SHIFT][(this.linkAt(before, level) >>> 1) + 1] = score;
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
    if (this.head !== NONE) this.arena.release(this.head);
    this.restore(EMPTY);
    this.trace?.clear(this.id);
  }

  // Seeing the whole.

  snapshot(): SkipListModel {
    const towers = new Map<number, TowerModel>();
    for (let at = this.first(); at !== NONE; at = this.next(at)) {
      const start = this.arena.offset(at) + MEMBER_OFFSET;
      const length = this.arena.word(at, 2);
      towers.set(at, {
        ref: at,
        score: this.score(at),
        length,
        member: this.arena.bytes[at >>> PAGE_SHIFT].slice(start, start + Math.min(length, PREVIEW_BYTES)),
        backward: this.previous(at),
        links: this.linksOf(at, this.levelsOf(at)),
      });
    }
    const head = this.head === NONE ? [{ forward: NONE, span: 0 }] : this.linksOf(this.head, this.levels);
    return { kind: 'skip-list', head, last: this.tail, towers };
  }

  private linksOf(element: Ref, levels: number): LinkModel[] {
    return Array.from({ length: levels }, (_, level) => ({
      forward: this.forward(element, level),
      span: this.span(element, level),
    }));
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
    const order: Ref[] = [];
    for (let at = this.first(); at !== NONE; at = this.next(at)) {
      assertOrder(this.arena, this, MEMBER_OFFSET, at);
      order.push(at);
    }
    if (order.length !== this.count) throw new Error(`invariant 1: ${order.length} elements, ${this.count} counted`);
    for (let level = 0; this.head !== NONE && level < this.levels; level++) this.assertLevel(level, order);
    const backwards: Ref[] = [];
    for (let at = this.tail; at !== NONE; at = this.previous(at)) backwards.unshift(at);
    if (backwards.join() !== order.join()) throw new Error('invariant 5: backwards, other elements are met');
  }

  private assertLevel(level: number, order: readonly Ref[]): void {
    const on = [this.head, ...order.filter((element) => this.levelsOf(element) > level)];
    if (on.length === 1 && level > 0) throw new Error(`invariant 6: level ${level} is empty`);
    on.forEach((element, i) => {
      const next = on[i + 1] ?? NONE;
      if (this.forward(element, level) !== next)
        throw new Error(`invariant 2: ${element} leads to another than ${next} on level ${level}`);
      const rank = order.indexOf(element) + 1;
      const span = next === NONE ? order.length - rank : order.indexOf(next) + 1 - rank;
      if (this.span(element, level) !== span)
        throw new Error(`invariant 3: the link of ${element} on level ${level} does not span ${span}`);
      if (next !== NONE && this.nextScore(element, level) !== this.score(next))
        throw new Error(`invariant 4: ${element} has another score for ${next} on level ${level}`);
    });
  }
}

const EMPTY: SkipListState = { head: NONE, last: NONE, levels: 1, length: 0 };
