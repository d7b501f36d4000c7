/** Looks at single parts of an engine without moving anything: no bucket, no clock of last use, no step of a trace. */
import type { Keyspace } from './keyspace/keyspace.ts';
import type { Database } from './keyspace/database.ts';
import { EMBEDDED, ENCODING_NAMES, INT, INT64, INTSET, LISTPACK, LZF, TYPE_NAMES, isSlot } from './keyspace/values.ts';
import { NONE, PAGE_SHIFT, type Ref } from './memory/arena.ts';

/** A key as it lies in memory. */
export interface KeyRecord {
  readonly entry: {
    readonly ref: number;
    readonly capacity: number;
    readonly bytes: Uint8Array;
    readonly keyOffset: number;
  };
  readonly type: string;
  readonly encoding: string;
  /** Absent where the value word is the value itself, or it is a collection with many places. */
  readonly value: {
    readonly ref: number;
    /** Whether it lies in the entry, behind the key. */
    readonly isInEntry: boolean;
    readonly capacity: number;
    readonly length: number;
    readonly bytes: Uint8Array;
  } | null;
  readonly integer: string | null;
  readonly deadlineMs: number | null;
}

/** Of a value no more than this is copied out; its `length` tells how much there is. */
const VALUE_BYTES = 64 * 1024;

export function recordOf(keyspace: Keyspace, db: number, key: Uint8Array): KeyRecord | null {
  const database = keyspace.databases.at(db);
  if (database === undefined) return null;
  const ref = entryOf(database, key);
  if (ref === NONE) return null;
  const { arena } = keyspace;
  const encoding = database.encoding(ref);
  const capacity = arena.capacityOf(ref);
  const deadline = database.deadline(ref);
  return {
    entry: {
      ref,
      capacity,
      bytes: blockBytes(keyspace, ref, capacity),
      keyOffset: database.keys.keyStart(ref) - arena.offset(ref),
    },
    type: TYPE_NAMES[database.type(ref)],
    encoding: ENCODING_NAMES[encoding],
    value: valueOf(keyspace, database, ref),
    integer: encoding === INT || encoding === INT64 ? String(keyspace.strings.int64(database, ref)) : null,
    deadlineMs: deadline < 0 ? null : deadline,
  };
}

/** Goes through all entries, because looking a key up would move a bucket of a resize that is under way. */
function entryOf(database: Database, key: Uint8Array): Ref {
  const { keys } = database;
  let found = NONE;
  keys.forEach((ref) => {
    if (found !== NONE || keys.keyLength(ref) !== key.length) return;
    const page = keys.keyBytes(ref);
    const start = keys.keyStart(ref);
    for (let i = 0; i < key.length; i++) if (page[start + i] !== key[i]) return;
    found = ref;
  });
  return found;
}

function valueOf(keyspace: Keyspace, database: Database, entry: Ref): KeyRecord['value'] {
  const { arena } = keyspace;
  const encoding = database.encoding(entry);
  if (encoding === INT || isSlot(encoding)) return null;
  const ref = database.value(entry);
  const isInEntry = encoding === EMBEDDED;
  const capacity = isInEntry ? database.keys.roomBytes(entry) : arena.capacityOf(ref);
  const bytes = encoding === LISTPACK ? packBytes(keyspace, ref, capacity) : blockBytes(keyspace, ref, capacity);
  return { ref, isInEntry, capacity, length: lengthAt(ref, encoding, keyspace), bytes };
}

/** How much of a value's block is in use, a string's own length word left out. */
function lengthAt(ref: Ref, encoding: number, { compressed, dynamicStrings, intsets, listpacks }: Keyspace): number {
  if (encoding === INT64) return 8;
  if (encoding === INTSET) return intsets.used(ref);
  if (encoding === LZF) return compressed.lengthAfter(ref);
  return encoding === LISTPACK ? listpacks.used(ref) : dynamicStrings.length(ref);
}

function blockBytes(keyspace: Keyspace, ref: Ref, capacity: number): Uint8Array {
  const start = keyspace.arena.offset(ref);
  return keyspace.arena.bytes[ref >>> PAGE_SHIFT].slice(start, start + Math.min(capacity, VALUE_BYTES));
}

/** A pack's block as it is drawn: the elements behind the header, the room to spare behind them, wherever it is just now. */
function packBytes({ listpacks }: Keyspace, ref: Ref, capacity: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(capacity, VALUE_BYTES));
  bytes.set(listpacks.whole(ref).subarray(0, bytes.length));
  return bytes;
}
