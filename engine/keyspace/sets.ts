import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { ascii, copyBytes } from '../memory/bytes.ts';
import { parseInt32, parseInt64, writeDigits } from '../memory/numbers.ts';
import type { Reply } from '../reply.ts';
import type { HashTable, HashTableState } from '../structures/hash-table.ts';
import type { Intsets } from '../structures/intset.ts';
import { int64Text } from '../structures/intset.steps.ts';
import type { Collections, Slots } from './collections.ts';
import type { Database } from './database.ts';
import type { Limits } from './limits.ts';
import { below, distinctBelow, distinctEntries, type Bits } from './sampling.ts';
import type { Blocks, ValueType, Visit } from './value-type.ts';
import { HASHTABLE, INTSET, TYPE_SET } from './values.ts';

export interface SetParts {
  readonly arena: Arena;
  readonly intsets: Intsets;
  readonly collections: Collections;
  /** The tables of sets that are large, or have a member that is no integer. */
  readonly tables: Slots<HashTable, HashTableState>;
  readonly limits: Limits;
}

/** A set at work: what a key stands for, or one that is still nobody's, with `NONE` for its entry. */
export interface SetInHand {
  readonly entry: Ref;
  encoding: number;
  value: number;
}

/** No integer has more characters. */
const LONGEST_INTEGER = 20;
/** An intset never has more integers than this, whatever the settings say. */
const MOST_INTEGERS = 2 ** 30;

/**
 * Set values. Integers, as long as they are few, lie in order in an intset; with the first member that is no integer, or
 * with one too many, they move to a table, for good.
 *
 * A member is named by its *place*: a number in an intset, an entry in a table. Places hold until the next change.
 */
export class SetValues implements ValueType {
  /** The member that was last shown: in `bytes`, from `start` to `end`. Until the next change, or the next one. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;

  private readonly arena: Arena;
  private readonly intsets: Intsets;
  private readonly collections: Collections;
  private readonly tables: Slots<HashTable, HashTableState>;
  private readonly limits: Limits;
  /** The halves of the integer that was last read from bytes. */
  private high = 0;
  private low = 0;
  private readonly digits = new Uint8Array(LONGEST_INTEGER);
  /** For members of keys, one after the other, without an object for each. */
  private readonly hand: { entry: Ref; encoding: number; value: number } = { entry: NONE, encoding: 0, value: 0 };

  constructor(parts: SetParts) {
    this.arena = parts.arena;
    this.intsets = parts.intsets;
    this.collections = parts.collections;
    this.tables = parts.tables;
    this.limits = parts.limits;
  }

  // The sets of keys.

  /** Makes a key that was just looked for and not found stand for an empty set, of the kind that suits its first member. */
  add(
    db: Database,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Ref {
    const entry = db.add(key, keyStart, keyEnd);
    if (this.readInteger(bytes, start, end)) db.setValue(entry, TYPE_SET, INTSET, this.intsets.create());
    else db.setValue(entry, TYPE_SET, HASHTABLE, this.tables.open());
    return entry;
  }

  length(db: Database, entry: Ref): number {
    return this.count(db.encoding(entry), db.value(entry));
  }

  has(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    return this.holds(db.encoding(entry), db.value(entry), bytes, start, end);
  }

  /** Puts a member into a key's set; false when it is there already. It must not lie in this set itself. */
  insert(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const isNew = this.put(this.takeInHand(db, entry), bytes, start, end);
    this.keep(db, entry, this.hand);
    return isNew;
  }

  /** Takes a member out; false when there is none. The set may be empty then, and its key must go. */
  delete(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const wasThere = this.take(this.takeInHand(db, entry), bytes, start, end);
    this.keep(db, entry, this.hand);
    return wasThere;
  }

  /** Takes out the members at some places, which are in no order. */
  deletePlaces(db: Database, entry: Ref, places: readonly number[]): void {
    if (db.encoding(entry) === HASHTABLE) {
      const table = this.tables.at(db.value(entry));
      for (const place of places) table.remove(place);
      return;
    }
    // From the back, so that the places before stay what they are.
    let set = db.value(entry);
    for (const place of [...places].sort((a, b) => b - a)) set = this.intsets.remove(set, place);
    db.moveValue(entry, set);
  }

  inHand(db: Database, entry: Ref): SetInHand {
    return { entry, encoding: db.encoding(entry), value: db.value(entry) };
  }

  private takeInHand(db: Database, entry: Ref): SetInHand {
    const { hand } = this;
    hand.entry = entry;
    hand.encoding = db.encoding(entry);
    hand.value = db.value(entry);
    return hand;
  }

  /** What a key stands for was changed in hand: says so in its entry. */
  private keep(db: Database, entry: Ref, { encoding, value }: SetInHand): void {
    if (encoding === db.encoding(entry)) db.moveValue(entry, value);
    else db.setValue(entry, TYPE_SET, encoding, value);
  }

  // Sets in hand.

  /** A set that is nobody's yet. Whoever makes it gives it to a key or releases it. */
  draft(): SetInHand {
    return { entry: NONE, encoding: INTSET, value: this.intsets.create() };
  }

  /** The same for one that will be large. */
  largeDraft(): SetInHand {
    return { entry: NONE, encoding: HASHTABLE, value: this.tables.open() };
  }

  /** Lets the integers of a set that has none yet be so wide from the start. */
  widen(set: SetInHand, width: number): void {
    set.value = this.intsets.widenTo(set.value, width);
  }

  /** Puts in an integer, given in halves; false when it is there already. */
  putHalves(set: SetInHand, high: number, low: number): boolean {
    this.high = high;
    this.low = low;
    if (set.encoding === INTSET) return this.putInteger(set);
    const text = ascii(int64Text(high, low));
    return insertInto(this.tables.at(set.value), text, 0, text.length);
  }

  /** Puts a member into a set; false when it is there already. */
  put(set: SetInHand, bytes: Uint8Array, start: number, end: number): boolean {
    if (set.encoding === INTSET) {
      if (this.readInteger(bytes, start, end)) return this.putInteger(set);
      this.toTable(set);
    }
    return insertInto(this.tables.at(set.value), bytes, start, end);
  }

  private putInteger(set: SetInHand): boolean {
    if (this.intsets.find(set.value, this.high, this.low)) return false;
    set.value = this.intsets.insertMissing(set.value, this.high, this.low);
    if (this.intsets.count(set.value) > Math.min(this.limits.setIntsetEntries, MOST_INTEGERS)) this.toTable(set);
    return true;
  }

  /** Takes a member out of a set; false when it is not there. */
  take(set: SetInHand, bytes: Uint8Array, start: number, end: number): boolean {
    if (set.encoding === INTSET) {
      if (!this.findInteger(set.value, bytes, start, end)) return false;
      set.value = this.intsets.remove(set.value, this.intsets.place);
      return true;
    }
    const table = this.tables.at(set.value);
    const found = table.find(bytes, start, end);
    if (found !== NONE) table.remove(found);
    return found !== NONE;
  }

  holds(encoding: number, value: number, bytes: Uint8Array, start: number, end: number): boolean {
    return encoding === INTSET
      ? this.findInteger(value, bytes, start, end)
      : this.tables.at(value).find(bytes, start, end) !== NONE;
  }

  private toTable(set: SetInHand): void {
    this.collections.converting(set.entry, INTSET, HASHTABLE);
    const from = set.value;
    const slot = this.tables.open();
    const table = this.tables.at(slot);
    for (let at = 0; at < this.intsets.count(from); at++) {
      this.showInteger(from, at);
      insertInto(table, this.bytes, this.start, this.end);
    }
    this.intsets.release(from);
    set.encoding = HASHTABLE;
    set.value = slot;
  }

  // Places.

  /** Calls `visit` with every place, until it returns false. Nothing may change meanwhile. */
  forEachPlace({ encoding, value }: SetInHand, visit: (place: number) => boolean): void {
    let isWanted = true;
    if (encoding === INTSET) {
      for (let at = 0; at < this.intsets.count(value) && isWanted; at++) isWanted = visit(at);
      return;
    }
    const table = this.tables.at(value);
    let cursor = 0;
    do {
      cursor = table.scan(cursor, (entry) => {
        isWanted = isWanted && visit(entry);
      });
    } while (cursor !== 0 && isWanted);
  }

  /** Every place of an intset, for a scan, which gets them at once. */
  intsetPlaces(db: Database, entry: Ref): number[] {
    return Array.from({ length: this.length(db, entry) }, (_, place) => place);
  }

  /** The table of a set, to be gone through bucket by bucket; its entries are places. `null` for an intset. */
  tableOf(db: Database, entry: Ref): HashTable | null {
    return db.encoding(entry) === HASHTABLE ? this.tables.at(db.value(entry)) : null;
  }

  /** The place of a member by chance; there must be one. */
  randomPlace({ encoding, value }: SetInHand, bits: Bits): number {
    return encoding === INTSET ? below(this.intsets.count(value), bits) : this.tables.at(value).random(bits);
  }

  /** The places of so many different members by chance; there must be as many. */
  randomPlaces({ encoding, value }: SetInHand, count: number, bits: Bits): number[] {
    return encoding === INTSET
      ? [...distinctBelow(this.intsets.count(value), count, bits)]
      : distinctEntries(this.tables.at(value), count, bits);
  }

  /** Shows the member at a place in `bytes`, `start` and `end`. */
  show({ encoding, value }: SetInHand, place: number): void {
    if (encoding === INTSET) {
      this.showInteger(value, place);
      return;
    }
    const table = this.tables.at(value);
    this.bytes = table.keyBytes(place);
    this.start = table.keyStart(place);
    this.end = this.start + table.keyLength(place);
  }

  /** Writes the member at a place into the reply. */
  replyAt(set: SetInHand, place: number, reply: Reply): void {
    this.show(set, place);
    reply.bulk(this.bytes, this.start, this.end);
  }

  /** Shows every member. */
  forEach(encoding: number, value: number, visit: Visit): void {
    if (encoding === INTSET) {
      for (let at = 0; at < this.intsets.count(value); at++) {
        this.showInteger(value, at);
        visit(this.bytes, this.start, this.end);
      }
      return;
    }
    const table = this.tables.at(value);
    table.forEach((entry) => {
      const start = table.keyStart(entry);
      visit(table.keyBytes(entry), start, start + table.keyLength(entry));
    });
  }

  /** Writes all members into the reply. */
  reply({ encoding, value }: SetInHand, reply: Reply): void {
    if (encoding === INTSET) {
      for (let at = 0; at < this.intsets.count(value); at++) {
        this.showInteger(value, at);
        reply.bulk(this.bytes, this.start, this.end);
      }
      return;
    }
    const table = this.tables.at(value);
    table.forEach((entry) => {
      const start = table.keyStart(entry);
      reply.bulk(table.keyBytes(entry), start, start + table.keyLength(entry));
    });
  }

  // Integers.

  /** Reads the halves of an integer, where the bytes are its one canonical form. */
  private readInteger(bytes: Uint8Array, start: number, end: number): boolean {
    const small = parseInt32(bytes, start, end);
    if (!Number.isNaN(small)) {
      this.low = small;
      this.high = small >> 31;
      return true;
    }
    const wide = parseInt64(bytes, start, end);
    if (wide === null) return false;
    this.low = Number(BigInt.asIntN(32, wide));
    this.high = Number(BigInt.asIntN(32, wide >> 32n));
    return true;
  }

  private findInteger(set: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    return this.readInteger(bytes, start, end) && this.intsets.find(set, this.high, this.low);
  }

  private showInteger(set: Ref, at: number): void {
    this.intsets.read(set, at);
    const { high, low } = this.intsets;
    this.bytes = this.digits;
    this.start = 0;
    if (high === low >> 31) {
      if (low < 0) this.digits[0] = MINUS;
      this.end = writeDigits(Math.abs(low), this.digits, low < 0 ? 1 : 0);
      return;
    }
    const text = ascii(int64Text(high, low));
    copyBytes(text, 0, text.length, this.digits, 0);
    this.end = text.length;
  }

  // As any type of value.

  release(encoding: number, value: number): void {
    if (encoding === INTSET) {
      this.intsets.release(value);
      return;
    }
    this.tables.at(value).clear(() => undefined);
    this.tables.close(value);
  }

  copy(encoding: number, value: number): number {
    if (encoding === INTSET) return this.intsets.copy(value);
    const from = this.tables.at(value);
    const slot = this.tables.open();
    const to = this.tables.at(slot);
    from.forEach((entry) => {
      const start = from.keyStart(entry);
      insertInto(to, from.keyBytes(entry), start, start + from.keyLength(entry));
    });
    return slot;
  }

  count(encoding: number, value: number): number {
    return encoding === INTSET ? this.intsets.count(value) : this.tables.at(value).size;
  }

  memoryBytes(encoding: number, value: number): number {
    if (encoding === INTSET) return this.arena.capacityOf(value);
    const table = this.tables.at(value);
    let bytes = table.buckets * 4;
    table.forEach((entry) => {
      bytes += this.arena.capacityOf(entry);
    });
    return bytes;
  }

  gather(encoding: number, value: number, blocks: Blocks): void {
    if (encoding === INTSET) blocks.intsets.push(value);
  }

  assertValid(encoding: number, value: number): void {
    if (encoding === INTSET) this.intsets.assertValid(value);
  }
}

const NO_BYTES = new Uint8Array(0);
const MINUS = 45;

function insertInto(table: HashTable, bytes: Uint8Array, start: number, end: number): boolean {
  if (table.find(bytes, start, end) !== NONE) return false;
  table.insertMissing(bytes, start, end);
  return true;
}
