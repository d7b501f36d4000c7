/**
 * From the bytes of a dump to a value. The value is put together beside all keys, through the structures' own methods, and
 * given to a key when it is whole: bytes that are damaged leave nothing behind.
 *
 * As in Redis the present settings say how a value is kept, not those of whoever wrote it; but a small hash or sorted set
 * from elsewhere stays small as long as its elements are few enough, however long they are.
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Draft, Visit } from '../keyspace/value-type.ts';
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET } from '../keyspace/values.ts';
import { parseFloating } from '../memory/numbers.ts';
import {
  NODE_PACKED,
  NODE_PLAIN,
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_HASH_ZIPLIST,
  RDB_HASH_ZIPMAP,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_LIST_ZIPLIST,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_STRING,
  RDB_ZSET,
  RDB_ZSET_2,
  RDB_ZSET_LISTPACK,
  RDB_ZSET_ZIPLIST,
  RdbDamage,
} from './rdb-format.ts';
import { readListpack } from './rdb-listpack.ts';
import { readIntset, readZiplist, readZipmap } from './rdb-old-packs.ts';
import type { RdbReader } from './rdb-reader.ts';

export interface LoadedValue extends Draft {
  readonly type: number;
}

type ReadPack = (bytes: Uint8Array, start: number, end: number, visit: Visit) => void;

/** Reads a value that was written in this way. Throws `RdbDamage` for what no server would have written. */
export function loadValue(reader: RdbReader, keyspace: Keyspace, rdbType: number): LoadedValue {
  switch (rdbType) {
    case RDB_STRING:
      reader.string();
      return { type: TYPE_STRING, ...keyspace.strings.draft(reader.bytes, reader.start, reader.end) };
    case RDB_LIST:
    case RDB_LIST_ZIPLIST:
    case RDB_LIST_QUICKLIST:
    case RDB_LIST_QUICKLIST_2:
      return built(keyspace, TYPE_LIST, keyspace.lists.draft(), (draft) => {
        loadList(reader, keyspace, rdbType, draft);
      });
    case RDB_SET:
    case RDB_SET_INTSET:
      return loadSet(reader, keyspace, rdbType);
    case RDB_ZSET:
    case RDB_ZSET_2:
      return loadSortedSet(reader, keyspace, rdbType);
    case RDB_ZSET_ZIPLIST:
      return loadSortedSetPack(reader, keyspace, readZiplist);
    case RDB_ZSET_LISTPACK:
      return loadSortedSetPack(reader, keyspace, readListpack);
    case RDB_HASH:
      return loadHash(reader, keyspace);
    case RDB_HASH_ZIPMAP:
      return loadHashPack(reader, keyspace, readZipmap);
    case RDB_HASH_ZIPLIST:
      return loadHashPack(reader, keyspace, readZiplist);
    case RDB_HASH_LISTPACK:
      return loadHashPack(reader, keyspace, readListpack);
    default:
      throw new RdbDamage(`a value of the type ${rdbType}`);
  }
}

/** Fills a draft, or releases it where that fails. */
function built<D extends Draft>(keyspace: Keyspace, type: number, draft: D, fill: (draft: D) => void): LoadedValue {
  try {
    fill(draft);
    if (keyspace.types[type].count(draft.encoding, draft.value) === 0) throw new RdbDamage('nothing in a collection');
  } catch (error) {
    keyspace.types[type].release(draft.encoding, draft.value);
    throw error;
  }
  return { type, encoding: draft.encoding, value: draft.value };
}

function loadList(reader: RdbReader, { lists }: Keyspace, rdbType: number, { value }: Draft): void {
  const list = lists.at(value);
  const push: Visit = (bytes, start, end) => {
    list.pushBack(bytes, start, end);
  };
  if (rdbType === RDB_LIST) {
    for (let left = reader.count(); left > 0; left--) {
      reader.string();
      push(reader.bytes, reader.start, reader.end);
    }
    return;
  }
  // The node begins with its first element: a pack without any makes none.
  const readNode = (read: ReadPack): void => {
    let isNew = true;
    reader.string();
    read(reader.bytes, reader.start, reader.end, (bytes, start, end) => {
      list.pushBackPacked(bytes, start, end, isNew);
      isNew = false;
    });
  };
  if (rdbType === RDB_LIST_ZIPLIST) {
    readNode(readZiplist);
    return;
  }
  for (let left = reader.count(); left > 0; left--) {
    const container = rdbType === RDB_LIST_QUICKLIST ? NODE_PACKED : reader.size();
    if (container === NODE_PLAIN) {
      reader.string();
      list.pushBackPacked(reader.bytes, reader.start, reader.end, true);
    } else if (container === NODE_PACKED) {
      readNode(rdbType === RDB_LIST_QUICKLIST ? readZiplist : readListpack);
    } else {
      throw new RdbDamage(`a node of the kind ${container}`);
    }
  }
}

function loadSet(reader: RdbReader, keyspace: Keyspace, rdbType: number): LoadedValue {
  const { sets, limits } = keyspace;
  if (rdbType === RDB_SET_INTSET) {
    reader.string();
    return built(keyspace, TYPE_SET, sets.draft(), (draft) => {
      readIntset(
        ...([reader.bytes, reader.start, reader.end] as const),
        (width) => {
          sets.widen(draft, width);
        },
        (high, low) => {
          sets.putHalves(draft, high, low);
        },
      );
    });
  }
  const count = reader.count();
  return built(keyspace, TYPE_SET, count > limits.setIntsetEntries ? sets.largeDraft() : sets.draft(), (draft) => {
    for (let left = count; left > 0; left--) {
      reader.string();
      if (!sets.put(draft, reader.bytes, reader.start, reader.end)) throw new RdbDamage('a member that is there twice');
    }
  });
}

function loadHash(reader: RdbReader, keyspace: Keyspace): LoadedValue {
  const { hashes, limits } = keyspace;
  const count = reader.count();
  return built(keyspace, TYPE_HASH, hashes.draft(count > limits.hashPackEntries), (draft) => {
    for (let left = count; left > 0; left--) {
      reader.string();
      const { bytes, start, end } = reader;
      reader.string();
      if (Math.max(end - start, reader.end - reader.start) > limits.hashPackValueBytes) hashes.toLarge(draft);
      if (!hashes.put(draft, bytes, start, end, reader.bytes, reader.start, reader.end))
        throw new RdbDamage('a field that is there twice');
    }
  });
}

function loadHashPack(reader: RdbReader, keyspace: Keyspace, read: ReadPack): LoadedValue {
  const { hashes, limits } = keyspace;
  const pairs = readPairs(reader, read);
  const isLarge =
    pairs.count > limits.hashPackEntries || (read === readZipmap && pairs.longest > limits.hashPackValueBytes);
  return built(keyspace, TYPE_HASH, hashes.draft(isLarge), (draft) => {
    pairs.forEach((field, fieldStart, fieldEnd, bytes, start, end) => {
      if (!hashes.put(draft, field, fieldStart, fieldEnd, bytes, start, end))
        throw new RdbDamage('a field that is there twice');
    });
  });
}

/** Whether it is small is known only when all of it was read; so it is read twice. */
function loadSortedSet(reader: RdbReader, keyspace: Keyspace, rdbType: number): LoadedValue {
  const { sortedSets, limits } = keyspace;
  const count = reader.count();
  const from = reader.at;
  let longest = 0;
  for (let left = count; left > 0; left--) {
    reader.string();
    longest = Math.max(longest, reader.end - reader.start);
    readScore(reader, rdbType);
  }
  reader.at = from;
  const isLarge = count > limits.zsetPackEntries || longest > limits.zsetPackValueBytes;
  return built(keyspace, TYPE_ZSET, sortedSets.draft(isLarge), (draft) => {
    for (let left = count; left > 0; left--) {
      reader.string();
      const { bytes, start, end } = reader;
      if (!sortedSets.putNew(draft, bytes, start, end, readScore(reader, rdbType)))
        throw new RdbDamage('a member that is there twice');
    }
  });
}

/** In older dumps a score is text, and its length, unless that is one of three that stand for what has no digits. */
function readScore(reader: RdbReader, rdbType: number): number {
  const score = rdbType === RDB_ZSET_2 ? reader.double() : readTextScore(reader);
  if (Number.isNaN(score)) throw new RdbDamage('a score that is no number');
  return score;
}

function readTextScore(reader: RdbReader): number {
  const length = reader.byte();
  if (length === 254) return Infinity;
  if (length === 255) return -Infinity;
  if (length === 253) return NaN;
  const at = reader.take(length);
  return parseFloating(reader.source, at, at + length);
}

function loadSortedSetPack(reader: RdbReader, keyspace: Keyspace, read: ReadPack): LoadedValue {
  const { sortedSets, limits } = keyspace;
  const pairs = readPairs(reader, read);
  return built(keyspace, TYPE_ZSET, sortedSets.draft(pairs.count > limits.zsetPackEntries), (draft) => {
    pairs.forEach((member, memberStart, memberEnd, bytes, start, end) => {
      const score = parseFloating(bytes, start, end);
      if (Number.isNaN(score)) throw new RdbDamage('a score that is no number');
      if (!sortedSets.putNew(draft, member, memberStart, memberEnd, score))
        throw new RdbDamage('a member that is there twice');
    });
  });
}

type VisitPair = (
  first: Uint8Array,
  firstStart: number,
  firstEnd: number,
  second: Uint8Array,
  start: number,
  end: number,
) => void;

/** A pack of pairs, looked through once: how many there are, and how long the longest part is. */
function readPairs(
  reader: RdbReader,
  read: ReadPack,
): { readonly count: number; readonly longest: number; forEach(visit: VisitPair): void } {
  reader.string();
  const { bytes: pack, start: from, end: to } = reader;
  let parts = 0;
  let longest = 0;
  read(pack, from, to, (_bytes, start, end) => {
    parts++;
    longest = Math.max(longest, end - start);
  });
  if (parts % 2 !== 0) throw new RdbDamage('a pair of which one half is missing');
  return {
    count: parts / 2,
    longest,
    forEach(visit) {
      const first = { bytes: pack, start: 0, end: 0 };
      let isSecond = false;
      read(pack, from, to, (bytes, start, end) => {
        if (isSecond) visit(first.bytes, first.start, first.end, bytes, start, end);
        else Object.assign(first, { bytes, start, end });
        isSecond = !isSecond;
      });
    },
  };
}
