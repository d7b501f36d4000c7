/**
 * The numbers of the RDB format that both its writer and its reader know. It is described, byte by byte, in
 * `engine/persistence/rdb-writer.ts` and the files that it names.
 */

/** What Redis 7.0 writes. Older versions are read, newer ones refused. */
export const RDB_VERSION = 10;

// How a value is written: the byte before it.
export const RDB_STRING = 0;
/** Elements one by one; written by servers older than ours. */
export const RDB_LIST = 1;
export const RDB_SET = 2;
/** Scores as text; written by servers older than ours. */
export const RDB_ZSET = 3;
export const RDB_HASH = 4;
/** Scores as doubles. */
export const RDB_ZSET_2 = 5;
// The packs of older servers.
export const RDB_HASH_ZIPMAP = 9;
export const RDB_LIST_ZIPLIST = 10;
export const RDB_SET_INTSET = 11;
export const RDB_ZSET_ZIPLIST = 12;
export const RDB_HASH_ZIPLIST = 13;
/** Nodes, each a ziplist. */
export const RDB_LIST_QUICKLIST = 14;
export const RDB_HASH_LISTPACK = 16;
export const RDB_ZSET_LISTPACK = 17;
/** Nodes, each a listpack or one long element. */
export const RDB_LIST_QUICKLIST_2 = 18;

/** What a node of a list is, in front of it. */
export const NODE_PLAIN = 1;
export const NODE_PACKED = 2;

// The two highest bits of a length.
export const LENGTH_6_BITS = 0;
export const LENGTH_14_BITS = 1;
/** No length but another form of string. */
export const LENGTH_ENCODED = 3;
export const LENGTH_32_BITS = 0x80;
export const LENGTH_64_BITS = 0x81;

// The forms of strings, in the lower six bits.
export const FORM_INT8 = 0;
export const FORM_INT16 = 1;
export const FORM_INT32 = 2;
export const FORM_LZF = 3;

/** The bytes are not what any writer would have written. */
export class RdbDamage extends Error {
  override readonly name = 'RdbDamage';
}
