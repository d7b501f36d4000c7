import type { Ref } from '../memory/arena.ts';

/** Blocks that only the values that use them know of, gathered to take a picture of all. */
export interface Blocks {
  readonly strings: Ref[];
  readonly listpacks: Ref[];
  readonly intsets: Ref[];
  readonly compressed: Ref[];
  /** Strings that lie in entries, and how many bytes there are for each. */
  readonly embedded: Map<Ref, number>;
}

/**
 * What can be done with any value without knowing its type. A value is its encoding and its word: a ref, a slot, or the
 * value itself. One object a type, found by the type's number.
 */
export interface ValueType {
  /** Frees everything that the value has. */
  release(encoding: number, value: number): void;
  /** The word of an equal value in memory of its own, its encoding what `ownEncoding` says. */
  copy(encoding: number, value: number): number;
  /** How many elements it has; a string is one. */
  count(encoding: number, value: number): number;
  /** The bytes it takes in the arena. */
  memoryBytes(encoding: number, value: number): number;
  /** Adds the blocks it has. */
  gather(encoding: number, value: number, blocks: Blocks): void;
  /**
   * Throws when an invariant of what it is made of is broken. What lies in a slot is checked by `Collections`. `roomBytes`: how
   * many there are behind the key.
   */
  assertValid(encoding: number, value: number, roomBytes: number): void;
}

/** A value that is nobody's yet. Whoever makes it gives it to a key or releases it. */
export interface Draft {
  encoding: number;
  value: number;
}

/** Is shown the bytes of one element after the other, each until it returns. */
export type Visit = (bytes: Uint8Array, start: number, end: number) => void;
