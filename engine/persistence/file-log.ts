/**
 * # The log in a file
 *
 * **Problem.** To write is not to keep: what `write` took lies in the memory of the operating system until it is synced,
 * and a power cut takes it away. Syncing after every turn is safe and slow.
 *
 * **Idea.** Three policies, which may be changed at any time:
 *
 * | appendfsync | when the replies of a turn leave | what a power cut can take |
 * |---|---|---|
 * | `always` | after its bytes were written and synced | nothing that was answered |
 * | `everysec` | after its bytes were written; once a second they are synced beside the work | two seconds |
 * | `no` | after its bytes were written | what the operating system had not written yet |
 *
 * While a sync is under way, a write to the same file may block for as long as the disk takes. Under `everysec` the
 * bytes wait here instead, for at most two seconds, and then are written all the same.
 *
 * **When the disk refuses.** What could not be written waits in order, and each tick tries again; a write that got half
 * through goes on where it stopped. Until it works, `onFailed` has the reason. A sync that failed is another matter: the
 * system may have forgotten the bytes, and a second sync that succeeds would prove nothing. So that failure stays.
 *
 * **Invariants.**
 * 1. The file holds a prefix of what was appended, in order.
 * 2. `synced <= written`, and everything before `synced` survives a power cut.
 */
import type { AppendLog } from '../host.ts';
import { joined } from '../memory/bytes.ts';

/** A file that grows at its end. */
export interface LogFile {
  /** Puts bytes at the end and returns how many it took, which may be fewer than all, or none. */
  write(bytes: Uint8Array): number;
  /** Returns when all that was written is on stable storage. */
  syncNow(): void;
  /** The same beside other work. */
  sync(): Promise<void>;
  /** All that the log holds, whatever other files it began in. Throws when it cannot be read. */
  content(): Uint8Array;
}

export interface FileLogOptions {
  readonly file: LogFile;
  /** How much the file holds. */
  readonly offset: number;
  policy(): string;
  nowMs(): number;
  onSynced(offset: number): void;
  /** Why the log cannot be written; `null` once it can again. */
  onFailed(why: string | null): void;
}

const SYNC_EVERY_MS = 1000;
/** How long bytes wait for a sync that is under way. */
const LONGEST_WAIT_MS = 2000;

export class FileLog implements AppendLog {
  private readonly options: FileLogOptions;
  private readonly file: LogFile;
  /** What was appended and is not in the file yet, in order. */
  private waiting: Uint8Array[] = [];
  private waitingSinceMs = 0;
  private written: number;
  private synced: number;
  private isSyncing = false;
  private lastSyncMs: number;
  private writeFailure: string | null = null;
  private syncFailure: string | null = null;

  constructor(options: FileLogOptions) {
    this.options = options;
    this.file = options.file;
    this.written = options.offset;
    this.synced = options.offset;
    this.lastSyncMs = options.nowMs();
  }

  append(bytes: Uint8Array, isDurable: boolean): null {
    if (this.waiting.length > 0 || (!isDurable && this.mustWait())) {
      if (this.waiting.length === 0) this.waitingSinceMs = this.options.nowMs();
      this.waiting.push(bytes.slice());
      if (isDurable || !this.mustWait()) this.writeWaiting();
    } else {
      this.write(bytes);
    }
    if (isDurable) this.makeDurable();
    return null;
  }

  /** What the file holds, and what is still to be written to it. */
  readAll(): Uint8Array {
    return joined([this.file.content(), ...this.waiting]);
  }

  /** Some time has passed: tries again what failed, writes what has waited long enough, starts the second's sync. */
  tick(): void {
    if (this.waiting.length > 0 && !this.mustWait()) this.writeWaiting();
    const isDue = this.options.nowMs() - this.lastSyncMs >= SYNC_EVERY_MS;
    if (this.options.policy() !== 'no' && isDue && this.synced < this.written) this.startSync();
  }

  /** Writes and syncs everything, or throws. Nothing may be appended afterwards. */
  finish(): void {
    this.writeWaiting();
    this.makeDurable();
  }

  private mustWait(): boolean {
    if (this.options.policy() !== 'everysec' || !this.isSyncing) return false;
    return this.waiting.length === 0 || this.options.nowMs() - this.waitingSinceMs < LONGEST_WAIT_MS;
  }

  private writeWaiting(): void {
    while (this.waiting.length > 0) {
      const bytes = this.waiting[0];
      this.waiting.shift();
      if (!this.write(bytes)) return;
    }
  }

  /** False when the file did not take all of it; the rest then waits before everything else. */
  private write(bytes: Uint8Array): boolean {
    let taken = 0;
    let failure: string | null = null;
    try {
      while (taken < bytes.length) {
        const count = this.file.write(taken === 0 ? bytes : bytes.subarray(taken));
        // Asked again and again, a file that takes nothing would hold up everybody.
        if (count === 0) throw new Error('the file takes no bytes');
        taken += count;
        this.written += count;
      }
    } catch (error) {
      failure = messageOf(error);
      if (this.waiting.length === 0) this.waitingSinceMs = this.options.nowMs();
      this.waiting.unshift(bytes.slice(taken));
    }
    this.setFailures(failure, this.syncFailure);
    return failure === null;
  }

  /** Throws unless everything appended is on stable storage. */
  private makeDurable(): void {
    if (this.writeFailure === null && this.syncFailure === null && this.synced < this.written) {
      try {
        this.file.syncNow();
        this.lastSyncMs = this.options.nowMs();
        this.markSynced(this.written);
      } catch (error) {
        this.setFailures(this.writeFailure, messageOf(error));
      }
    }
    const failure = this.syncFailure ?? this.writeFailure;
    if (failure !== null) throw new Error(failure);
  }

  private startSync(): void {
    if (this.isSyncing || this.syncFailure !== null) return;
    const target = this.written;
    this.isSyncing = true;
    this.lastSyncMs = this.options.nowMs();
    this.file.sync().then(
      () => {
        this.isSyncing = false;
        if (this.syncFailure === null) this.markSynced(target);
        if (this.waiting.length > 0) this.writeWaiting();
      },
      (error: unknown) => {
        this.isSyncing = false;
        this.setFailures(this.writeFailure, messageOf(error));
        if (this.waiting.length > 0) this.writeWaiting();
      },
    );
  }

  private markSynced(offset: number): void {
    if (offset <= this.synced) return;
    this.synced = offset;
    this.options.onSynced(offset);
  }

  private setFailures(writeFailure: string | null, syncFailure: string | null): void {
    const before = this.syncFailure ?? this.writeFailure;
    this.writeFailure = writeFailure;
    this.syncFailure = syncFailure;
    const now = syncFailure ?? writeFailure;
    if (now !== before) this.options.onFailed(now);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
