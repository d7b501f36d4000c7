/**
 * What a key stands for. An entry of the keyspace has three payload words: its value, its meta word (type, encoding, time
 * of last use) and its place among the deadlines.
 */
export const VALUE = 0;
export const META = 1;
export const DEADLINE = 2;
export const PAYLOAD_WORDS = 3;

export const TYPE_STRING = 0;

export const TYPE_NAMES = ['string'] as const;

/** An integer of 32 bits, in the value word itself. */
export const INT = 0;
/** An integer of 64 bits, in a record of two words, the low one first. */
export const INT64 = 1;
/** A string as it was set, short. */
export const EMBSTR = 2;
/** A string that is long, or was changed in place. */
export const RAW = 3;

/** As `OBJECT ENCODING` names them. */
export const ENCODING_NAMES = ['int', 'int', 'embstr', 'raw'] as const;

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
