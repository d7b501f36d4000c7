/**
 * # The quicklist
 *
 * **Problem.** A linked list of single elements spends more on links than on what it holds, and scatters it; one long
 * pack must move megabytes to put something in front.
 *
 * **Idea.** Both at once: a doubly linked list whose nodes are packs of a few kilobytes. At either end an element is
 * added to a pack that is small enough to be moved in no time; when that is full, the next node begins.
 *
 * ```
 *   ┌───────┐    ┌───────┐    ┌───────┐
 *   │ node  │ ⇄  │ node  │ ⇄  │ node  │
 *   └───┬───┘    └───┬───┘    └───┬───┘
 *       ▼            ▼            ▼
 *   │ a │ b │    │ c │ d │ e │   │ f │ …      packs, 8 KiB each at most
 * ```
 *
 * How much a node takes is the setting `list-max-listpack-size`: a positive number of elements, or -1 to -5 for 4 to
 * 64 KiB. A longer element has a node to itself. In the middle a full pack is cut in two where the new element goes, and
 * neighbours that then fit into one are joined.
 *
 * Most work is at the ends. With the setting `list-compress-depth` the nodes farther from both ends than so many are kept
 * compressed; one that is used is made plain, and compressed again when the command is over.
 *
 * One place in the list is the *cursor*: a node, and an offset within its pack. Commands set it, read there, and go on.
 *
 * **Complexity.** Push and pop O(1). Reaching the n-th element O(n), but in strides of a node. Insert and remove at the
 * cursor O(bytes of a pack).
 *
 * **Invariants.**
 * 1. The nodes are a valid linked list, and every pack is valid.
 * 2. No pack is empty.
 * 3. The packs have `length` elements together.
 * 4. Once settled, a list has no compressed node nearer to an end than the depth was then.
 *
 * **Unlike Redis.** Elements are kept as replies, see the listpack. A node does not cache its pack's count: the pack's
 * header says it, and only a compressed node keeps it. Packs beyond 64 KiB stay plain.
 *
 * **Read next.** `engine/structures/quicklist-packing.ts`, for what the nodes hold; `engine/structures/linked-list.ts` and
 * `engine/structures/listpack.ts`, which it is made of.
 */
import { NONE, type Ref } from '../memory/arena.ts';
import { LinkedList, type LinkedListState } from './linked-list.ts';
import type { LinkedListProbe } from './linked-list.steps.ts';
import { FIRST, NOWHERE, type Listpacks } from './listpack.ts';
import { QuickListPacking, type PackingParts } from './quicklist-packing.ts';
import { QUICKLIST_PAYLOAD_WORDS, type QuickListModel, type QuickListProbe } from './quicklist.steps.ts';

export interface QuickListParts extends PackingParts {
  readonly nodeTrace: LinkedListProbe | null;
}

export interface QuickListState {
  readonly length: number;
  readonly nodes: LinkedListState;
}

export class QuickList {
  readonly id: number;
  /** The nodes, for whoever walks pack by pack. */
  readonly nodes: LinkedList;
  /** What the nodes hold. */
  readonly packing: QuickListPacking;
  /** How many elements there are. */
  length = 0;
  /** The cursor: `NONE` when it is past either end. It holds until the next change that is not made at it. */
  node: Ref = NONE;
  at = NOWHERE;

  private readonly packs: Listpacks;
  private readonly trace: QuickListProbe | null;
  /** Of the node at the cursor, how many elements are before it. Right after `seek` only. */
  private place = 0;

  constructor(id: number, parts: QuickListParts) {
    const { arena, listpacks, nodeTrace, trace } = parts;
    this.id = id;
    this.packs = listpacks;
    this.trace = trace;
    this.nodes = new LinkedList(arena, { id, payloadWords: QUICKLIST_PAYLOAD_WORDS, trace: nodeTrace });
    this.packing = new QuickListPacking(id, this.nodes, parts);
  }

  // At the ends.

  pushFront(bytes: Uint8Array, start: number, end: number): void {
    const { first } = this.nodes;
    if (first === NONE || !this.packing.tryPrepend(first, bytes, start, end))
      this.packing.fill(this.packing.push('front'), bytes, start, end);
    this.count(1);
  }

  pushBack(bytes: Uint8Array, start: number, end: number): void {
    const { last } = this.nodes;
    if (last === NONE || !this.packing.tryAppend(last, bytes, start, end))
      this.packing.fill(this.packing.push('back'), bytes, start, end);
    this.count(1);
  }

  /** The same in the last node, or in a new one, whatever the limits: a list gets the nodes that it had elsewhere. */
  pushBackPacked(bytes: Uint8Array, start: number, end: number, startsNode: boolean): void {
    if (startsNode) this.packing.fill(this.packing.push('back'), bytes, start, end);
    else this.packing.append(this.nodes.last, bytes, start, end);
    this.count(1);
  }

  // The cursor.

  /** Goes to the first element. */
  toFirst(): void {
    this.node = this.nodes.first;
    this.at = FIRST;
  }

  toLast(): void {
    this.node = this.nodes.last;
    this.at = this.node === NONE ? NOWHERE : this.packs.last(this.packing.pack(this.node));
  }

  /** Goes to the n-th element, counted from the end when negative; false when there is none. */
  seek(index: number): boolean {
    const { nodes, packs } = this;
    const place = index < 0 ? this.length + index : index;
    if (!(place >= 0 && place < this.length)) return false;
    let node: Ref;
    let before: number;
    if (place < this.length / 2) {
      node = nodes.first;
      before = place;
      for (let count = this.visit(node); before >= count; count = this.visit(node)) {
        before -= count;
        node = nodes.next(node);
      }
    } else {
      node = nodes.last;
      before = place - this.length + this.visit(node);
      while (before < 0) {
        node = nodes.previous(node);
        before += this.visit(node);
      }
    }
    this.node = node;
    this.place = before;
    this.at = packs.seek(this.packing.pack(node), before);
    return true;
  }

  /** Tells of a visit; returns how many elements the node has. */
  private visit(node: Ref): number {
    this.nodes.visit(node);
    return this.packing.countOf(node);
  }

  /** Reads the element at the cursor: where it begins and ends is then in the listpacks' `start` and `end`. */
  read(): void {
    this.packs.read(this.packing.pack(this.node), this.at);
  }

  /** Goes on to the next element, or past the end. */
  forward(): void {
    const pack = this.packing.pack(this.node);
    this.at = this.packs.next(pack, this.at);
    if (this.at >= this.packs.used(pack)) {
      this.node = this.nodes.next(this.node);
      this.at = FIRST;
    }
  }

  /** Goes back to the previous one, or past the beginning. */
  backward(): void {
    this.at = this.packs.previous(this.packing.pack(this.node), this.at);
    if (this.at !== NOWHERE) return;
    this.node = this.nodes.previous(this.node);
    if (this.node !== NONE) this.at = this.packs.last(this.packing.pack(this.node));
  }

  // Changing at the cursor. The bytes that are put in must not lie in this list.

  /** Takes the element out, and goes on to the next one, or back to the one before. */
  removeHere(isForward: boolean): void {
    const { node, at, nodes, packs, packing } = this;
    if (packs.count(packing.pack(node)) === 1) {
      this.node = isForward ? nodes.next(node) : nodes.previous(node);
      packing.drop(node);
      this.at = this.node === NONE ? NOWHERE : isForward ? FIRST : packs.last(packing.pack(this.node));
    } else {
      if (!isForward) this.backward();
      packing.remove(node, at, 1);
      if (isForward && at >= packs.used(packing.pack(node))) {
        this.node = nodes.next(node);
        this.at = FIRST;
      }
    }
    this.count(-1);
  }

  /** Takes out the element between two offsets of a node's pack. The cursor is nowhere then. */
  take(node: Ref, pack: Ref, at: number, behind: number): void {
    this.packing.take(node, pack, at, behind);
    this.node = NONE;
    this.count(-1);
  }

  /** Takes out so many elements from the n-th on. The cursor is nowhere then. */
  removeRange(index: number, count: number): void {
    let left = Math.min(count, this.length - index);
    if (left <= 0 || !this.seek(index)) return;
    this.count(-left);
    let { node, at, place } = this;
    while (left > 0) {
      const next = this.nodes.next(node);
      const count = this.packing.countOf(node);
      const removed = Math.min(left, count - place);
      // A compressed node that goes as a whole need not be opened for it.
      if (removed === count) this.packing.drop(node);
      else this.packing.remove(node, at, removed);
      left -= removed;
      [node, at, place] = [next, FIRST, 0];
    }
    this.node = NONE;
  }

  /** Makes the element another one. The cursor is nowhere then. */
  replaceHere(bytes: Uint8Array, start: number, end: number): void {
    const { node, at, packing } = this;
    if (packing.canReplace(node, at, end - start)) {
      packing.replace(node, at, bytes, start, end);
    } else {
      const touched = this.putBefore(bytes, start, end);
      this.count(1);
      this.forward();
      this.removeHere(true);
      packing.tidy(touched);
    }
    this.node = NONE;
  }

  /** Puts an element before the one at the cursor, which is nowhere then. */
  insertBefore(bytes: Uint8Array, start: number, end: number): void {
    this.packing.tidy(this.putBefore(bytes, start, end));
    this.count(1);
    this.node = NONE;
  }

  /** The same behind it. */
  insertAfter(bytes: Uint8Array, start: number, end: number): void {
    this.forward();
    if (this.node === NONE) {
      this.pushBack(bytes, start, end);
    } else {
      this.insertBefore(bytes, start, end);
    }
  }

  /** Leaves the cursor on the new element. Returns a node that was cut in two for it, or `NONE`. */
  private putBefore(bytes: Uint8Array, start: number, end: number): Ref {
    const { node, at, packs, packing } = this;
    const length = end - start;
    if (packing.hasRoom(node, length)) {
      packing.insert(node, at, bytes, start, end);
      return NONE;
    }
    const isSplit = at !== FIRST;
    if (isSplit) packing.split(node, at);
    const before = isSplit ? node : this.nodes.previous(node);
    if (before !== NONE && packing.hasRoom(before, length)) {
      this.node = before;
      this.at = packs.used(packing.pack(before));
      packing.append(before, bytes, start, end);
    } else {
      this.node = isSplit ? packing.insertAfter(node) : packing.insertBefore(node);
      this.at = FIRST;
      packing.fill(this.node, bytes, start, end);
    }
    return isSplit ? node : NONE;
  }

  // Micro-steps.

  private count(by: number): void {
    this.length += by;
    this.trace?.count(this.id, this.length);
  }

  // As a whole.

  /** Gives everything back. */
  clear(): void {
    this.packing.clear();
    this.count(-this.length);
  }

  /** Becomes equal to another list, pack by pack. It must be empty. */
  copyFrom(other: QuickList): void {
    for (const pack of other.packing.all()) this.packing.pushCopy(pack);
    this.count(other.length);
  }

  capture(): QuickListState {
    return { length: this.length, nodes: this.nodes.capture() };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: QuickListState): void {
    this.length = state.length;
    this.nodes.restore(state.nodes);
    this.packing.restored();
    this.node = NONE;
  }

  snapshot(): QuickListModel {
    return { length: this.length, nodes: this.nodes.snapshot() };
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    this.nodes.assertValid();
    const count = this.packing.assertValid();
    if (count !== this.length) throw new Error(`invariant 3: ${count} elements, not ${this.length}`);
  }
}
