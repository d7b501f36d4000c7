/**
 * What happens to keys, for those who listen to it: each event is of a kind, has a name, and is told of under both, as far
 * as `notify-keyspace-events` says. When it says nothing, an event costs the look at a number.
 */

/** Told under the key's name, in a channel for each key. */
export const BY_KEY = 1;
/** Told under the event's name, in a channel for each event. */
export const BY_EVENT = 2;

export const GENERIC_EVENT = 4;
export const STRING_EVENT = 8;
export const LIST_EVENT = 16;
export const SET_EVENT = 32;
export const HASH_EVENT = 64;
export const ZSET_EVENT = 128;
export const EXPIRED_EVENT = 256;
export const EVICTED_EVENT = 512;
const STREAM_EVENT = 1024;
const MODULE_EVENT = 2048;
/** A read that found nothing, and a key that came into being, are not among `A`, all kinds. */
export const MISS_EVENT = 4096;
export const NEW_EVENT = 8192;

type Letters = readonly (readonly [letter: string, kind: number])[];

const IN_ALL: Letters = [
  ['g', GENERIC_EVENT],
  ['$', STRING_EVENT],
  ['l', LIST_EVENT],
  ['s', SET_EVENT],
  ['h', HASH_EVENT],
  ['z', ZSET_EVENT],
  ['x', EXPIRED_EVENT],
  ['e', EVICTED_EVENT],
  ['t', STREAM_EVENT],
  ['d', MODULE_EVENT],
];
const ALL = IN_ALL.reduce((kinds, [, kind]) => kinds | kind, 0);
const NEW: Letters = [['n', NEW_EVENT]];
const LAST: Letters = [
  ['K', BY_KEY],
  ['E', BY_EVENT],
  ['m', MISS_EVENT],
];
const KINDS = new Map<string, number>([...IN_ALL, ...NEW, ...LAST, ['A', ALL]]);

/** The kinds that letters stand for; `null` where one stands for none. */
export function parseEventKinds(text: string): number | null {
  let kinds = 0;
  for (const letter of text) {
    const kind = KINDS.get(letter);
    if (kind === undefined) return null;
    kinds |= kind;
  }
  return kinds;
}

/** The letters of kinds as Redis writes them: behind an `A` it passes over the `n`. */
export function printEventKinds(kinds: number): string {
  const lettersOf = (list: Letters): string =>
    list.map(([letter, kind]) => ((kinds & kind) === 0 ? '' : letter)).join('');
  return ((kinds & ALL) === ALL ? 'A' : lettersOf([...IN_ALL, ...NEW])) + lettersOf(LAST);
}

/** What the databases of an engine are asked to tell, and whom. */
export interface KeyEvents {
  kinds: number;
  /** Told of each key that was changed or has expired, while somebody keeps copies of what it has read. */
  onChanged: ((bytes: Uint8Array, start: number, end: number) => void) | null;
  /** Takes an event of one of the kinds. The key is a view, valid during the call. */
  tell(db: number, event: string, bytes: Uint8Array, start: number, end: number): void;
}
