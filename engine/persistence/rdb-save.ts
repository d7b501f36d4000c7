/**
 * From a value to its bytes in a dump. Strings, and small collections, which are a single string in Redis's own form of a
 * pack, have one way to be written; of large collections each element is a string of its own.
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import { INT, INTSET, LISTPACK, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET } from '../keyspace/values.ts';
import type { Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { formatAsInteger } from '../memory/doubles.ts';
import { FIRST, type Listpacks } from '../structures/listpack.ts';
import type { QuickList } from '../structures/quicklist.ts';
import {
  NODE_PACKED,
  NODE_PLAIN,
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_LIST_QUICKLIST_2,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_STRING,
  RDB_ZSET_2,
  RDB_ZSET_LISTPACK,
} from './rdb-format.ts';
import { ListpackWriter } from './rdb-listpack.ts';
import type { RdbWriter } from './rdb-writer.ts';

/** The byte that says how a value is written. */
export function rdbTypeOf(type: number, encoding: number): number {
  switch (type) {
    case TYPE_STRING:
      return RDB_STRING;
    case TYPE_LIST:
      return RDB_LIST_QUICKLIST_2;
    case TYPE_SET:
      return encoding === INTSET ? RDB_SET_INTSET : RDB_SET;
    case TYPE_ZSET:
      return encoding === LISTPACK ? RDB_ZSET_LISTPACK : RDB_ZSET_2;
    case TYPE_HASH:
      return encoding === LISTPACK ? RDB_HASH_LISTPACK : RDB_HASH;
    default:
      throw new Error(`nothing is known of the type ${type}`);
  }
}

/** Writes a value, without the byte of its type. */
export function saveValue(writer: RdbWriter, keyspace: Keyspace, type: number, encoding: number, value: number): void {
  switch (type) {
    case TYPE_STRING:
      saveString(writer, keyspace, encoding, value);
      return;
    case TYPE_LIST:
      saveList(writer, keyspace, value);
      return;
    case TYPE_SET:
      saveSet(writer, keyspace, encoding, value);
      return;
    case TYPE_ZSET:
      saveSortedSet(writer, keyspace, encoding, value);
      return;
    default:
      saveHash(writer, keyspace, encoding, value);
  }
}

function saveString(writer: RdbWriter, { strings }: Keyspace, encoding: number, value: number): void {
  if (encoding === INT) {
    writer.integer(value);
    return;
  }
  const { bytes, start, end } = strings.viewOf(encoding, value);
  writer.string(bytes, start, end);
}

/** Each node is written as it is: whoever reads it gets the same nodes. */
function saveList(writer: RdbWriter, { lists, listpacks: packs }: Keyspace, value: number): void {
  const list = lists.at(value);
  writer.size(list.nodes.length);
  const packed = new ListpackWriter();
  for (const pack of list.packing.all()) {
    if (list.packing.isPlain(pack)) {
      packs.read(pack, FIRST);
      writer.size(NODE_PLAIN);
      writer.string(packs.bytes(pack), packs.start, packs.end);
    } else {
      savePack(packed, packs, pack);
      writer.size(NODE_PACKED);
      writer.string(packed.bytes, 0, packed.length);
    }
  }
}

/** How long a node of a list is in a dump, before any compression. */
export function savedNodeBytes({ listpacks: packs }: Keyspace, list: QuickList, pack: Ref): number {
  if (list.packing.isPlain(pack)) {
    packs.read(pack, FIRST);
    return packs.end - packs.start;
  }
  const packed = new ListpackWriter();
  savePack(packed, packs, pack);
  return packed.length;
}

function savePack(packed: ListpackWriter, packs: Listpacks, pack: Ref): void {
  packed.begin();
  for (let at = FIRST; at < packs.used(pack);) {
    at = packs.read(pack, at);
    packed.append(packs.bytes(pack), packs.start, packs.end);
  }
  packed.finish();
}

function saveSet(writer: RdbWriter, { sets, intsets }: Keyspace, encoding: number, value: number): void {
  if (encoding === INTSET) {
    const start = intsets.start(value);
    writer.string(intsets.bytes(value), start, start + intsets.used(value));
    return;
  }
  writer.size(sets.count(encoding, value));
  sets.forEach(encoding, value, (bytes, start, end) => {
    writer.string(bytes, start, end);
  });
}

function saveHash(writer: RdbWriter, { hashes }: Keyspace, encoding: number, value: number): void {
  if (encoding === LISTPACK) {
    const packed = new ListpackWriter();
    hashes.forEach(encoding, value, (bytes, start, end) => {
      packed.append(bytes, start, end);
    });
    packed.finish();
    writer.string(packed.bytes, 0, packed.length);
    return;
  }
  writer.size(hashes.count(encoding, value));
  hashes.forEach(encoding, value, (bytes, start, end) => {
    writer.string(bytes, start, end);
  });
}

function saveSortedSet(writer: RdbWriter, { sortedSets }: Keyspace, encoding: number, value: number): void {
  const count = sortedSets.count(encoding, value);
  if (encoding === LISTPACK) {
    const packed = new ListpackWriter();
    sortedSets.forEach(encoding, value, () => {
      packed.append(sortedSets.bytes, sortedSets.start, sortedSets.end);
      const score = ascii(formatAsInteger(sortedSets.score));
      packed.append(score, 0, score.length);
    });
    packed.finish();
    writer.string(packed.bytes, 0, packed.length);
    return;
  }
  writer.size(count);
  // The highest first: who reads them puts each before all others, which in a skip list is quick.
  sortedSets.walk(encoding, value, count - 1, count, true, () => {
    writer.string(sortedSets.bytes, sortedSets.start, sortedSets.end);
    writer.double(sortedSets.score);
  });
}
