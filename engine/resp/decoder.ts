import { Args } from '../args.ts';
import { viewOf } from '../memory/bytes.ts';
import { parseInt32, parseInt64 } from '../memory/numbers.ts';
import { splitInline } from './inline.ts';

/** No line of the protocol, an inline command included, may be longer. */
const LONGEST_LINE = 64 * 1024;
/** What a client that has not authenticated yet may claim. */
const UNAUTHENTICATED_COUNT = 10;
const UNAUTHENTICATED_BULK = 16 * 1024;

/** `$0`, its line's end, and the end of nothing. No number that `plainNumber` reads is longer than that. */
const SHORTEST_BULK = 6;

/** `*2`, `$1`, `x`, `$0`, nothing, with the ends of their lines. */
const SHORTEST_COMMAND = 17;
/** Whoever says more than this in a command is not kept waiting by one key. */
const FEW_WORDS = 9;

const NOTHING = new Uint8Array(0);
const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;

export interface DecoderLimits {
  /** The longest argument, `proto-max-bulk-len`. */
  maxBulkBytes: number;
}

/**
 * Takes a connection's bytes as they come and finds the commands in them. A byte at a time gives the same commands as
 * all at once. Where a command lies whole in the bytes received, its arguments are views of them and nothing is copied;
 * only what is left of an unfinished command is kept, and it grows with the bytes that came, not with a declared size.
 */
export class RequestDecoder {
  /** The command found last; holds until the next call. */
  readonly args = new Args();
  /** Why the connection cannot go on, in the protocol's words. */
  error: string | null = null;
  isAuthenticated = true;
  /** The request's own bytes within `args.bytes`, when they are what an encoder would have written. */
  requestStart = 0;
  requestEnd = 0;
  isCanonical = false;

  private readonly limits: DecoderLimits;
  private input: Uint8Array = new Uint8Array(0);
  private end = 0;
  private position = 0;
  private commandStart = 0;
  private isInsideCommand = false;
  /** How far a line was searched for its end already, so that a byte at a time stays linear. */
  private searched = 0;
  private bulksLeft = 0;
  private bulkLength = -1;
  private kept: Uint8Array = new Uint8Array(0);
  private keptLength = 0;

  constructor(limits: DecoderLimits) {
    this.limits = limits;
  }

  /** Bytes of an unfinished command. */
  get pendingBytes(): number {
    return this.keptLength;
  }

  /** They themselves, copied: fed to a fresh decoder, they bring it to where this one stands. */
  pendingCopy(): Uint8Array {
    return this.kept.slice(0, this.keptLength);
  }

  /** How much is set aside for them. */
  get pendingCapacity(): number {
    return this.kept.length;
  }

  /** Hands over bytes, the first so many of them; then call `next` until it returns false. They must stay as they are until then. */
  feed(chunk: Uint8Array, length = chunk.length): void {
    if (this.keptLength === 0) {
      this.input = chunk;
      this.end = length;
      this.position = 0;
      this.commandStart = 0;
      this.searched = 0;
      return;
    }
    this.keep(length < chunk.length ? chunk.subarray(0, length) : chunk, this.keptLength);
    this.input = this.kept;
    this.end = this.keptLength;
  }

  /** True when `args` holds the next command. False when more bytes are needed, or `error` says what is wrong. */
  next(): boolean {
    if (this.nextPlain()) return true;
    while (this.error === null && this.position < this.end) {
      const isMultibulk = this.isInsideCommand || this.input[this.position] === STAR;
      const found = isMultibulk ? this.nextMultibulk() : this.nextInline();
      if (!found) break;
      this.isInsideCommand = false;
      if (this.args.count > 0) return true;
    }
    this.keepRest();
    return false;
  }

  /** Stops between two commands: what is left of the input is kept, and a later `feed`, of nothing even, goes on there. */
  suspend(): void {
    this.keepRest();
  }

  /** What `next` found last is to be found again. */
  putBack(): void {
    this.position = this.searched = this.requestStart;
  }

  /** What came of a command that is not whole yet has not come. */
  forget(): void {
    this.input = NOTHING;
    this.end = this.position = this.commandStart = this.searched = this.keptLength = 0;
    this.isInsideCommand = false;
    this.bulksLeft = 0;
    this.bulkLength = -1;
  }

  /**
   * The usual case in one go: a command that lies whole in the input, its numbers short and plainly written. For
   * whatever is not so it returns false and has changed nothing; then the careful way decides what it is.
   */
  private nextPlain(): boolean {
    const { input, end, args } = this;
    const { starts, ends } = args;
    const view = viewOf(input);
    const commandStart = this.position;
    let at = commandStart;
    if (this.isInsideCommand || !this.isAuthenticated || at + SHORTEST_BULK > end) return false;
    const count = markedNumber(STAR, input, view, at);
    if (count <= 0 || count > starts.length) return false;
    at += count < 10 ? 4 : count < 100 ? 5 : 6;
    for (let i = 0; i < count; i++) {
      // So that no read below goes past the input's end, which would be slower for good.
      if (at + SHORTEST_BULK > end) return false;
      const length = markedNumber(DOLLAR, input, view, at);
      if (length < 0) return false;
      at += length < 10 ? 4 : length < 100 ? 5 : 6;
      starts[i] = at;
      at += length;
      ends[i] = at;
      if (at + 2 > end || view.getInt16(at, true) !== LINE_END) return false;
      at += 2;
    }
    // Mostly they are already, and to say so again would make work for the garbage collector.
    if (args.bytes !== input) args.bytes = input;
    args.count = count;
    this.requestStart = commandStart;
    this.requestEnd = at;
    this.isCanonical = true;
    this.position = at;
    this.searched = at;
    return true;
  }

  /** The bytes in which `next` finds its commands. */
  get bytes(): Uint8Array {
    return this.input;
  }

  /**
   * Notes where one of the words of each of the next commands most likely lies, counted from the command's name on, and returns
   * how many they are: as far as the commands have come, are short and plainly written, and as there is room. The first word
   * mostly is a key.
   */
  wordsAhead(which: number, starts: Int32Array, ends: Int32Array, most = starts.length): number {
    const { input, end } = this;
    const view = viewOf(input);
    let at = this.position;
    let found = 0;
    let length = 0;
    if (this.isInsideCommand || !this.isAuthenticated) return 0;
    while (found < most && at + SHORTEST_COMMAND <= end) {
      // A pipeline's commands mostly are as long as each other. Where this one and the one behind it begin like the one before,
      // and its word too, it is taken to be: who looks for what is told here goes by the bytes that he finds there.
      const behind = at + length;
      if (found > 0 && behind + 4 <= end) {
        const start = starts[found - 1] + length;
        const head = view.getInt32(at, true);
        const isAlike = head === view.getInt32(at - length, true) && head === view.getInt32(behind, true);
        if (isAlike && view.getInt32(start - 4, true) === view.getInt32(start - length - 4, true)) {
          starts[found] = start;
          ends[found] = ends[found - 1] + length;
          found++;
          at = behind;
          continue;
        }
      }
      const begin = at;
      const count = markedNumber(STAR, input, view, at);
      if (count <= which || count > FEW_WORDS) break;
      at += 4;
      for (let i = 0; i < count; i++) {
        const size = at + SHORTEST_BULK > end ? -1 : markedNumber(DOLLAR, input, view, at);
        if (size < 0) return found;
        at += size < 10 ? 4 : size < 100 ? 5 : 6;
        if (i === which) starts[found] = at;
        at += size;
        if (i === which) ends[found] = at;
        at += 2;
      }
      if (at > end) break;
      length = at - begin;
      found++;
    }
    return found;
  }

  private nextMultibulk(): boolean {
    if (!this.isInsideCommand) {
      this.commandStart = this.position;
      if (!this.readCount()) return false;
    }
    while (this.bulksLeft > 0) {
      if (this.bulkLength < 0 && !this.readBulkLength()) return false;
      if (this.end - this.position < this.bulkLength + 2) return false;
      const bulkEnd = this.position + this.bulkLength;
      this.args.push(this.position, bulkEnd);
      if (this.input[bulkEnd] !== CR || this.input[bulkEnd + 1] !== LF) this.isCanonical = false;
      this.position = bulkEnd + 2;
      this.searched = this.position;
      this.bulkLength = -1;
      this.bulksLeft--;
    }
    this.found();
    return true;
  }

  private readCount(): boolean {
    const line = this.findLine('too big mbulk count string');
    if (line < 0) return false;
    const count = this.parseCount(this.position + 1, line);
    if (Number.isNaN(count)) return this.fail('invalid multibulk length');
    if (count > UNAUTHENTICATED_COUNT && !this.isAuthenticated) return this.fail('unauthenticated multibulk length');
    this.isCanonical = this.input[line + 1] === LF;
    this.position = line + 2;
    this.searched = this.position;
    this.args.count = 0;
    this.bulksLeft = Math.max(0, count);
    this.bulkLength = -1;
    this.isInsideCommand = true;
    return true;
  }

  /** Counts past 32 bits are refused, but any negative one is an empty request. */
  private parseCount(start: number, end: number): number {
    const count = parseInt32(this.input, start, end);
    if (!Number.isNaN(count)) return count;
    const wide = parseInt64(this.input, start, end);
    return wide !== null && wide < 0n ? -1 : NaN;
  }

  private readBulkLength(): boolean {
    const line = this.findLine('too big bulk count string');
    if (line < 0) return false;
    const type = this.input[this.position];
    if (type !== DOLLAR) return this.fail(`expected '$', got '${String.fromCharCode(type)}'`);
    const length = parseInt32(this.input, this.position + 1, line);
    if (!(length >= 0 && length <= this.limits.maxBulkBytes)) return this.fail('invalid bulk length');
    if (length > UNAUTHENTICATED_BULK && !this.isAuthenticated) return this.fail('unauthenticated bulk length');
    if (this.input[line + 1] !== LF) this.isCanonical = false;
    this.position = line + 2;
    this.searched = this.position;
    this.bulkLength = length;
    return true;
  }

  /** Where the line at `position` ends, its CR with one more byte behind it, or -1. */
  private findLine(tooLong: string): number {
    const at = this.search(CR);
    if (at < this.end - 1 && this.input[at] === CR) return at;
    if ((at >= this.end || this.input[at] !== CR) && this.end - this.position > LONGEST_LINE) this.fail(tooLong);
    return -1;
  }

  /** Goes on to the next such byte, or to a zero byte, behind which the server, which reads C's text, sees nothing more. */
  private search(byte: number): number {
    let at = this.searched;
    while (at < this.end && this.input[at] !== byte && this.input[at] !== 0) at++;
    this.searched = at;
    return at;
  }

  private nextInline(): boolean {
    this.commandStart = this.position;
    const at = this.search(LF);
    if (at >= this.end || this.input[at] !== LF) {
      if (this.end - this.position > LONGEST_LINE) this.fail('too big inline request');
      return false;
    }
    const lineEnd = at > this.position && this.input[at - 1] === CR ? at - 1 : at;
    const values = splitInline(this.input, this.position, lineEnd);
    if (values === null) return this.fail('unbalanced quotes in request');
    const inline = Args.from(values);
    this.args.bytes = inline.bytes;
    this.args.starts = inline.starts;
    this.args.ends = inline.ends;
    this.args.count = inline.count;
    this.requestStart = this.commandStart;
    this.isCanonical = false;
    this.position = at + 1;
    this.searched = this.position;
    return true;
  }

  private found(): void {
    this.args.bytes = this.input;
    this.requestStart = this.commandStart;
    this.requestEnd = this.position;
  }

  private fail(what: string): false {
    this.error = `ERR Protocol error: ${what}`;
    return false;
  }

  /** Moves what is left of an unfinished command to the front of our own buffer. */
  private keepRest(): void {
    const from = this.isInsideCommand ? this.commandStart : this.position;
    const length = this.error === null ? this.end - from : 0;
    if (length > 0) {
      if (this.input === this.kept) this.kept.copyWithin(0, from, this.end);
      else this.keep(this.input.subarray(from, this.end), 0);
      for (let i = 0; this.isInsideCommand && i < this.args.count; i++) {
        this.args.starts[i] -= from;
        this.args.ends[i] -= from;
      }
      this.position -= from;
      this.searched -= from;
      this.commandStart = 0;
    } else if (this.kept.length > LONGEST_LINE) {
      this.kept = new Uint8Array(0);
    }
    this.keptLength = length;
  }

  private keep(chunk: Uint8Array, at: number): void {
    const needed = at + chunk.length;
    if (needed > this.kept.length) {
      const larger = new Uint8Array(Math.max(needed, this.kept.length * 2, 1024));
      larger.set(this.kept.subarray(0, at));
      this.kept = larger;
    }
    this.kept.set(chunk, at);
    this.keptLength = needed;
  }
}

const LINE_END = 0x0a0d;
/** A line's end behind one digit, in a word that begins with a mark, and the first half of one behind two digits. */
const ONE_DIGIT = 0x0a0d0000;
const TWO_DIGITS = 0x0d000000;

/** The number between a mark and the end of its line, if it is plainly written; else -1. Nearly all have one digit or two. */
function markedNumber(mark: number, input: Uint8Array, view: DataView, at: number): number {
  const word = view.getInt32(at, true);
  const first = ((word >>> 8) & 255) - 48;
  if ((word & 0xffff00ff) === (ONE_DIGIT | mark)) return first >= 0 && first <= 9 ? first : -1;
  const second = ((word >>> 16) & 255) - 48;
  const isTwo = first >= 1 && first <= 9 && second >= 0 && second <= 9;
  if (isTwo && (word & 0xff0000ff) === (TWO_DIGITS | mark) && input[at + 4] === LF) return first * 10 + second;
  return (word & 255) === mark ? plainNumber(input, at + 1) : -1;
}

/** A number of one to three digits with nothing before and a line's end behind it, or -1. */
function plainNumber(bytes: Uint8Array, start: number): number {
  const first = bytes[start] - 48;
  if (!(first >= 0 && first <= 9)) return -1;
  let at = start + 1;
  let value = first;
  if (first > 0) {
    for (let digit = bytes[at] - 48; digit >= 0 && digit <= 9; digit = bytes[at] - 48) {
      if (at - start === 3) return -1;
      value = value * 10 + digit;
      at++;
    }
  }
  return bytes[at] === CR && bytes[at + 1] === LF ? value : -1;
}
