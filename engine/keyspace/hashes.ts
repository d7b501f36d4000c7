import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import type { Reply } from '../reply.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import type { HashTable, HashTableState } from '../structures/hash-table.ts';
import { FIRST, NOWHERE, type Listpacks } from '../structures/listpack.ts';
import type { Collections, Slots } from './collections.ts';
import type { Database } from './database.ts';
import type { Glob } from './glob.ts';
import type { Limits } from './limits.ts';
import { below, distinctBelow, distinctEntries, type Bits } from './sampling.ts';
import type { Blocks, Draft, ValueType, Visit } from './value-type.ts';
import { EMBSTR_LIMIT, HASHTABLE, LISTPACK, TYPE_HASH } from './values.ts';

export interface HashParts {
  readonly arena: Arena;
  readonly strings: DynamicStrings;
  readonly listpacks: Listpacks;
  readonly collections: Collections;
  /** The tables of large hashes: field, and in the payload word the ref of the value. */
  readonly tables: Slots<HashTable, HashTableState>;
  readonly limits: Limits;
}

/** The payload word of a field's entry. */
const FIELD_VALUE = 0;

/**
 * Hash values: fields, each with a value. A few short ones lie in a listpack, field and value in turn; from a number or a
 * length on they move to a table, for good.
 */
export class HashValues implements ValueType {
  /** Where the value that `find` met lies: in `bytes`, from `start` to `end`. Until the next change. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;

  private readonly arena: Arena;
  private readonly strings: DynamicStrings;
  private readonly packs: Listpacks;
  private readonly collections: Collections;
  private readonly tables: Slots<HashTable, HashTableState>;
  private readonly limits: Limits;

  constructor(parts: HashParts) {
    this.arena = parts.arena;
    this.strings = parts.strings;
    this.packs = parts.listpacks;
    this.collections = parts.collections;
    this.tables = parts.tables;
    this.limits = parts.limits;
  }

  /** Makes a key that was just looked for and not found stand for a hash without fields. */
  add(db: Database, key: Uint8Array, start: number, end: number): Ref {
    const entry = db.add(key, start, end);
    db.setValue(entry, TYPE_HASH, LISTPACK, this.packs.create());
    return entry;
  }

  length(db: Database, entry: Ref): number {
    return this.count(db.encoding(entry), db.value(entry));
  }

  /** Whether there is such a field. Where its value lies is then in `bytes`, `start` and `end`. */
  find(db: Database, entry: Ref, field: Uint8Array, start: number, end: number): boolean {
    const value = db.value(entry);
    if (db.encoding(entry) === HASHTABLE) {
      const table = this.tables.at(value);
      const found = table.find(field, start, end);
      if (found !== NONE) this.showString(table.payload(found, FIELD_VALUE));
      return found !== NONE;
    }
    const at = this.packs.find(value, FIRST, 1, field, start, end);
    if (at !== NOWHERE) this.showElement(value, this.packs.next(value, at));
    return at !== NOWHERE;
  }

  /** Sets a field; true when it is a new one. Neither must lie in this hash itself. */
  set(
    db: Database,
    entry: Ref,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const longest = this.limits.hashPackValueBytes;
    if (db.encoding(entry) === LISTPACK && (fieldEnd - fieldStart > longest || end - start > longest)) {
      this.toTable(db, entry);
    }
    if (db.encoding(entry) === HASHTABLE) {
      return this.setInTable(this.tables.at(db.value(entry)), field, fieldStart, fieldEnd, bytes, start, end);
    }
    const isNew = this.setInPack(db, entry, field, fieldStart, fieldEnd, bytes, start, end);
    // The limit may have come down since, so that a pack can be too long for it without a new field.
    if (this.length(db, entry) > this.limits.hashPackEntries) this.toTable(db, entry);
    return isNew;
  }

  private setInPack(
    db: Database,
    entry: Ref,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const pack = db.value(entry);
    const at = this.packs.find(pack, FIRST, 1, field, fieldStart, fieldEnd);
    if (at !== NOWHERE) {
      db.moveValue(entry, this.packs.replace(pack, this.packs.next(pack, at), bytes, start, end));
      return false;
    }
    const longer = this.packs.append(pack, field, fieldStart, fieldEnd);
    db.moveValue(entry, this.packs.append(longer, bytes, start, end));
    return true;
  }

  /** Takes a field out; false when there is none. The hash may be empty then, and its key must go. */
  delete(db: Database, entry: Ref, field: Uint8Array, start: number, end: number): boolean {
    const value = db.value(entry);
    if (db.encoding(entry) === HASHTABLE) {
      const table = this.tables.at(value);
      const found = table.find(field, start, end);
      if (found === NONE) return false;
      this.releaseString(table, found);
      table.remove(found);
      return true;
    }
    const at = this.packs.find(value, FIRST, 1, field, start, end);
    if (at === NOWHERE) return false;
    db.moveValue(entry, this.packs.remove(value, at, 2));
    return true;
  }

  /** Writes fields, values or both in turn into the reply, each as a bulk string. */
  reply(db: Database, entry: Ref, reply: Reply, what: 'fields' | 'values' | 'both'): void {
    const [isField, isValue] = [what !== 'values', what !== 'fields'];
    const table = this.tableOf(db, entry);
    if (table !== null) {
      table.forEach((found) => {
        this.replyEntry(table, found, reply, isField, isValue);
      });
      return;
    }
    const pack = db.value(entry);
    for (let at = FIRST; at < this.packs.used(pack);) {
      at = isField ? this.replyElement(pack, at, reply) : this.packs.next(pack, at);
      at = isValue ? this.replyElement(pack, at, reply) : this.packs.next(pack, at);
    }
  }

  // Places: an offset in a pack, an entry in a table. They hold until the next change.

  /** The table of a large hash, to be gone through bucket by bucket; its entries are places. `null` for a pack. */
  tableOf(db: Database, entry: Ref): HashTable | null {
    return db.encoding(entry) === HASHTABLE ? this.tables.at(db.value(entry)) : null;
  }

  /** The places of all fields of a pack. */
  packPlaces(db: Database, entry: Ref): number[] {
    const pack = db.value(entry);
    const places: number[] = [];
    for (let at = FIRST; at < this.packs.used(pack); at = this.behindPair(pack, at)) places.push(at);
    return places;
  }

  /** The place of a field by chance. */
  randomPlace(db: Database, entry: Ref, bits: Bits): number {
    const table = this.tableOf(db, entry);
    if (table !== null) return table.random(bits);
    const pack = db.value(entry);
    return this.packs.seek(pack, 2 * below(this.length(db, entry), bits));
  }

  /** The places of so many different fields by chance, those of a pack in their order; there must be as many. */
  randomPlaces(db: Database, entry: Ref, count: number, bits: Bits): readonly number[] {
    const table = this.tableOf(db, entry);
    if (table !== null) return distinctEntries(table, count, bits);
    const places = this.packPlaces(db, entry);
    const picked = distinctBelow(places.length, count, bits);
    return places.filter((_, index) => picked.has(index));
  }

  fieldMatches(db: Database, entry: Ref, place: number, glob: Glob): boolean {
    const table = this.tableOf(db, entry);
    if (table === null) {
      this.showElement(db.value(entry), place);
      return glob.matches(this.bytes, this.start, this.end);
    }
    const start = table.keyStart(place);
    return glob.matches(table.keyBytes(place), start, start + table.keyLength(place));
  }

  /** Writes the field at a place, and its value too if that is wanted, each as a bulk string. */
  replyAt(db: Database, entry: Ref, place: number, reply: Reply, withValue: boolean): void {
    const table = this.tableOf(db, entry);
    if (table !== null) {
      this.replyEntry(table, place, reply, true, withValue);
      return;
    }
    const pack = db.value(entry);
    const valueAt = this.replyElement(pack, place, reply);
    if (withValue) this.replyElement(pack, valueAt, reply);
  }

  private replyEntry(table: HashTable, found: Ref, reply: Reply, isField: boolean, isValue: boolean): void {
    const start = table.keyStart(found);
    if (isField) reply.bulk(table.keyBytes(found), start, start + table.keyLength(found));
    if (!isValue) return;
    this.showString(table.payload(found, FIELD_VALUE));
    reply.bulk(this.bytes, this.start, this.end);
  }

  /** An element is its own reply. Returns the offset of the next one. */
  private replyElement(pack: Ref, at: number, reply: Reply): number {
    const next = this.packs.read(pack, at);
    reply.slice(this.packs.bytes(pack), this.packs.replyStart(pack, at), this.packs.end + 2);
    return next;
  }

  private behindPair(pack: Ref, at: number): number {
    return this.packs.next(pack, this.packs.next(pack, at));
  }

  private setInTable(
    table: HashTable,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const found = table.find(field, fieldStart, fieldEnd);
    const length = end - start;
    if (found === NONE) {
      const roomBytes = length <= EMBSTR_LIMIT ? DynamicStrings.bytesFor(length) : 0;
      const added = table.insertMissing(field, fieldStart, fieldEnd, roomBytes);
      this.addString(table, added, bytes, start, end);
      return true;
    }
    const before = table.payload(found, FIELD_VALUE);
    // What is as long as what lies there fits, wherever that is.
    if (length === this.strings.length(before)) this.strings.overwrite(before, bytes, start, end);
    else this.setOther(table, found, bytes, start, end);
    return false;
  }

  /** Gives a field a value of another length. */
  private setOther(table: HashTable, found: Ref, bytes: Uint8Array, start: number, end: number): void {
    const before = table.payload(found, FIELD_VALUE);
    const isWhereItWas = isEmbedded(table, found);
    if (fitsEntry(table, found, end - start) !== isWhereItWas) {
      this.releaseString(table, found);
      this.addString(table, found, bytes, start, end);
    } else if (isWhereItWas) {
      this.strings.overwrite(before, bytes, start, end);
    } else {
      const after = this.strings.replace(before, bytes, start, end);
      if (after !== before) table.setPayload(found, FIELD_VALUE, after);
    }
  }

  /** Gives a field that has none a value, in its entry where there is room for it. */
  private addString(table: HashTable, found: Ref, bytes: Uint8Array, start: number, end: number): void {
    let ref = NONE;
    if (fitsEntry(table, found, end - start)) {
      ref = table.room(found);
      this.strings.embed(ref, table.roomBytes(found), bytes, start, end);
    } else {
      ref = this.strings.create(bytes, start, end);
    }
    table.setPayload(found, FIELD_VALUE, ref);
  }

  private releaseString(table: HashTable, found: Ref): void {
    const ref = table.payload(found, FIELD_VALUE);
    if (isEmbedded(table, found)) this.strings.forget(ref);
    else this.strings.release(ref);
  }

  private toTable(db: Database, entry: Ref): void {
    db.setValue(entry, TYPE_HASH, HASHTABLE, this.tableFrom(entry, db.value(entry)));
  }

  /** Moves a pack to a table, and returns the table's slot. The entry is `NONE` where the hash is nobody's yet. */
  private tableFrom(entry: Ref, pack: Ref): number {
    this.collections.converting(entry, LISTPACK, HASHTABLE);
    const slot = this.tables.open();
    const table = this.tables.at(slot);
    const page = this.packs.bytes(pack);
    for (let at = FIRST; at < this.packs.used(pack);) {
      const valueAt = this.packs.read(pack, at);
      const { start, end } = this.packs;
      at = this.packs.read(pack, valueAt);
      this.setInTable(table, page, start, end, page, this.packs.start, this.packs.end);
    }
    this.packs.release(pack);
    return slot;
  }

  // Hashes that are nobody's yet.

  draft(isLarge: boolean): Draft {
    return isLarge
      ? { encoding: HASHTABLE, value: this.tables.open() }
      : { encoding: LISTPACK, value: this.packs.create() };
  }

  toLarge(draft: Draft): void {
    if (draft.encoding === HASHTABLE) return;
    draft.value = this.tableFrom(NONE, draft.value);
    draft.encoding = HASHTABLE;
  }

  /** Sets a field as it is, whatever the limits; false when it was there already, and the hash is worth nothing then. */
  put(
    draft: Draft,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (draft.encoding === HASHTABLE)
      return this.setInTable(this.tables.at(draft.value), field, fieldStart, fieldEnd, bytes, start, end);
    if (this.packs.find(draft.value, FIRST, 1, field, fieldStart, fieldEnd) !== NOWHERE) return false;
    draft.value = this.packs.append(draft.value, field, fieldStart, fieldEnd);
    draft.value = this.packs.append(draft.value, bytes, start, end);
    return true;
  }

  /** Shows every field and every value, in turn. */
  forEach(encoding: number, value: number, visit: Visit): void {
    if (encoding === HASHTABLE) {
      const table = this.tables.at(value);
      table.forEach((found) => {
        const start = table.keyStart(found);
        visit(table.keyBytes(found), start, start + table.keyLength(found));
        this.showString(table.payload(found, FIELD_VALUE));
        visit(this.bytes, this.start, this.end);
      });
      return;
    }
    for (let at = FIRST; at < this.packs.used(value);) {
      at = this.packs.read(value, at);
      visit(this.packs.bytes(value), this.packs.start, this.packs.end);
    }
  }

  private showString(ref: Ref): void {
    this.bytes = this.strings.bytes(ref);
    this.start = this.strings.start(ref);
    this.end = this.start + this.strings.length(ref);
  }

  private showElement(pack: Ref, at: number): void {
    this.packs.read(pack, at);
    this.bytes = this.packs.bytes(pack);
    this.start = this.packs.start;
    this.end = this.packs.end;
  }

  // As any type of value.

  release(encoding: number, value: number): void {
    if (encoding === LISTPACK) {
      this.packs.release(value);
      return;
    }
    const table = this.tables.at(value);
    table.clear((found) => {
      this.releaseString(table, found);
    });
    this.tables.close(value);
  }

  copy(encoding: number, value: number): number {
    if (encoding === LISTPACK) return this.packs.copy(value);
    const from = this.tables.at(value);
    const slot = this.tables.open();
    const to = this.tables.at(slot);
    from.forEach((found) => {
      const start = from.keyStart(found);
      this.showString(from.payload(found, FIELD_VALUE));
      const end = start + from.keyLength(found);
      this.setInTable(to, from.keyBytes(found), start, end, this.bytes, this.start, this.end);
    });
    return slot;
  }

  count(encoding: number, value: number): number {
    return encoding === LISTPACK ? this.packs.count(value) / 2 : this.tables.at(value).size;
  }

  memoryBytes(encoding: number, value: number): number {
    if (encoding === LISTPACK) return this.arena.capacityOf(value);
    const table = this.tables.at(value);
    let bytes = table.buckets * 4;
    table.forEach((found) => {
      bytes += this.arena.capacityOf(found);
      if (!isEmbedded(table, found)) bytes += this.arena.capacityOf(table.payload(found, FIELD_VALUE));
    });
    return bytes;
  }

  gather(encoding: number, value: number, blocks: Blocks): void {
    if (encoding === LISTPACK) {
      blocks.listpacks.push(value);
      return;
    }
    const table = this.tables.at(value);
    table.forEach((found) => {
      const ref = table.payload(found, FIELD_VALUE);
      if (isEmbedded(table, found)) blocks.embedded.set(ref, table.roomBytes(found));
      else blocks.strings.push(ref);
    });
  }

  assertValid(encoding: number, value: number): void {
    if (encoding === LISTPACK) {
      this.packs.assertValid(value);
      if (this.packs.count(value) % 2 !== 0) throw new Error(`a field in the pack at ${value} has no value`);
      return;
    }
    const table = this.tables.at(value);
    table.forEach((found) => {
      const ref = table.payload(found, FIELD_VALUE);
      if (isEmbedded(table, found)) this.strings.assertValid(ref, table.roomBytes(found));
      else this.strings.assertValid(ref);
    });
  }
}

/** Whether the value of a field lies in the field's own entry. */
function isEmbedded(table: HashTable, found: Ref): boolean {
  // Where an entry has no room, what would be its beginning is the next block, which may be the value's own.
  return table.payload(found, FIELD_VALUE) === table.room(found) && table.roomBytes(found) > 0;
}

function fitsEntry(table: HashTable, found: Ref, length: number): boolean {
  return length <= EMBSTR_LIMIT && DynamicStrings.bytesFor(length) <= table.roomBytes(found);
}

const NO_BYTES = new Uint8Array(0);
