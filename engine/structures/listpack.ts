/**
 * # The listpack
 *
 * **Problem.** Most collections are small: a user with six fields, a queue of ten jobs. A table or a list of nodes would
 * spend more bytes on pointers than on what is stored, and scatter it over memory.
 *
 * **Idea.** Put the elements one behind the other into a single block. To find one, walk from the front; for a few
 * hundred elements that lie side by side this is as fast as any cleverness. Every element is followed by its own length,
 * so that one can walk from the back as well. And every element is written just as it is sent to a client: a reply is
 * then a copy.
 *
 * ```
 *   │ bytes used │ count │ $3¶one¶ 9 │ $5¶three¶ 11 │ room to spare │      ¶ is a line end, two bytes
 *                        ↑ offset 8  ↑ 18           ↑ end
 *                        └─ size 9 ─┘└─ back length: from its end one reads the size before it
 * ```
 *
 * An element's name is its *offset* from the start of the block; offset 0 is the header, so it stands for “nowhere”.
 *
 * To put something at the front, all that is there would have to move, and in a list to whose front everybody pushes each
 * time. So the room to spare may also lie between the header and the first element, a *gap*: where the front has to grow, all
 * elements go to the end of the block at once, and the next ones need not move anything. Offsets are told as if there were no
 * gap, so that nobody else knows of it.
 *
 * **Complexity.** First, last, next, previous O(1). Find, and reaching the n-th, O(n). Insert and remove O(bytes behind), at
 * the front of a pack of up to 32 KiB O(1) most times.
 *
 * **Invariants.**
 * 1. Walking from the front meets `count` elements and ends exactly at `bytes used`.
 * 2. Walking from the back meets the same offsets.
 * 3. The bytes used and the gap fit the block.
 *
 * **Unlike Redis.** There an element is stored as tersely as can be, small integers in a byte or two; here it is its reply,
 * a few bytes longer and sent without a conversion. `DUMP` converts.
 *
 * **Read next.** `engine/memory/arena.ts`, whose sizes decide when a pack must move.
 */
import { Arena, NONE, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
import { copyBytes } from '../memory/bytes.ts';
import { digitsOf, writeDigits } from '../memory/numbers.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import {
  LISTPACK_HEADER_BYTES,
  backLengthBytes,
  type ElementModel,
  type ListpackModel,
  type ListpackProbe,
  type PackModel,
} from './listpack.steps.ts';

/** The offset that no element has. */
export const NOWHERE = 0;
/** The offset of the first element; of an empty pack it is `used`. */
export const FIRST = LISTPACK_HEADER_BYTES;

/** Only blocks up to this size have gaps. */
const GAP_UP_TO = 32 * 1024;
/** The first word of a pack with a gap is below zero: the gap in the upper half, the bytes used in the lower. */
const HAS_GAP = 0x80000000;

const DOLLAR = 36;
const CR = 13;
const LF = 10;

/** All listpacks of an arena. One is named by the ref of its block, which changes when it grows: keep what is returned. */
export class Listpacks {
  /** Where the element that was last read begins and ends, within `bytes(ref)`. */
  start = 0;
  end = 0;
  /** Where the replies that were last copied end. */
  copiedTo = 0;

  private readonly arena: Arena;
  private readonly id: number;
  private readonly trace: ListpackProbe | null;

  constructor(arena: Arena, id: number, trace: ListpackProbe | null) {
    this.arena = arena;
    this.id = id;
    this.trace = trace;
  }

  count(ref: Ref): number {
    return this.arena.word(ref, 1);
  }

  /** Bytes in use, the header included: also the offset right behind the last element. */
  used(ref: Ref): number {
    return usedOf(this.header(ref));
  }

  /** How many bytes are free between the header and the first element. */
  private gap(ref: Ref): number {
    return gapOf(this.header(ref));
  }

  /** The first word: see `usedOf` and `gapOf`. */
  private header(ref: Ref): number {
    return this.arena.word(ref, 0);
  }

  /** From where in its page the offsets of a pack's elements are counted. */
  private base(ref: Ref): number {
    return ((ref & PAGE_MASK) << 3) + this.gap(ref);
  }

  // Walking: for (let at = FIRST; at < packs.used(ref); at = packs.next(ref, at)) …

  /** The offset of the last element, or `NOWHERE`. */
  last(ref: Ref): number {
    return this.previous(ref, this.used(ref));
  }

  next(ref: Ref, at: number): number {
    return this.read(ref, at);
  }

  /** The offset of the element before an offset, or `NOWHERE`. */
  previous(ref: Ref, at: number): number {
    if (at <= FIRST) return NOWHERE;
    const page = this.arena.bytes[ref >>> PAGE_SHIFT];
    let from = this.base(ref) + at - 1;
    let size = page[from] & 127;
    let bytes = 1;
    for (let scale = 128; (page[from] & 128) !== 0; scale *= 128) {
      from--;
      bytes++;
      size += (page[from] & 127) * scale;
    }
    return at - bytes - size;
  }

  /** The offset of the n-th element, counted from the end when negative; `NOWHERE` when there is none. */
  seek(ref: Ref, index: number): number {
    const count = this.count(ref);
    const place = index < 0 ? count + index : index;
    if (place < 0 || place >= count) return NOWHERE;
    let at = FIRST;
    if (place < count / 2) {
      for (let left = place; left > 0; left--) at = this.next(ref, at);
    } else {
      at = this.used(ref);
      for (let left = count - place; left > 0; left--) at = this.previous(ref, at);
    }
    return at;
  }

  /** Reads an element: sets `start` and `end`, and returns the offset of the next one. */
  read(ref: Ref, at: number): number {
    const page = this.arena.bytes[ref >>> PAGE_SHIFT];
    const base = this.base(ref);
    let from = base + at + 1;
    let length = 0;
    for (; page[from] !== CR; from++) length = length * 10 + page[from] - 48;
    this.start = from + 2;
    this.end = from + 2 + length;
    const size = this.end + 2 - base - at;
    return at + size + backLengthBytes(size);
  }

  /** The page that holds the pack. */
  bytes(ref: Ref): Uint8Array {
    return this.arena.bytes[ref >>> PAGE_SHIFT];
  }

  /** Where in `bytes(ref)` an element's reply begins, `$` and all. It ends two bytes behind `end` once that was read. */
  replyStart(ref: Ref, at: number): number {
    return this.base(ref) + at;
  }

  /**
   * Copies the replies of up to so many elements from an offset on, one behind the other, to where there must be room for them.
   * Returns how many they are; they end at `copiedTo`. One loop over all, for who reads a range waits for little else.
   */
  copyReplies(ref: Ref, offset: number, most: number, to: Uint8Array, toStart: number): number {
    const page = this.bytes(ref);
    const base = this.base(ref);
    const used = base + this.used(ref);
    let at = base + offset;
    let toAt = toStart;
    let left = most;
    for (; left > 0 && at < used; left--) {
      let end = at + 1;
      let length = 0;
      for (; page[end] !== CR; end++) length = length * 10 + page[end] - 48;
      end += length + 4;
      copyBytes(page, at, end, to, toAt);
      toAt += end - at;
      at = end + backLengthBytes(end - at);
    }
    this.copiedTo = toAt;
    return most - left;
  }

  /**
   * The offset of the first element from `at` on that equals the bytes, or `NOWHERE`. Between two that are compared so many
   * are left out, for packs of pairs.
   */
  find(ref: Ref, at: number, skip: number, bytes: Uint8Array, start: number, end: number): number {
    const used = this.used(ref);
    const page = this.arena.bytes[ref >>> PAGE_SHIFT];
    const length = end - start;
    let here = at;
    while (here < used) {
      const next = this.read(ref, here);
      const hit = this.end - this.start === length && holds(page, this.start, bytes, start, length);
      this.trace?.compare(this.id, ref, here, hit ? 1 : 0);
      if (hit) return here;
      here = next;
      for (let left = skip; left > 0 && here < used; left--) here = this.read(ref, here);
    }
    return NOWHERE;
  }

  // Changing. The bytes that are put in must not lie in the same pack. Each returns the pack's ref, which may be another.

  append(ref: Ref, bytes: Uint8Array, start: number, end: number): Ref {
    return this.insert(ref, this.used(ref), bytes, start, end);
  }

  prepend(ref: Ref, bytes: Uint8Array, start: number, end: number): Ref {
    return this.insert(ref, FIRST, bytes, start, end);
  }

  /** Puts an element before the one at an offset; at `used` it becomes the last. */
  insert(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number): Ref {
    const size = elementSize(end - start);
    const header = this.header(ref);
    const used = usedOf(header);
    let roomy = ref;
    if (at > FIRST || used === FIRST) roomy = this.withRoomFor(ref, used + size);
    else if (gapOf(header) < size) roomy = this.withRoomInFront(ref, size);
    this.put(roomy, at, size, bytes, start, end);
    return roomy;
  }

  /** Makes the element at an offset another one. */
  replace(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number): Ref {
    const before = this.read(ref, at) - at;
    const size = elementSize(end - start);
    const roomy = this.withRoomFor(ref, this.used(ref) + size - before);
    this.putOver(roomy, at, before, size, bytes, start, end);
    return size < before ? this.withoutWaste(roomy) : roomy;
  }

  /** Takes out so many elements from an offset on; there must be as many. */
  remove(ref: Ref, at: number, count = 1): Ref {
    if (count === 0) return ref;
    let behind = at;
    for (let left = count; left > 0; left--) behind = this.next(ref, behind);
    return this.take(ref, at, behind, count);
  }

  /** The same where it is known where they end. */
  take(ref: Ref, at: number, behind: number, count = 1): Ref {
    this.cut(ref, at, behind, count);
    return this.withoutWaste(ref);
  }

  private withRoomFor(ref: Ref, needed: number): Ref {
    const capacity = this.arena.capacityOf(ref);
    const gap = this.gap(ref);
    if (gap + needed <= capacity) return ref;
    if (needed > capacity) return this.moveTo(ref, this.arena.allocate(needed));
    this.moveElements(ref, 0);
    return ref;
  }

  /** Room for so many bytes before the first element: a gap as large as can be, so that the next ones find it there. */
  private withRoomInFront(ref: Ref, size: number): Ref {
    const used = this.used(ref);
    const capacity = this.arena.capacityOf(ref);
    if (used + size > capacity) {
      const to = this.arena.allocate(used + size);
      const room = this.arena.capacityOf(to);
      return this.moveTo(ref, to, room <= GAP_UP_TO ? room - used : 0);
    }
    if (capacity <= GAP_UP_TO) this.moveElements(ref, capacity - used);
    return ref;
  }

  /** A pack that needs half its block or less goes to a smaller one. */
  private withoutWaste(ref: Ref): Ref {
    const used = this.used(ref);
    const capacity = this.arena.capacityOf(ref);
    // Most of the time one look is enough: what is used is more than half.
    if (used * 2 > capacity) return ref;
    if (Arena.capacityFor(used) * 2 > capacity) return ref;
    const smaller = this.arena.tryAllocate(used);
    return smaller === NONE ? ref : this.moveTo(ref, smaller);
  }

  // Micro-steps.

  /** `size` is how much room to make at once; the pack grows by itself where it is too little. */
  create(size = FIRST): Ref {
    const ref = this.arena.allocate(Math.max(size, FIRST));
    this.setHeader(ref, FIRST, 0, 0);
    this.trace?.create(this.id, ref, this.arena.capacityOf(ref));
    return ref;
  }

  /** A pack out of the bytes of one, its header first: elements are told one by one, for nobody else knows of them. */
  revive(bytes: Uint8Array): Ref {
    const ref = this.arena.allocate(bytes.length);
    this.bytes(ref).set(bytes, this.arena.offset(ref));
    this.trace?.create(this.id, ref, this.arena.capacityOf(ref));
    for (let at = FIRST; this.trace !== null && at < bytes.length;) {
      const next = this.read(ref, at);
      this.tellInsert(ref, at, this.bytes(ref), this.start, this.end);
      at = next;
    }
    return ref;
  }

  copy(from: Ref): Ref {
    const ref = this.arena.allocate(this.used(from));
    this.fill(ref, from, 0);
    this.trace?.copy(this.id, from, ref, this.arena.capacityOf(ref));
    return ref;
  }

  release(ref: Ref): void {
    this.arena.release(ref);
    this.trace?.release(this.id, ref);
  }

  private put(ref: Ref, at: number, size: number, bytes: Uint8Array, start: number, end: number): void {
    const header = this.header(ref);
    const [used, gap] = [usedOf(header), gapOf(header)];
    const isInGap = at === FIRST && gap >= size;
    if (at < used && !isInGap) this.shift(ref, at, used, size);
    const left = isInGap ? gap - size : gap;
    this.setHeader(ref, used + size, this.count(ref) + 1, left);
    this.write(ref, left + at, bytes, start, end);
    this.tellInsert(ref, at, bytes, start, end);
  }

  private tellInsert(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number): void {
    this.trace?.insert(this.id, ref, at, end - start, bytes, start, end);
  }

  private putOver(
    ref: Ref,
    at: number,
    before: number,
    size: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const used = this.used(ref);
    if (size !== before) this.shift(ref, at + before, used, size - before);
    this.write(ref, this.gap(ref) + at, bytes, start, end);
    this.setHeader(ref, used + size - before, this.count(ref), this.gap(ref));
    this.trace?.replace(this.id, ref, at, end - start, bytes, start, end);
  }

  private cut(ref: Ref, at: number, behind: number, count: number): void {
    const header = this.header(ref);
    const used = usedOf(header);
    const size = behind - at;
    let gap = gapOf(header);
    if (behind === used && at === FIRST) gap = 0;
    else if (at === FIRST && this.arena.capacityOf(ref) <= GAP_UP_TO) gap += size;
    else if (behind < used) this.shift(ref, behind, used, -size);
    this.setHeader(ref, used - size, this.count(ref) - count, gap);
    this.trace?.remove(this.id, ref, at, count);
  }

  private moveTo(ref: Ref, to: Ref, gap = 0): Ref {
    this.fill(to, ref, gap);
    this.arena.release(ref);
    this.trace?.resize(this.id, ref, to, this.arena.capacityOf(to));
    return to;
  }

  // Bytes.

  private setHeader(ref: Ref, used: number, count: number, gap: number): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const first = (ref & PAGE_MASK) << 1;
    words[first] = gap === 0 ? used : HAS_GAP | (gap << 16) | used;
    words[first + 1] = count;
  }

  /** Makes a block a pack with the elements of another one, behind a gap. */
  private fill(ref: Ref, from: Ref, gap: number): void {
    const used = this.used(from);
    const first = this.base(from);
    copyBytes(this.bytes(from), first + FIRST, first + used, this.bytes(ref), this.arena.offset(ref) + gap + FIRST);
    this.setHeader(ref, used, this.count(from), gap);
  }

  /** Moves all elements, so that the gap is as wide as this. */
  private moveElements(ref: Ref, gap: number): void {
    const used = this.used(ref);
    const first = this.base(ref);
    this.bytes(ref).copyWithin(this.arena.offset(ref) + gap + FIRST, first + FIRST, first + used);
    this.setHeader(ref, used, this.count(ref), gap);
  }

  /** The pack's bytes as they would lie without a gap, the header first: what `revive` takes. */
  whole(ref: Ref): Uint8Array {
    const used = this.used(ref);
    const first = this.base(ref);
    const bytes = new Uint8Array(used);
    new Int32Array(bytes.buffer, 0, 2).set([used, this.count(ref)]);
    bytes.set(this.bytes(ref).subarray(first + FIRST, first + used), FIRST);
    return bytes;
  }

  /** Moves the bytes `[from, to)` by so many, back or forth. */
  private shift(ref: Ref, from: number, to: number, by: number): void {
    const base = this.base(ref);
    this.bytes(ref).copyWithin(base + from + by, base + from, base + to);
  }

  /** Writes an element to so many bytes behind the beginning of the block. */
  private write(ref: Ref, at: number, bytes: Uint8Array, start: number, end: number): void {
    const page = this.bytes(ref);
    const first = this.arena.offset(ref) + at;
    const length = end - start;
    page[first] = DOLLAR;
    let to = writeDigits(length, page, first + 1);
    page[to++] = CR;
    page[to++] = LF;
    copyBytes(bytes, start, end, page, to);
    to += length;
    page[to++] = CR;
    page[to++] = LF;
    writeBackLength(page, to, to - first);
  }

  // Seeing the whole.

  /** The model of the packs at these refs. Only their owners know where packs are. */
  snapshot(refs: Iterable<Ref>): ListpackModel {
    const packs = new Map<number, PackModel>();
    for (const ref of refs) {
      const elements: ElementModel[] = [];
      for (let at = FIRST; at < this.used(ref);) {
        at = this.read(ref, at);
        const head = this.bytes(ref).slice(this.start, Math.min(this.end, this.start + PREVIEW_BYTES));
        elements.push({ length: this.end - this.start, head });
      }
      packs.set(ref, { ref, capacity: this.arena.capacityOf(ref), elements });
    }
    return packs;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(ref: Ref): void {
    const used = this.used(ref);
    const offsets: number[] = [];
    let at = FIRST;
    while (at < used) {
      offsets.push(at);
      at = this.next(ref, at);
    }
    if (at !== used || offsets.length !== this.count(ref))
      throw new Error(`invariant 1: the pack at ${ref} ends at ${at} after ${offsets.length} elements`);
    for (at = this.last(ref); at !== NOWHERE; at = this.previous(ref, at)) {
      if (at !== offsets.pop()) throw new Error(`invariant 2: from the back there is an element at ${at} of ${ref}`);
    }
    if (offsets.length > 0)
      throw new Error(`invariant 2: ${offsets.length} elements of ${ref} are not met from the back`);
    if (used + this.gap(ref) > this.arena.capacityOf(ref))
      throw new Error(`invariant 3: the pack at ${ref} is longer than its block`);
  }
}

function usedOf(header: number): number {
  return header >= 0 ? header : header & 0xffff;
}

function gapOf(header: number): number {
  return header >= 0 ? 0 : (header >>> 16) & 0x7fff;
}

function holds(page: Uint8Array, at: number, bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (page[at + i] !== bytes[start + i]) return false;
  }
  return true;
}

/** The same as `elementBytes`, without a string. */
export function elementSize(length: number): number {
  const size = 5 + digitsOf(length) + length;
  return size + backLengthBytes(size);
}

/** Seven bits a byte, the lowest last; a byte with its highest bit set is not the first. */
function writeBackLength(page: Uint8Array, at: number, size: number): void {
  const bytes = backLengthBytes(size);
  let rest = size;
  for (let to = at + bytes - 1; to > at; to--) {
    page[to] = (rest & 127) | 128;
    rest >>>= 7;
  }
  page[at] = rest;
}
