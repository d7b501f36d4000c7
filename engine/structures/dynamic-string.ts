/**
 * # The dynamic string
 *
 * **Problem.** Values are bytes of any kind and any length, and `APPEND` in a loop must not copy everything each time.
 *
 * **Idea.** Keep the length in front of the bytes, so that it is known without looking for an end and a zero byte is a
 * byte like any other. Keep more room than is needed once a string has grown: the next growth is free.
 *
 * ```
 *   │ length │ bytes ……………………… │ room to spare │
 *            └──── capacity ─────────────────────┘
 * ```
 *
 * A string that outgrows its block gets twice what it needs, from 1 MiB on one more MiB.
 *
 * A short string that comes with its key needs no block: it lies in the entry of the key, behind it. It is read as any other is,
 * for its ref points there; who is its owner knows how much room there is, and makes it a string of its own where it must grow.
 *
 * **Complexity.** Append O(bytes added), amortised. Everything else O(bytes touched).
 *
 * **Invariants.** 1. length ≤ capacity. 2. The capacity is that of the block in the arena, or of the room in the entry, less the
 * length word.
 *
 * **Unlike Redis.** There are five header sizes in Redis; here there is one, and the capacity is the allocator's own
 * knowledge instead of a field.
 *
 * **Read next.** `engine/memory/arena.ts`, which rounds the sizes.
 */
import { Arena, NONE, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
import { copyBytes } from '../memory/bytes.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import type { DynamicStringModel, DynamicStringProbe, StringModel } from './dynamic-string.steps.ts';

const HEADER_BYTES = 4;
const DOUBLE_UP_TO = 1024 * 1024;

export class DynamicStrings {
  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: DynamicStringProbe | null;

  constructor(arena: Arena, id: number, trace: DynamicStringProbe | null) {
    this.arena = arena;
    this.id = id;
    this.trace = trace;
  }

  /** How many bytes a string of so many takes. */
  static bytesFor(length: number): number {
    return HEADER_BYTES + length;
  }

  length(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][(ref & PAGE_MASK) << 1];
  }

  capacity(ref: Ref): number {
    return this.arena.capacityOf(ref) - HEADER_BYTES;
  }

  /** The page that holds the string; from `start` on `length` bytes of it are the string itself. */
  bytes(ref: Ref): Uint8Array {
    return this.arena.bytes[ref >>> PAGE_SHIFT];
  }

  start(ref: Ref): number {
    return ((ref & PAGE_MASK) << 3) + HEADER_BYTES;
  }

  copy(ref: Ref): Uint8Array {
    const start = this.start(ref);
    return this.bytes(ref).slice(start, start + this.length(ref));
  }

  create(bytes: Uint8Array, start: number, end: number): Ref {
    const ref = this.arena.allocate(HEADER_BYTES + end - start);
    this.setLength(ref, end - start);
    copyBytes(bytes, start, end, this.bytes(ref), this.start(ref));
    this.trace?.create(this.id, ref, this.capacity(ref), end - start, bytes, start, end);
    return ref;
  }

  /** Makes the string equal to the bytes, in the same block where they fit and would not waste it. */
  replace(ref: Ref, bytes: Uint8Array, start: number, end: number): Ref {
    if (this.arena.capacityOf(ref) === arenaCapacityFor(end - start)) {
      this.write(ref, 0, bytes, start, end, end - start);
      return ref;
    }
    this.release(ref);
    return this.create(bytes, start, end);
  }

  /** The same for a string that has the room, wherever it lies. */
  overwrite(ref: Ref, bytes: Uint8Array, start: number, end: number): void {
    this.write(ref, 0, bytes, start, end, end - start);
  }

  /** Appends and returns the string's ref, which is another one where it had to grow. */
  append(ref: Ref, bytes: Uint8Array, start: number, end: number): Ref {
    const length = this.length(ref);
    const roomy = this.withRoomFor(ref, length + end - start);
    this.write(roomy, length, bytes, start, end, length + end - start);
    return roomy;
  }

  /** Writes from byte `at` on; what lies between the old end and `at` becomes zero. Returns the ref, as `append` does. */
  setRange(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number): Ref {
    const length = this.length(ref);
    const needed = Math.max(length, at + end - start);
    const roomy = this.withRoomFor(ref, needed);
    if (at > length) this.bytes(roomy).fill(0, this.start(roomy) + length, this.start(roomy) + at);
    this.write(roomy, at, bytes, start, end, needed);
    return roomy;
  }

  /** Puts bytes in the place of `removed` bytes from `at` on; what follows them moves. Returns the ref, as `append` does. */
  splice(ref: Ref, at: number, removed: number, bytes: Uint8Array, start: number, end: number): Ref {
    const length = this.length(ref);
    const needed = length - removed + end - start;
    const roomy = this.withRoomFor(ref, needed);
    const first = this.start(roomy);
    this.bytes(roomy).copyWithin(first + at + end - start, first + at + removed, first + length);
    this.write(roomy, at, bytes, start, end, needed);
    return roomy;
  }

  private withRoomFor(ref: Ref, needed: number): Ref {
    if (needed <= this.capacity(ref)) return ref;
    return this.grow(ref, this.roomyFor(needed));
  }

  /** How much room a string gets that outgrows its block. */
  roomyFor(needed: number): number {
    return needed < DOUBLE_UP_TO ? needed * 2 : needed + DOUBLE_UP_TO;
  }

  // Micro-steps.

  private grow(ref: Ref, capacity: number): Ref {
    const larger = this.arena.allocate(HEADER_BYTES + capacity);
    const length = this.length(ref);
    this.setLength(larger, length);
    copyBytes(this.bytes(ref), this.start(ref), this.start(ref) + length, this.bytes(larger), this.start(larger));
    this.arena.release(ref);
    this.trace?.grow(this.id, ref, larger, this.capacity(larger));
    return larger;
  }

  private write(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number, length: number): void {
    const first = this.start(ref);
    copyBytes(bytes, start, end, this.bytes(ref), first + at);
    this.setLength(ref, length);
    this.trace?.write(this.id, ref, at, length, this.bytes(ref), first, first + Math.min(length, PREVIEW_BYTES));
  }

  release(ref: Ref): void {
    this.arena.release(ref);
    this.trace?.release(this.id, ref);
  }

  /** Makes a string within a block of its owner's, where there are so many bytes for it. It can be read and overwritten. */
  embed(ref: Ref, roomBytes: number, bytes: Uint8Array, start: number, end: number): void {
    this.setLength(ref, end - start);
    copyBytes(bytes, start, end, this.bytes(ref), this.start(ref));
    this.trace?.create(this.id, ref, roomBytes - HEADER_BYTES, end - start, bytes, start, end);
  }

  /** Says that such a string is none any more. */
  forget(ref: Ref): void {
    this.trace?.release(this.id, ref);
  }

  private setLength(ref: Ref, length: number): void {
    this.arena.words[ref >>> PAGE_SHIFT][(ref & PAGE_MASK) << 1] = length;
  }

  /**
   * The model of the strings at these refs, and of those that are embedded, of each of which is said how many bytes there are
   * for it. Only their owners know where strings are.
   */
  snapshot(refs: Iterable<Ref>, embedded: ReadonlyMap<Ref, number> = new Map()): DynamicStringModel {
    const strings = new Map<number, StringModel>();
    for (const ref of refs) if (ref !== NONE) strings.set(ref, this.modelOf(ref, this.capacity(ref)));
    for (const [ref, bytes] of embedded) strings.set(ref, this.modelOf(ref, bytes - HEADER_BYTES));
    return strings;
  }

  private modelOf(ref: Ref, capacity: number): StringModel {
    const length = this.length(ref);
    const start = this.start(ref);
    const head = this.bytes(ref).slice(start, start + Math.min(length, PREVIEW_BYTES));
    return { ref, length, capacity, head };
  }

  /** Throws when an invariant of the essay is broken. `bytes`: how many there are for it. */
  assertValid(ref: Ref, bytes = this.arena.capacityOf(ref)): void {
    if (HEADER_BYTES + this.length(ref) > bytes)
      throw new Error(`invariant 1: the string at ${ref} is longer than its place`);
  }
}

function arenaCapacityFor(length: number): number {
  return Arena.capacityFor(HEADER_BYTES + length);
}
