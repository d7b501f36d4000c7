/**
 * The hash functions byte by byte, for whoever wants to watch. The rounds stand here, and the engine's own loops call
 * them, so that what is shown is what runs.
 */
export type HashName = 'sum' | 'fnv1a' | 'murmur3' | 'halfsiphash';

export const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

export function fnv1aRound(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}

export function sumRound(hash: number, byte: number): number {
  return (hash + byte) | 0;
}

export interface HashRound {
  readonly byte: number;
  /** After the first half of the round; equal to `after` where a round has one half. */
  readonly mixed: number;
  readonly after: number;
}

/** The rounds of a function that takes a byte at a time; empty for those that take words. */
export function explainHash(name: HashName, key: Uint8Array): HashRound[] {
  if (name === 'murmur3' || name === 'halfsiphash') return [];
  const rounds: HashRound[] = [];
  let hash = name === 'fnv1a' ? FNV_OFFSET : 0;
  for (const byte of key) {
    const after = name === 'fnv1a' ? fnv1aRound(hash, byte) : sumRound(hash, byte);
    rounds.push({ byte, mixed: name === 'fnv1a' ? hash ^ byte : after, after });
    hash = after;
  }
  return rounds;
}

/** Eight hexadecimal digits, as hashes are shown everywhere. */
export function hashText(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
