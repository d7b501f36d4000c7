import type { Arena, Ref } from '../memory/arena.ts';
import type { DynamicStrings } from '../structures/dynamic-string.ts';
import type { HashFunction, HashName } from '../structures/hash-functions.ts';
import type { HashTableModel, HashTableProbe } from '../structures/hash-table.steps.ts';

/** What a wrong turn is made of: the same memory, strings, hash and probe as the real table. */
export interface ExhibitParts {
  readonly id: number;
  readonly arena: Arena;
  readonly strings: DynamicStrings;
  readonly hash: HashFunction;
  readonly hashName: HashName;
  readonly trace: HashTableProbe | null;
}

/** A wrong turn, whole enough to be talked to. It finds what it finds, and says so without shame. */
export interface ExhibitTable {
  /** How many cells are taken. */
  readonly size: number;
  /** The string that a GET of the key gives, or `NONE`. */
  get(key: Uint8Array): Ref;
  set(key: Uint8Array, value: Uint8Array): void;
  /** Whether anything was taken out. */
  remove(key: Uint8Array): boolean;
  /** The keys it can name. */
  keys(): Uint8Array[];
  clear(): void;
  /** The strings its cells hold, for their snapshot. */
  valueRefs(): Ref[];
  snapshot(): HashTableModel;
  /** The cells, to return to together with the arena. */
  capture(): Int32Array;
  restore(cells: Int32Array): void;
  /** Throws when an invariant of the exhibit's essay is broken. The flaw itself is none. */
  assertValid(): void;
}

/** Both exhibits have so many buckets for good: `bar` and `baz` share one of them. */
export const EXHIBIT_BUCKETS = 8;

/**
 * The three words behind an entry's header, as the keyspace lays them out and as every diagram reads them: the value,
 * what kind it is, and a deadline, of which exhibits have none. The kind is a short string, always.
 */
export const VALUE_WORD = 0;
export const KIND_WORD = 1;
export const PAYLOAD_WORDS = 3;
export const SHORT_STRING = 2 << 4;
