import type { Ref } from '../memory/arena.ts';

/** Blocks that only the values that use them know of, gathered to take a picture of all. */
export interface Blocks {
  readonly strings: Ref[];
  readonly listpacks: Ref[];
  readonly intsets: Ref[];
}

/**
 * What can be done with any value without knowing its type. A value is its encoding and its word: a ref, a slot, or the
 * value itself. One object a type, found by the type's number.
 */
export interface ValueType {
  /** Frees everything that the value has. */
  release(encoding: number, value: number): void;
  /** The word of an equal value, of the same encoding, in memory of its own. */
  copy(encoding: number, value: number): number;
  /** How many elements it has; a string is one. */
  count(encoding: number, value: number): number;
  /** The bytes it takes in the arena. */
  memoryBytes(encoding: number, value: number): number;
  /** The bytes it takes in a dump, before any compression. */
  serializedBytes(encoding: number, value: number): number;
  /** Adds the blocks it has. */
  gather(encoding: number, value: number, blocks: Blocks): void;
  /** Throws when an invariant of what it is made of is broken. What lies in a slot is checked by `Collections`. */
  assertValid(encoding: number, value: number): void;
}

/** The bytes of a string in a dump: its length in one, two or five bytes, and the bytes themselves. */
export function serializedStringBytes(length: number): number {
  return length + serializedLengthBytes(length);
}

export function serializedLengthBytes(length: number): number {
  if (length < 64) return 1;
  return length < 16384 ? 2 : 5;
}
