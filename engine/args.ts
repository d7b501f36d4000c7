import { NOT_AN_INTEGER, NOT_A_FLOAT, CommandError } from './errors.ts';
import { latin1, utf8Decode } from './memory/bytes.ts';
import { parseFloating, parseInt64 } from './memory/numbers.ts';

/**
 * A command's arguments: a view over the input's bytes. Nothing is copied, so it holds only while the command runs;
 * what is to stay must be stored. Argument 0 is the command's own name.
 */
export class Args {
  bytes: Uint8Array = new Uint8Array(0);
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  count = 0;

  /** Makes arguments out of byte strings, for callers that have no input to view. */
  static from(values: readonly Uint8Array[]): Args {
    const args = new Args();
    args.bytes = new Uint8Array(values.reduce((total, value) => total + value.length, 0));
    let at = 0;
    for (const value of values) {
      args.bytes.set(value, at);
      args.push(at, at + value.length);
      at += value.length;
    }
    return args;
  }

  push(start: number, end: number): void {
    if (this.count === this.starts.length) this.makeRoom();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
  }

  length(index: number): number {
    return this.ends[index] - this.starts[index];
  }

  /** How many bytes of input they are, with all that stands between them. */
  span(): number {
    return this.ends[this.count - 1] - this.starts[0];
  }

  /** A copy of the argument, to keep. */
  copy(index: number): Uint8Array {
    return this.bytes.slice(this.starts[index], this.ends[index]);
  }

  /** A copy of all of them that outlives the input. */
  detach(): Args {
    const copy = new Args();
    const first = this.count > 0 ? this.starts[0] : 0;
    const last = this.count > 0 ? this.ends[this.count - 1] : 0;
    copy.bytes = this.bytes.slice(first, last);
    for (let i = 0; i < this.count; i++) copy.push(this.starts[i] - first, this.ends[i] - first);
    return copy;
  }

  /** An argument as an error repeats it: not beyond a zero byte, nor beyond so many bytes. */
  quoted(index: number, bytes = Infinity): string {
    const text = this.latin1(index).slice(0, bytes);
    const zero = text.indexOf('\0');
    return zero < 0 ? text : text.slice(0, zero);
  }

  /** The argument as text, a character a byte: nothing is lost, and ASCII is itself. */
  latin1(index: number): string {
    return latin1(this.bytes, this.starts[index], this.ends[index]);
  }

  utf8(index: number): string {
    return utf8Decode(this.bytes, this.starts[index], this.ends[index]);
  }

  /** Whether the argument is this word, whatever its case. The word is given in upper case. */
  is(index: number, word: string): boolean {
    const start = this.starts[index];
    if (this.ends[index] - start !== word.length) return false;
    for (let i = 0; i < word.length; i++) {
      const byte = this.bytes[start + i];
      const upper = byte >= 97 && byte <= 122 ? byte - 32 : byte;
      if (upper !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  /**
   * The argument as an integer. Past 2^53 the result is rounded; whoever computes with such numbers takes `int64`.
   * Throws the error reply for what is no 64-bit integer.
   */
  integer(index: number, error: string = NOT_AN_INTEGER): number {
    const start = this.starts[index];
    const length = this.ends[index] - start;
    // The usual case without a call: one to nine digits, no sign.
    if (length > 0 && length < 10) {
      let value = 0;
      let i = 0;
      for (; i < length; i++) {
        const digit = this.bytes[start + i] - 48;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (i === length && (this.bytes[start] !== 48 || length === 1)) return value;
    }
    return Number(this.int64(index, error));
  }

  int64(index: number, error: string = NOT_AN_INTEGER): bigint {
    const value = parseInt64(this.bytes, this.starts[index], this.ends[index]);
    if (value === null) throw new CommandError(error);
    return value;
  }

  double(index: number, error: string = NOT_A_FLOAT): number {
    const value = parseFloating(this.bytes, this.starts[index], this.ends[index]);
    if (Number.isNaN(value)) throw new CommandError(error);
    return value;
  }

  private makeRoom(): void {
    const starts = new Int32Array(this.count * 2);
    const ends = new Int32Array(this.count * 2);
    starts.set(this.starts);
    ends.set(this.ends);
    this.starts = starts;
    this.ends = ends;
  }
}
