import { ascii } from '../memory/bytes.ts';
import { decompressLzf } from '../structures/lzf.ts';
import {
  FORM_INT16,
  FORM_INT32,
  FORM_INT8,
  FORM_LZF,
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_64_BITS,
  LENGTH_6_BITS,
  LENGTH_ENCODED,
  RdbDamage,
} from './rdb-format.ts';

/** No three compressed bytes make more than so many: who claims more is not believed, and gets no memory for it. */
const MOST_OF_THREE = 264;

/** Reads what `RdbWriter` wrote. Whatever the bytes, it stays within them, and throws `RdbDamage` where they end. */
export class RdbReader {
  /** The string that was read last: in `bytes`, from `start` to `end`. Until the next one. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** Where it goes on. */
  at: number;

  readonly source: Uint8Array;
  private readonly limit: number;

  constructor(source: Uint8Array, start = 0, limit = source.length) {
    this.source = source;
    this.bytes = source;
    this.at = start;
    this.limit = limit;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.limit - this.at;
  }

  byte(): number {
    return this.source[this.take(1)];
  }

  size(): number {
    const first = this.byte();
    if (first >>> 6 === LENGTH_ENCODED) throw new RdbDamage('a form of string where a length should be');
    return this.sizeAfter(first);
  }

  /** How many parts follow, each of at least one byte. */
  count(): number {
    const count = this.size();
    if (count > this.left) throw new RdbDamage(`${count} parts in ${this.left} bytes`);
    return count;
  }

  string(): void {
    const first = this.byte();
    if (first >>> 6 !== LENGTH_ENCODED) {
      const length = this.sizeAfter(first);
      this.start = this.take(length);
      this.end = this.at;
      this.bytes = this.source;
      return;
    }
    switch (first & 63) {
      case FORM_INT8:
        this.text(String(this.signed(1)));
        return;
      case FORM_INT16:
        this.text(String(this.signed(2)));
        return;
      case FORM_INT32:
        this.text(String(this.signed(4)));
        return;
      case FORM_LZF:
        this.decompressed();
        return;
      default:
        throw new RdbDamage(`a string of the form ${first & 63}`);
    }
  }

  double(): number {
    const at = this.take(8);
    return new DataView(this.source.buffer, this.source.byteOffset).getFloat64(at, true);
  }

  int32(): number {
    const at = this.take(4);
    return new DataView(this.source.buffer, this.source.byteOffset).getInt32(at, true);
  }

  int64(): bigint {
    const at = this.take(8);
    return new DataView(this.source.buffer, this.source.byteOffset).getBigInt64(at, true);
  }

  /** Goes past so many bytes and returns where they began. */
  take(bytes: number): number {
    if (bytes > this.left) throw new RdbDamage(`${bytes} bytes where ${this.left} are left`);
    const at = this.at;
    this.at += bytes;
    return at;
  }

  private sizeAfter(first: number): number {
    if (first >>> 6 === LENGTH_6_BITS) return first & 63;
    if (first >>> 6 === LENGTH_14_BITS) return ((first & 63) << 8) | this.byte();
    if (first === LENGTH_32_BITS) return this.bigEndian();
    if (first === LENGTH_64_BITS) return this.bigEndian() * 2 ** 32 + this.bigEndian();
    throw new RdbDamage(`a length that begins with ${first}`);
  }

  private bigEndian(): number {
    const at = this.take(4);
    const { source } = this;
    return source[at] * 2 ** 24 + ((source[at + 1] << 16) | (source[at + 2] << 8) | source[at + 3]);
  }

  private signed(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) value |= this.byte() << (8 * i);
    const unused = 32 - 8 * bytes;
    return (value << unused) >> unused;
  }

  private decompressed(): void {
    const packed = this.size();
    const length = this.size();
    const from = this.take(packed);
    if (length > packed * MOST_OF_THREE) throw new RdbDamage(`${packed} bytes that should become ${length}`);
    const bytes = new Uint8Array(length);
    if (!decompressLzf(this.source, from, from + packed, bytes, 0, length))
      throw new RdbDamage('a compressed string that is broken');
    this.bytes = bytes;
    this.start = 0;
    this.end = length;
  }

  private text(text: string): void {
    this.bytes = ascii(text);
    this.start = 0;
    this.end = this.bytes.length;
  }
}
