/**
 * A disk that misbehaves on demand, as disks do: it loses what was not synced, keeps half a write, keeps a later write
 * and loses an earlier one, and answers an operation with an error. One file, which is what a log needs. Everything
 * happens by numbers that are given, so that what went wrong once goes wrong again.
 */
import type { LogFile } from '../../persistence/file-log.ts';

/** What a power cut leaves of the writes that were not synced. */
export type PowerCut =
  /** Nothing of them. */
  | { readonly kind: 'dropped' }
  /** Their first so many bytes. */
  | { readonly kind: 'torn'; readonly keptBytes: number }
  /** Only some of the writes, by their positions; where an earlier one is missing, there are zeros. */
  | { readonly kind: 'reordered'; readonly keptWrites: readonly number[] };

/** What happens at an operation, by its number since the start. */
export type Fault =
  | { readonly kind: 'error'; readonly message: string }
  /** A write takes only so many bytes, without an error. */
  | { readonly kind: 'short'; readonly takenBytes: number }
  /** A sync says that it is done and has done nothing. */
  | { readonly kind: 'lost-sync' };

interface Write {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class FaultyDisk implements LogFile {
  /** The operations so far, writes and syncs. */
  operations = 0;
  /** Faults by the number of the operation that they befall; it counts from 0. */
  readonly faults = new Map<number, Fault>();
  /** While set, a sync beside other work does not end before `finishSync`. */
  isSyncSlow = false;

  private safe: Uint8Array;
  private unsynced: Write[] = [];
  private length: number;
  private slowSyncs: (() => void)[] = [];

  constructor(content: Uint8Array = new Uint8Array(0)) {
    this.safe = content;
    this.length = content.length;
  }

  write(bytes: Uint8Array): number {
    const fault = this.nextFault();
    if (fault?.kind === 'error') throw new Error(fault.message);
    const taken = fault?.kind === 'short' ? Math.min(fault.takenBytes, bytes.length) : bytes.length;
    this.unsynced.push({ offset: this.length, bytes: bytes.slice(0, taken) });
    this.length += taken;
    return taken;
  }

  syncNow(): void {
    this.settle(this.nextFault(), this.length);
  }

  sync(): Promise<void> {
    const fault = this.nextFault();
    const length = this.length;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        try {
          this.settle(fault, length);
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      if (this.isSyncSlow) this.slowSyncs.push(settle);
      else settle();
    });
  }

  /** Ends the slow syncs that are under way. */
  finishSync(): void {
    for (const settle of this.slowSyncs.splice(0)) settle();
  }

  /** The file as a process that only ended would leave it. */
  content(): Uint8Array {
    const whole = new Uint8Array(this.length);
    whole.set(this.safe);
    for (const { offset, bytes } of this.unsynced) whole.set(bytes, offset);
    return whole;
  }

  /** How many writes a power cut could take away. */
  get unsyncedWrites(): number {
    return this.unsynced.length;
  }

  get safeBytes(): number {
    return this.safe.length;
  }

  /** The file after the power went. */
  afterPowerCut(cut: PowerCut): Uint8Array {
    switch (cut.kind) {
      case 'dropped':
        return this.safe.slice();
      case 'torn':
        return this.content().slice(0, Math.min(this.length, this.safe.length + cut.keptBytes));
      case 'reordered': {
        const kept = this.unsynced.filter((_, position) => cut.keptWrites.includes(position));
        const end = Math.max(this.safe.length, ...kept.map(({ offset, bytes }) => offset + bytes.length));
        const left = new Uint8Array(end);
        left.set(this.safe);
        for (const { offset, bytes } of kept) left.set(bytes, offset);
        return left;
      }
    }
  }

  private nextFault(): Fault | undefined {
    return this.faults.get(this.operations++);
  }

  private settle(fault: Fault | undefined, length: number): void {
    if (fault?.kind === 'error') throw new Error(fault.message);
    if (fault?.kind === 'lost-sync') return;
    const whole = this.content();
    this.safe = whole.slice(0, Math.max(length, this.safe.length));
    this.unsynced = this.unsynced.filter(({ offset }) => offset >= this.safe.length);
  }
}
