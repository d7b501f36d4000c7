/**
 * # The compressed block
 *
 * **Problem.** Long values that repeat themselves take several times the memory that they need, most of them unread for long.
 *
 * **Idea.** Keep them compressed, in a block that says how long they are and how long they were. Who wants to read one gets its
 * bytes made anew in a buffer; who wants to change one makes it a plain value first. What would not get smaller by a good part
 * stays as it is, so that nothing is made slower for nothing.
 *
 * ```
 *   │ length before │ length after │ LZF … │
 * ```
 *
 * **Complexity.** O(bytes), either way.
 *
 * **Invariants.** 1. A block makes exactly as many bytes as it says. 2. The totals are the sums over all blocks.
 *
 * **Unlike Redis.** There only the inner nodes of lists are compressed in memory; here string values can be, too.
 *
 * **Read next.** `engine/structures/lzf.ts`, which does the work.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import type { CompressedBlockModel, CompressedModel, CompressedProbe } from './compressed.steps.ts';
import { compressLzf, decompressLzf } from './lzf.ts';

const HEADER_BYTES = 8;
const FIRST_CAPACITY = 64 * 1024;

/** What all blocks are together. */
export interface CompressedTotals {
  readonly blocks: number;
  readonly before: number;
  readonly after: number;
}

export class CompressedBlocks {
  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: CompressedProbe | null;
  private blocks = 0;
  private before = 0;
  private after = 0;
  /** Where bytes are compressed before it is known how many they will be. Nothing in it outlives a call. */
  private scratch = new Uint8Array(0);

  constructor(arena: Arena, id: number, trace: CompressedProbe | null) {
    this.arena = arena;
    this.id = id;
    this.trace = trace;
  }

  /** The block that holds these bytes in no more than `most` bytes; `NONE` when they do not get so small. */
  create(bytes: Uint8Array, start: number, end: number, most: number): Ref {
    if (this.scratch.length < most) this.scratch = new Uint8Array(Math.max(most, FIRST_CAPACITY));
    const after = most <= 0 ? 0 : compressLzf(bytes, start, end, this.scratch, 0, most);
    // Not worth a refusal: without memory for it the bytes stay as they are.
    const ref = after === 0 ? NONE : this.arena.tryAllocate(HEADER_BYTES + after);
    if (ref !== NONE) this.put(ref, end - start, this.scratch.subarray(0, after));
    // Whoever compressed hundreds of megabytes once need not keep room for that.
    if (this.scratch.length > FIRST_CAPACITY) this.scratch = new Uint8Array(0);
    return ref;
  }

  /** A block equal to another one. */
  copy(from: Ref): Ref {
    const first = this.arena.offset(from) + HEADER_BYTES;
    const bytes = this.arena.bytes[from >>> PAGE_SHIFT].slice(first, first + this.lengthAfter(from));
    const ref = this.arena.allocate(HEADER_BYTES + bytes.length);
    this.put(ref, this.lengthBefore(from), bytes);
    return ref;
  }

  get isEmpty(): boolean {
    return this.blocks === 0;
  }

  /** How many bytes they were before. */
  lengthBefore(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][(ref & PAGE_MASK) << 1];
  }

  lengthAfter(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][((ref & PAGE_MASK) << 1) + 1];
  }

  /** Writes the bytes as they were to a place that has room for them. */
  decompress(ref: Ref, to: Uint8Array, at: number): void {
    this.expand(ref, to, at);
    this.trace?.decompress(this.id, ref, this.lengthAfter(ref), this.lengthBefore(ref));
  }

  private expand(ref: Ref, to: Uint8Array, at: number): void {
    const [before, after] = [this.lengthBefore(ref), this.lengthAfter(ref)];
    const first = this.arena.offset(ref) + HEADER_BYTES;
    if (!decompressLzf(this.arena.bytes[ref >>> PAGE_SHIFT], first, first + after, to, at, before))
      throw new Error(`invariant 1: the block at ${ref} does not make ${before} bytes`);
  }

  /** The bytes as they were, in a buffer of their own. */
  bytesOf(ref: Ref): Uint8Array {
    const bytes = new Uint8Array(this.lengthBefore(ref));
    this.decompress(ref, bytes, 0);
    return bytes;
  }

  get totals(): CompressedTotals {
    return { blocks: this.blocks, before: this.before, after: this.after };
  }

  // Micro-steps.

  private put(ref: Ref, before: number, compressed: Uint8Array): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const first = (ref & PAGE_MASK) << 1;
    words[first] = before;
    words[first + 1] = compressed.length;
    this.arena.bytes[ref >>> PAGE_SHIFT].set(compressed, this.arena.offset(ref) + HEADER_BYTES);
    this.count(1, before, compressed.length);
    this.trace?.compress(this.id, ref, before, compressed.length);
  }

  release(ref: Ref): void {
    this.count(-1, -this.lengthBefore(ref), -this.lengthAfter(ref));
    this.arena.release(ref);
    this.trace?.release(this.id, ref);
  }

  private count(blocks: number, before: number, after: number): void {
    this.blocks += blocks;
    this.before += before;
    this.after += after;
  }

  // Seeing the whole.

  /** The model of the blocks at these refs. Only their owners know where blocks are. */
  snapshot(refs: Iterable<Ref>): CompressedModel {
    const blocks = new Map<number, CompressedBlockModel>();
    for (const ref of refs) blocks.set(ref, { ref, before: this.lengthBefore(ref), after: this.lengthAfter(ref) });
    return blocks;
  }

  capture(): CompressedTotals {
    return this.totals;
  }

  restore({ blocks, before, after }: CompressedTotals): void {
    Object.assign(this, { blocks, before, after });
  }

  /** Throws when an invariant of the essay is broken; returns what was compressed. */
  assertValid(ref: Ref): Uint8Array {
    const bytes = new Uint8Array(this.lengthBefore(ref));
    this.expand(ref, bytes, 0);
    return bytes;
  }

  /** Throws when the totals are not those of these blocks. */
  assertTotals(refs: readonly Ref[]): void {
    const before = refs.reduce((total, ref) => total + this.lengthBefore(ref), 0);
    const after = refs.reduce((total, ref) => total + this.lengthAfter(ref), 0);
    if (refs.length !== this.blocks || before !== this.before || after !== this.after)
      throw new Error(`invariant 2: ${refs.length} blocks of ${before} and ${after} bytes, not ${this.blocks}`);
  }
}
