import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { parseInt32, parseInt64 } from '../memory/numbers.ts';
import type { Reply } from '../reply.ts';
import type { CompressedBlocks } from '../structures/compressed.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import type { Database } from './database.ts';
import type { Blocks, Draft, ValueType } from './value-type.ts';
import { EMBEDDED, EMBSTR, EMBSTR_LIMIT, INT, INT64, LZF, RAW, TYPE_STRING, encodingOf, typeOf } from './values.ts';

/** What a string value can look like from outside: bytes, wherever they come from. */
export interface BytesView {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * String values: bytes that are kept as an integer where they are one, and as a dynamic string otherwise. A short one lies
 * in the entry of its key, where that was made for it or has the room: whoever has found the key has found it, too.
 */
export class StringValues implements ValueType {
  private readonly arena: Arena;
  /** Strings of so many bytes and more are compressed, where that saves enough. */
  compressFrom = Infinity;
  private readonly strings: DynamicStrings;
  private readonly compressed: CompressedBlocks;

  constructor(arena: Arena, strings: DynamicStrings, compressed: CompressedBlocks) {
    this.arena = arena;
    this.strings = strings;
    this.compressed = compressed;
  }

  /** Makes a key that was just looked for and not found stand for these bytes. */
  add(
    db: Database,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Ref {
    const isText = end - start <= EMBSTR_LIMIT && !mayBeInteger(bytes, start, end);
    const entry = db.add(key, keyStart, keyEnd, isText ? DynamicStrings.bytesFor(end - start) : 0);
    this.store(db, entry, bytes, start, end);
    return entry;
  }

  /** Makes a key stand for other bytes; whatever it stood for is released. */
  overwrite(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): void {
    if (this.tryReplace(db, entry, bytes, start, end)) return;
    db.releaseValue(entry);
    this.store(db, entry, bytes, start, end);
  }

  /** Puts bytes where a string lies, if that is where they belong; false, and nothing is done, if not. */
  private tryReplace(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): boolean {
    const meta = db.meta(entry);
    if (typeOf(meta) !== TYPE_STRING || mayBeInteger(bytes, start, end)) return false;
    const encoding = encodingOf(meta);
    const length = end - start;
    const before = db.value(entry);
    if (encoding === EMBEDDED) {
      // What is no longer than what lies there fits; to ask how much there is takes longer.
      if (length > this.strings.length(before) && !this.fitsEntry(db, entry, length)) return false;
      this.strings.overwrite(before, bytes, start, end);
      return true;
    }
    if (encoding !== (length <= EMBSTR_LIMIT ? EMBSTR : RAW) || length >= this.compressFrom) return false;
    if (this.fitsEntry(db, entry, length)) return false;
    const after = this.strings.replace(before, bytes, start, end);
    if (after !== before) db.setValue(entry, TYPE_STRING, encoding, after);
    return true;
  }

  private fitsEntry(db: Database, entry: Ref, length: number): boolean {
    return length <= EMBSTR_LIMIT && DynamicStrings.bytesFor(length) <= db.keys.roomBytes(entry);
  }

  /** A string that is nobody's yet. */
  draft(bytes: Uint8Array, start: number, end: number): Draft {
    if (mayBeInteger(bytes, start, end)) {
      const small = parseInt32(bytes, start, end);
      if (!Number.isNaN(small)) return { encoding: INT, value: small };
      const wide = parseInt64(bytes, start, end);
      if (wide !== null) return { encoding: INT64, value: this.makeInt64(wide) };
    }
    return { encoding: end - start <= EMBSTR_LIMIT ? EMBSTR : RAW, value: this.strings.create(bytes, start, end) };
  }

  private store(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): void {
    if (mayBeInteger(bytes, start, end)) {
      const small = parseInt32(bytes, start, end);
      if (!Number.isNaN(small)) {
        db.setValue(entry, TYPE_STRING, INT, small);
        return;
      }
      const wide = parseInt64(bytes, start, end);
      if (wide !== null) {
        db.setValue(entry, TYPE_STRING, INT64, this.makeInt64(wide));
        return;
      }
    }
    this.storeText(db, entry, bytes, start, end);
  }

  /** Makes a key stand for these bytes as they are, even where they could be kept as an integer. */
  setText(db: Database, entry: Ref, bytes: Uint8Array, isNew: boolean): void {
    if (!isNew) db.releaseValue(entry);
    this.storeText(db, entry, bytes, 0, bytes.length);
  }

  /** Makes a key stand for these bytes in a string that will be written in place; what it stood for is released. */
  setRaw(db: Database, entry: Ref, bytes: Uint8Array, isNew: boolean): void {
    if (!isNew) db.releaseValue(entry);
    db.setValue(entry, TYPE_STRING, RAW, this.strings.create(bytes, 0, bytes.length));
  }

  private storeText(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.fitsEntry(db, entry, length)) {
      const room = db.keys.room(entry);
      this.strings.embed(room, db.keys.roomBytes(entry), bytes, start, end);
      db.setValue(entry, TYPE_STRING, EMBEDDED, room);
      return;
    }
    const encoding = length <= EMBSTR_LIMIT ? EMBSTR : RAW;
    if (encoding === RAW && length >= this.compressFrom) {
      const ref = this.compressed.create(bytes, start, end, Math.floor(length * WORTH_IT));
      if (ref !== NONE) {
        db.setValue(entry, TYPE_STRING, LZF, ref);
        return;
      }
    }
    db.setValue(entry, TYPE_STRING, encoding, this.strings.create(bytes, start, end));
  }

  /** Whether the key stands for a string at all. */
  is(db: Database, entry: Ref): boolean {
    return db.type(entry) === TYPE_STRING;
  }

  /** Makes a key stand for an integer; what it stood for is released. */
  setInt64(db: Database, entry: Ref, value: bigint): void {
    const encoding = db.encoding(entry);
    if (value === BigInt.asIntN(32, value)) {
      db.releaseValue(entry);
      db.setValue(entry, TYPE_STRING, INT, Number(value));
    } else if (encoding === INT64) {
      this.writeInt64(db.value(entry), value);
    } else {
      db.releaseValue(entry);
      db.setValue(entry, TYPE_STRING, INT64, this.makeInt64(value));
    }
  }

  /** The integer a key stands for, `null` when its bytes are none. */
  int64(db: Database, entry: Ref): bigint | null {
    switch (db.encoding(entry)) {
      case INT:
        return BigInt(db.value(entry));
      case INT64:
        return this.readInt64(db.value(entry));
      default: {
        const view = this.view(db, entry);
        return parseInt64(view.bytes, view.start, view.end);
      }
    }
  }

  /** The value's bytes: in place for strings, made for what is kept otherwise. Valid until the next change. */
  view(db: Database, entry: Ref): BytesView {
    return this.viewOf(db.encoding(entry), db.value(entry));
  }

  /** The same of a value, whoever's it is. */
  viewOf(encoding: number, value: number): BytesView {
    if (encoding === LZF) {
      const bytes = this.compressed.bytesOf(value);
      return { bytes, start: 0, end: bytes.length };
    }
    if (encoding === INT || encoding === INT64) {
      const bytes = ascii(encoding === INT ? String(value) : String(this.readInt64(value)));
      return { bytes, start: 0, end: bytes.length };
    }
    const start = this.strings.start(value);
    return { bytes: this.strings.bytes(value), start, end: start + this.strings.length(value) };
  }

  length(db: Database, entry: Ref): number {
    const encoding = db.encoding(entry);
    if (encoding === LZF) return this.compressed.lengthBefore(db.value(entry));
    if (encoding >= EMBSTR) return this.strings.length(db.value(entry));
    const view = this.view(db, entry);
    return view.end - view.start;
  }

  /** Writes the value into the reply as a bulk string, without an object on the usual ways. */
  reply(db: Database, entry: Ref, reply: Reply): void {
    const value = db.value(entry);
    switch (db.encoding(entry)) {
      case INT:
        reply.integerBulk(value);
        return;
      case INT64:
        reply.text(String(this.readInt64(value)));
        return;
      case LZF:
        reply.bytes(this.compressed.bytesOf(value));
        return;
      default: {
        const start = this.strings.start(value);
        reply.bulk(this.strings.bytes(value), start, start + this.strings.length(value));
      }
    }
  }

  /** How many bytes a string takes that grows to such a length, 0 when it has the room; `entry` may be `NONE`. */
  growth(db: Database, entry: Ref, length: number): number {
    const encoding = entry === NONE ? INT : db.encoding(entry);
    const isPlain = encoding === EMBSTR || encoding === RAW;
    const has = encoding === LZF ? this.length(db, entry) : isPlain ? this.strings.capacity(db.value(entry)) : 0;
    // What is compressed is made plain first.
    return (encoding === LZF ? has : 0) + (length > has ? this.strings.roomyFor(length) : 0);
  }

  /** Appends bytes and returns the new length. */
  append(db: Database, entry: Ref, bytes: Uint8Array, start: number, end: number): number {
    const string = this.asString(db, entry);
    const after = this.strings.append(string, bytes, start, end);
    db.setValue(entry, TYPE_STRING, RAW, after);
    return this.strings.length(after);
  }

  setRange(db: Database, entry: Ref, at: number, bytes: Uint8Array, start: number, end: number): number {
    const string = this.asString(db, entry);
    const after = this.strings.setRange(string, at, bytes, start, end);
    db.setValue(entry, TYPE_STRING, RAW, after);
    return this.strings.length(after);
  }

  /** Makes an entry that was just added stand for a string of its own that will be written in place. */
  addEmpty(db: Database, entry: Ref): void {
    db.setValue(entry, TYPE_STRING, RAW, this.strings.create(NO_BYTES, 0, 0));
  }

  // As any type of value.

  release(encoding: number, value: number): void {
    if (encoding === LZF) this.compressed.release(value);
    else if (encoding === EMBEDDED) this.strings.forget(value);
    else if (encoding >= EMBSTR) this.strings.release(value);
    else if (encoding === INT64) this.arena.release(value);
  }

  copy(encoding: number, value: number): number {
    if (encoding === INT) return value;
    if (encoding === INT64) return this.makeInt64(this.readInt64(value));
    if (encoding === LZF) return this.compressed.copy(value);
    const start = this.strings.start(value);
    return this.strings.create(this.strings.bytes(value), start, start + this.strings.length(value));
  }

  count(): number {
    return 1;
  }

  memoryBytes(encoding: number, value: number): number {
    return encoding === INT || encoding === EMBEDDED ? 0 : this.arena.capacityOf(value);
  }

  gather(encoding: number, value: number, blocks: Blocks): void {
    if (encoding === LZF) blocks.compressed.push(value);
    else if (encoding >= EMBSTR) blocks.strings.push(value);
  }

  assertValid(encoding: number, value: number, roomBytes: number): void {
    if (encoding === LZF) this.compressed.assertValid(value);
    else if (encoding === EMBEDDED) this.strings.assertValid(value, roomBytes);
    else if (encoding >= EMBSTR) this.strings.assertValid(value);
  }

  /** Gives a string that is compressed, or lies in its entry, a plain one of its own; leaves any other value as it is. */
  makePlain(db: Database, entry: Ref): void {
    const encoding = db.encoding(entry);
    if (encoding !== LZF && encoding !== EMBEDDED) return;
    db.setValue(entry, TYPE_STRING, encoding === LZF ? RAW : EMBSTR, this.asString(db, entry));
  }

  private asString(db: Database, entry: Ref): Ref {
    const encoding = db.encoding(entry);
    if (encoding === EMBSTR || encoding === RAW) return db.value(entry);
    const view = this.view(db, entry);
    const string = this.strings.create(view.bytes, view.start, view.end);
    db.releaseValue(entry);
    return string;
  }

  private makeInt64(value: bigint): Ref {
    const ref = this.arena.allocate(8);
    this.writeInt64(ref, value);
    return ref;
  }

  private writeInt64(ref: Ref, value: bigint): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const first = (ref & PAGE_MASK) << 1;
    words[first] = Number(BigInt.asIntN(32, value));
    words[first + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }

  private readInt64(ref: Ref): bigint {
    return (BigInt(this.arena.word(ref, 1)) << 32n) | BigInt(this.arena.word(ref, 0) >>> 0);
  }
}

/** What is compressed must become as little of what it was, or it stays. */
const WORTH_IT = 7 / 8;

const NO_BYTES = new Uint8Array(0);

/** A quick look: integers are short and begin with a digit or a minus. */
function mayBeInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0 || length > 20) return false;
  const first = bytes[start];
  return (first >= 48 && first <= 57) || first === 45;
}
