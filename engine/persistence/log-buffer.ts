import { ascii, copyBytes, utf8Encode } from '../memory/bytes.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import { LOG_TAIL, type LogModel, type LogProbe, type LogRecordModel } from './log.steps.ts';

const FIRST_CAPACITY = 64 * 1024;
const KEEP_CAPACITY = 4 * 1024 * 1024;
const LOG_ID = 0;

/** Where the log stands, to return to later. */
export interface LogBufferState {
  readonly offset: number;
  readonly written: number;
  readonly synced: number;
  readonly selectedDb: number;
  readonly tail: readonly LogRecordModel[];
}

/**
 * The part of the log that was not handed to the host yet: the commands of a turn that changed something, as RESP, in the
 * order in which they happened. Mostly these are the very bytes that the client sent.
 */
export class LogBuffer {
  private readonly trace: LogProbe | null;
  private buffer = new Uint8Array(FIRST_CAPACITY);
  private length = 0;
  /** The log's length with everything in the buffer, and how much of it the host has, and has on stable storage. */
  private offset = 0;
  private written = 0;
  private synced = 0;
  private selectedDb = -1;
  // Only for the picture, so kept only when somebody watches.
  private tail: LogRecordModel[] = [];

  constructor(trace: LogProbe | null) {
    this.trace = trace;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** The length of the log, what is still in the buffer included. */
  get end(): number {
    return this.offset;
  }

  /** A log that was read has this length; the next command will say its database again. */
  startAt(offset: number): void {
    this.offset = offset;
    this.written = offset;
    this.synced = offset;
    this.selectedDb = -1;
    this.trace?.write(LOG_ID, offset);
    this.trace?.sync(LOG_ID, offset);
  }

  /** A command in the client's own bytes. */
  appendRequest(db: number, bytes: Uint8Array, start: number, end: number): void {
    this.select(db);
    this.put(bytes, start, end);
  }

  /** A command in the engine's words. */
  appendCommand(db: number, argv: readonly (string | Uint8Array)[]): void {
    this.select(db);
    this.putCommand(argv);
  }

  /** The bytes to hand over; valid until the next change. */
  pending(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private select(db: number): void {
    if (db === this.selectedDb) return;
    this.selectedDb = db;
    this.putCommand(['SELECT', String(db)]);
  }

  private putCommand(argv: readonly (string | Uint8Array)[]): void {
    const parts = [ascii(`*${argv.length}\r\n`)];
    for (const item of argv) {
      const bytes = typeof item === 'string' ? utf8Encode(item) : item;
      parts.push(ascii(`$${bytes.length}\r\n`), bytes, CRLF);
    }
    const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.put(whole, 0, whole.length);
  }

  // Micro-steps.

  private put(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.length + size > this.buffer.length) this.makeRoom(this.length + size);
    copyBytes(bytes, start, end, this.buffer, this.length);
    this.length += size;
    if (this.trace) this.remember(bytes, start, size);
    this.trace?.append(LOG_ID, size, this.offset, bytes, start, end);
    this.offset += size;
  }

  /** The host has the pending bytes now. */
  markWritten(): void {
    this.length = 0;
    if (this.buffer.length > KEEP_CAPACITY) this.buffer = new Uint8Array(FIRST_CAPACITY);
    this.written = this.offset;
    this.trace?.write(LOG_ID, this.written);
  }

  /** Everything before the offset is on stable storage. */
  markSynced(offset: number): void {
    this.synced = offset;
    this.trace?.sync(LOG_ID, offset);
  }

  private remember(bytes: Uint8Array, start: number, size: number): void {
    const head = bytes.slice(start, start + Math.min(size, PREVIEW_BYTES));
    this.tail.push({ offset: this.offset, length: size, head });
    if (this.tail.length > LOG_TAIL) this.tail.shift();
  }

  private makeRoom(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }

  snapshot(): LogModel {
    return { length: this.offset, written: this.written, synced: this.synced, tail: [...this.tail] };
  }

  capture(): LogBufferState {
    const { offset, written, synced, selectedDb } = this;
    return { offset, written, synced, selectedDb, tail: [...this.tail] };
  }

  /** For a projection of the past: nothing is pending there. */
  restore(state: LogBufferState): void {
    this.length = 0;
    this.offset = state.offset;
    this.written = state.written;
    this.synced = state.synced;
    this.selectedDb = state.selectedDb;
    this.tail = [...state.tail];
  }
}

const CRLF = ascii('\r\n');
