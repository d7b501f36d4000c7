import type { AppendLog } from '../../api.ts';
import { inWords } from './in-words.ts';
import { LogLost, type LogRecord, type LogStorage } from './log-storage.ts';
import type { SaveState } from './protocol.ts';

export type SyncPolicy = 'always' | 'everysec' | 'no';

export interface LogEvents {
  policy(): SyncPolicy;
  /** Everything before the offset is on stable storage. */
  synced(offset: number): void;
  /** The log cannot be written; `null` when it can again. */
  failed(why: string | null): void;
  state(state: SaveState): void;
}

/** How long bytes may wait, so that they are kept within a second under `everysec`. */
const WAIT_MS = { always: 0, everysec: 800, no: 10_000 } as const;
/** More than this does not wait, whatever the policy. */
const FULL_BYTES = 1024 * 1024;
/** A record so long is left alone; shorter ones at the end are joined. */
const SEALED_BYTES = 256 * 1024;
/** One record is no longer than this, so that reading a log takes no more memory than that at once. */
const LONGEST_RECORD = 1024 * 1024;
const RETRY_MS = 1000;

/**
 * The log as pieces in a storage where the number of pieces is what costs, not their length. What a turn of the engine
 * leaves is collected, and kept in one piece with whatever else came meanwhile.
 *
 * Short pieces at the end are joined as one adds in binary: a new piece takes up the last one as long as that is no longer
 * than itself. So a log that grows by one command at a time has few pieces, and each byte is written a dozen times at most.
 */
export class IndexedDbLog implements AppendLog {
  private readonly storage: LogStorage;
  private readonly events: LogEvents;
  /** How much the storage has; behind that come the bytes that wait. */
  private kept = 0;
  /** The last pieces in the storage, as far as they are short. */
  private open: readonly LogRecord[] = [];
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;
  /** What is being written; after a failure the next attempt is the very same, for the first may have come through. */
  private flying: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The storage is to be cut to so many bytes before anything else. */
  private cutTo: number | null = null;
  private promises: DurablePromise[] = [];

  private timer: ReturnType<typeof setTimeout> | null = null;
  private timerAt = Infinity;
  private isDue = false;
  private running: Promise<void> | null = null;

  private failure: string | null = null;
  private isLost = false;
  private isSaid: SaveState['kind'] | null = null;

  constructor(storage: LogStorage, events: LogEvents) {
    this.storage = storage;
    this.events = events;
  }

  /** Reads what is kept, and returns its length; from then on this is the log's only writer, as soon as it can write. */
  async read(take: (bytes: Uint8Array) => void): Promise<number> {
    const { length, refusal } = await this.storage.open((record) => {
      take(record.bytes);
      this.open = record.bytes.length >= SEALED_BYTES ? [] : [...this.open, record];
    });
    // With nothing to read and nowhere to write there is no log, and no reason to refuse anything for its sake.
    if (refusal !== null && length === 0) throw refusal;
    this.kept = length;
    this.failure = refusal === null ? null : inWords(refusal);
    return length;
  }

  /** Says for the first time how things are with what was read; where nothing can be written, goes on trying. */
  announce(): void {
    if (this.failure === null) {
      this.isSaid = 'saved';
      this.events.state({ kind: 'saved', bytes: this.end });
    } else {
      this.tellFailure(this.failure, true);
      this.goOn();
    }
  }

  append(bytes: Uint8Array, isDurable: boolean): Promise<void> | null {
    this.waiting.push(bytes.slice());
    this.waitingBytes += bytes.length;
    // What failed is kept for the next attempt, in its order; nobody is told that it is safe.
    if (this.failure !== null) return isDurable ? Promise.reject(new Error(this.failure)) : null;
    this.say('saving');
    if (!isDurable) {
      this.schedule(this.waitingBytes >= FULL_BYTES ? 0 : WAIT_MS[this.events.policy()]);
      return null;
    }
    const promise = new Promise<void>((resolve, reject) => {
      this.promises.push({ offset: this.end, resolve, reject });
    });
    this.start();
    return promise;
  }

  /** Keeps at once what waits; settled when it is kept, or when that was tried in vain. */
  async flush(): Promise<void> {
    this.start();
    await this.running;
  }

  /** From here on the log ends at `end`, which is before its end, and goes on there. */
  truncate(end: number): void {
    const waitingFrom = this.end - this.waitingBytes;
    const left = Math.max(0, end - waitingFrom);
    this.keepWaiting(left);
    if (end < waitingFrom) this.cutTo = end;
    this.breakPromises(end, new Error('it was taken back by a return to the past'));
    if (this.cutTo !== null) this.start();
  }

  /** Tries to keep what waits, and lets the storage go. */
  async close(): Promise<void> {
    await this.flush();
    this.clearTimer();
    this.isLost = true;
    this.storage.close();
  }

  /** The length of the log, with what waits. */
  private get end(): number {
    return (this.cutTo ?? this.kept + this.flying.length) + this.waitingBytes;
  }

  private keepWaiting(bytes: number): void {
    if (bytes >= this.waitingBytes) return;
    const left = join(this.waiting).slice(0, bytes);
    this.waiting = bytes > 0 ? [left] : [];
    this.waitingBytes = bytes;
  }

  // When to write.

  private schedule(ms: number): void {
    const at = performance.now() + ms;
    if (this.isLost || at >= this.timerAt) return;
    this.clearTimer();
    this.timerAt = at;
    this.timer = setTimeout(() => {
      this.start();
    }, ms);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Infinity;
  }

  private start(): void {
    this.clearTimer();
    this.isDue = true;
    this.running ??= this.work().finally(() => {
      this.running = null;
      this.goOn();
    });
  }

  /** After the work is done or has failed: what has come meanwhile waits its time. */
  private goOn(): void {
    // Writes may be refused for as long as this fails, so that none would come to show that it works again.
    if (this.failure !== null) this.schedule(RETRY_MS);
    else if (this.waitingBytes === 0 && this.flying.length === 0 && this.cutTo === null) return;
    else if (this.isDue) this.start();
    else this.schedule(WAIT_MS[this.events.policy()]);
  }

  // Writing.

  private async work(): Promise<void> {
    while (this.isDue && !this.isLost) {
      try {
        if (this.cutTo !== null && this.flying.length === 0) await this.cut(this.cutTo);
        else await this.write();
      } catch (error) {
        this.isDue = false;
        this.fail(error);
        return;
      }
    }
  }

  private async write(): Promise<void> {
    this.isDue = false;
    if (this.flying.length === 0) {
      if (this.waitingBytes === 0) {
        if (this.failure !== null) await this.probe();
        return;
      }
      this.flying = join(this.waiting);
      this.waiting = [];
      this.waitingBytes = 0;
    }
    const isStrict = this.promises.length > 0 || this.events.policy() !== 'no';
    const end = this.kept + this.flying.length;
    const { put, remove, open } = this.arrange(this.flying);
    await this.storage.write({ put, remove, before: this.kept, end, isStrict });
    this.flying = NO_BYTES;
    this.kept = end;
    this.open = open;
    this.succeed(isStrict);
  }

  private async probe(): Promise<void> {
    await this.storage.write({ put: [], remove: [], before: this.kept, end: this.kept, isStrict: true });
    this.succeed(true);
  }

  private async cut(to: number): Promise<void> {
    if (to < this.kept) {
      const last = await this.storage.truncate(to, this.kept);
      const isShort = last !== null && last.bytes.length < SEALED_BYTES;
      this.open = this.open.filter(({ offset }) => last !== null && offset < last.offset);
      this.open = isShort ? [...this.open, last] : [];
      this.kept = to;
    }
    // Another cut may have been asked for meanwhile.
    if (this.cutTo === to) this.cutTo = null;
    this.succeed(true);
  }

  /** Which records the new bytes make, which of the old ones these take up, and which short ones are then the last. */
  private arrange(bytes: Uint8Array<ArrayBuffer>): { put: LogRecord[]; remove: number[]; open: LogRecord[] } {
    const open = [...this.open];
    const parts = [bytes];
    const remove: number[] = [];
    let offset = this.kept;
    let length = bytes.length;
    for (let last = open.at(-1); last && last.bytes.length <= length; last = open.at(-1)) {
      open.pop();
      parts.unshift(last.bytes);
      remove.push(last.offset);
      offset = last.offset;
      length += last.bytes.length;
    }
    const whole = join(parts);
    const put: LogRecord[] = [];
    for (let at = 0; at < length; at += LONGEST_RECORD) {
      put.push({ offset: offset + at, bytes: whole.slice(at, at + LONGEST_RECORD) });
    }
    const final = put[put.length - 1];
    const isShort = final.bytes.length < SEALED_BYTES;
    return { put, remove, open: isShort ? (put.length === 1 ? [...open, final] : [final]) : [] };
  }

  // What came of it.

  private succeed(isStrict: boolean): void {
    if (this.failure !== null) {
      this.failure = null;
      this.isDue = this.waitingBytes > 0;
      this.events.failed(null);
    }
    if (isStrict && this.cutTo === null) this.events.synced(this.kept);
    const kept = this.promises.filter(({ offset }) => offset <= this.kept);
    this.promises = this.promises.filter(({ offset }) => offset > this.kept);
    for (const { resolve } of kept) resolve();
    this.isDue ||= this.promises.length > 0 || this.cutTo !== null;
    this.say(this.waitingBytes === 0 ? 'saved' : 'saving');
  }

  private fail(error: unknown): void {
    const why = inWords(error);
    const isNews = this.failure !== why;
    this.failure = why;
    this.isLost ||= error instanceof LogLost;
    this.tellFailure(why, isNews);
    this.breakPromises(-1, new Error(why));
  }

  private tellFailure(why: string, isNews: boolean): void {
    if (isNews) this.events.failed(why);
    this.isSaid = 'failed';
    this.events.state({ kind: 'failed', why });
  }

  private breakPromises(behind: number, error: Error): void {
    const broken = this.promises.filter(({ offset }) => offset > behind);
    this.promises = this.promises.filter(({ offset }) => offset <= behind);
    for (const { reject } of broken) reject(error);
  }

  private say(kind: 'saved' | 'saving'): void {
    if (kind === 'saving' && this.isSaid === 'saving') return;
    this.isSaid = kind;
    this.events.state({ kind, bytes: kind === 'saved' ? this.kept : this.waitingBytes });
  }
}

interface DurablePromise {
  readonly offset: number;
  resolve(): void;
  reject(error: Error): void;
}

const NO_BYTES = new Uint8Array(0);

function join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
