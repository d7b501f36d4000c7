/**
 * # The AVL tree
 *
 * **Problem.** The same as the skip list's: elements in the order of their scores, found by score, by place, by neighbour,
 * while they come and go. But without luck: no throw of dice may make a search long.
 *
 * **Idea.** A binary search tree: what comes before a node is to its left, what comes after to its right. Such a tree may
 * grow into a mere list. So every node knows the *height* of its subtree, and as soon as the two sides of a node differ by
 * two, a *rotation* turns the higher child up into its place, which keeps the order and evens the heights.
 *
 * ```
 *        c 3                   b 2            the number is the height;
 *       ╱                     ╱   ╲           c leaned to the left by two,
 *      b 2       ─────▶      a 1   c 1        b was turned up
 *     ╱
 *    a 1
 *
 *    an element: │ next │ hash │ length │ height │ score │ left │ right │ parent │ size │ member … │
 * ```
 *
 * Every node also knows the *size* of its subtree. On the way down the sizes that are left behind add up to a rank.
 *
 * **Complexity.** Find, insert, remove, rank, the n-th element O(log n), always: a tree of height h has at least as many
 * nodes as the Fibonacci numbers say, so that a million elements are at most 28 steps deep. A neighbour O(log n) at worst,
 * O(1) on average.
 *
 * **Invariants.**
 * 1. Gone through from left to right the elements are in order: by score, then by the bytes of their members.
 * 2. The heights of a node's two subtrees differ by one at most.
 * 3. Height and size of each node are those of its subtree.
 * 4. A child's parent is its parent.
 *
 * **Unlike Redis.** There a sorted set is always a skip list. Here both stand behind one interface, and a setting chooses,
 * so that they can be held side by side. The replies are the same.
 *
 * **Read next.** `engine/structures/skip-list.ts`.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import { LEFT, RIGHT, type AvlTreeModel, type AvlTreeProbe, type NodeModel } from './avl-tree.steps.ts';
import { SCORE_DOUBLE, TABLE_WORDS, Target, assertOrder, type IndexShape, type SortedIndex } from './sorted-index.ts';

/** The words of an element behind those of the table; its score is in words 4 and 5. */
const HEIGHT = 3;
/** Two words: the children to the left and to the right. */
const CHILD = 6;
const PARENT = 8;
const SIZE = 9;
const FOREIGN_WORDS = 7;
const MEMBER_OFFSET = (TABLE_WORDS + FOREIGN_WORDS) * 4;

export interface AvlTreeOptions {
  readonly id: number;
  readonly trace: AvlTreeProbe | null;
}

export interface AvlTreeState {
  readonly root: Ref;
}

export class AvlTree implements SortedIndex<AvlTreeState, AvlTreeModel> {
  readonly foreignWords = FOREIGN_WORDS;

  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: AvlTreeProbe | null;
  private readonly target: Target;
  private root: Ref = NONE;

  constructor(arena: Arena, options: AvlTreeOptions) {
    this.arena = arena;
    this.id = options.id;
    this.trace = options.trace;
    this.target = new Target(arena, MEMBER_OFFSET);
  }

  get length(): number {
    return this.sizeOf(this.root);
  }

  insert(element: Ref, score: number): void {
    this.target.setElement(element, score);
    let parent = NONE;
    let side = LEFT;
    for (let at = this.root; at !== NONE; at = this.child(at, side)) {
      side = this.target.isBehind(at, this.score(at)) ? RIGHT : LEFT;
      this.trace?.visit(this.id, at, side);
      parent = at;
    }
    this.enter(element, score);
    this.hang(parent, side, element);
    this.settle(parent);
  }

  remove(element: Ref): void {
    const left = this.child(element, LEFT);
    const right = this.child(element, RIGHT);
    let lowest = this.parent(element);
    if (left !== NONE && right !== NONE) {
      // The next element has no left child, and takes the place.
      const heir = this.outermost(right, LEFT);
      lowest = this.parent(heir) === element ? heir : this.parent(heir);
      if (lowest !== heir) {
        this.hang(lowest, LEFT, this.child(heir, RIGHT));
        this.hang(heir, RIGHT, right);
      }
      this.replace(element, heir);
      this.hang(heir, LEFT, left);
    } else {
      this.replace(element, left === NONE ? right : left);
    }
    this.leave(element);
    this.settle(lowest);
  }

  removeRun(first: Ref, count: number, free: (element: Ref) => void): void {
    let element = first;
    for (let left = count; left > 0; left--) {
      const next = this.next(element);
      this.remove(element);
      free(element);
      element = next;
    }
  }

  rescore(element: Ref, score: number): void {
    if (this.fitsInPlace(element, score)) {
      this.setScore(element, score);
    } else {
      this.remove(element);
      this.insert(element, score);
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

  /** Hangs a node where another one was. */
  private replace(element: Ref, by: Ref): void {
    const parent = this.parent(element);
    this.hang(parent, this.sideOf(element), by);
  }

  /** From a node up to the root: counts heights and sizes anew, and turns up what leans too far. */
  private settle(from: Ref): void {
    for (let at = from; at !== NONE; at = this.parent(at)) {
      this.measure(at);
      const lean = this.lean(at);
      if (lean > 1) at = this.turnUp(at, LEFT);
      else if (lean < -1) at = this.turnUp(at, RIGHT);
    }
  }

  /** Turns the child on a side up into a node's place; where the child leans inwards, its own inner child first. */
  private turnUp(element: Ref, side: number): Ref {
    const child = this.child(element, side);
    const outwards = side === LEFT ? this.lean(child) : -this.lean(child);
    if (outwards < 0) this.rotate(child, 1 - side);
    return this.rotate(element, side);
  }

  private rotate(element: Ref, side: number): Ref {
    const up = this.child(element, side);
    this.trace?.rotate(this.id, element, side);
    this.replace(element, up);
    this.hang(element, side, this.child(up, 1 - side));
    this.hang(up, 1 - side, element);
    this.measure(element);
    this.measure(up);
    return up;
  }

  // Searching.

  /** How many elements are before the target. */
  private countBefore(): number {
    let rank = 0;
    for (let at = this.root; at !== NONE;) {
      const side = this.target.isBehind(at, this.score(at)) ? RIGHT : LEFT;
      this.trace?.visit(this.id, at, side);
      if (side === RIGHT) rank += this.sizeOf(this.child(at, LEFT)) + 1;
      at = this.child(at, side);
    }
    return rank;
  }

  rank(element: Ref): number {
    this.target.setElement(element, this.score(element));
    return this.countBefore();
  }

  countToScore(score: number, isInclusive: boolean): number {
    this.target.setScore(score, isInclusive);
    return this.countBefore();
  }

  countToMember(bytes: Uint8Array, start: number, end: number, isInclusive: boolean): number {
    this.target.setMember(bytes, start, end, isInclusive);
    return this.countBefore();
  }

  at(rank: number): Ref {
    if (rank < 0 || rank >= this.length) return NONE;
    let left = rank;
    let at = this.root;
    for (;;) {
      const before = this.sizeOf(this.child(at, LEFT));
      if (left === before) return at;
      const side = left < before ? LEFT : RIGHT;
      this.trace?.visit(this.id, at, side);
      if (side === RIGHT) left -= before + 1;
      at = this.child(at, side);
    }
  }

  first(): Ref {
    return this.outermost(this.root, LEFT);
  }

  last(): Ref {
    return this.outermost(this.root, RIGHT);
  }

  next(element: Ref): Ref {
    return this.neighbour(element, RIGHT);
  }

  previous(element: Ref): Ref {
    return this.neighbour(element, LEFT);
  }

  private outermost(from: Ref, side: number): Ref {
    let at = from;
    for (let child = at; child !== NONE; child = this.child(at, side)) at = child;
    return at;
  }

  /** The innermost below on that side, or else the first node above that has this one on its other side. */
  private neighbour(element: Ref, side: number): Ref {
    const below = this.child(element, side);
    if (below !== NONE) return this.outermost(below, 1 - side);
    let at = element;
    let parent = this.parent(at);
    while (parent !== NONE && this.child(parent, side) === at) {
      at = parent;
      parent = this.parent(at);
    }
    return parent;
  }

  ownBytes(): number {
    return 0;
  }

  // The layout of an element.

  score(element: Ref): number {
    return this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE];
  }

  private child(element: Ref, side: number): Ref {
    return this.arena.words[element >>> PAGE_SHIFT][((element & PAGE_MASK) << 1) + CHILD + side];
  }

  private parent(element: Ref): Ref {
    return this.arena.word(element, PARENT);
  }

  private sideOf(element: Ref): number {
    const parent = this.parent(element);
    return parent !== NONE && this.child(parent, RIGHT) === element ? RIGHT : LEFT;
  }

  private heightOf(element: Ref): number {
    return element === NONE ? 0 : this.arena.word(element, HEIGHT);
  }

  private sizeOf(element: Ref): number {
    return element === NONE ? 0 : this.arena.word(element, SIZE);
  }

  /** By how much the left side is higher. */
  private lean(element: Ref): number {
    return this.heightOf(this.child(element, LEFT)) - this.heightOf(this.child(element, RIGHT));
  }

  private setWord(element: Ref, word: number, value: number): void {
    this.arena.words[element >>> PAGE_SHIFT][((element & PAGE_MASK) << 1) + word] = value;
  }

  // Micro-steps.

  private enter(element: Ref, score: number): void {
    for (const word of [CHILD + LEFT, CHILD + RIGHT, PARENT]) this.setWord(element, word, NONE);
    this.setWord(element, HEIGHT, 1);
    this.setWord(element, SIZE, 1);
    this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE] = score;
    const start = this.arena.offset(element) + MEMBER_OFFSET;
    const length = this.arena.word(element, 2);
    const page = this.arena.bytes[element >>> PAGE_SHIFT];
    this.trace?.enter(this.id, element, 1, length, score, page, start, start + length);
  }

  private hang(parent: Ref, side: number, child: Ref): void {
    if (parent === NONE) this.root = child;
    else this.setWord(parent, CHILD + side, child);
    if (child !== NONE) this.setWord(child, PARENT, parent);
    this.trace?.hang(this.id, parent, side, child);
  }

  private measure(element: Ref): void {
    const left = this.child(element, LEFT);
    const right = this.child(element, RIGHT);
    const height = 1 + Math.max(this.heightOf(left), this.heightOf(right));
    const size = 1 + this.sizeOf(left) + this.sizeOf(right);
    if (height === this.heightOf(element) && size === this.sizeOf(element)) return;
    this.setWord(element, HEIGHT, height);
    this.setWord(element, SIZE, size);
    this.trace?.measure(this.id, element, height, size);
  }

  private setScore(element: Ref, score: number): void {
    this.arena.doubles[element >>> PAGE_SHIFT][(element & PAGE_MASK) + SCORE_DOUBLE] = score;
    this.trace?.rescore(this.id, element, score);
  }

  private leave(element: Ref): void {
    this.trace?.leave(this.id, element);
  }

  clear(): void {
    this.root = NONE;
    this.trace?.clear(this.id);
  }

  // Seeing the whole.

  shape(): IndexShape {
    const depths: number[] = [];
    const visit = (element: Ref, depth: number): void => {
      if (element === NONE) return;
      depths[depth] = (depths[depth] ?? 0) + 1;
      visit(this.child(element, LEFT), depth + 1);
      visit(this.child(element, RIGHT), depth + 1);
    };
    visit(this.root, 0);
    return { kind: 'avl-tree', depths };
  }

  snapshot(): AvlTreeModel {
    const nodes = new Map<number, NodeModel>();
    for (let at = this.first(); at !== NONE; at = this.next(at)) {
      const start = this.arena.offset(at) + MEMBER_OFFSET;
      const length = this.arena.word(at, 2);
      nodes.set(at, {
        ref: at,
        score: this.score(at),
        length,
        member: this.arena.bytes[at >>> PAGE_SHIFT].slice(start, start + Math.min(length, PREVIEW_BYTES)),
        parent: this.parent(at),
        left: this.child(at, LEFT),
        right: this.child(at, RIGHT),
        height: this.heightOf(at),
        size: this.sizeOf(at),
      });
    }
    return { kind: 'avl-tree', root: this.root, nodes };
  }

  capture(): AvlTreeState {
    return { root: this.root };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: AvlTreeState): void {
    this.root = state.root;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    if (this.root !== NONE && this.parent(this.root) !== NONE) throw new Error('invariant 4: the root has a parent');
    this.assertSubtree(this.root);
    for (let at = this.first(); at !== NONE; at = this.next(at)) assertOrder(this, this.target, at);
  }

  private assertSubtree(element: Ref): void {
    if (element === NONE) return;
    for (const side of [LEFT, RIGHT]) {
      const child = this.child(element, side);
      this.assertSubtree(child);
      if (child !== NONE && this.parent(child) !== element)
        throw new Error(`invariant 4: ${child} does not know its parent ${element}`);
    }
    const [left, right] = [this.child(element, LEFT), this.child(element, RIGHT)];
    if (Math.abs(this.lean(element)) > 1) throw new Error(`invariant 2: ${element} leans too far`);
    const height = 1 + Math.max(this.heightOf(left), this.heightOf(right));
    if (this.heightOf(element) !== height || this.sizeOf(element) !== 1 + this.sizeOf(left) + this.sizeOf(right))
      throw new Error(`invariant 3: height or size of ${element} is wrong`);
  }
}
