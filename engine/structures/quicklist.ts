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
 * **Read next.** `engine/structures/linked-list.ts` and `engine/structures/listpack.ts`, which it is made of.
 */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { LinkedList, type LinkedListState } from './linked-list.ts';
import type { CompressedBlocks } from './compressed.ts';
import type { LinkedListProbe } from './linked-list.steps.ts';
import { FIRST, NOWHERE, elementSize, type Listpacks } from './listpack.ts';
import { QUICKLIST_PAYLOAD_WORDS, type QuickListModel, type QuickListProbe } from './quicklist.steps.ts';

/** The word of a node that says where its pack is, and the one that says how many elements it has while it is compressed. */
const PACK = 0;
const CLOSED_COUNT = 1;
/** Redis's limits: what is shorter is not compressed, nor what does not get smaller by so much. */
const LEAST_COMPRESSED = 48;
const LEAST_SAVED = 8;
/** A longer pack is not compressed, so that to read a list takes little memory. */
const MOST_COMPRESSED = 64 * 1024;
/** So many inner nodes are plain at once while a command runs. */
const MOST_OPEN = 4;
/** A pack that is bounded by its number of elements is no longer than this all the same, unless one element is. */
const SAFE_BYTES = 8192;
const KIB = 1024;
/** By the setting -1 to -5. */
const LIMIT_BYTES = [0, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB];

/** Of each node from the first to the last. */
export interface NodeFigures {
  /** How many elements its pack has, and in how many bytes it lies: of a compressed one the compressed bytes. */
  readonly counts: Int32Array;
  readonly bytes: Int32Array;
  /** So many bytes they were before they were compressed, 0 of a plain pack. */
  readonly before: Int32Array;
}

export interface QuickListLimits {
  /** The setting `list-max-listpack-size`. */
  readonly listPackSize: number;
  /** The setting `list-compress-depth`. */
  readonly listCompressDepth: number;
  /** From so many bytes on an element has a node to itself. */
  readonly listPlainBytes: number;
}

export interface QuickListParts {
  readonly arena: Arena;
  readonly listpacks: Listpacks;
  readonly compressed: CompressedBlocks;
  /** Told when `settle` must be called before the command is over. */
  readonly onUnsettled: (list: QuickList) => void;
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
  private readonly compressed: CompressedBlocks;
  private readonly onUnsettled: (list: QuickList) => void;
  /** How many nodes are compressed. */
  private closed = 0;
  /** Nodes that the present command made plain or made, the oldest first. */
  private opened: Ref[] = [];
  private isUnsettled = false;
  /** Of the node at the cursor, how many elements are before it. Right after `seek` only. */
  private place = 0;

  constructor(id: number, parts: QuickListParts) {
    const { arena, listpacks, nodeTrace, trace, limits } = parts;
    this.compressed = parts.compressed;
    this.onUnsettled = parts.onUnsettled;
    this.id = id;
    this.arena = arena;
    this.packs = listpacks;
    this.trace = trace;
    this.limits = limits;
    this.nodes = new LinkedList(arena, { id, payloadWords: QUICKLIST_PAYLOAD_WORDS, trace: nodeTrace });
  }

  /** The pack of a node, which is made plain for it where it is compressed. */
  pack(node: Ref): Ref {
    return this.isClosed(node) ? this.openForUse(node) : this.nodes.payload(node, PACK);
  }

  private isClosed(node: Ref): boolean {
    return this.nodes.payload(node, CLOSED_COUNT) !== 0;
  }

  /** How many elements a node has, compressed or not. */
  private countOf(node: Ref): number {
    return this.isClosed(node) ? this.nodes.payload(node, CLOSED_COUNT) : this.packs.count(this.pack(node));
  }

  /** Whether any node is compressed. */
  get isCompressed(): boolean {
    return this.closed > 0;
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
    if (first === NONE || !this.hasRoom(first, end - start)) this.fill(this.pushNode('front'), bytes, start, end);
    else this.setPack(first, this.packs.prepend(this.pack(first), bytes, start, end));
    this.count(1);
  }

  pushBack(bytes: Uint8Array, start: number, end: number): void {
    const { last } = this.nodes;
    if (last === NONE || !this.hasRoom(last, end - start)) this.fill(this.pushNode('back'), bytes, start, end);
    else this.setPack(last, this.packs.append(this.pack(last), bytes, start, end));
    this.count(1);
  }

  /** The same in the last node, or in a new one, whatever the limits: a list gets the nodes that it had elsewhere. */
  pushBackPacked(bytes: Uint8Array, start: number, end: number, startsNode: boolean): void {
    const { last } = this.nodes;
    if (startsNode) this.fill(this.pushNode('back'), bytes, start, end);
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
    return this.countOf(node);
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
      const count = this.countOf(node);
      const removed = Math.min(left, count - place);
      if (removed === count) this.dropNode(node);
      else this.setPack(node, this.packs.remove(this.pack(node), at, removed));
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
      this.use(this.node);
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
    this.use(behind);
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
    if (this.isClosed(node)) {
      this.compressed.release(this.nodes.payload(node, PACK));
      this.closed--;
    } else {
      this.packs.release(this.nodes.payload(node, PACK));
    }
    this.nodes.remove(node);
    if (this.opened.length > 0) this.opened = this.opened.filter((other) => other !== node);
    // The nodes behind are nearer to the end now.
    if (this.closed > 0) this.unsettle();
  }

  /** A new node at an end. One that was near that end is an inner one then. */
  private pushNode(where: 'front' | 'back'): Ref {
    const { nodes } = this;
    const node = where === 'front' ? nodes.pushFront() : nodes.pushBack();
    const depth = this.limits.listCompressDepth;
    if (depth > 0 && nodes.length > 2 * depth) {
      let inner = node;
      for (let left = depth; left > 0; left--) inner = where === 'front' ? nodes.next(inner) : nodes.previous(inner);
      this.use(inner);
    }
    return node;
  }

  // Compression.

  /** Compresses the inner nodes that are plain, and makes those plain that are too near to an end. */
  settle(): void {
    const depth = this.limits.listCompressDepth;
    const { nodes, opened } = this;
    this.isUnsettled = false;
    this.opened = [];
    for (const node of opened) if (this.isInner(node)) this.close(node);
    let [front, back] = [nodes.first, nodes.last];
    for (let at = 0; at < depth && front !== NONE && back !== NONE; at++) {
      if (this.isClosed(front)) this.open(front);
      if (this.isClosed(back)) this.open(back);
      front = nodes.next(front);
      back = nodes.previous(back);
    }
    for (const node of [front, back]) if (node !== NONE && this.isInner(node)) this.close(node);
  }

  /** Whether a node is farther from both ends than the depth. */
  private isInner(node: Ref): boolean {
    const depth = this.limits.listCompressDepth;
    const { nodes } = this;
    if (depth === 0 || nodes.length <= 2 * depth) return false;
    let [front, back] = [nodes.first, nodes.last];
    for (let at = 0; at < depth; at++) {
      if (front === node || back === node) return false;
      front = nodes.next(front);
      back = nodes.previous(back);
    }
    return true;
  }

  private unsettle(): void {
    if (this.isUnsettled) return;
    this.isUnsettled = true;
    this.onUnsettled(this);
  }

  /** Notes that a node is plain which may have to be compressed when the command is over. */
  private use(node: Ref): void {
    if (this.limits.listCompressDepth === 0) return;
    this.opened.push(node);
    const oldest = this.opened.length > MOST_OPEN ? this.opened.shift() : undefined;
    if (oldest !== undefined && this.isInner(oldest)) this.close(oldest);
    this.unsettle();
  }

  private openForUse(node: Ref): Ref {
    const pack = this.open(node);
    this.use(node);
    return pack;
  }

  // Micro-steps.

  private open(node: Ref): Ref {
    this.trace?.open(this.id, node);
    const from = this.nodes.payload(node, PACK);
    const pack = this.packs.revive(this.compressed.bytesOf(from));
    this.compressed.release(from);
    this.nodes.setPayload(node, CLOSED_COUNT, 0);
    this.nodes.setPayload(node, PACK, pack);
    this.closed--;
    return pack;
  }

  /** Compresses the pack of a node, where that saves anything. */
  private close(node: Ref): void {
    if (this.isClosed(node)) return;
    const pack = this.nodes.payload(node, PACK);
    const used = this.packs.used(pack);
    if (used < LEAST_COMPRESSED || used > MOST_COMPRESSED) return;
    const first = this.arena.offset(pack);
    const to = this.compressed.create(this.packs.bytes(pack), first, first + used, used - LEAST_SAVED);
    if (to === NONE) return;
    this.trace?.close(this.id, node);
    const count = this.packs.count(pack);
    this.packs.release(pack);
    this.nodes.setPayload(node, CLOSED_COUNT, count);
    this.nodes.setPayload(node, PACK, to);
    this.closed++;
  }

  private count(by: number): void {
    this.length += by;
    this.trace?.count(this.id, this.length);
  }

  // As a whole.

  /** Gives everything back. */
  clear(): void {
    this.opened = [];
    while (this.nodes.first !== NONE) this.dropNode(this.nodes.first);
    this.count(-this.length);
  }

  /** Becomes equal to another list, pack by pack. It must be empty. */
  copyFrom(other: QuickList): void {
    for (const pack of other.packRefs()) {
      this.setPack(this.pushNode('back'), this.packs.copy(pack));
    }
    this.count(other.length);
  }

  /** The packs from the first to the last. */
  *packRefs(): Generator<Ref> {
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node)) yield this.pack(node);
  }

  /** Where the packs lie, plain or compressed, as they are. */
  gather(plain: Ref[], compressed: Ref[]): void {
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node))
      (this.isClosed(node) ? compressed : plain).push(this.nodes.payload(node, PACK));
  }

  nodeFigures(): NodeFigures {
    const { length } = this.nodes;
    const figures = { counts: new Int32Array(length), bytes: new Int32Array(length), before: new Int32Array(length) };
    let at = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node), at++) {
      const pack = this.nodes.payload(node, PACK);
      const isClosed = this.isClosed(node);
      figures.counts[at] = this.countOf(node);
      figures.bytes[at] = isClosed ? this.compressed.lengthAfter(pack) : this.packs.used(pack);
      figures.before[at] = isClosed ? this.compressed.lengthBefore(pack) : 0;
    }
    return figures;
  }

  /** The bytes that it takes in the arena. */
  memoryBytes(): number {
    let bytes = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node))
      bytes += this.arena.capacityOf(node) + this.arena.capacityOf(this.nodes.payload(node, PACK));
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
    this.closed = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node))
      if (this.isClosed(node)) this.closed++;
  }

  snapshot(): QuickListModel {
    return { length: this.length, nodes: this.nodes.snapshot() };
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    this.nodes.assertValid();
    let count = 0;
    let closed = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node)) {
      const pack = this.nodes.payload(node, PACK);
      count += this.countOf(node);
      if (this.countOf(node) === 0) throw new Error(`invariant 2: the pack at ${pack} is empty`);
      if (!this.isClosed(node)) {
        this.packs.assertValid(pack);
        continue;
      }
      closed++;
      const [, inside] = new Int32Array(this.compressed.assertValid(pack).buffer, 0, 2);
      if (inside !== this.countOf(node)) throw new Error(`invariant 3: ${inside} elements are compressed at ${pack}`);
    }
    if (closed !== this.closed) throw new Error(`${closed} nodes are compressed, not ${this.closed}`);
    if (count !== this.length) throw new Error(`invariant 3: ${count} elements, not ${this.length}`);
  }
}
