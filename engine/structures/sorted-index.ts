/**
 * What orders the elements of a large sorted set: by score, and by bytes where scores are equal. The skip list and the AVL
 * tree both do, so that they can be compared; a sorted set does not know which one it has.
 *
 * An element is one record in two structures. The hash table that finds it by its member owns the record and its first
 * words; the index keeps its own in the same record, before the member, so that both are found without a look at how long
 * that is.
 *
 * ```
 *   │ next │ hash │ length │ the index's words, with the score … │ member … │
 * ```
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';

/** The words that the table keeps at the front of each entry; the index's begin behind them. */
export const TABLE_WORDS = 3;
/** The double of each element that is its score, counted in doubles from the front: words 4 and 5. */
export const SCORE_DOUBLE = 2;

/** What an index comes to as a whole. */
export type IndexShape =
  /** In the order of the elements, how many levels each one's tower has. */
  | { readonly kind: 'skip-list'; readonly heights: Uint8Array }
  /** From the root down, how many nodes are so deep. */
  | { readonly kind: 'avl-tree'; readonly depths: readonly number[] };

export interface SortedIndex<State, Model> {
  /** How many elements it orders. */
  readonly length: number;
  /** Words that it needs in each entry of the table. */
  readonly foreignWords: number;

  /** Puts an element in its place. It lies in the table already, and is not in the index. */
  insert(element: Ref, score: number): void;
  /** Takes an element out; its record is the table's to free. */
  remove(element: Ref): void;
  /** Takes out so many elements from one on, there must be as many; calls `free` with each of them when it is out. */
  removeRun(first: Ref, count: number, free: (element: Ref) => void): void;
  /** Gives an element another score, and the place that goes with it. */
  rescore(element: Ref, score: number): void;
  /** Forgets all elements at once, whose records are being freed. */
  clear(): void;

  score(element: Ref): number;
  first(): Ref;
  last(): Ref;
  next(element: Ref): Ref;
  previous(element: Ref): Ref;
  /** The element before which there are so many, or `NONE`. */
  at(rank: number): Ref;
  /** How many elements are before this one. */
  rank(element: Ref): number;
  /** How many elements have a lower score, or at most this one. */
  countToScore(score: number, isInclusive: boolean): number;
  /** How many elements have a member below these bytes, or at most these. All scores must be equal. */
  countToMember(bytes: Uint8Array, start: number, end: number, isInclusive: boolean): number;

  /** Bytes in the arena beside the elements' own. */
  ownBytes(): number;
  shape(): IndexShape;
  snapshot(): Model;
  capture(): State;
  /** The arena must have been restored to the same moment before. */
  restore(state: State): void;
  /** Throws when an invariant of its essay is broken. */
  assertValid(): void;
}

/** What is looked for in an index, and whether an element comes before it. One object an index, filled before each search. */
export class Target {
  /** Elements with a lower score come before, those with a higher one do not. None is either where this is no number. */
  score = 0;

  private readonly arena: Arena;
  private readonly memberOffset: number;
  /** Whether among equal scores the members decide, by the bytes from `start` to `end`. */
  private hasMember = false;
  /** The element whose place is looked for, which does not come before itself; `NONE` of any other target. */
  private element: Ref = NONE;
  private isInclusive = false;
  private bytes: Uint8Array = NO_BYTES;
  private start = 0;
  private end = 0;

  /** Members begin so many bytes behind the front of their elements. */
  constructor(arena: Arena, memberOffset: number) {
    this.arena = arena;
    this.memberOffset = memberOffset;
  }

  /** The place of this very element, were its score this. */
  setElement(element: Ref, score: number): void {
    const start = this.memberStart(element);
    this.setMember(this.arena.bytes[element >>> PAGE_SHIFT], start, start + this.arena.word(element, 2), false);
    this.element = element;
    this.score = score;
  }

  setScore(score: number, isInclusive: boolean): void {
    this.score = score;
    this.hasMember = false;
    this.isInclusive = isInclusive;
  }

  /** A member, whatever its score. */
  setMember(bytes: Uint8Array, start: number, end: number, isInclusive: boolean): void {
    this.score = NaN;
    this.hasMember = true;
    this.element = NONE;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isInclusive = isInclusive;
  }

  /** Whether an element with this score comes before what is looked for; if inclusive, also when it is just that. */
  isBehind(element: Ref, score: number): boolean {
    return score < this.score || (!(score > this.score) && this.isBehindTie(element));
  }

  /** The same of an element whose score is neither lower nor higher. */
  isBehindTie(element: Ref): boolean {
    if (!this.hasMember) return this.isInclusive;
    if (element === this.element) return false;
    const order = this.compareMember(element);
    return this.isInclusive ? order <= 0 : order < 0;
  }

  /** Where an element's member begins in its page. */
  memberStart(element: Ref): number {
    return ((element & PAGE_MASK) << 3) + this.memberOffset;
  }

  /** Compares an element's member with what is looked for as memcmp does, a prefix before the longer. */
  private compareMember(element: Ref): number {
    const { bytes, start } = this;
    const page = this.arena.bytes[element >>> PAGE_SHIFT];
    const first = this.memberStart(element);
    const length = this.arena.word(element, 2);
    const wanted = this.end - start;
    const shared = length < wanted ? length : wanted;
    for (let i = 0; i < shared; i++) {
      const difference = page[first + i] - bytes[start + i];
      if (difference !== 0) return difference;
    }
    return length - wanted;
  }
}

/** Throws unless one element comes before the next one. */
export function assertOrder(index: SortedIndex<unknown, unknown>, target: Target, element: Ref): void {
  const next = index.next(element);
  if (next === NONE) return;
  target.setElement(next, index.score(next));
  if (!target.isBehind(element, index.score(element))) throw new Error(`${element} does not come before ${next}`);
}

const NO_BYTES = new Uint8Array(0);
