/** Storages for tests: one that behaves, and one that does not. */
import { LogGap, LogLost, type LogChange, type LogRecord, type LogStorage, type OpenedLog } from './log-storage.ts';

/** What is kept outlives the storage that wrote it, as a disk does. */
export interface Disk {
  records: Map<number, Uint8Array<ArrayBuffer>>;
  end: number;
  epoch: number;
}

export function emptyDisk(): Disk {
  return { records: new Map(), end: 0, epoch: 0 };
}

export type Fault = 'none' | 'fail' | 'fail after' | 'never' | 'never after';

/** `claim` is a part of `open`, and after that has failed, of whatever writes first. */
export type Operation = 'open' | 'claim' | 'write' | 'truncate';

/** Before each operation asks what shall go wrong with it. `never` is the moment at which the worker is killed, `never after` a moment later. */
export class FaultyStorage implements LogStorage {
  readonly disk: Disk;
  fault: (operation: Operation) => Fault = () => 'none';
  error: Error = new Error('the disk is broken');
  writes: LogChange[] = [];
  private epoch = 0;
  private isClaimed = true;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  async open(take: (record: LogRecord) => void): Promise<OpenedLog> {
    let refusal: Error | null = null;
    try {
      await this.attempt('claim', () => {
        this.epoch = ++this.disk.epoch;
      });
    } catch {
      refusal = this.error;
      this.isClaimed = false;
      this.epoch = this.disk.epoch;
    }
    return this.attempt('open', () => {
      let read = 0;
      for (const [offset, bytes] of [...this.disk.records].sort(([a], [b]) => a - b)) {
        if (offset !== read) throw new LogGap(`the bytes from ${read} to ${offset} are missing`);
        read += bytes.length;
        take({ offset, bytes });
      }
      if (read !== this.disk.end) throw new LogGap(`it should have ${this.disk.end} bytes and has ${read}`);
      return { length: read, refusal };
    });
  }

  async write(change: LogChange): Promise<void> {
    await this.claim();
    await this.attempt('write', () => {
      this.writes.push(change);
      if (this.epoch === this.disk.epoch && this.disk.end === change.end) return;
      this.check(change.before);
      for (const offset of change.remove) this.disk.records.delete(offset);
      for (const { offset, bytes } of change.put) this.disk.records.set(offset, bytes.slice());
      this.disk.end = change.end;
    });
  }

  async truncate(end: number, before: number): Promise<LogRecord | null> {
    await this.claim();
    return this.attempt('truncate', () => {
      this.check(before);
      for (const offset of this.disk.records.keys()) if (offset >= end) this.disk.records.delete(offset);
      const offset = Math.max(-1, ...this.disk.records.keys());
      this.disk.end = end;
      if (offset < 0) return null;
      const bytes = (this.disk.records.get(offset) ?? new Uint8Array(0)).slice(0, end - offset);
      this.disk.records.set(offset, bytes);
      return { offset, bytes };
    });
  }

  close(): void {
    this.fault = () => 'never';
  }

  private async claim(): Promise<void> {
    if (this.isClaimed) return;
    await this.attempt('claim', () => {
      this.check(this.disk.end);
      this.epoch = ++this.disk.epoch;
      this.isClaimed = true;
    });
  }

  private check(before: number): void {
    if (this.epoch !== this.disk.epoch) throw new LogLost('another tab has taken over the stored log');
    if (this.disk.end !== before) throw new LogLost('the stored log was changed by somebody else');
  }

  private async attempt<Result>(operation: Operation, work: () => Result): Promise<Result> {
    await Promise.resolve();
    const fault = this.fault(operation);
    if (fault === 'never') return new Promise<never>(() => undefined);
    if (fault === 'fail') throw this.error;
    const result = work();
    if (fault === 'fail after') throw this.error;
    if (fault === 'never after') return new Promise<never>(() => undefined);
    return result;
  }
}

export function bytesOn(disk: Disk): Uint8Array {
  return Uint8Array.from([...disk.records].sort(([a], [b]) => a - b).flatMap(([, bytes]) => [...bytes]));
}
