/**
 * # Hash functions
 *
 * **Problem.** A table needs a number from a key: always the same for the same bytes, spread as evenly as chance for
 * different ones, and — on a server that strangers talk to — not to be guessed.
 *
 * **Idea.** Four of them, chosen when a table is made:
 *
 * | name | what it does | what it is for |
 * |---|---|---|
 * | `sum` | adds the bytes up | lessons: `listen` and `silent` meet |
 * | `fnv1a` | xor a byte, multiply by a prime | the page: can be followed by eye |
 * | `murmur3` | four bytes at a time, rotated and multiplied | comparison: fast and well mixed |
 * | `halfsiphash` | a keyed permutation on four 32-bit words, one round a block and three to finish | the server: a secret key stops flooding |
 *
 * **Complexity.** All O(length of the key).
 *
 * **Invariants.** 1. Same bytes, same seed, same 32 bits. 2. `explain` ends in the same number as the function.
 *
 * **Unlike Redis.** Redis uses SipHash-1-2 on 64-bit words. JavaScript multiplies and rotates 32 bits natively and 64
 * only by BigInt, so the server uses the family's member made for 32-bit words.
 *
 * **Read next.** `engine/structures/hash-table.ts`.
 */
import { viewOf } from '../memory/bytes.ts';
import { fnv1aRound, FNV_OFFSET, sumRound } from './hash-functions.steps.ts';

export type { HashName } from './hash-functions.steps.ts';

export const HASH_NAMES = ['sum', 'fnv1a', 'murmur3', 'halfsiphash'] as const;

/** The hash of `bytes[start..end)` as a signed 32-bit integer. */
export type HashFunction = (bytes: Uint8Array, start: number, end: number) => number;

/** The function of that name; the seed counts only for the keyed ones. */
export function hashFunction(
  name: (typeof HASH_NAMES)[number],
  seed: readonly [number, number] = [0, 0],
): HashFunction {
  switch (name) {
    case 'sum':
      return sum;
    case 'fnv1a':
      return fnv1a;
    case 'murmur3':
      return (bytes, start, end) => murmur3(bytes, start, end, seed[0]);
    case 'halfsiphash':
      return (bytes, start, end) => halfSipHash(bytes, start, end, seed[0], seed[1]);
  }
}

export function sum(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = sumRound(hash, bytes[i]);
  return hash;
}

export function fnv1a(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let i = start; i < end; i++) hash = fnv1aRound(hash, bytes[i]);
  return hash;
}

/** MurmurHash3, the 32-bit variant for x86. */
export function murmur3(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed | 0;
  const tail = start + ((end - start) & ~3);
  for (let i = start; i < tail; i += 4) {
    const block = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    hash ^= murmurScramble(block);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = end - 1; i >= tail; i--) rest = (rest << 8) | bytes[i];
  if (tail < end) hash ^= murmurScramble(rest);
  hash ^= end - start;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function murmurScramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/**
 * HalfSipHash-1-3 with a 64-bit key in two words and a 32-bit result. The rounds are written out: the four words of the
 * state stay in registers, where a function that returned them would have to allocate.
 */
export function halfSipHash(bytes: Uint8Array, start: number, end: number, key0: number, key1: number): number {
  // `| 0` says to the compiler that these are integers of 32 bits: without it the hash takes twice as long.
  let v0 = key0 | 0;
  let v1 = key1 | 0;
  let v2 = key0 ^ 0x6c796765;
  let v3 = key1 ^ 0x74656462;
  const length = end - start;
  // The last block holds what is left of the bytes and, in its top byte, the length; then come three closing rounds.
  const blocks = (length >>> 2) + 1;
  const input = viewOf(bytes);
  for (let block = 0; block < blocks + 3; block++) {
    let message = 0;
    const at = start + (block << 2);
    if (block < blocks - 1) {
      message = input.getInt32(at, true);
    } else if (block === blocks - 1) {
      message = length << 24;
      if (at < end) message |= bytes[at];
      if (at + 1 < end) message |= bytes[at + 1] << 8;
      if (at + 2 < end) message |= bytes[at + 2] << 16;
    } else if (block === blocks) {
      v2 ^= 0xff;
    }
    v3 ^= message;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= message;
  }
  return v1 ^ v3;
}
