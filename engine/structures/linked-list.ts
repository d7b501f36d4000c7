/**
 * # The doubly linked list
 *
 * **Problem.** An array is quick to read and slow to cut: to put something in front, all that is there must move over.
 *
 * **Idea.** Let every node say who stands before it and who behind. Whoever has a node in hand puts another beside it, or
 * takes it out, by changing two neighbours, however long the list is. Nobody moves.
 *
 * ```
 *   first                                            last
 *     ↓                                               ↓
 *   ┌────────────┐      ┌────────────┐      ┌────────────┐
 *   │ ∅ │ ● ─────┼────▶ │ ● │ ● ─────┼────▶ │ ● │ ∅      │
 *   │   │   load │ ◀────┼─┘ │   load │ ◀────┼─┘ │   load │
 *   └────────────┘      └────────────┘      └────────────┘
 * ```
 *
 * A node is a record in the arena, its two links first; behind them are a few words of load for whoever uses the list.
 * There is no object that holds the element and a node beside it: the links are *inside* what is linked.
 *
 * **Complexity.** Insert and remove at a node, first, last O(1). Reaching the n-th O(n), from the nearer end.
 *
 * **Invariants.**
 * 1. The node before a node's next node is that node, and the first has nobody before it.
 * 2. Walking from the first meets `length` nodes, and the last of them is `last`.
 *
 * **Unlike Redis.** There a plain list's node points to its value; here it carries it. In both, lists of the *type* list
 * do not chain single elements, for a node would cost more than what it holds: see the quicklist.
 *
 * **Read next.** `engine/structures/quicklist.ts`, which chains packs of elements.
 */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import type { LinkedListModel, LinkedListProbe, ListNodeModel } from './linked-list.steps.ts';

// The words of a node.
const PREVIOUS = 0;
const NEXT = 1;
const PAYLOAD = 2;

export interface LinkedListState {
  readonly first: Ref;
  readonly last: Ref;
  readonly length: number;
}

export interface LinkedListOptions {
  readonly id: number;
  /** How many words of load a node has. */
  readonly payloadWords: number;
  readonly trace: LinkedListProbe | null;
}

export class LinkedList {
  first: Ref = NONE;
  last: Ref = NONE;
  length = 0;

  private readonly arena: Arena;
  private readonly id: number;
  private readonly payloadWords: number;
  private readonly trace: LinkedListProbe | null;

  constructor(arena: Arena, { id, payloadWords, trace }: LinkedListOptions) {
    this.arena = arena;
    this.id = id;
    this.payloadWords = payloadWords;
    this.trace = trace;
  }

  next(node: Ref): Ref {
    return this.arena.word(node, NEXT);
  }

  previous(node: Ref): Ref {
    return this.arena.word(node, PREVIOUS);
  }

  payload(node: Ref, word: number): number {
    return this.arena.word(node, PAYLOAD + word);
  }

  /** Says that a walk came by. A list is walked by whoever knows what it looks for. */
  visit(node: Ref): void {
    this.trace?.visit(this.id, node);
  }

  /** A new node in front of all others, its load all zero. */
  pushFront(): Ref {
    return this.insertBetween(NONE, this.first);
  }

  pushBack(): Ref {
    return this.insertBetween(this.last, NONE);
  }

  insertBefore(node: Ref): Ref {
    return this.insertBetween(this.previous(node), node);
  }

  insertAfter(node: Ref): Ref {
    return this.insertBetween(node, this.next(node));
  }

  private insertBetween(previous: Ref, next: Ref): Ref {
    const node = this.arena.allocateZeroed((PAYLOAD + this.payloadWords) * 4);
    this.link(node, previous, next);
    return node;
  }

  /** Takes a node out and frees it. What its load stands for must have been released. */
  remove(node: Ref): void {
    this.unlink(node);
    this.arena.release(node);
  }

  // Micro-steps.

  private link(node: Ref, previous: Ref, next: Ref): void {
    this.set(node, PREVIOUS, previous);
    this.set(node, NEXT, next);
    if (previous === NONE) this.first = node;
    else this.set(previous, NEXT, node);
    if (next === NONE) this.last = node;
    else this.set(next, PREVIOUS, node);
    this.length++;
    this.trace?.link(this.id, node, previous, next);
  }

  private unlink(node: Ref): void {
    const previous = this.previous(node);
    const next = this.next(node);
    if (previous === NONE) this.first = next;
    else this.set(previous, NEXT, next);
    if (next === NONE) this.last = previous;
    else this.set(next, PREVIOUS, previous);
    this.length--;
    this.trace?.unlink(this.id, node);
  }

  setPayload(node: Ref, word: number, value: number): void {
    this.set(node, PAYLOAD + word, value);
    this.trace?.carry(this.id, node, word, value);
  }

  private set(node: Ref, word: number, value: number): void {
    this.arena.setWord(node, word, value);
  }

  // Seeing the whole.

  capture(): LinkedListState {
    return { first: this.first, last: this.last, length: this.length };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: LinkedListState): void {
    Object.assign(this, state);
  }

  snapshot(): LinkedListModel {
    const nodes: ListNodeModel[] = [];
    for (let node = this.first; node !== NONE; node = this.next(node)) {
      nodes.push({
        ref: node,
        payload: Array.from({ length: this.payloadWords }, (_, word) => this.payload(node, word)),
      });
    }
    return { payloadWords: this.payloadWords, nodes };
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    let count = 0;
    let before = NONE;
    for (let node = this.first; node !== NONE && count <= this.length; node = this.next(node)) {
      if (this.previous(node) !== before)
        throw new Error(`invariant 1: the node at ${node} does not know the one before`);
      before = node;
      count++;
    }
    if (count !== this.length || before !== this.last)
      throw new Error(`invariant 2: ${count} nodes up to ${before}, not ${this.length} up to ${this.last}`);
  }
}
