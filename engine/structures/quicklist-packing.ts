/**
 * What the nodes of a quicklist hold: how much goes into one, and whether its pack lies there plain or compressed.
 *
 * A pack that is asked for is plain: where it was compressed, it is made plain first, and the node is noted as one that is
 * in use. When the command is over, `settle` compresses the inner ones of these again.
 */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import type { CompressedBlocks } from './compressed.ts';
import type { LinkedList } from './linked-list.ts';
import { FIRST, elementSize, type Listpacks } from './listpack.ts';
import type { QuickListProbe } from './quicklist.steps.ts';

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

export interface PackingParts {
  readonly arena: Arena;
  readonly listpacks: Listpacks;
  readonly compressed: CompressedBlocks;
  /** Told when `settle` must be called before the command is over. */
  readonly onUnsettled: (packing: QuickListPacking) => void;
  readonly trace: QuickListProbe | null;
  /** They may change at any time, and count for what comes. */
  readonly limits: QuickListLimits;
}

export class QuickListPacking {
  private readonly id: number;
  private readonly nodes: LinkedList;
  private readonly arena: Arena;
  private readonly packs: Listpacks;
  private readonly trace: QuickListProbe | null;
  private readonly limits: QuickListLimits;
  private readonly compressed: CompressedBlocks;
  private readonly onUnsettled: (packing: QuickListPacking) => void;
  /** How many nodes are compressed. */
  private closed = 0;
  /** Nodes that the present command made plain or made, the oldest first. */
  private opened: Ref[] = [];
  private isUnsettled = false;

  constructor(id: number, nodes: LinkedList, parts: PackingParts) {
    this.id = id;
    this.nodes = nodes;
    this.arena = parts.arena;
    this.packs = parts.listpacks;
    this.trace = parts.trace;
    this.limits = parts.limits;
    this.compressed = parts.compressed;
    this.onUnsettled = parts.onUnsettled;
  }

  /** The pack of a node, which is made plain for it where it is compressed. */
  pack(node: Ref): Ref {
    return this.isClosed(node) ? this.openForUse(node) : this.nodes.payload(node, PACK);
  }

  private isClosed(node: Ref): boolean {
    return this.closed > 0 && this.nodes.payload(node, CLOSED_COUNT) !== 0;
  }

  /** How many elements a node has, compressed or not. */
  countOf(node: Ref): number {
    return this.isClosed(node) ? this.nodes.payload(node, CLOSED_COUNT) : this.packs.count(this.pack(node));
  }

  /** The packs from the first to the last. */
  *all(): Generator<Ref> {
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node)) yield this.pack(node);
  }

  /** Whether a pack holds a single element that is too long to be packed with others. */
  isPlain(pack: Ref): boolean {
    if (this.packs.count(pack) !== 1) return false;
    this.packs.read(pack, FIRST);
    return this.packs.end - this.packs.start >= this.limits.listPlainBytes;
  }

  // How much goes into a node.

  /** Whether a node takes one more element of so many bytes. */
  hasRoom(node: Ref, length: number): boolean {
    return this.takes(node, this.pack(node), length);
  }

  private takes(node: Ref, pack: Ref, length: number): boolean {
    const used = this.packs.used(pack);
    const isPackable = length < this.limits.listPlainBytes && !this.isPlain(pack);
    if (isPackable && this.fits(used + elementSize(length), this.packs.count(pack) + 1)) return true;
    this.trace?.full(this.id, node, used);
    return false;
  }

  /** Whether it takes one of so many bytes in place of another. */
  canReplace(node: Ref, at: number, length: number): boolean {
    const { packs } = this;
    const pack = this.pack(node);
    if (packs.count(pack) === 1) return true;
    const before = packs.next(pack, at) - at;
    return length < this.limits.listPlainBytes && this.fits(packs.used(pack) - before + elementSize(length), 1);
  }

  /** Whether a pack may have so many bytes and elements. */
  private fits(bytes: number, count: number): boolean {
    const limit = this.limits.listPackSize;
    if (limit < 0) return bytes <= LIMIT_BYTES[Math.min(-limit, 5)];
    return bytes <= SAFE_BYTES && count <= Math.max(1, limit);
  }

  // Elements of a node.

  /** Puts an element in front; false, and nothing is done, where the node does not take it. */
  tryPrepend(node: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const pack = this.pack(node);
    if (!this.takes(node, pack, end - start)) return false;
    this.setPack(node, pack, this.packs.prepend(pack, bytes, start, end));
    return true;
  }

  /** The same at the end. */
  tryAppend(node: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const pack = this.pack(node);
    if (!this.takes(node, pack, end - start)) return false;
    this.setPack(node, pack, this.packs.append(pack, bytes, start, end));
    return true;
  }

  // From here on nobody asks whether there is room.

  append(node: Ref, bytes: Uint8Array, start: number, end: number): void {
    const pack = this.pack(node);
    this.setPack(node, pack, this.packs.append(pack, bytes, start, end));
  }

  insert(node: Ref, at: number, bytes: Uint8Array, start: number, end: number): void {
    const pack = this.pack(node);
    this.setPack(node, pack, this.packs.insert(pack, at, bytes, start, end));
  }

  replace(node: Ref, at: number, bytes: Uint8Array, start: number, end: number): void {
    const pack = this.pack(node);
    this.setPack(node, pack, this.packs.replace(pack, at, bytes, start, end));
  }

  /** Takes out so many elements from an offset on, and with the last one the node. */
  remove(node: Ref, at: number, count: number): void {
    const pack = this.pack(node);
    if (this.packs.count(pack) === count) this.drop(node);
    else this.setPack(node, pack, this.packs.remove(pack, at, count));
  }

  /** The same with the one element between two offsets of its pack. */
  take(node: Ref, pack: Ref, at: number, behind: number): void {
    if (this.packs.count(pack) === 1) this.drop(node);
    else this.setPack(node, pack, this.packs.take(pack, at, behind));
  }

  /** Gives a new node a pack with one element. */
  fill(node: Ref, bytes: Uint8Array, start: number, end: number): void {
    const pack = this.packs.create(FIRST + elementSize(end - start));
    this.setPack(node, NONE, this.packs.append(pack, bytes, start, end));
  }

  /** A pack that grows or shrinks may become another one. */
  private setPack(node: Ref, before: Ref, pack: Ref): void {
    if (before !== pack) this.nodes.setPayload(node, PACK, pack);
  }

  // Nodes that come and go. A new one has no pack yet.

  /** A new node at an end. One that was near that end is an inner one then. */
  push(where: 'front' | 'back'): Ref {
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

  insertBefore(node: Ref): Ref {
    const inserted = this.nodes.insertBefore(node);
    this.use(inserted);
    return inserted;
  }

  insertAfter(node: Ref): Ref {
    const inserted = this.nodes.insertAfter(node);
    this.use(inserted);
    return inserted;
  }

  /** Puts a node with a copy of a pack, be it another list's, behind all others. */
  pushCopy(pack: Ref): void {
    this.setPack(this.push('back'), NONE, this.packs.copy(pack));
  }

  /** Takes a node out, and frees what it holds. */
  drop(node: Ref): void {
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

  /** Drops all of them. */
  clear(): void {
    this.opened = [];
    while (this.nodes.first !== NONE) this.drop(this.nodes.first);
  }

  /** Moves what stands from an offset on to a new node behind. */
  split(node: Ref, at: number): void {
    const { packs } = this;
    this.trace?.split(this.id, node, at);
    const from = this.pack(node);
    const behind = this.insertAfter(node);
    let to = packs.create();
    let moved = 0;
    for (let here = at; here < packs.used(from); moved++) {
      here = packs.read(from, here);
      to = packs.append(to, packs.bytes(from), packs.start, packs.end);
    }
    this.setPack(behind, NONE, to);
    this.setPack(node, from, packs.remove(from, at, moved));
  }

  /** Around a node that was cut in two, joins neighbours that fit into one; does nothing for `NONE`. */
  tidy(cut: Ref): void {
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
    const before = this.pack(node);
    let to = before;
    for (let here = FIRST; here < packs.used(from);) {
      here = packs.read(from, here);
      to = packs.append(to, packs.bytes(from), packs.start, packs.end);
    }
    this.setPack(node, before, to);
    this.drop(next);
  }

  // Compression.

  /** Whether any node is compressed. */
  get isCompressed(): boolean {
    return this.closed > 0;
  }

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
    const to = this.compressed.create(this.packs.whole(pack), 0, used, used - LEAST_SAVED);
    if (to === NONE) return;
    this.trace?.close(this.id, node);
    const count = this.packs.count(pack);
    this.packs.release(pack);
    this.nodes.setPayload(node, CLOSED_COUNT, count);
    this.nodes.setPayload(node, PACK, to);
    this.closed++;
  }

  // As a whole.

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

  /** The nodes have come back as they were at another moment: how many of them are compressed follows from them. */
  restored(): void {
    this.closed = 0;
    for (let node = this.nodes.first; node !== NONE; node = this.nodes.next(node))
      if (this.nodes.payload(node, CLOSED_COUNT) !== 0) this.closed++;
  }

  /** Throws when an invariant of the packs is broken; returns how many elements they have together. */
  assertValid(): number {
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
    return count;
  }
}
