/**
 * # SHA-1
 *
 * **Problem.** Two servers are to find out whether they hold the same data, without sending it.
 *
 * **Idea.** Boil any number of bytes down to twenty, so that nobody finds others that give the same by chance. The bytes
 * are taken in blocks of 64. Each block is stretched to eighty words, and each word stirs five others that come from the
 * block before:
 *
 * ```
 *   (a, b, c, d, e)  →  (a‹5 + f(b, c, d) + e + word + constant,  a,  b‹30,  c,  d)        ‹: rotated left
 * ```
 *
 * f and the constant change every twenty words: choose, odd one out, majority, odd one out.
 *
 * **Complexity.** O(length).
 *
 * **Invariants.** 1. Same bytes, same twenty bytes, on every machine.
 *
 * **Unlike Redis.** Nothing. For secrets it is too weak by now; here it only tells data apart.
 *
 * **Read next.** `engine/keyspace/digest.ts`, which says what is fed to it.
 */
export const SHA1_BYTES = 20;

const BLOCK_BYTES = 64;
/** The length in bits stands in the last eight bytes of the last block. */
const LENGTH_BYTES = 8;

const words = new Int32Array(80);
const state = new Int32Array(5);
const tail = new Uint8Array(2 * BLOCK_BYTES);

/** Writes the digest of `bytes[start..end)` to `to`, which may be the same bytes. */
export function sha1(bytes: Uint8Array, start: number, end: number, to: Uint8Array): void {
  state.set([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  let at = start;
  for (; at + BLOCK_BYTES <= end; at += BLOCK_BYTES) stir(bytes, at);
  const rest = end - at;
  const padded = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  tail.fill(0);
  for (let i = 0; i < rest; i++) tail[i] = bytes[at + i];
  tail[rest] = 0x80;
  const length = end - start;
  putWord(tail, padded - 8, Math.floor(length / 2 ** 29));
  putWord(tail, padded - 4, length << 3);
  for (let block = 0; block < padded; block += BLOCK_BYTES) stir(tail, block);
  for (let i = 0; i < 5; i++) putWord(to, 4 * i, state[i]);
}

function stir(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const from = at + 4 * i;
    words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
  }
  for (let i = 16; i < 80; i++) words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i++) {
    const mixed = (rotate(a, 5) + stirred(i, b, c, d) + e + words[i]) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = mixed;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

function stirred(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function putWord(to: Uint8Array, at: number, word: number): void {
  for (let i = 0; i < 4; i++) to[at + i] = word >>> (24 - 8 * i);
}
