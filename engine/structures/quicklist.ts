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
 * One place in the list is the *cursor*: a node, and an offset within its pack. Commands set it, read there, and go on.
 *
 * **Complexity.** Push and pop O(1). Reaching the n-th element O(n), but in strides of a node. Insert and remove at the
 * cursor O(bytes of a pack).
 *
 * **Invariants.**
 * 1. The nodes are a valid linked list, and every pack is valid.
 * 2. No pack is empty.
 * 3. The packs have `length` elements together.
 *
 * **Unlike Redis.** Elements are kept as replies, see the listpack. A node does not cache its pack's count: the pack's
 * header says it. Inner nodes are not compressed.
 *
 * **Read next.** `engine/structures/linked-list.ts` and `engine/structures/listpack.ts`, which it is made of.
 */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { LinkedList, type LinkedListState } from './linked-list.ts';
import type { LinkedListProbe } from './linked-list.steps.ts';
import { FIRST, NOWHERE, elementSize, type Listpacks } from './listpack.ts';
import { QUICKLIST_PAYLOAD_WORDS, type QuickListModel, type QuickListProbe } from './quicklist.steps.ts';

/** The word of a node that says where its pack is. */
const PACK = 0;
/** A pack that is bounded by its number of elements is no longer than this all the same, unless one element is. */
const SAFE_BYTES = 8192;
const KIB = 1024;
/** By the setting -1 to -5. */
const LIMIT_BYTES = [0, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB];

export interface QuickListLimits {
  /** The setting `list-max-listpack-size`. */
  readonly listPackSize: number;
  /** From so many bytes on an element has a node to itself. */
  readonly listPlainBytes: number;
}

export interface QuickListParts {
  readonly arena: Arena;
  readonly listpacks: Listpacks;
  readonly nodeTrace: LinkedListProbe | null;
  readonly trace: QuickListProbe | null;
  /** They may change at any time, and count for what comes. */
  readonly limits: QuickListLimits;
}

export interface QuickListState {
  readonly length: number;
  readonly nodes: LinkedListState;
}

export class QuickList {
  readonly id: number;
  /** The nodes, for whoever walks pack by pack. */
  readonly nodes: LinkedList;
  /** How many elements there are. */
  length = 0;
  /** The cursor: `NONE` when it is past either end. It holds until the next change that is not made at it. */
  node: Ref = NONE;
  at = NOWHERE;

  private readonly arena: Arena;
  private readonly packs: Listpacks;
  private readonly trace: QuickListProbe | null;
  private readonly limits: QuickListLimits;
  /** Of the node at the cursor, how many elements are before it. Right after `seek` only. */
  private place = 0;

  constructor(id: number, { arena, listpacks, nodeTrace, trace, limits }: QuickListParts) {
    this.id = id;
    this.arena = arena;
    this.packs = listpacks;
    this.trace = trace;
    this.limits = limits;
    this.nodes = new LinkedList(arena, { id, payloadWords: QUICKLIST_PAYLOAD_WORDS, trace: nodeTrace });
  }

  /** The pack of a node. */
  pack(node: Ref): Ref {
    return this.nodes.payload(node, PACK);
  }

  /** Whether a pack holds a single element that is too long to be packed with others. */
  isPlain(pack: Ref): boolean {
    if (this.packs.count(pack) !== 1) return false;
    this.packs.read(pack, FIRST);
    return this.packs.end - this.packs.start >= this.limits.listPlainBytes;
  }

  // At the ends.

  pushFront(bytes: Uint8Array, start: number, end: number): void {
    const { first } = this.nodes;
    if (first === NONE || !this.hasRoom(first, end - start)) this.fill(this.nodes.pushFront(), bytes, start, end);
    else this.setPack(first, this.packs.prepend(this.pack(first), bytes, start, end));
    this.count(1);
  }

  pushBack(bytes: Uint8Array, start: number, end: number): void {
    const { last } = this.nodes;
    if (last === NONE || !this.hasRoom(last, end - start)) this.fill(this.nodes.pushBack(), bytes, start, end);
    else this.setPack(last, this.packs.append(this.pack(last), bytes, start, end));
    this.count(1);
  }

  /** The same in the last node, or in a new one, whatever the limits: a list gets the nodes that it had elsewhere. */
  pushBackPacked(bytes: Uint8Array, start: number, end: number, startsNode: boolean): void {
    const { last } = this.nodes;
    if (startsNode) this.fill(this.nodes.pushBack(), bytes, start, end);
    else this.setPack(last, this.packs.append(this.pack(last), bytes, start, end));
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
    this.at = this.node === NONE ? NOWHERE : this.packs.last(this.pack(this.node));
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
    this.at = packs.seek(this.pack(node), before);
    return true;
  }

  /** Tells of a visit; returns how many elements the node has. */
  private visit(node: Ref): number {
    this.nodes.visit(node);
    return this.packs.count(this.pack(node));
  }

  /** Reads the element at the cursor: where it begins and ends is then in the listpacks' `start` and `end`. */
  read(): void {
    this.packs.read(this.pack(this.node), this.at);
  }

  /** Goes on to the next element, or past the end. */
  forward(): void {
    const pack = this.pack(this.node);
    this.at = this.packs.next(pack, this.at);
    if (this.at >= this.packs.used(pack)) {
      this.node = this.nodes.next(this.node);
      this.at = FIRST;
    }
  }

  /** Goes back to the previous one, or past the beginning. */
  backward(): void {
    this.at = this.packs.previous(this.pack(this.node), this.at);
    if (this.at !== NOWHERE) return;
    this.node = this.nodes.previous(this.node);
    if (this.node !== NONE) this.at = this.packs.last(this.pack(this.node));
  }

  // Changing at the cursor. The bytes that are put in must not lie in this list.

  /** Takes the element out, and goes on to the next one, or back to the one before. */
  removeHere(isForward: boolean): void {
    const { node, at, packs } = this;
    const pack = this.pack(node);
    if (packs.count(pack) === 1) {
      this.node = isForward ? this.nodes.next(node) : this.nodes.previous(node);
      this.dropNode(node);
      this.at = this.node === NONE ? NOWHERE : isForward ? FIRST : packs.last(this.pack(this.node));
    } else {
      if (!isForward) this.backward();
      const shorter = packs.remove(pack, at);
      this.setPack(node, shorter);
      if (isForward && at >= packs.used(shorter)) {
        this.node = this.nodes.next(node);
        this.at = FIRST;
      }
    }
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
      const pack = this.pack(node);
      const removed = Math.min(left, this.packs.count(pack) - place);
      if (removed === this.packs.count(pack)) this.dropNode(node);
      else this.setPack(node, this.packs.remove(pack, at, removed));
      left -= removed;
      [node, at, place] = [next, FIRST, 0];
    }
    this.node = NONE;
  }

  /** Makes the element another one. The cursor is nowhere then. */
  replaceHere(bytes: Uint8Array, start: number, end: number): void {
    const { node, at, packs } = this;
    const pack = this.pack(node);
    const before = packs.next(pack, at) - at;
    const isPackable = end - start < this.limits.listPlainBytes;
    if (packs.count(pack) === 1 || (isPackable && this.fits(packs.used(pack) - before + elementSize(end - start), 1))) {
      this.setPack(node, packs.replace(pack, at, bytes, start, end));
    } else {
      const touched = this.putBefore(bytes, start, end);
      this.count(1);
      this.forward();
      this.removeHere(true);
      this.tidy(touched);
    }
    this.node = NONE;
  }

  /** Puts an element before the one at the cursor, which is nowhere then. */
  insertBefore(bytes: Uint8Array, start: number, end: number): void {
    this.tidy(this.putBefore(bytes, start, end));
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
    const { node, at, nodes, packs } = this;
    const length = end - start;
    if (this.hasRoom(node, length)) {
      this.setPack(node, packs.insert(this.pack(node), at, bytes, start, end));
      return NONE;
    }
    const isSplit = at !== FIRST;
    if (isSplit) this.split(node, at);
    const before = isSplit ? node : nodes.previous(node);
    if (before !== NONE && this.hasRoom(before, length)) {
      this.node = before;
      this.at = packs.used(this.pack(before));
      this.setPack(before, packs.append(this.pack(before), bytes, start, end));
    } else {
      this.node = isSplit ? nodes.insertAfter(node) : nodes.insertBefore(node);
      this.at = FIRST;
      this.fill(this.node, bytes, start, end);
    }
    return isSplit ? node : NONE;
  }

  /** Moves what stands from an offset on to a new node behind. */
  private split(node: Ref, at: number): void {
    const { packs } = this;
    this.trace?.split(this.id, node, at);
    const from = this.pack(node);
    const behind = this.nodes.insertAfter(node);
    let to = packs.create();
    let moved = 0;
    for (let here = at; here < packs.used(from); moved++) {
      here = packs.read(from, here);
      to = packs.append(to, packs.bytes(from), packs.start, packs.end);
    }
    this.setPack(behind, to);
    this.setPack(node, packs.remove(from, at, moved));
  }

  /** Around a node that was cut in two, joins neighbours that fit into one. */
  private tidy(cut: Ref): void {
    if (cut === NONE) return;
    const { nodes } = this;
    const before = nodes.previous(cut);
    let node = before === NONE ? cut : before;
    for (let left = 4; left > 0; left--) {
      const next = nodes.next(node);
      if (next === NONE) return;
      if (this.canJoin(node, next)) this.join(node, next);
      else node = next;
    }
  }

  private canJoin(node: Ref, next: Ref): boolean {
    const { packs } = this;
    const [first, second] = [this.pack(node), this.pack(next)];
    if (this.isPlain(first) || this.isPlain(second)) return false;
    return this.fits(packs.used(first) + packs.used(second) - FIRST, packs.count(first) + packs.count(second));
  }

  private join(node: Ref, next: Ref): void {
    const { packs } = this;
    this.trace?.merge(this.id, node, next);
    const from = this.pack(next);
    let to = this.pack(node);
    for (let here = FIRST; here < packs.used(from);) {
      here = packs.read(from, here);
      to = packs.append(to, packs.bytes(from), packs.start, packs.end);
    }
    this.setPack(node, to);
    this.dropNode(next);
  }

  // Nodes.

  /** Whether a node takes one more element of so many bytes. */
  private hasRoom(node: Ref, length: number): boolean {
    const pack = this.pack(node);
    const used = this.packs.used(pack);
    const isPackable = length < this.limits.listPlainBytes && !this.isPlain(pack);
    if (isPackable && this.fits(used + elementSize(length), this.packs.count(pack) + 1)) return true;
    this.trace?.full(this.id, node, used);
    return false;
  }

  /** Whether a pack may have so many bytes and elements. */
  private fits(bytes: number, count: number): boolean {
    const limit = this.limits.listPackSize;
    if (limit < 0) return bytes <= LIMIT_BYTES[Math.min(-limit, 5)];
    return bytes <= SAFE_BYTES && count <= Math.max(1, limit);
  }

  /** Gives a new node a pack with one element. */
  private fill(node: Ref, bytes: Uint8Array, start: number, end: number): void {
    const pack = this.packs.create(FIRST + elementSize(end - start));
    this.setPack(node, this.packs.append(pack, bytes, start, end));
  }

  private setPack(node: Ref, pack: Ref): void {
    if (this.pack(node) !== pack) this.nodes.setPayload(node, PACK, pack);
  }

  private dropNode(node: Ref): void {
    this.packs.release(this.pack(node));
    this.nodes.remove(node);
  }

  // Micro-steps.

  private count(by: number): void {
    this.length += by;
    this.trace?.count(this.id, this.length);
  }

  // As a whole.

  /** Gives everything back. */
  clear(): void {
    while (this.nodes.first !== NONE) this.dropNode(this.nodes.first);
    this.count(-this.length);
  }

  /** Becomes equal to another list, pack by pack. It must be empty. */
  copyFrom(other: QuickList): void {
    for (const pack of other.packRefs()) this.setPack(this.nodes.pushBack(), this.packs.copy(pack));
    this.count(other.length);
  }

  /** The packs from the first to the last. */
  *packRefs(): Generator<Ref> {
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node)) yield this.pack(node);
  }

  /** The bytes that it takes in the arena. */
  memoryBytes(): number {
    let bytes = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node))
      bytes += this.arena.capacityOf(node) + this.arena.capacityOf(this.pack(node));
    return bytes;
  }

  capture(): QuickListState {
    return { length: this.length, nodes: this.nodes.capture() };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: QuickListState): void {
    this.length = state.length;
    this.nodes.restore(state.nodes);
    this.node = NONE;
  }

  snapshot(): QuickListModel {
    return { length: this.length, nodes: this.nodes.snapshot() };
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    this.nodes.assertValid();
    let count = 0;
    for (const pack of this.packRefs()) {
      this.packs.assertValid(pack);
      if (this.packs.count(pack) === 0) throw new Error(`invariant 2: the pack at ${pack} is empty`);
      count += this.packs.count(pack);
    }
    if (count !== this.length) throw new Error(`invariant 3: ${count} elements, not ${this.length}`);
  }
}
