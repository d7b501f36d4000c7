/**
 * What orders the elements of a large sorted set: by score, and by bytes where scores are equal. The skip list and the AVL
 * tree both do, so that they can be compared; a sorted set does not know which one it has.
 *
 * An element is one record in two structures. The hash table that finds it by its member owns the record and its first
 * words; the index keeps its links in words of the same record: in `FOREIGN` words before the member, and in bytes behind
 * it where their number differs from element to element.
 *
 * ```
 *   │ next │ hash │ length │ the index's words, with the score … │ member … │ the index's bytes │
 * ```
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';

/** The words that the table keeps at the front of each entry; the index's begin behind them. */
export const TABLE_WORDS = 3;
/** The double of each element that is its score, counted in doubles from the front: words 4 and 5. */
export const SCORE_DOUBLE = 2;

export interface SortedIndex<State, Model> {
  /** How many elements it orders. */
  readonly length: number;
  /** Words that it needs in each entry of the table. */
  readonly foreignWords: number;
  /** How many bytes the next element is to have behind its member; asked once before each `insert`. */
  trailingBytes(): number;

  /** Puts an element in its place. It lies in the table already, and is not in the index. */
  insert(element: Ref, score: number): void;
  /** Takes an element out; its record is the table's to free. */
  remove(element: Ref): void;
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
  snapshot(): Model;
  capture(): State;
  /** The arena must have been restored to the same moment before. */
  restore(state: State): void;
  /** Throws when an invariant of its essay is broken. */
  assertValid(): void;
}

/** Compares an element's member with bytes as memcmp does, a prefix before the longer. `offset` is where members begin. */
function compareMember(
  arena: Arena,
  element: Ref,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const page = arena.bytes[element >>> PAGE_SHIFT];
  const first = ((element & PAGE_MASK) << 3) + offset;
  const length = arena.words[element >>> PAGE_SHIFT][((element & PAGE_MASK) << 1) + 2];
  const shared = Math.min(length, end - start);
  for (let i = 0; i < shared; i++) {
    const difference = page[first + i] - bytes[start + i];
    if (difference !== 0) return difference;
  }
  return length - (end - start);
}

/** What a search looks for. */
const BY_ELEMENT = 0;
const BY_SCORE = 1;
const BY_MEMBER = 2;

/** What is looked for in an index, and whether an element comes before it. One object an index, filled before each search. */
export class Target {
  private readonly arena: Arena;
  private readonly memberOffset: number;
  private by = BY_ELEMENT;
  private score = 0;
  private isInclusive = false;
  private bytes: Uint8Array = NO_BYTES;
  private start = 0;
  private end = 0;

  constructor(arena: Arena, memberOffset: number) {
    this.arena = arena;
    this.memberOffset = memberOffset;
  }

  /** The place of this very element, were its score this. */
  setElement(element: Ref, score: number): void {
    this.by = BY_ELEMENT;
    this.score = score;
    this.bytes = this.arena.bytes[element >>> PAGE_SHIFT];
    this.start = ((element & PAGE_MASK) << 3) + this.memberOffset;
    this.end = this.start + this.arena.word(element, 2);
  }

  setScore(score: number, isInclusive: boolean): void {
    this.by = BY_SCORE;
    this.score = score;
    this.isInclusive = isInclusive;
  }

  setMember(bytes: Uint8Array, start: number, end: number, isInclusive: boolean): void {
    this.by = BY_MEMBER;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isInclusive = isInclusive;
  }

  /** Whether an element with this score comes before what is looked for; if inclusive, also when it is just that. */
  isBehind(element: Ref, score: number): boolean {
    if (this.by === BY_ELEMENT) return score < this.score || (score === this.score && this.compare(element) < 0);
    if (this.by === BY_SCORE) return this.isInclusive ? score <= this.score : score < this.score;
    return this.isInclusive ? this.compare(element) <= 0 : this.compare(element) < 0;
  }

  private compare(element: Ref): number {
    return compareMember(this.arena, element, this.memberOffset, this.bytes, this.start, this.end);
  }
}

/** Throws unless one element comes before another. */
export function assertOrder(arena: Arena, index: SortedIndex<unknown, unknown>, offset: number, element: Ref): void {
  const next = index.next(element);
  if (next === NONE) return;
  const target = new Target(arena, offset);
  target.setElement(next, index.score(next));
  if (!target.isBehind(element, index.score(element))) throw new Error(`${element} does not come before ${next}`);
}

const NO_BYTES = new Uint8Array(0);
