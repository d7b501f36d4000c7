/**
 * Looks at what is too large to be drawn element by element: figures that say how a structure stands as a whole. Nothing is
 * moved by looking: no bucket, no clock of last use, no node made plain.
 */
import type { Database } from './keyspace/database.ts';
import type { Keyspace } from './keyspace/keyspace.ts';
import {
  ENCODING_NAMES,
  HASHTABLE,
  INTSET,
  LISTPACK,
  QUICKLIST,
  SKIPLIST,
  TYPE_HASH,
  TYPE_NAMES,
  TYPE_STRING,
} from './keyspace/values.ts';
import type { Ref } from './memory/arena.ts';
import type { HashTable } from './structures/hash-table.ts';
import type { NodeFigures } from './structures/quicklist-packing.ts';
import type { IndexShape } from './structures/sorted-index.ts';
import { PREVIEW_BYTES } from './trace/steps.ts';

/** A table by the lengths of its chains; while it is being resized there are two. */
export interface TableShape {
  readonly tables: readonly { readonly size: number; readonly used: number; readonly chainLengths: Uint8Array }[];
  readonly rehashCursor: number;
}

/** The fullest database, and which values are the largest of all. */
export interface Overview extends TableShape {
  readonly db: number;
  readonly keys: number;
  /** Values of more than one place, the largest first. */
  readonly values: readonly LargeValue[];
}

export interface LargeValue {
  readonly db: number;
  readonly entry: number;
  /** The first bytes of the key. */
  readonly key: Uint8Array;
  readonly keyLength: number;
  readonly type: string;
  readonly encoding: string;
  readonly elements: number;
}

/** One value as a whole. */
export interface ValueOverview extends LargeValue {
  /** What it takes in the arena. */
  readonly bytes: number;
  readonly shape: ValueShape;
}

export type ValueShape =
  | ({ readonly kind: 'quicklist' } & NodeFigures)
  | ({ readonly kind: 'table' } & TableShape)
  | { readonly kind: 'sorted'; readonly index: IndexShape; readonly table: TableShape }
  | { readonly kind: 'block'; readonly used: number; readonly capacity: number };

/** Of so many values the overview knows the names. */
const LARGEST = 5;

export function overviewOf(keyspace: Keyspace): Overview {
  const fullest = keyspace.databases.reduce((most, db) => (db.size > most.size ? db : most));
  return { db: fullest.index, keys: fullest.keys.size, values: largestValues(keyspace), ...shapeOf(fullest.keys) };
}

function largestValues({ databases }: Keyspace): LargeValue[] {
  const largest: { readonly db: Database; readonly entry: Ref; readonly elements: number }[] = [];
  for (const db of databases) {
    db.keys.forEach((entry) => {
      if (db.type(entry) === TYPE_STRING) return;
      const elements = countOf(db, entry);
      if (largest.length === LARGEST && elements <= largest[LARGEST - 1].elements) return;
      const at = largest.findIndex((one) => one.elements < elements);
      largest.splice(at < 0 ? largest.length : at, 0, { db, entry, elements });
      largest.length = Math.min(largest.length, LARGEST);
    });
  }
  return largest.map(({ db, entry }) => largeValue(db, entry));
}

/** `null` where there is no such entry, or it stands for a string. */
export function valueOverviewOf(keyspace: Keyspace, db: number, entry: Ref): ValueOverview | null {
  const database = keyspace.databases.at(db);
  if (database === undefined || !isEntry(database, entry) || database.type(entry) === TYPE_STRING) return null;
  const encoding = database.encoding(entry);
  const bytes = database.typeOf(entry).memoryBytes(encoding, database.value(entry));
  return { ...largeValue(database, entry), bytes, shape: valueShape(keyspace, database, entry) };
}

function isEntry({ keys }: Database, wanted: Ref): boolean {
  let isFound = false;
  keys.forEach((entry) => {
    isFound ||= entry === wanted;
  });
  return isFound;
}

function countOf(db: Database, entry: Ref): number {
  return db.typeOf(entry).count(db.encoding(entry), db.value(entry));
}

function largeValue(db: Database, entry: Ref): LargeValue {
  const { keys } = db;
  const start = keys.keyStart(entry);
  const keyLength = keys.keyLength(entry);
  return {
    db: db.index,
    entry,
    key: keys.keyBytes(entry).slice(start, start + Math.min(keyLength, PREVIEW_BYTES)),
    keyLength,
    type: TYPE_NAMES[db.type(entry)],
    encoding: ENCODING_NAMES[db.encoding(entry)],
    elements: countOf(db, entry),
  };
}

function valueShape(keyspace: Keyspace, db: Database, entry: Ref): ValueShape {
  const { arena, hashes, intsets, listpacks, lists, sets, sortedSets } = keyspace;
  const value = db.value(entry);
  const encoding = db.encoding(entry);
  switch (encoding) {
    case QUICKLIST:
      return { kind: 'quicklist', ...lists.at(value).packing.nodeFigures() };
    case HASHTABLE: {
      const table = (db.type(entry) === TYPE_HASH ? hashes : sets).tableOf(db, entry);
      if (table === null) throw new Error(`a hashtable without a table at entry ${entry}`);
      return { kind: 'table', ...shapeOf(table) };
    }
    case SKIPLIST: {
      const { index, table } = sortedSets.large(value);
      return { kind: 'sorted', index: index.shape(), table: shapeOf(table) };
    }
    case LISTPACK:
      return { kind: 'block', used: listpacks.used(value), capacity: arena.capacityOf(value) };
    case INTSET:
      return { kind: 'block', used: intsets.used(value), capacity: arena.capacityOf(value) };
    default:
      throw new Error(`encoding ${encoding} has no places`);
  }
}

function shapeOf(table: HashTable): TableShape {
  return { tables: table.chainCounts(), rehashCursor: table.capture().rehashCursor };
}
