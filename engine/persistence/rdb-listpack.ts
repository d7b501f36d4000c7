/**
 * # The listpack of dumps
 *
 * **Problem.** In memory the elements of a pack lie as they are sent. Another server wants them in its own form.
 *
 * **Idea.** Each element as tersely as can be, and behind it its own length, so that one can walk from the back:
 *
 * ```
 *   │ bytes, 4 │ elements, 2 │ element, length of it │ … │ ff │        all numbers lowest byte first
 *
 *   0vvvvvvv                 0 … 127                     10llllll              up to 63 bytes
 *   110vvvvv vvvvvvvv        -4096 … 4095                1110llll llllllll     up to 4095 bytes
 *   f1, f2, f3, f4           2, 3, 4, 8 bytes            f0 and 4 bytes        longer
 * ```
 *
 * Those of 13 and of 12 bits have the highest bits first. 65535 elements means: count them yourself.
 */
import { copyBytes } from '../memory/bytes.ts';
import { parseInt32, parseInt64 } from '../memory/numbers.ts';
import type { Visit } from '../keyspace/value-type.ts';
import { RdbDamage } from './rdb-format.ts';
import { int64Text } from '../structures/intset.steps.ts';

const HEADER_BYTES = 6;
const END = 0xff;
const UNCOUNTED = 65535;
const FIRST_CAPACITY = 512;
/** Of an element: its form, a length of four bytes, and the length behind it. */
const MOST_BESIDE = 10;

/** Puts elements together into one pack after the other. */
export class ListpackWriter {
  bytes = new Uint8Array(FIRST_CAPACITY);
  length = HEADER_BYTES;
  private count = 0;

  begin(): void {
    this.length = HEADER_BYTES;
    this.count = 0;
  }

  /** What is the one canonical form of an integer becomes one. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.reserve(length + MOST_BESIDE);
    const first = this.length;
    if (!this.putInteger(bytes, start, end)) {
      if (length < 64) {
        this.put(0x80 | length);
      } else if (length < 4096) {
        this.put(0xe0 | (length >> 8));
        this.put(length);
      } else {
        this.put(0xf0);
        this.putLow(length, 4);
      }
      copyBytes(bytes, start, end, this.bytes, this.length);
      this.length += length;
    }
    const size = this.length - first;
    this.length += writeBackLength(size, this.bytes, this.length);
    this.count++;
  }

  /** Ends the pack: it is in `bytes`, up to `length`. */
  finish(): void {
    this.reserve(1);
    this.put(END);
    const { length } = this;
    this.length = 0;
    this.putLow(length, 4);
    this.putLow(Math.min(this.count, UNCOUNTED), 2);
    this.length = length;
  }

  private putInteger(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > 20) return false;
    const value = parseInt32(bytes, start, end);
    if (Number.isNaN(value)) {
      const wide = parseInt64(bytes, start, end);
      if (wide === null) return false;
      this.put(0xf4);
      this.putLow(Number(BigInt.asIntN(32, wide)), 4);
      this.putLow(Number(BigInt.asIntN(32, wide >> 32n)), 4);
    } else if (value >= 0 && value < 128) {
      this.put(value);
    } else if (value >= -4096 && value < 4096) {
      this.put(0xc0 | ((value >> 8) & 31));
      this.put(value);
    } else {
      const width = value === (value << 16) >> 16 ? 2 : value === (value << 8) >> 8 ? 3 : 4;
      this.put(0xef + width);
      this.putLow(value, width);
    }
    return true;
  }

  private put(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  private putLow(value: number, bytes: number): void {
    for (let i = 0; i < bytes; i++) this.put(value >>> (8 * i));
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + bytes, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** Calls `visit` with every element of the pack `bytes[start..end)`. Throws `RdbDamage` where anything in it is wrong. */
export function readListpack(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (end - start < HEADER_BYTES + 1 || view.getUint32(start, true) !== end - start || bytes[end - 1] !== END)
    throw new RdbDamage('a listpack of another length');
  const claimed = view.getUint16(start + 4, true);
  let count = 0;
  let at = start + HEADER_BYTES;
  while (at < end - 1) {
    const behind = readElement(bytes, view, at, end - 1, visit);
    const size = behind - at;
    at = behind + backLengthBytes(size);
    if (at > end - 1 || !hasBackLength(bytes, behind, size)) throw new RdbDamage('an element of another length');
    count++;
  }
  if (claimed !== UNCOUNTED && claimed !== count) throw new RdbDamage(`${count} elements, not ${claimed}`);
}

/** Returns where the element ends. */
function readElement(bytes: Uint8Array, view: DataView, at: number, limit: number, visit: Visit): number {
  const form = bytes[at];
  if (form < 0x80) return visitInteger(at + 1, limit, form, visit);
  if (form < 0xc0) return visitBytes(bytes, at + 1, form & 63, limit, visit);
  if (form < 0xe0) {
    const value = ((form & 31) << 8) | bytes[at + 1];
    return visitInteger(at + 2, limit, value < 4096 ? value : value - 8192, visit);
  }
  if (form < 0xf0) return visitBytes(bytes, at + 2, ((form & 15) << 8) | bytes[at + 1], limit, visit);
  const width = WIDTHS[form - 0xf0];
  if (width === undefined || at + 1 + width > limit) throw new RdbDamage(`an element of the form ${form}`);
  switch (form) {
    case 0xf0:
      return visitBytes(bytes, at + 5, view.getUint32(at + 1, true), limit, visit);
    case 0xf1:
      return visitInteger(at + 3, limit, view.getInt16(at + 1, true), visit);
    case 0xf2:
      return visitInteger(at + 4, limit, (view.getInt16(at + 2, true) << 8) | bytes[at + 1], visit);
    case 0xf3:
      return visitInteger(at + 5, limit, view.getInt32(at + 1, true), visit);
    default:
      return visitWide(at + 9, view.getInt32(at + 5, true), view.getInt32(at + 1, true), visit);
  }
}

/** By the forms from `f0` on: the bytes that follow. */
const WIDTHS: readonly (number | undefined)[] = [4, 2, 3, 4, 8];

function visitBytes(bytes: Uint8Array, at: number, length: number, limit: number, visit: Visit): number {
  if (at + length > limit) throw new RdbDamage('an element that is cut off');
  visit(bytes, at, at + length);
  return at + length;
}

/** What is no string is told as its digits. `end` is where the element ends. */
export function visitInteger(end: number, limit: number, value: number, visit: Visit): number {
  if (end > limit) throw new RdbDamage('an element that is cut off');
  return visitText(end, String(value), visit);
}

export function visitWide(end: number, high: number, low: number, visit: Visit): number {
  return visitText(end, int64Text(high, low), visit);
}

function visitText(end: number, text: string, visit: Visit): number {
  const digits = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) digits[i] = text.charCodeAt(i);
  visit(digits, 0, digits.length);
  return end;
}

/** Seven bits a byte, the lowest last, all but the first with their highest bit set. */
function backLengthBytes(size: number): number {
  if (size < 128) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

function writeBackLength(size: number, to: Uint8Array, at: number): number {
  const bytes = backLengthBytes(size);
  for (let i = 0; i < bytes; i++) to[at + i] = backLengthByte(size, bytes, i);
  return bytes;
}

function hasBackLength(bytes: Uint8Array, at: number, size: number): boolean {
  const count = backLengthBytes(size);
  for (let i = 0; i < count; i++) if (bytes[at + i] !== backLengthByte(size, count, i)) return false;
  return true;
}

function backLengthByte(size: number, bytes: number, index: number): number {
  const seven = Math.floor(size / 128 ** (bytes - 1 - index)) & 127;
  return index === 0 ? seven : seven | 128;
}
