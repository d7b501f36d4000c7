/**
 * # The bitmap
 *
 * **Problem.** Who was here today, of ten million? A set of ten million numbers takes hundreds of megabytes.
 *
 * **Idea.** Give everybody a place and keep one bit for it: 1.25 megabytes. A bitmap is no type of its own; it is a
 * string looked at bit by bit, the first bit being the highest of the first byte.
 *
 * ```
 *   bit   0 1 2 3 4 5 6 7   8 9 10 …
 *         1 0 1 0 0 0 0 0 │ 1 0 0 0 0 0 0 0        = "\xa0\x80"
 * ```
 *
 * Bits are counted 32 at a time. Neighbours are added to sums of two bits, those to sums of four, those to sums of
 * eight, and one multiplication adds the four bytes:
 *
 * ```
 *   1 1 0 1  →  10 01  →  0011
 * ```
 *
 * **Complexity.** One bit: O(1). Counting, finding and combining: O(bytes), in words.
 *
 * **Invariants.** None beyond the string's own.
 *
 * **Unlike Redis.** Nothing that can be seen.
 *
 * **Read next.** `engine/structures/dynamic-string.ts`, which keeps the bytes; `engine/structures/hyperloglog.ts`, for
 * when even one bit each is too much.
 */
const WORD_BYTES = 4;

/** How many bits are set in the bytes from `start` to `end`. */
export function countBits(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let at = start;
  for (; at < end && !isAligned(bytes, at); at++) count += onesOf(bytes[at]);
  const words = viewOf(bytes, at, end);
  for (const word of words) count += onesOf(word);
  for (at += words.length * WORD_BYTES; at < end; at++) count += onesOf(bytes[at]);
  return count;
}

/** How many bits are set among those from `first` to `last`, both included, counted from the byte at `start`. */
export function countBitsBetween(bytes: Uint8Array, start: number, first: number, last: number): number {
  const [firstByte, lastByte] = [Math.floor(first / 8), Math.floor(last / 8)];
  const before = bytes[start + firstByte] & ~(0xff >> (first % 8));
  const behind = bytes[start + lastByte] & (0x7f >> (last % 8));
  return countBits(bytes, start + firstByte, start + lastByte + 1) - onesOf(before & 0xff) - onesOf(behind);
}

/** The place of the first such bit among those from `first` to `last`, counted from the byte at `start`; -1: none. */
export function findBit(bytes: Uint8Array, start: number, first: number, last: number, bit: 0 | 1): number {
  const dull = bit === 1 ? 0 : 0xff;
  const lastByte = start + Math.floor(last / 8);
  for (let at = start + Math.floor(first / 8); at <= lastByte; at++) {
    at = skip(bytes, at, lastByte, dull);
    // What is looked for is a one from here on; what comes before `first` is taken out.
    let ones = bytes[at] ^ dull;
    const firstOfByte = (at - start) * 8;
    if (firstOfByte < first) ones &= 0xff >> (first - firstOfByte);
    if (ones === 0) continue;
    const found = firstOfByte + Math.clz32(ones) - 24;
    return found <= last ? found : -1;
  }
  return -1;
}

/** The first byte from `at` on, `last` at the latest, that lies in no word of such bytes only. */
function skip(bytes: Uint8Array, at: number, last: number, dull: number): number {
  if (bytes[at] !== dull || !isAligned(bytes, at)) return at;
  const words = viewOf(bytes, at, last);
  const dullWord = dull === 0 ? 0 : -1;
  let index = 0;
  while (index < words.length && words[index] === dullWord) index++;
  return at + index * WORD_BYTES;
}

export type BitOperation = 'AND' | 'OR' | 'XOR' | 'NOT';

export interface Stretch {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Combines stretches bit by bit. The result is as long as the longest; the others go on with zeros. */
export function combineBits(operation: BitOperation, stretches: readonly Stretch[]): Uint8Array {
  const lengths = stretches.map(({ start, end }) => end - start);
  const length = Math.max(...lengths);
  // Whole words at the end too; what is beyond the length is cut off.
  const words = new Int32Array(Math.ceil(length / WORD_BYTES));
  stretches.forEach((stretch, index) => {
    const given = wordsOf(stretch);
    if (index === 0) for (let i = 0; i < given.length; i++) words[i] = operation === 'NOT' ? ~given[i] : given[i];
    else combineInto(operation, words, given);
  });
  return new Uint8Array(words.buffer, 0, length);
}

function combineInto(operation: BitOperation, words: Int32Array, given: Int32Array): void {
  if (operation === 'OR') for (let i = 0; i < given.length; i++) words[i] |= given[i];
  else if (operation === 'XOR') for (let i = 0; i < given.length; i++) words[i] ^= given[i];
  else {
    for (let i = 0; i < given.length; i++) words[i] &= given[i];
    words.fill(0, given.length);
  }
}

/** A stretch as words, with zeros up to the end of the last one. In place where it can be. */
function wordsOf({ bytes, start, end }: Stretch): Int32Array {
  const length = end - start;
  if (length % WORD_BYTES === 0 && isAligned(bytes, start)) return viewOf(bytes, start, end);
  const words = new Int32Array(Math.ceil(length / WORD_BYTES));
  new Uint8Array(words.buffer).set(bytes.subarray(start, end));
  return words;
}

function isAligned(bytes: Uint8Array, at: number): boolean {
  return (bytes.byteOffset + at) % WORD_BYTES === 0;
}

/** The whole words between two places of which the first lies on a word's border. */
function viewOf(bytes: Uint8Array, start: number, end: number): Int32Array {
  const words = Math.max(0, Math.floor((end - start) / WORD_BYTES));
  return words === 0 ? NO_WORDS : new Int32Array(bytes.buffer, bytes.byteOffset + start, words);
}

const NO_WORDS = new Int32Array(0);

function onesOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
