/**
 * # The intset
 *
 * **Problem.** Sets of integers are common: ids of users, of orders. A table would spend some forty bytes on an entry for
 * a number of two.
 *
 * **Idea.** Keep the integers themselves, in ascending order, one behind the other in a single block, all as wide as the
 * widest needs: two, four or eight bytes. To find one, look at the middle, and go on with the half that it must be in.
 * When an integer comes that needs more bytes, all are written anew, the last first, so that none is lost on the way.
 *
 * ```
 *   │ width 2 │ count 4 │ -7 │ 3 │ 12 │ 500 │ room to spare │     70000 comes:
 *   │ width 4 │ count 5 │   -7   │    3   │   12   │   500   │  70000  │ room │
 *                          0         1        2         3         4      places
 * ```
 *
 * The one that makes the set wider is lower or higher than all the others, so it always goes to an end.
 *
 * **Complexity.** Find O(log n). Insert and remove O(n) for the bytes that move, which for a few hundred integers is a
 * single small copy. The n-th, the lowest, the highest O(1).
 *
 * **Invariants.**
 * 1. The integers ascend, and none is there twice.
 * 2. The width is 2, 4 or 8, and never shrinks; all integers fit it.
 * 3. The bytes used fit the block.
 *
 * **Unlike Redis.** Hardly at all: the bytes of the integers are the same. The block's header has the width itself, and the
 * block is one of the arena's sizes, so that it need not move for every new integer.
 *
 * **Read next.** `engine/keyspace/sets.ts`, for when a set leaves it for a table.
 */
import { Arena, NONE, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
import { copyBytes } from '../memory/bytes.ts';
import {
  INTSET_HEADER_BYTES,
  NARROWEST_BYTES,
  int64Text,
  type IntsModel,
  type IntsetModel,
  type IntsetProbe,
} from './intset.steps.ts';

const HEADER_WORDS = INTSET_HEADER_BYTES / 4;

/**
 * All intsets of an arena. One is named by the ref of its block, which changes when it grows: keep what is returned. An
 * integer of 64 bits is given and told in two halves of 32, the upper with the sign.
 */
export class Intsets {
  /** The integer that was last read. */
  high = 0;
  low = 0;
  /** The place of the integer that was last looked for, or where it would have to go. */
  place = 0;

  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: IntsetProbe | null;

  constructor(arena: Arena, id: number, trace: IntsetProbe | null) {
    this.arena = arena;
    this.id = id;
    this.trace = trace;
  }

  /** Bytes of each integer. */
  width(ref: Ref): number {
    return this.arena.word(ref, 0);
  }

  count(ref: Ref): number {
    return this.arena.word(ref, 1);
  }

  /** Bytes in use, the header included. */
  used(ref: Ref): number {
    return INTSET_HEADER_BYTES + this.count(ref) * this.width(ref);
  }

  /** Reads the integer at a place into `high` and `low`. */
  read(ref: Ref, at: number): void {
    const first = (ref & PAGE_MASK) << 1;
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    switch (words[first]) {
      case 2: {
        const word = words[first + HEADER_WORDS + (at >> 1)];
        this.low = (at & 1) === 0 ? (word << 16) >> 16 : word >> 16;
        this.high = this.low >> 31;
        return;
      }
      case 4:
        this.low = words[first + HEADER_WORDS + at];
        this.high = this.low >> 31;
        return;
      default:
        this.low = words[first + HEADER_WORDS + 2 * at];
        this.high = words[first + HEADER_WORDS + 2 * at + 1];
    }
  }

  /** Whether the integer is there; `place` then says where, and otherwise where it would have to go. */
  find(ref: Ref, high: number, low: number): boolean {
    const count = this.count(ref);
    this.place = count;
    // New ones are mostly the highest, so the end is looked at first.
    if (count === 0) return false;
    const last = this.compareAt(ref, count - 1, high, low);
    if (last >= 0) {
      this.place = last === 0 ? count - 1 : count;
      return last === 0;
    }
    let from = 0;
    let to = count - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      const order = this.compareAt(ref, middle, high, low);
      if (order === 0) {
        this.place = middle;
        return true;
      }
      if (order < 0) to = middle;
      else from = middle + 1;
    }
    this.place = from;
    return false;
  }

  /** Puts in an integer that was just looked for and not found. Returns the set's ref, which may be another. */
  insertMissing(ref: Ref, high: number, low: number): Ref {
    const before = this.width(ref);
    const width = Math.max(before, widthOf(high, low));
    const needed = INTSET_HEADER_BYTES + (this.count(ref) + 1) * width;
    const roomy = needed <= this.arena.capacityOf(ref) ? ref : this.resize(ref, needed);
    if (width > before) this.widen(roomy, width);
    this.put(roomy, this.place, high, low);
    return roomy;
  }

  /** Makes the integers so wide, if they are narrower. Returns the set's ref, which may be another. */
  widenTo(ref: Ref, width: number): Ref {
    if (width <= this.width(ref)) return ref;
    const needed = INTSET_HEADER_BYTES + (this.count(ref) + 1) * width;
    const roomy = needed <= this.arena.capacityOf(ref) ? ref : this.resize(ref, needed);
    this.widen(roomy, width);
    return roomy;
  }

  /** Where the bytes in use begin, within the page `bytes(ref)`: they are those that Redis has too. */
  start(ref: Ref): number {
    return this.arena.offset(ref);
  }

  bytes(ref: Ref): Uint8Array {
    return this.arena.bytes[ref >>> PAGE_SHIFT];
  }

  /** Takes out the integer at a place. Returns the set's ref, which may be another. */
  remove(ref: Ref, at: number): Ref {
    this.cut(ref, at);
    const used = this.used(ref);
    // A set that needs half its block or less goes to a smaller one.
    if (Arena.capacityFor(used) * 2 > this.arena.capacityOf(ref)) return ref;
    const smaller = this.arena.tryAllocate(used);
    return smaller === NONE ? ref : this.moveTo(ref, smaller);
  }

  /** How the integer looked for stands to the one at a place: -1 before it, 0 the same, 1 behind it. */
  private compareAt(ref: Ref, at: number, high: number, low: number): number {
    this.read(ref, at);
    const order =
      high !== this.high ? (high < this.high ? -1 : 1) : low === this.low ? 0 : low >>> 0 < this.low >>> 0 ? -1 : 1;
    this.trace?.compare(this.id, ref, at, order);
    return order;
  }

  // Micro-steps.

  create(): Ref {
    const ref = this.arena.allocate(INTSET_HEADER_BYTES + NARROWEST_BYTES);
    this.setHeader(ref, NARROWEST_BYTES, 0);
    this.trace?.create(this.id, ref, this.arena.capacityOf(ref));
    return ref;
  }

  copy(from: Ref): Ref {
    const used = this.used(from);
    const ref = this.arena.allocate(used);
    this.copyBlock(from, ref, used);
    this.trace?.copy(this.id, from, ref, this.arena.capacityOf(ref));
    return ref;
  }

  release(ref: Ref): void {
    this.arena.release(ref);
    this.trace?.release(this.id, ref);
  }

  /** The block must have the room already. */
  private widen(ref: Ref, width: number): void {
    const count = this.count(ref);
    for (let at = count - 1; at >= 0; at--) {
      this.read(ref, at);
      this.write(ref, at, width, this.high, this.low);
    }
    this.setHeader(ref, width, count);
    this.trace?.widen(this.id, ref, width);
  }

  private put(ref: Ref, at: number, high: number, low: number): void {
    const [width, count] = [this.width(ref), this.count(ref)];
    this.shift(ref, at, at + 1, count - at, width);
    this.write(ref, at, width, high, low);
    this.setHeader(ref, width, count + 1);
    this.trace?.insert(this.id, ref, at, high, low);
  }

  private cut(ref: Ref, at: number): void {
    const [width, count] = [this.width(ref), this.count(ref)];
    this.shift(ref, at + 1, at, count - at - 1, width);
    this.setHeader(ref, width, count - 1);
    this.trace?.remove(this.id, ref, at);
  }

  private resize(ref: Ref, needed: number): Ref {
    return this.moveTo(ref, this.arena.allocate(needed));
  }

  private moveTo(ref: Ref, to: Ref): Ref {
    this.copyBlock(ref, to, this.used(ref));
    this.arena.release(ref);
    this.trace?.resize(this.id, ref, to, this.arena.capacityOf(to));
    return to;
  }

  // Bytes.

  private setHeader(ref: Ref, width: number, count: number): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const first = (ref & PAGE_MASK) << 1;
    words[first] = width;
    words[first + 1] = count;
  }

  private write(ref: Ref, at: number, width: number, high: number, low: number): void {
    const first = ((ref & PAGE_MASK) << 1) + HEADER_WORDS;
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    if (width === 2) {
      const byte = (first << 2) + 2 * at;
      const bytes = this.arena.bytes[ref >>> PAGE_SHIFT];
      bytes[byte] = low;
      bytes[byte + 1] = low >> 8;
    } else if (width === 4) {
      words[first + at] = low;
    } else {
      words[first + 2 * at] = low;
      words[first + 2 * at + 1] = high;
    }
  }

  /** Moves so many integers from one place on to another. */
  private shift(ref: Ref, from: number, to: number, count: number, width: number): void {
    if (count === 0) return;
    const base = this.arena.offset(ref) + INTSET_HEADER_BYTES;
    const start = base + from * width;
    this.arena.bytes[ref >>> PAGE_SHIFT].copyWithin(base + to * width, start, start + count * width);
  }

  private copyBlock(from: Ref, to: Ref, used: number): void {
    const first = this.arena.offset(from);
    const page = this.arena.bytes[to >>> PAGE_SHIFT];
    copyBytes(this.arena.bytes[from >>> PAGE_SHIFT], first, first + used, page, this.arena.offset(to));
  }

  // Seeing the whole.

  /** The model of the sets at these refs. Only their owners know where sets are. */
  snapshot(refs: Iterable<Ref>): IntsetModel {
    const sets = new Map<number, IntsModel>();
    for (const ref of refs) {
      const values = Array.from({ length: this.count(ref) }, (_, at) => this.text(ref, at));
      sets.set(ref, { ref, capacity: this.arena.capacityOf(ref), width: this.width(ref), values });
    }
    return sets;
  }

  private text(ref: Ref, at: number): string {
    this.read(ref, at);
    return int64Text(this.high, this.low);
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(ref: Ref): void {
    const width = this.width(ref);
    if (![2, 4, 8].includes(width)) throw new Error(`invariant 2: the set at ${ref} has integers of ${width} bytes`);
    let before: bigint | null = null;
    for (let at = 0; at < this.count(ref); at++) {
      const value = BigInt(this.text(ref, at));
      if (before !== null && value <= before)
        throw new Error(`invariant 1: ${value} stands behind ${before} in the set at ${ref}`);
      before = value;
    }
    if (this.used(ref) > this.arena.capacityOf(ref))
      throw new Error(`invariant 3: the set at ${ref} is longer than its block`);
  }
}

/** The fewest bytes that hold an integer. */
function widthOf(high: number, low: number): number {
  if (high !== low >> 31) return 8;
  return low === (low << 16) >> 16 ? 2 : 4;
}
