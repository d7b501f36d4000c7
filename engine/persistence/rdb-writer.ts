/**
 * # The bytes of a dump
 *
 * **Problem.** A value is to leave the memory it lives in: for another server, for a file, for another key.
 *
 * **Idea.** Lengths and strings, and everything else made of them. A *length* takes as many bytes as it needs:
 *
 * ```
 *   00LLLLLL                             up to 63
 *   01LLLLLL LLLLLLLL                    up to 16,383
 *   10000000 and 4 bytes, highest first  up to 2^32 - 1
 *   10000001 and 8 bytes, highest first
 *   11FFFFFF                             no length: a string of the form F follows
 * ```
 *
 * A *string* is its length and its bytes, unless it is shorter otherwise: an integer of up to 32 bits takes one, two or
 * four bytes, the lowest first (forms 0, 1, 2); what repeats itself is compressed (form 3: both lengths, then LZF).
 *
 * **Unlike Redis.** Nothing: another server reads it.
 *
 * **Read next.** `engine/persistence/rdb-save.ts`, for what each type of value makes of this.
 */
import { copyBytes } from '../memory/bytes.ts';
import { parseInt32 } from '../memory/numbers.ts';
import { compressLzf } from '../structures/lzf.ts';
import { FORM_INT16, FORM_INT32, FORM_INT8, FORM_LZF, LENGTH_32_BITS, LENGTH_64_BITS } from './rdb-format.ts';

const FIRST_CAPACITY = 256;
/** Longer than any integer of 32 bits. */
const LONGEST_INT32 = 11;
/** Up to so many bytes it is not even tried to compress them, and at least so many must be gained. */
const SHORT = 20;
const LEAST_GAIN = 4;

export class RdbWriter {
  bytes = new Uint8Array(FIRST_CAPACITY);
  length = 0;
  /** Whether longer strings are compressed: the setting `rdbcompression`. */
  private readonly compresses: boolean;

  constructor(compresses: boolean) {
    this.compresses = compresses;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.reserve(end - start);
    copyBytes(bytes, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  size(length: number): void {
    if (length < 64) {
      this.byte(length);
    } else if (length < 16384) {
      this.byte(0x40 | (length >> 8));
      this.byte(length & 255);
    } else if (length < 2 ** 32) {
      this.byte(LENGTH_32_BITS);
      this.bigEndian(length);
    } else {
      this.byte(LENGTH_64_BITS);
      this.bigEndian(Math.floor(length / 2 ** 32));
      this.bigEndian(length % 2 ** 32);
    }
  }

  string(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = end - start;
    if (length <= LONGEST_INT32) {
      const integer = parseInt32(bytes, start, end);
      if (!Number.isNaN(integer)) {
        this.integer(integer);
        return;
      }
    }
    if (this.compresses && length > SHORT && this.compressed(bytes, start, end)) return;
    this.size(length);
    this.raw(bytes, start, end);
  }

  /** An integer of 32 bits, as a string. */
  integer(value: number): void {
    const [form, bytes] =
      value === (value << 24) >> 24
        ? [FORM_INT8, 1]
        : value === (value << 16) >> 16
          ? [FORM_INT16, 2]
          : [FORM_INT32, 4];
    this.byte(0xc0 | form);
    for (let i = 0; i < bytes; i++) this.byte((value >> (8 * i)) & 255);
  }

  /** Eight bytes, the lowest first. */
  double(value: number): void {
    this.reserve(8);
    new DataView(this.bytes.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** An integer of 64 bits, the lowest byte first. */
  int64(value: bigint): void {
    this.reserve(8);
    new DataView(this.bytes.buffer).setBigInt64(this.length, value, true);
    this.length += 8;
  }

  /** What was written; a copy. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Makes room for so many more bytes. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + bytes, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** False, and nothing written, when that gains too little. */
  private compressed(bytes: Uint8Array, start: number, end: number): boolean {
    const room = end - start - LEAST_GAIN;
    const packed = new Uint8Array(room);
    const length = compressLzf(bytes, start, end, packed, 0, room);
    if (length === 0) return false;
    this.byte(0xc0 | FORM_LZF);
    this.size(length);
    this.size(end - start);
    this.raw(packed, 0, length);
    return true;
  }

  private bigEndian(value: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.byte((value >>> shift) & 255);
  }
}
