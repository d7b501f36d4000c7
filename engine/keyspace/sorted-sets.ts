import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { formatDouble, readDouble } from '../memory/doubles.ts';
import { FIRST, NOWHERE, type Listpacks } from '../structures/listpack.ts';
import type { Collections, Slots } from './collections.ts';
import type { Database } from './database.ts';
import type { Limits } from './limits.ts';
import type { SortedSet, SortedSetState } from './sorted-set.ts';
import { isBehind, type LexRange, type Range, type ScoreRange } from './sorted-ranges.ts';
import type { Blocks, Draft, ValueType } from './value-type.ts';
import { LISTPACK, SKIPLIST, TYPE_ZSET } from './values.ts';

type AnySortedSet = SortedSet<unknown, unknown>;
type SortedSetSlots = Pick<Slots<AnySortedSet, SortedSetState<unknown>>, 'open' | 'at' | 'peek' | 'close'>;

/** The indexes that a large sorted set can have, in the words of `zset-index`. */
export type IndexName = 'skiplist' | 'avl';

export interface SortedSetParts {
  readonly arena: Arena;
  readonly listpacks: Listpacks;
  readonly collections: Collections;
  /** Large sorted sets by the index that orders them. */
  readonly slots: { readonly [Index in IndexName]: SortedSetSlots };
  readonly limits: Limits;
}

// How `put` goes about it; they can be added up.
export const NX = 1;
export const XX = 2;
export const GT = 4;
export const LT = 8;
export const INCR = 16;

// What came of it.
export const REFUSED = 0;
export const ADDED = 1;
export const UPDATED = 2;
/** The member has that score already. */
const UNCHANGED = 3;
export const NOT_A_NUMBER = 4;

/**
 * Sorted sets: members, each with a score, in the order of the scores. A few short ones lie in a listpack in that order,
 * member and score in turn; from a number or a length on they move to a table and an index, for good.
 */
export class SortedSetValues implements ValueType {
  /** The index of sorted sets that become large from now on. */
  indexName: IndexName = 'skiplist';

  /** The member and the score that were met last: in `bytes`, from `start` to `end`. Until the next change. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  score = 0;

  private readonly packs: Listpacks;
  private readonly arena: Arena;
  private readonly collections: Collections;
  private readonly slots: SortedSetParts['slots'];
  private readonly limits: Limits;
  /** Where `find` found the member: its offset in the pack, or its element. */
  private found = 0;

  constructor(parts: SortedSetParts) {
    this.arena = parts.arena;
    this.packs = parts.listpacks;
    this.collections = parts.collections;
    this.slots = parts.slots;
    this.limits = parts.limits;
  }

  /** Makes a key that was just looked for and not found stand for a sorted set without members. */
  add(db: Database, key: Uint8Array, start: number, end: number): Ref {
    const entry = db.add(key, start, end);
    this.begin(db, entry);
    return entry;
  }

  /** Makes a key that stands for nothing stand for an empty one, to be filled at once. */
  begin(db: Database, entry: Ref, isLarge = false): void {
    if (isLarge) db.setValue(entry, TYPE_ZSET, SKIPLIST, this.open());
    else db.setValue(entry, TYPE_ZSET, LISTPACK, this.packs.create());
  }

  length(db: Database, entry: Ref): number {
    return this.count(db.encoding(entry), db.value(entry));
  }

  /** Whether there is such a member. Its score is then in `score`. */
  find(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const value = db.value(entry);
    if (db.encoding(entry) === SKIPLIST) {
      const set = this.large(value);
      this.found = set.table.find(bytes, start, end);
      if (this.found !== NONE) this.score = set.index.score(this.found);
      return this.found !== NONE;
    }
    this.found = this.packs.find(value, FIRST, 1, bytes, start, end);
    if (this.found !== NOWHERE) this.readScore(value, this.packs.next(value, this.found));
    return this.found !== NOWHERE;
  }

  /** How many members are before this one, or -1 when there is no such member. */
  rank(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): number {
    if (!this.find(db, entry, bytes, start, end)) return -1;
    const value = db.value(entry);
    if (db.encoding(entry) === SKIPLIST) return this.large(value).index.rank(this.found);
    let rank = 0;
    for (let at = FIRST; at < this.found; rank++) at = this.packs.next(value, this.packs.next(value, at));
    return rank;
  }

  /** Adds a member or gives it another score, and says what came of it. The score that it has then is in `score`. */
  put(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number, score: number, how = 0): number {
    if (!this.find(db, entry, bytes, start, end)) {
      if ((how & XX) !== 0) return REFUSED;
      this.insertMissing(db, entry, bytes, start, end, score);
      this.score = score;
      return ADDED;
    }
    if ((how & NX) !== 0) return REFUSED;
    const before = this.score;
    const after = (how & INCR) !== 0 ? before + score : score;
    if (Number.isNaN(after)) return NOT_A_NUMBER;
    if (((how & LT) !== 0 && after >= before) || ((how & GT) !== 0 && after <= before)) return REFUSED;
    if (after !== before) this.rescore(db, entry, bytes, start, end, after);
    this.score = after;
    return after === before ? UNCHANGED : UPDATED;
  }

  private insertMissing(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number, score: number): void {
    if (db.encoding(entry) === LISTPACK) {
      const isFull = this.length(db, entry) + 1 > this.limits.zsetPackEntries;
      if (!isFull && end - start <= this.limits.zsetPackValueBytes) {
        db.moveValue(entry, this.insertInPack(db.value(entry), bytes, start, end, score));
        return;
      }
      this.toLarge(db, entry);
      // The table must have looked for the member itself before it takes it in.
      this.large(db.value(entry)).table.find(bytes, start, end);
    }
    this.large(db.value(entry)).insertMissing(bytes, start, end, score);
  }

  /** After `find` has found the member. */
  private rescore(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number, score: number): void {
    const value = db.value(entry);
    if (db.encoding(entry) === SKIPLIST) {
      this.large(value).index.rescore(this.found, score);
      return;
    }
    const shorter = this.packs.remove(value, this.found, 2);
    db.moveValue(entry, this.insertInPack(shorter, bytes, start, end, score));
  }

  private insertInPack(pack: Ref, bytes: Uint8Array, start: number, end: number, score: number): Ref {
    let at = FIRST;
    while (at < this.packs.used(pack)) {
      const scoreAt = this.packs.read(pack, at);
      const memberStart = this.packs.start;
      const memberEnd = this.packs.end;
      const next = this.readScore(pack, scoreAt);
      if (!isBehind(this.score, this.packs.bytes(pack), memberStart, memberEnd, score, bytes, start, end)) break;
      at = next;
    }
    // In a pack a zero has no sign.
    const text = ascii(formatDouble(score === 0 ? 0 : score));
    const longer = this.packs.insert(pack, at, bytes, start, end);
    return this.packs.insert(longer, this.packs.next(longer, at), text, 0, text.length);
  }

  /** Takes a member out; false when there is none. The sorted set may be empty then, and its key must go. */
  delete(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.find(db, entry, bytes, start, end)) return false;
    const value = db.value(entry);
    if (db.encoding(entry) === SKIPLIST) this.large(value).remove(this.found);
    else db.moveValue(entry, this.packs.remove(value, this.found, 2));
    return true;
  }

  /** Takes out so many members from a rank on; there must be as many. */
  deleteRange(db: Database, entry: Ref, { from, count }: Range): void {
    if (count === 0) return;
    const value = db.value(entry);
    if (db.encoding(entry) === LISTPACK) {
      db.moveValue(entry, this.packs.remove(value, this.packs.seek(value, from * 2), count * 2));
      return;
    }
    this.large(value).removeRun(from, count);
  }

  // Ranges.

  /** The members whose scores are in a range. */
  inScores(db: Database, entry: Ref, range: ScoreRange): Range {
    const from = this.countToScore(db, entry, range.min, range.isMinExclusive);
    return { from, count: Math.max(0, this.countToScore(db, entry, range.max, !range.isMaxExclusive) - from) };
  }

  private countToScore(db: Database, entry: Ref, score: number, isInclusive: boolean): number {
    const value = db.value(entry);
    if (db.encoding(entry) === SKIPLIST) return this.large(value).index.countToScore(score, isInclusive);
    let count = 0;
    for (let at = FIRST; at < this.packs.used(value); count++) {
      at = this.readScore(value, this.packs.next(value, at));
      if (isInclusive ? this.score > score : this.score >= score) break;
    }
    return count;
  }

  /**
   * The members in a range of the alphabet. Where scores differ the order is not the alphabet's, and what is met depends on
   * where one begins: at the front, or for `isReverse` at the back.
   */
  inAlphabet(db: Database, entry: Ref, range: LexRange, isReverse = false): Range {
    const length = this.length(db, entry);
    if (range.isEmpty || length === 0) return NOTHING;
    if (db.encoding(entry) === LISTPACK) return this.inAlphabetOfPack(db.value(entry), range, isReverse);
    const { index } = this.large(db.value(entry));
    const { min, max } = range;
    const from = min === '-' ? 0 : index.countToMember(min.bytes, min.start, min.end, min.isExclusive);
    const to = max === '+' ? length : index.countToMember(max.bytes, max.start, max.end, !max.isExclusive);
    return { from, count: Math.max(0, to - from) };
  }

  private inAlphabetOfPack(pack: Ref, range: LexRange, isReverse: boolean): Range {
    const fits: { readonly min: boolean; readonly max: boolean }[] = [];
    this.forEach(LISTPACK, pack, () => {
      fits.push({ min: range.reachesMin(this), max: range.reachesMax(this) });
    });
    if (fits.at(-1)?.min !== true || fits[0]?.max !== true) return NOTHING;
    const from = isReverse ? fits.findLastIndex(({ max }) => max) : fits.findIndex(({ min }) => min);
    // From there on only the other end is looked at.
    const step = isReverse ? -1 : 1;
    let to = from;
    while (isReverse ? fits[to]?.min === true : fits[to]?.max === true) to += step;
    return isReverse ? { from: to + 1, count: from - to } : { from, count: to - from };
  }

  /** Goes through so many members from a rank on, upwards or downwards; each is in `bytes`, `start`, `end` and `score`. */
  walk(encoding: number, value: number, rank: number, count: number, isReverse: boolean, visit: () => void): void {
    if (count <= 0) return;
    if (encoding === SKIPLIST) {
      const { index, table } = this.large(value);
      let element = rank === 0 ? index.first() : rank === index.length - 1 ? index.last() : index.at(rank);
      for (let left = count; left > 0; left--) {
        this.bytes = table.keyBytes(element);
        this.start = table.keyStart(element);
        this.end = this.start + table.keyLength(element);
        this.score = index.score(element);
        visit();
        element = isReverse ? index.previous(element) : index.next(element);
      }
      return;
    }
    let at = this.packs.seek(value, rank * 2);
    for (let left = count; left > 0; left--) {
      const scoreAt = this.packs.read(value, at);
      const { start, end } = this.packs;
      const next = this.readScore(value, scoreAt);
      this.bytes = this.packs.bytes(value);
      this.start = start;
      this.end = end;
      visit();
      at = isReverse ? this.packs.previous(value, this.packs.previous(value, at)) : next;
    }
  }

  forEach(encoding: number, value: number, visit: () => void): void {
    this.walk(encoding, value, 0, this.count(encoding, value), false, visit);
  }

  /** The large sorted set in a slot. */
  large(slot: number): AnySortedSet {
    return this.slots.skiplist.peek(slot) ?? this.slots.avl.at(slot);
  }

  private open(): number {
    return this.slots[this.indexName].open();
  }

  /** Sets `score`, and returns the offset behind it. */
  private readScore(pack: Ref, at: number): number {
    const next = this.packs.read(pack, at);
    this.score = readDouble(this.packs.bytes(pack), this.packs.start, this.packs.end);
    return next;
  }

  /** Moves a small one to a table and an index, whatever its size. */
  enlarge(db: Database, entry: Ref): void {
    if (db.encoding(entry) === LISTPACK) this.toLarge(db, entry);
  }

  private toLarge(db: Database, entry: Ref): void {
    this.collections.converting(entry, LISTPACK, SKIPLIST);
    const pack = db.value(entry);
    const slot = this.open();
    this.copyInto(this.large(slot), LISTPACK, pack);
    this.packs.release(pack);
    db.setValue(entry, TYPE_ZSET, SKIPLIST, slot);
  }

  private copyInto(set: AnySortedSet, encoding: number, value: number): void {
    this.forEach(encoding, value, () => {
      set.table.find(this.bytes, this.start, this.end);
      set.insertMissing(this.bytes, this.start, this.end, this.score);
    });
  }

  // Sorted sets that are nobody's yet.

  draft(isLarge: boolean): Draft {
    return isLarge ? { encoding: SKIPLIST, value: this.open() } : { encoding: LISTPACK, value: this.packs.create() };
  }

  /** Adds a member as it is, whatever the limits; false when it was there already. */
  putNew(draft: Draft, bytes: Uint8Array, start: number, end: number, score: number): boolean {
    if (draft.encoding === SKIPLIST) {
      const set = this.large(draft.value);
      const isNew = set.table.find(bytes, start, end) === NONE;
      if (isNew) set.insertMissing(bytes, start, end, score);
      return isNew;
    }
    if (this.packs.find(draft.value, FIRST, 1, bytes, start, end) !== NOWHERE) return false;
    draft.value = this.insertInPack(draft.value, bytes, start, end, score);
    return true;
  }

  // As any type of value.

  release(encoding: number, value: number): void {
    if (encoding === LISTPACK) {
      this.packs.release(value);
      return;
    }
    this.large(value).clear();
    const kind = this.slots.skiplist.peek(value) === null ? this.slots.avl : this.slots.skiplist;
    kind.close(value);
  }

  copy(encoding: number, value: number): number {
    if (encoding === LISTPACK) return this.packs.copy(value);
    const slot = this.open();
    this.copyInto(this.large(slot), encoding, value);
    return slot;
  }

  count(encoding: number, value: number): number {
    return encoding === LISTPACK ? this.packs.count(value) / 2 : this.large(value).size;
  }

  memoryBytes(encoding: number, value: number): number {
    return encoding === LISTPACK ? this.arena.capacityOf(value) : this.large(value).memoryBytes();
  }

  gather(encoding: number, value: number, blocks: Blocks): void {
    if (encoding === LISTPACK) blocks.listpacks.push(value);
  }

  assertValid(encoding: number, value: number): void {
    if (encoding === SKIPLIST) return;
    this.packs.assertValid(value);
    let before: { readonly score: number; readonly bytes: Uint8Array } | null = null;
    this.forEach(encoding, value, () => {
      const bytes = this.bytes.slice(this.start, this.end);
      const { score } = this;
      if (
        before !== null &&
        !isBehind(before.score, before.bytes, 0, before.bytes.length, score, bytes, 0, bytes.length)
      )
        throw new Error(`the members of the pack at ${value} are out of order`);
      before = { score, bytes };
    });
  }
}

const NO_BYTES = new Uint8Array(0);
const NOTHING: Range = { from: 0, count: 0 };
