/**
 * # The hash table
 *
 * **Problem.** Find one key among millions in about the time it takes to read it — and never make anyone wait while the
 * table grows.
 *
 * **Idea.** A hash function turns the key into a number, the number picks a *bucket*, and the few keys that share a
 * bucket hang in a *chain*. Every entry keeps its whole key: two keys may share a bucket, even a hash, and only
 * comparing the keys themselves tells them apart. When the entries outnumber the buckets, a second table twice the size
 * is made, and from then on every operation moves one bucket over. Nobody pays for the whole move.
 *
 * ```
 *   old table           cursor = 2            new table
 *   0 ∅  (moved)                              0 ─▶ [apple]
 *   1 ∅  (moved)                              …
 *   2 ─▶ [bar] ─▶ [city] ─▶ ∅   ◀── next      5 ─▶ [foo] ─▶ ∅
 *   3 ─▶ [user] ─▶ ∅                          …
 *
 *   an entry: │ next │ hash │ length │ payload … │ key bytes … │ room … │   one record of the arena
 * ```
 *
 * The link lies inside the entry (an *intrusive* node): no cell that points to a node that points to a key. Behind the key there
 * can be room for what the key stands for, so that whoever has compared the key has that in the processor's cache as well.
 *
 * **Complexity.** Find, insert, remove O(1) on average; each also moves at most one bucket and looks at ten empty ones.
 *
 * **Invariants.**
 * 1. An entry is in bucket `hash & (size - 1)` of exactly one of the two tables.
 * 2. While a resize is under way, no entry is left in the old table below the cursor, and new entries go to the new one.
 * 3. `used` is the number of entries in the chains.
 * 4. Sizes are powers of two.
 *
 * **Unlike Redis.** The key lies inside the entry, not behind a pointer. The heads lie in chunks that are taken when first
 * written. The table also shrinks on its own after a removal, where Redis waits for its clock.
 *
 * **Read next.** `engine/structures/bucket-array.ts`, `engine/structures/hash-table-walk.ts` for how SCAN goes through a table
 * that is being resized, and `engine/museum/` for how it goes wrong.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { copyBytes, IS_LITTLE_ENDIAN, viewOf } from '../memory/bytes.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import { BucketArray, type BucketArrayState } from './bucket-array.ts';
import { ENTRIES, HASHES, WORDS, type Foreseen } from './foreseen.ts';
import { hashFunction, type HashFunction, type HashName } from './hash-functions.ts';
import { randomEntry, sampleBuckets, scanBuckets, type Tables } from './hash-table-walk.ts';
import { assertTables, bucketsModel, chainLengths, chainsByLength } from './hash-table-whole.ts';
import { emptyHashTableModel, type EntryModel, type HashTableModel, type HashTableProbe } from './hash-table.steps.ts';

/** The words of an entry before its payload: next, hash, length of the key. */
const HEADER_WORDS = 3;
const SMALLEST_SIZE = 4;
/** So many links of the chains are followed for all keys together. In a full table one key in forty lies farther. */
const FORESEEN_STEPS = 2;
/** A move looks at no more empty buckets than this before it lets the command go on. */
const EMPTY_VISITS = 10;
export interface HashTableOptions {
  readonly id: number;
  readonly hashName: HashName;
  readonly seed: readonly [number, number];
  /** How many words the owner keeps in each entry. */
  readonly payloadWords: number;
  /** Words of each entry that another structure, of which it is a part as well, keeps there. It tells of them itself. */
  readonly foreignWords?: number;
  /** Keys that will be looked for in this table or in one of the same seed. */
  readonly foreseen?: Foreseen;
  readonly trace: HashTableProbe | null;
}

export interface HashTableState {
  readonly tables: readonly [BucketArrayState, BucketArrayState];
  readonly rehashCursor: number;
}

export class HashTable {
  /** Whose steps these are. It changes with the owner: see `Database.swapWith`. */
  id: number;
  readonly hashName: HashName;
  readonly payloadWords: number;
  /** The hash of the key that was last looked for, so that an insert right after a miss need not hash again. */
  lastHash = 0;

  private readonly arena: Arena;
  private readonly hash: HashFunction;
  private readonly trace: HashTableProbe | null;
  private readonly keyOffset: number;
  private readonly foreseen: Foreseen | null;
  private readonly old: BucketArray;
  private readonly new: BucketArray;
  /** Both. */
  private readonly tables: Tables;
  private cursor = -1;

  constructor(arena: Arena, options: HashTableOptions) {
    this.arena = arena;
    this.id = options.id;
    this.hashName = options.hashName;
    this.hash = hashFunction(options.hashName, options.seed);
    this.payloadWords = options.payloadWords;
    this.trace = options.trace;
    this.keyOffset = (HEADER_WORDS + options.payloadWords + (options.foreignWords ?? 0)) * 4;
    this.foreseen = options.foreseen ?? null;
    this.old = new BucketArray(arena);
    this.new = new BucketArray(arena);
    this.tables = [this.old, this.new];
  }

  get size(): number {
    return this.old.used + this.new.used;
  }

  get buckets(): number {
    return this.old.size + this.new.size;
  }

  get isRehashing(): boolean {
    return this.cursor >= 0;
  }

  /** The entry of the key `bytes[start..end)`, or `NONE`. */
  find(bytes: Uint8Array, start: number, end: number): Ref {
    const { foreseen } = this;
    if (foreseen?.isKept(this, bytes, start, end)) return foreseen.keptEntry;
    if (foreseen === null || !foreseen.isNext(bytes, start, end))
      return this.search(this.hash(bytes, start, end), bytes, start, end);
    if (foreseen.table !== this) return this.search(foreseen.hash, bytes, start, end);
    this.lastHash = foreseen.hash;
    return foreseen.entry;
  }

  /** The same without moving anything, which every other look-up does while a resize is under way; it tells of no step. */
  glimpse(bytes: Uint8Array, start: number, end: number): Ref {
    const hash = this.hash(bytes, start, end);
    for (const table of [this.old, this.new]) {
      if (table.used === 0) continue;
      for (let entry = table.head(hash & (table.size - 1)); entry !== NONE; entry = this.next(entry))
        if (this.holds(entry, hash, bytes, start, end)) return entry;
    }
    return NONE;
  }

  private search(hash: number, bytes: Uint8Array, start: number, end: number): Ref {
    this.lastHash = hash;
    this.trace?.hash(this.id, hash, bytes, start, end);
    if (this.old.used + this.new.used === 0) return NONE;
    if (this.cursor >= 0) this.rehash(1);
    const found = this.findIn(this.old, 0, hash, bytes, start, end);
    if (found !== NONE || this.cursor < 0) return found;
    return this.findIn(this.new, 1, hash, bytes, start, end);
  }

  /**
   * Looks for the keys that are foreseen, all of them at once: first in the buckets, then in their first entries, a few more steps
   * along the chains, and then to the end. It tells of no step, and what it finds is true until an entry comes or goes.
   *
   * Each loop does little but read one word for each key, and the next one looks at what was read: a processor works a few
   * hundred instructions ahead, and so has most of the reads under way at once.
   */
  foresee(foreseen: Foreseen): void {
    const { bytes, starts, ends, hashes, entries, count } = foreseen;
    const { old, arena } = this;
    for (let i = 0; i < count; i++) HASHES[i] = this.hash(bytes, starts[i], ends[i]);
    for (let i = 0; i < count; i++) hashes[i] = HASHES[i];
    // Each look-up of a resize that is under way moves a bucket.
    if (this.cursor >= 0 || old.used === 0) return;
    const mask = old.size - 1;
    for (let i = 0; i < count; i++) ENTRIES[i] = old.head(HASHES[i] & mask);
    // There are words to read at `NONE`, too.
    for (let i = 0; i < count; i++) WORDS[i] = arena.word(ENTRIES[i], 1);
    for (let left = FORESEEN_STEPS; left > 0; left--) {
      // On to the next where the hash is another one: reckoned and not asked, for each wrong guess would end the reading ahead.
      for (let i = 0; i < count; i++) {
        const difference = WORDS[i] ^ HASHES[i];
        const isOther = (difference | -difference) >> 31;
        ENTRIES[i] ^= (ENTRIES[i] ^ this.next(ENTRIES[i])) & isOther;
      }
      for (let i = 0; i < count; i++) WORDS[i] = arena.word(ENTRIES[i], 1);
    }
    for (let i = 0; i < count; i++) {
      let entry = ENTRIES[i];
      while (entry !== NONE && !this.holds(entry, HASHES[i], bytes, starts[i], ends[i])) entry = this.next(entry);
      entries[i] = entry;
    }
    foreseen.table = this;
  }

  private findIn(table: BucketArray, which: number, hash: number, bytes: Uint8Array, start: number, end: number): Ref {
    const bucket = hash & (table.size - 1);
    this.trace?.visit(this.id, which, bucket);
    for (let entry = table.head(bucket); entry !== NONE; entry = this.next(entry)) {
      const hit = this.holds(entry, hash, bytes, start, end);
      this.trace?.compare(this.id, entry, hit ? 1 : 0);
      if (hit) return entry;
    }
    return NONE;
  }

  /**
   * Adds a key that is not there, which the caller has just looked for; the payload is zero. Behind the key there is room for as
   * many bytes as the owner wants. Returns its entry.
   */
  insertMissing(bytes: Uint8Array, start: number, end: number, roomBytes = 0): Ref {
    const hash = this.lastHash;
    this.growWhenFull();
    const entry = this.makeEntry(hash, bytes, start, end, roomBytes);
    const which = this.cursor >= 0 ? 1 : 0;
    const table = which === 1 ? this.new : this.old;
    this.link(table, which, hash & (table.size - 1), entry, bytes, start, end);
    return entry;
  }

  /** Takes an entry out and frees its record; what its payload refers to is the caller's. */
  remove(entry: Ref): void {
    if (this.cursor >= 0) this.rehash(1);
    const hash = this.arena.word(entry, 1);
    if (!this.unlinkFrom(this.old, 0, hash, entry) && !this.unlinkFrom(this.new, 1, hash, entry)) {
      throw new Error(`entry ${entry} is in no chain`);
    }
    this.arena.release(entry);
    this.shrinkWhenSparse();
  }

  private unlinkFrom(table: BucketArray, which: number, hash: number, wanted: Ref): boolean {
    if (table.used === 0) return false;
    const bucket = hash & (table.size - 1);
    let previous = NONE;
    for (let entry = table.head(bucket); entry !== NONE; entry = this.next(entry)) {
      if (entry === wanted) {
        this.unlink(table, which, bucket, entry, previous);
        return true;
      }
      previous = entry;
    }
    return false;
  }

  /** Moves up to so many buckets of a resize that is under way. */
  rehash(buckets: number): void {
    // To move entries is to take memory for the new table, and both tables serve as they are.
    if (this.arena.isShort) return;
    let emptyVisits = buckets * EMPTY_VISITS;
    for (let left = buckets; left > 0 && this.old.used > 0; left--) {
      while (this.old.head(this.cursor) === NONE) {
        this.advance();
        if (--emptyVisits === 0) return;
      }
      for (let entry = this.old.head(this.cursor); entry !== NONE;) {
        const next = this.next(entry);
        this.move(entry, next);
        entry = next;
      }
      this.advance();
    }
    if (this.old.used === 0) this.promote();
  }

  private growWhenFull(): void {
    if (this.cursor >= 0) return;
    if (this.old.size === 0) this.create();
    else if (this.old.used >= this.old.size) this.startResize(this.old.size * 2);
  }

  /** Below a tenth full, a table gives room back. */
  private shrinkWhenSparse(): void {
    const { size, used } = this.old;
    if (this.cursor >= 0 || size <= SMALLEST_SIZE || used * 10 >= size) return;
    let smaller = SMALLEST_SIZE;
    while (smaller < used) smaller *= 2;
    this.startResize(smaller);
    if (used === 0) this.promote();
  }

  /** Removes everything. `dispose` is called with each entry before its record is freed. */
  clear(dispose: (entry: Ref) => void): void {
    for (const table of this.tables) {
      for (let bucket = 0; bucket < table.size; bucket++) {
        for (let entry = table.head(bucket); entry !== NONE;) {
          const next = this.next(entry);
          dispose(entry);
          this.arena.release(entry);
          entry = next;
        }
      }
      table.close();
    }
    this.cleared();
  }

  // Reading an entry.

  next(entry: Ref): Ref {
    return this.arena.word(entry, 0);
  }

  payload(entry: Ref, word: number): number {
    return this.arena.word(entry, HEADER_WORDS + word);
  }

  keyLength(entry: Ref): number {
    return this.arena.word(entry, 2);
  }

  /** The page that holds the key; with `keyStart` and `keyLength` the key itself, without a copy. */
  keyBytes(entry: Ref): Uint8Array {
    return this.arena.bytes[entry >>> PAGE_SHIFT];
  }

  keyStart(entry: Ref): number {
    return ((entry & PAGE_MASK) << 3) + this.keyOffset;
  }

  /** Where the room behind an entry's key begins. */
  room(entry: Ref): Ref {
    const end = this.keyStart(entry) + this.keyLength(entry);
    return entry + (upToRef(end - this.arena.offset(entry)) >>> 3);
  }

  /** How many bytes of it there are, be it that nobody asked for any. */
  roomBytes(entry: Ref): number {
    return this.arena.capacityOf(entry) - ((this.room(entry) - entry) << 3);
  }

  keyCopy(entry: Ref): Uint8Array {
    const start = this.keyStart(entry);
    return this.keyBytes(entry).slice(start, start + this.keyLength(entry));
  }

  /** Calls `visit` with every entry. The table must not change meanwhile. */
  forEach(visit: (entry: Ref) => void): void {
    for (const table of this.tables) {
      if (table.used === 0) continue;
      for (let bucket = 0; bucket < table.size; bucket++) {
        for (let entry = table.head(bucket); entry !== NONE; entry = this.next(entry)) visit(entry);
      }
    }
  }

  /** Visits some entries and returns the next cursor, 0 at the end. However the table is resized meanwhile, none is missed. */
  scan(cursor: number, visit: (entry: Ref) => void): number {
    return this.size === 0 ? 0 : scanBuckets(this.tables, cursor, visit);
  }

  /** An entry by chance, or `NONE` when there is none. `chance` gives 32 random bits. */
  random(chance: () => number): Ref {
    if (this.size === 0) return NONE;
    if (this.cursor >= 0) this.rehash(1);
    return randomEntry(this.tables, chance);
  }

  /** Visits up to so many entries that lie together, from a place by chance on. */
  sample(count: number, chance: () => number, visit: (entry: Ref) => void): void {
    sampleBuckets(this.tables, count, chance, visit);
  }

  private holds(entry: Ref, hash: number, bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.arena.words[entry >>> PAGE_SHIFT];
    const first = (entry & PAGE_MASK) << 1;
    if (words[first + 1] !== hash || words[first + 2] !== end - start) return false;
    // A word at a time, which takes a third of the time: in an entry keys begin at a whole word, in the input anywhere.
    const key = this.keyStart(entry);
    const input = viewOf(bytes);
    let at = start;
    for (let word = key >>> 2; at + 4 <= end; at += 4, word++) {
      if (words[word] !== input.getInt32(at, IS_LITTLE_ENDIAN)) return false;
    }
    const page = this.arena.bytes[entry >>> PAGE_SHIFT];
    for (let from = key - start; at < end; at++) {
      if (page[from + at] !== bytes[at]) return false;
    }
    return true;
  }

  // Micro-steps: one change of state each, and one line of trace.

  private create(): void {
    this.old.open(SMALLEST_SIZE);
    this.trace?.create(this.id, SMALLEST_SIZE);
  }

  private startResize(size: number): void {
    this.new.open(size);
    this.cursor = 0;
    this.trace?.resize(this.id, size);
  }

  private makeEntry(hash: number, bytes: Uint8Array, start: number, end: number, roomBytes: number): Ref {
    const arena = this.arena;
    const size = this.keyOffset + end - start;
    const entry = arena.allocate(roomBytes === 0 ? size : upToRef(size) + roomBytes);
    const words = arena.words[entry >>> PAGE_SHIFT];
    const first = (entry & PAGE_MASK) << 1;
    words[first + 1] = hash;
    words[first + 2] = end - start;
    for (let i = 0; i < this.payloadWords; i++) words[first + HEADER_WORDS + i] = 0;
    copyBytes(bytes, start, end, arena.bytes[entry >>> PAGE_SHIFT], this.keyStart(entry));
    return entry;
  }

  private link(
    table: BucketArray,
    which: number,
    bucket: number,
    entry: Ref,
    key: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.outdate();
    this.setNext(entry, table.head(bucket));
    table.setHead(bucket, entry);
    table.used++;
    this.trace?.link(this.id, which, bucket, entry, this.lastHash, end - start, key, start, end);
  }

  private unlink(table: BucketArray, which: number, bucket: number, entry: Ref, previous: Ref): void {
    this.outdate();
    this.foreseen?.letGo(this, entry);
    if (previous === NONE) table.setHead(bucket, this.next(entry));
    else this.setNext(previous, this.next(entry));
    table.used--;
    this.trace?.unlink(this.id, which, bucket, entry);
  }

  setPayload(entry: Ref, word: number, value: number): void {
    this.arena.setWord(entry, HEADER_WORDS + word, value);
    this.trace?.payload(this.id, entry, word, value);
  }

  private move(entry: Ref, next: Ref): void {
    const bucket = this.arena.word(entry, 1) & (this.new.size - 1);
    this.old.setHead(this.cursor, next);
    this.old.used--;
    this.setNext(entry, this.new.head(bucket));
    this.new.setHead(bucket, entry);
    this.new.used++;
    this.trace?.move(this.id, entry, this.cursor, bucket);
  }

  private advance(): void {
    this.cursor++;
    this.trace?.advance(this.id, this.cursor);
  }

  private promote(): void {
    this.old.takeOver(this.new);
    this.cursor = -1;
    this.trace?.promote(this.id);
  }

  private cleared(): void {
    this.outdate();
    this.foreseen?.letGo(this, NONE);
    this.cursor = -1;
    this.trace?.clear(this.id);
  }

  private outdate(): void {
    if (this.foreseen !== null) this.foreseen.table = null;
  }

  private setNext(entry: Ref, next: Ref): void {
    this.arena.setWord(entry, 0, next);
  }

  // Seeing the whole.

  snapshot(): HashTableModel {
    const entries = new Map<number, EntryModel>();
    this.forEach((ref) => entries.set(ref, this.entryModel(ref)));
    return {
      ...emptyHashTableModel(this.hashName, this.payloadWords),
      tables: [bucketsModel(this.old), bucketsModel(this.new)],
      rehashCursor: this.cursor,
      entries,
    };
  }

  private entryModel(ref: Ref): EntryModel {
    const keyLength = this.keyLength(ref);
    const start = this.keyStart(ref);
    return {
      ref,
      hash: this.arena.word(ref, 1),
      keyLength,
      key: this.keyBytes(ref).slice(start, start + Math.min(keyLength, PREVIEW_BYTES)),
      payload: Array.from({ length: this.payloadWords }, (_, word) => this.payload(ref, word)),
    };
  }

  /** How many chains there are of each length, for each of the two tables: element n counts the chains of n entries. */
  chainLengths(): number[][] {
    return this.tables.map(chainsByLength);
  }

  /** How long each chain is, for each of the two tables: 255 stands for all that is longer. */
  chainCounts(): { readonly size: number; readonly used: number; readonly chainLengths: Uint8Array }[] {
    return this.tables.map((table) => ({ size: table.size, used: table.used, chainLengths: chainLengths(table) }));
  }

  capture(): HashTableState {
    return { tables: [this.old.capture(), this.new.capture()], rehashCursor: this.cursor };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: HashTableState): void {
    this.old.restore(state.tables[0]);
    this.new.restore(state.tables[1]);
    this.cursor = state.rehashCursor;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    assertTables(this.tables, this.cursor, (entry) => this.arena.word(entry, 1));
  }
}

/** So many bytes, and as many more as it takes to where a ref can point. */
function upToRef(bytes: number): number {
  return (bytes + 7) & ~7;
}
