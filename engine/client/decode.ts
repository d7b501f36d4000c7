import { latin1, utf8Decode } from '../memory/bytes.ts';
import type { Pair, Reply } from './reply.ts';

/**
 * ## Problem
 * Replies arrive in pieces that have nothing to do with where a reply begins or ends.
 *
 * ## Idea
 * Bytes wait in one buffer until the next *token* is whole: a line, or a bulk string's body. Aggregates that are
 * still open stand on a stack of their own, so a reply cut anywhere goes on where it stopped, and depth costs heap
 * instead of call stack. A byte at a time therefore gives exactly what all bytes at once give.
 *
 * ## Invariants
 * 1. Memory follows the bytes that came, never a length that was merely announced.
 * 2. After the first malformed byte every later call throws the same error: a stream out of step has no meaning.
 */
export class ReplyDecoder {
  private buffer: Uint8Array = new Uint8Array(1024);
  private start = 0;
  private end = 0;
  /** How far the search for the current line's end has come, so that a slow line is not searched twice. */
  private searched = 0;
  private body: BulkBody | null = null;
  private readonly open: Frame[] = [];
  private attributes: readonly Pair[] | undefined = undefined;
  private failure: ProtocolError | null = null;
  private readonly onreply: (reply: Reply) => void;

  constructor(onreply: (reply: Reply) => void) {
    this.onreply = onreply;
  }

  /** Takes the next bytes of the stream and reports each reply that they complete. Throws ProtocolError. */
  feed(bytes: Uint8Array): void {
    if (this.failure) throw this.failure;
    this.append(bytes);
    try {
      while (this.body ? this.takeBody(this.body) : this.takeLine());
    } catch (error) {
      if (error instanceof ProtocolError) this.failure = error;
      throw error;
    }
  }

  private append(bytes: Uint8Array): void {
    if (this.start === this.end && this.buffer.length > KEPT_CAPACITY) this.buffer = new Uint8Array(1024);
    if (this.start === this.end) this.start = this.end = this.searched = 0;
    if (this.end + bytes.length > this.buffer.length) {
      const waiting = this.buffer.subarray(this.start, this.end);
      const needed = waiting.length + bytes.length;
      const target = needed * 2 <= this.buffer.length ? this.buffer : new Uint8Array(needed * 2);
      target.set(waiting);
      this.buffer = target;
      this.searched -= this.start;
      this.end -= this.start;
      this.start = 0;
    }
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  private takeLine(): boolean {
    const feed = this.buffer.subarray(0, this.end).indexOf(LF, Math.max(this.searched, this.start));
    if (feed < 0) {
      this.searched = this.end;
      if (this.end - this.start > LONGEST_LINE) throw new ProtocolError(`a line longer than ${LONGEST_LINE} bytes`);
      return false;
    }
    const line = this.buffer.subarray(this.start, feed - 1);
    if (feed === this.start || this.buffer[feed - 1] !== CR)
      throw new ProtocolError('a line feed without its carriage return');
    if (line.length === 0) throw new ProtocolError('an empty line where a reply begins');
    if (line.includes(CR)) throw new ProtocolError('a carriage return inside a line');
    this.start = feed + 1;
    this.searched = this.start;
    this.beginReply(line);
    return true;
  }

  private beginReply(line: Uint8Array): void {
    const sign = String.fromCharCode(line[0]);
    switch (sign) {
      case '+':
        return this.complete({ type: 'status', text: utf8Decode(line, 1) });
      case '-':
        return this.complete({ type: 'error', text: utf8Decode(line, 1) });
      case '$':
      case '!':
      case '=':
        return this.beginBody(sign, line);
      case '*':
      case '~':
      case '>':
      case '%':
      case '|':
        return this.beginAggregate(sign, line);
      default:
        return this.complete(scalar(sign, latin1(line, 1)));
    }
  }

  private beginBody(sign: BulkSign, line: Uint8Array): void {
    const length = declaredLength(sign, line);
    if (length > LONGEST_BULK) throw new ProtocolError(`a bulk string of ${length} bytes, more than Redis allows`);
    if (length < 0) return this.complete({ type: 'null' });
    this.body = { sign, length };
  }

  private takeBody(body: BulkBody): boolean {
    const { start } = this;
    const last = start + body.length;
    if (this.end < last + 2) return false;
    if (this.buffer[last] !== CR || this.buffer[last + 1] !== LF) {
      throw new ProtocolError(`a bulk string of ${body.length} bytes that does not end where it says`);
    }
    this.body = null;
    this.start = last + 2;
    this.searched = this.start;
    const bytes = this.buffer.slice(start, last);
    if (body.sign === '$') this.complete({ type: 'bulk', bytes });
    else if (body.sign === '!') this.complete({ type: 'error', text: utf8Decode(bytes) });
    else this.complete(verbatim(bytes));
    return true;
  }

  private beginAggregate(sign: AggregateSign, line: Uint8Array): void {
    const count = declaredLength(sign, line);
    if (count < 0) return this.complete({ type: 'null' });
    if (this.open.length >= DEEPEST) throw new ProtocolError(`replies nested deeper than ${DEEPEST}`);
    const missing = sign === '%' || sign === '|' ? count * 2 : count;
    this.open.push({ sign, missing, items: [], attributes: this.takeAttributes() });
    this.closeFull();
  }

  private complete(reply: Reply): void {
    const attributes = this.takeAttributes();
    this.deliver(attributes ? { ...reply, attributes } : reply);
    this.closeFull();
  }

  private takeAttributes(): readonly Pair[] | undefined {
    const { attributes } = this;
    this.attributes = undefined;
    return attributes;
  }

  private deliver(reply: Reply): void {
    const parent = this.open.at(-1);
    if (!parent) return this.onreply(reply);
    parent.items.push(reply);
    parent.missing--;
  }

  private closeFull(): void {
    for (let frame = this.open.at(-1); frame?.missing === 0; frame = this.open.at(-1)) {
      this.open.pop();
      if (frame.sign === '|') {
        // Attributes count as no item: they wait for the value they describe, together with those before them.
        this.attributes = [...(frame.attributes ?? []), ...inPairs(frame.items)];
        return;
      }
      const reply = aggregate(frame);
      this.deliver(frame.attributes ? { ...reply, attributes: frame.attributes } : reply);
    }
  }
}

/** The bytes of the other end are no RESP. The connection is of no use any more. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  constructor(what: string) {
    super(`Protocol error: ${what}`);
  }
}

type BulkSign = '$' | '!' | '=';
type AggregateSign = '*' | '~' | '>' | '%' | '|';
interface BulkBody {
  sign: BulkSign;
  length: number;
}
interface Frame {
  sign: AggregateSign;
  missing: number;
  items: Reply[];
  attributes: readonly Pair[] | undefined;
}

const CR = 13;
const LF = 10;
const LONGEST_LINE = 1 << 20;
const LONGEST_BULK = 512 * 1024 * 1024;
const DEEPEST = 512;
/** What one huge reply made the buffer grow to is given back after it. */
const KEPT_CAPACITY = 1 << 20;
const LARGEST_COUNT = 2 ** 31 - 1;
const INT64_MAX = 2n ** 63n - 1n;

function declaredLength(sign: string, line: Uint8Array): number {
  const text = latin1(line, 1);
  if (text === '-1' && (sign === '$' || sign === '*')) return -1;
  if (!/^\d{1,10}$/.test(text)) throw new ProtocolError(`'${sign}${printable(text)}' announces no length`);
  const length = Number(text);
  if (length > LARGEST_COUNT) throw new ProtocolError(`'${sign}${text}' announces an impossible length`);
  return length;
}

function scalar(sign: string, text: string): Reply {
  switch (sign) {
    case ':':
      return integer(text);
    case '_':
      if (text !== '') throw new ProtocolError(`'_${printable(text)}' is no null`);
      return { type: 'null' };
    case '#':
      if (text !== 't' && text !== 'f') throw new ProtocolError(`'#${printable(text)}' is no boolean`);
      return { type: 'boolean', value: text === 't' };
    case ',':
      return { type: 'double', value: double(text), text };
    case '(':
      if (!/^[+-]?\d+$/.test(text)) throw new ProtocolError(`'(${printable(text)}' is no big number`);
      return { type: 'big-number', text };
    default:
      throw new ProtocolError(`no reply begins with '${printable(sign)}'`);
  }
}

function integer(text: string): Reply {
  if (!/^[+-]?\d{1,19}$/.test(text)) throw new ProtocolError(`':${printable(text)}' is no integer`);
  const value = Number(text);
  if (Number.isSafeInteger(value)) return { type: 'integer', value: value + 0 };
  const exact = BigInt(text.replace('+', ''));
  if (exact > INT64_MAX || exact < -INT64_MAX - 1n) throw new ProtocolError(`':${text}' does not fit in 64 bits`);
  return { type: 'integer', value: exact };
}

function double(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^-?nan$/i.test(text)) return NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new ProtocolError(`',${printable(text)}' is no double`);
  return Number(text);
}

function verbatim(bytes: Uint8Array): Reply {
  if (bytes[3] !== COLON) throw new ProtocolError('a verbatim string without its three letters of format');
  return { type: 'verbatim', format: latin1(bytes, 0, 3), bytes: bytes.subarray(4) };
}

const COLON = 58;

function aggregate({ sign, items }: Frame): Reply {
  if (sign === '%') return { type: 'map', pairs: inPairs(items) };
  return { type: sign === '~' ? 'set' : sign === '>' ? 'push' : 'array', items };
}

function inPairs(items: readonly Reply[]): Pair[] {
  return Array.from({ length: items.length >> 1 }, (_, i): Pair => [items[2 * i], items[2 * i + 1]]);
}

/** An error's text may be shown anywhere; the other end's control bytes must not come along. */
function printable(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return short.replace(/[^ -~…]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
