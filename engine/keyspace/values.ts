/**
 * What a key stands for. An entry of the keyspace has three payload words: its value, its meta word (type, encoding, time
 * of last use) and its place among the deadlines.
 */
export const VALUE = 0;
export const META = 1;
export const DEADLINE = 2;
export const PAYLOAD_WORDS = 3;

export const TYPE_STRING = 0;
export const TYPE_LIST = 1;
export const TYPE_SET = 2;
export const TYPE_ZSET = 3;
export const TYPE_HASH = 4;

/** As `TYPE` names them, and as files number them. */
export const TYPE_NAMES = ['string', 'list', 'set', 'zset', 'hash'] as const;

/** An integer of 32 bits, in the value word itself. */
export const INT = 0;
/** An integer of 64 bits, in a record of two words, the low one first. */
export const INT64 = 1;
/** A short string in a block of its own: its entry has no room for it, or it was there before the entry. */
export const EMBSTR = 2;
/** A string that is long, or was changed in place. */
export const RAW = 3;
/** A few elements one behind the other in one block: the value word is its ref. */
export const LISTPACK = 4;
/** A few integers in order in one block: the value word is its ref. */
export const INTSET = 5;
// From here on the value word is a slot of the collections: see `collections.ts`.
export const HASHTABLE = 6;
export const QUICKLIST = 7;
/** A sorted set of any size, whichever index orders it. */
export const SKIPLIST = 8;

/** A long string, compressed: the value word is the ref of a compressed block. To others it is `raw`. */
export const LZF = 9;

/** A short string that lies in the entry itself, behind the key: the value word is the ref of its place there. */
export const EMBEDDED = 10;

/** As `OBJECT ENCODING` names them. */
export const ENCODING_NAMES = [
  ...['int', 'int', 'embstr', 'raw', 'listpack', 'intset', 'hashtable', 'quicklist', 'skiplist', 'raw', 'embstr'],
] as const;

/** How a value is kept in memory of its own. */
export function ownEncoding(encoding: number): number {
  return encoding === EMBEDDED ? EMBSTR : encoding;
}

/** Whether the value word is a slot, and not a ref or the value itself. */
export function isSlot(encoding: number): boolean {
  return encoding >= HASHTABLE && encoding <= SKIPLIST;
}

/** Strings up to this long count as short. */
export const EMBSTR_LIMIT = 44;

export function typeOf(meta: number): number {
  return meta & 15;
}

export function encodingOf(meta: number): number {
  return (meta >>> 4) & 15;
}

/** Seconds, in 24 bits, when the key was last used. */
export function clockOf(meta: number): number {
  return meta >>> 8;
}

export function metaOf(type: number, encoding: number, clock: number): number {
  return (clock << 8) | (encoding << 4) | type;
}

/** The 24-bit clock of last use for a time. */
export function clockAt(nowMs: number): number {
  return Math.floor(nowMs / 1000) & 0xffffff;
}
