import { ascii, copyBytes, utf8Encode } from './memory/bytes.ts';
import { digitsOf, fourDigits, writeDigits } from './memory/numbers.ts';

const CR = 13;
const LF = 10;
const PLUS = 43;
const LETTER_O = 79;
const LETTER_K = 75;
const FIRST_CAPACITY = 64 * 1024;
/** A buffer larger than this is given up once it was sent, so that one huge reply does not keep its memory for good. */
const KEEP_CAPACITY = 4 * 1024 * 1024;

const NULL_BULK = ascii('$-1\r\n');
const NULL_ARRAY = ascii('*-1\r\n');
const NULL_RESP3 = ascii('_\r\n');
const QUEUED = ascii('+QUEUED\r\n');
const PONG = ascii('+PONG\r\n');

/**
 * The one output buffer. Commands write their replies into it one after the other; each connection's share of a turn is
 * a stretch of it. What RESP2 lacks, RESP3's maps, sets, booleans, is written the way Redis downgrades it.
 */
export class Reply {
  buffer = new Uint8Array(FIRST_CAPACITY);
  length = 0;
  private view = new DataView(this.buffer.buffer);
  /** Up to here stays what was written, should the command that is being run end in an error: messages, no reply. */
  keptLength = 0;
  /** The protocol of the connection that is being served. */
  protocol: 2 | 3 = 2;
  /** How many errors were written; the caller compares before and after. */
  errors = 0;
  /** The text of the last error, for the statistics by code. */
  lastError = '';

  /** A byte at a time in one go: for most writes this is all that is said. */
  ok(): void {
    this.reserve(5);
    const { buffer, length } = this;
    buffer[length] = PLUS;
    buffer[length + 1] = LETTER_O;
    buffer[length + 2] = LETTER_K;
    buffer[length + 3] = CR;
    buffer[length + 4] = LF;
    this.length = length + 5;
  }

  queued(): void {
    this.raw(QUEUED);
  }

  pong(): void {
    this.raw(PONG);
  }

  simple(text: string): void {
    this.line(43, text);
  }

  error(text: string): void {
    this.errors++;
    this.lastError = text;
    // A line break inside would end the reply early and let the rest be taken for another one; at the end it says nothing.
    this.line(45, text.replace(/[\r\n]+$/, '').replace(/[\r\n]/g, ' '));
  }

  integer(value: number | bigint): void {
    if (typeof value === 'number' && value === (value | 0)) {
      this.reserve(16);
      this.buffer[this.length++] = 58;
      this.digits(value);
      this.crlf();
    } else {
      this.line(58, String(value));
    }
  }

  bulk(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(size + 20);
    this.buffer[this.length++] = 36;
    this.digits(size);
    this.crlf();
    copyBytes(bytes, start, end, this.buffer, this.length);
    this.length += size;
    this.crlf();
  }

  bytes(bytes: Uint8Array): void {
    this.bulk(bytes, 0, bytes.length);
  }

  text(text: string): void {
    this.bytes(utf8Encode(text));
  }

  /** An integer as a bulk string, as strings that hold integers are sent. */
  integerBulk(value: number): void {
    this.reserve(24);
    const negative = value < 0;
    const size = digitsOf(negative ? -value : value) + (negative ? 1 : 0);
    this.buffer[this.length++] = 36;
    this.digits(size);
    this.crlf();
    this.digits(value);
    this.crlf();
  }

  null(): void {
    this.raw(this.protocol === 3 ? NULL_RESP3 : NULL_BULK);
  }

  nullArray(): void {
    this.raw(this.protocol === 3 ? NULL_RESP3 : NULL_ARRAY);
  }

  array(length: number): void {
    this.header(42, length);
  }

  /** `length` pairs follow. */
  map(length: number): void {
    if (this.protocol === 3) this.header(37, length);
    else this.header(42, length * 2);
  }

  set(length: number): void {
    this.header(this.protocol === 3 ? 126 : 42, length);
  }

  push(length: number): void {
    this.header(this.protocol === 3 ? 62 : 42, length);
  }

  boolean(value: boolean): void {
    if (this.protocol === 3) this.line(35, value ? 't' : 'f');
    else this.integer(value ? 1 : 0);
  }

  /** `text` is the number as Redis prints it. */
  double(text: string): void {
    if (this.protocol === 3) this.line(44, text);
    else this.text(text);
  }

  /** Text that RESP3 marks with its format, `txt` or `mkd`. */
  verbatim(format: string, text: string): void {
    if (this.protocol === 2) {
      this.text(text);
      return;
    }
    const bytes = utf8Encode(`${format}:${text}`);
    this.header(61, bytes.length);
    this.raw(bytes);
    this.reserve(2);
    this.crlf();
  }

  /** Bytes that are protocol already. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    copyBytes(bytes, 0, bytes.length, this.buffer, this.length);
    this.length += bytes.length;
  }

  /** A stretch of bytes that are protocol already. */
  slice(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    copyBytes(bytes, start, end, this.buffer, this.length);
    this.length += end - start;
  }

  /** Starts again at the front; whoever still needs the old bytes has copied them or keeps the old buffer. */
  reset(): void {
    this.length = 0;
    if (this.buffer.length > KEEP_CAPACITY) this.writeTo(new Uint8Array(FIRST_CAPACITY));
  }

  /** Goes on in a fresh buffer, because somebody is still sending the old one. */
  replaceBuffer(): void {
    this.writeTo(new Uint8Array(FIRST_CAPACITY));
    this.length = 0;
  }

  private writeTo(buffer: Uint8Array<ArrayBuffer>): void {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer);
  }

  private header(type: number, length: number): void {
    this.reserve(16);
    this.buffer[this.length++] = type;
    this.digits(length);
    this.crlf();
  }

  /** A character a byte: errors quote what a client sent, whatever bytes that was. */
  private line(type: number, text: string): void {
    const bytes = ascii(text);
    this.reserve(bytes.length + 3);
    this.buffer[this.length++] = type;
    copyBytes(bytes, 0, bytes.length, this.buffer, this.length);
    this.length += bytes.length;
    this.crlf();
  }

  private crlf(): void {
    const { buffer, length } = this;
    buffer[length] = CR;
    buffer[length + 1] = LF;
    this.length = length + 2;
  }

  /** There must be room for four bytes more than the digits. */
  private digits(value: number): void {
    if (value < 10 || value >= 1e8) {
      if (value < 0) this.buffer[this.length++] = 45;
      this.length = writeDigits(value < 0 ? -value : value, this.buffer, this.length);
      return;
    }
    // Four at a time, without the zeros in front: half the time of one by one.
    const { length, view } = this;
    const count = digitsOf(value);
    if (value < 10_000) {
      view.setInt32(length, fourDigits(value) >>> ((4 - count) << 3), true);
    } else {
      const high = (value / 10_000) | 0;
      view.setInt32(length, fourDigits(high) >>> ((8 - count) << 3), true);
      view.setInt32(length + count - 4, fourDigits(value - high * 10_000), true);
    }
    this.length = length + count;
  }

  /** Makes room for so many bytes behind `length`. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    let capacity = this.buffer.length * 2;
    while (capacity < this.length + bytes) capacity *= 2;
    const larger = new Uint8Array(capacity);
    larger.set(this.buffer.subarray(0, this.length));
    this.writeTo(larger);
  }
}
