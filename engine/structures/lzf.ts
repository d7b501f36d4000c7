/**
 * # LZF
 *
 * **Problem.** Much of what is stored repeats itself: pages, JSON, logs. It could take half the bytes, if making it small
 * and large again cost next to nothing.
 *
 * **Idea.** Whatever was there before need not be written again; it is enough to say how far back it was, and how long.
 * So the output is a row of two kinds of pieces, told apart by the highest three bits of the first byte:
 *
 * ```
 *   000LLLLL  b b b …              L+1 bytes as they are                      1 … 32 bytes
 *   LLLooooo  oooooooo             L+2 bytes from o+1 bytes back              3 … 8 bytes
 *   111ooooo  LLLLLLLL  oooooooo   L+9 bytes from o+1 bytes back              9 … 264 bytes
 *
 *   "!abcabcabcabc.."  →  03 ! a b c │ e0 00 02 │ 01 . .     nine bytes from three back: they overlap what they make
 * ```
 *
 * To find what was there before, a table of 65,536 places remembers where three bytes like these were last seen. There are
 * no chains: who comes later takes the place, and what it points at is compared byte by byte before it is believed.
 *
 * **Complexity.** O(length) both ways. The table is not emptied between two texts: places are counted on from text to
 * text, so what is left of an earlier one is too low to be believed.
 *
 * **Invariants.**
 * 1. What is made small and made large again is what it was.
 * 2. Same bytes in, same bytes out, whatever was compressed before.
 * 3. Nothing is read or written outside the given stretches, whatever the input; a stream that would is refused.
 *
 * **Unlike Redis.** Nothing that can be seen: the same format, and the same choices, byte for byte.
 *
 * **Read next.** `engine/structures/dynamic-string.ts`, whose bytes it makes fewer.
 */
import { copyBytes } from '../memory/bytes.ts';

/** A piece of bytes as they are has at most so many. */
const LONGEST_LITERAL = 32;
/** A piece from before has at least so many, or it would not be shorter. */
const SHORTEST_MATCH = 3;
const LONGEST_MATCH = 264;
/** Matches of so many bytes and more have a byte for their length. */
const LONG_MATCH = 9;
/** With so many bytes left, Redis compares this far before it looks for the end. */
const TAKEN_AT_ONCE = 19;
/** Thirteen bits tell how far back. */
const FARTHEST = 8192;

const TABLE_BITS = 16;
const PLACES_END = 2 ** 31 - 1;

/** For each hash of three bytes the place where they were last seen, and places of earlier texts, all below `firstPlace`. */
const table = new Int32Array(1 << TABLE_BITS);
/** The place of the first byte of the present text. */
let firstPlace = 1;

/** Like Redis it gives up when a few bytes more than it needs are not there, so that both give up on the same texts. */
const ROOM_FOR_MATCH = 5;
const ROOM_FOR_END = 4;

/**
 * Compresses `bytes[start..end)` into `to` from `at` on, where there must be room for `limit` bytes. Returns how many bytes
 * were written, or 0 when they would not fit.
 */
export function compressLzf(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
  limit: number,
): number {
  const shift = placesFor(end - start) - start;
  const outEnd = at + limit;
  let out = at;
  let literals = start;
  let here = start;
  while (here < end - 2) {
    const slot = slotOf(bytes, here);
    const before = table[slot] - shift;
    table[slot] = here + shift;
    // The very first byte of a text is never referred to: in an empty table its place could not be told from none.
    if (before <= start || here - before > FARTHEST || !sameThree(bytes, before, here)) {
      here++;
      continue;
    }
    if (out + literalSize(here - literals) + ROOM_FOR_MATCH > outEnd) return 0;
    out = putLiterals(bytes, literals, here, to, out);
    const length = matchLength(bytes, before, here, end);
    out = putMatch(to, out, here - before - 1, length);
    here += length;
    literals = here;
    if (here >= end - 2) break;
    // Of the bytes just skipped the last two places are remembered, so that the next match may begin among them.
    table[slotOf(bytes, here - 2)] = here - 2 + shift;
    table[slotOf(bytes, here - 1)] = here - 1 + shift;
  }
  const sure = here - literals;
  if (out + sure + Math.floor(sure / LONGEST_LITERAL) + ROOM_FOR_END > outEnd) return 0;
  return putLiterals(bytes, literals, end, to, out) - at;
}

/**
 * Decompresses `bytes[start..end)` into `to[at..at + length)`. False when the stream is damaged, or makes any other number
 * of bytes than that; what was written by then is worth nothing.
 */
export function decompressLzf(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
  length: number,
): boolean {
  const outEnd = at + length;
  let out = at;
  let from = start;
  while (from < end) {
    const control = bytes[from++];
    if (control < LONGEST_LITERAL) {
      const count = control + 1;
      if (from + count > end || out + count > outEnd) return false;
      copyBytes(bytes, from, from + count, to, out);
      from += count;
      out += count;
      continue;
    }
    const isLong = control >>> 5 === 7;
    if (from + (isLong ? 2 : 1) > end) return false;
    const count = (control >>> 5) + 2 + (isLong ? bytes[from++] : 0);
    let before = out - (((control & 31) << 8) | bytes[from++]) - 1;
    if (before < at || out + count > outEnd) return false;
    // Byte by byte, since a match may overlap what it makes.
    for (const matchEnd = out + count; out < matchEnd;) to[out++] = to[before++];
  }
  return out === outEnd;
}

/** Reserves places for a text: none of them is in the table. Returns the first. */
function placesFor(length: number): number {
  if (firstPlace + length > PLACES_END) {
    table.fill(0);
    firstPlace = 1;
  }
  const first = firstPlace;
  firstPlace += length;
  return first;
}

/** Where three bytes are remembered. The low bits of the sum are those of all three. */
function slotOf(bytes: Uint8Array, at: number): number {
  const three = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  return ((three >>> (24 - TABLE_BITS)) - three * 5) & ((1 << TABLE_BITS) - 1);
}

function sameThree(bytes: Uint8Array, a: number, b: number): boolean {
  return bytes[a] === bytes[b] && bytes[a + 1] === bytes[b + 1] && bytes[a + 2] === bytes[b + 2];
}

/**
 * How many bytes from `here` on are those from `before` on; the first three are known to be. As in Redis the text's last
 * two bytes are taken into no match, except where that makes it one of three or of nineteen.
 */
function matchLength(bytes: Uint8Array, before: number, here: number, end: number): number {
  const room = end - here;
  const least = room < TAKEN_AT_ONCE ? SHORTEST_MATCH : TAKEN_AT_ONCE;
  const most = Math.max(least, Math.min(room - 2, LONGEST_MATCH));
  let length = SHORTEST_MATCH;
  while (length < most && bytes[before + length] === bytes[here + length]) length++;
  return length;
}

/** Bytes that so many take as they are. */
function literalSize(count: number): number {
  return count + Math.ceil(count / LONGEST_LITERAL);
}

function putLiterals(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let out = at;
  for (let from = start; from < end; from += LONGEST_LITERAL) {
    const stop = Math.min(from + LONGEST_LITERAL, end);
    to[out++] = stop - from - 1;
    copyBytes(bytes, from, stop, to, out);
    out += stop - from;
  }
  return out;
}

/** `back` is 0 for the byte right before. */
function putMatch(to: Uint8Array, at: number, back: number, length: number): number {
  let out = at;
  if (length < LONG_MATCH) {
    to[out++] = ((length - 2) << 5) | (back >>> 8);
  } else {
    to[out++] = (7 << 5) | (back >>> 8);
    to[out++] = length - LONG_MATCH;
  }
  to[out++] = back & 255;
  return out;
}
