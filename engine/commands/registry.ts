import { LatencyHistogram } from '../latency-histogram.ts';
import type { CallCounts, Command, CommandTable } from './contract.ts';

const NO_CALLS: CallCounts = { calls: 0, rejected: 0, failed: 0, timedCalls: 0, microseconds: 0, durations: [] };

/**
 * Finds a command by the bytes of its name, whatever their case: a small open table, so that looking a command up makes
 * no string.
 */
export class Registry implements CommandTable {
  private readonly commands: readonly Command[];
  private readonly slots: (Command | null)[];
  private readonly mask: number;

  constructor(commands: readonly Command[]) {
    this.commands = commands;
    let size = 64;
    while (size < commands.length * 4) size *= 2;
    this.mask = size - 1;
    this.slots = new Array<Command | null>(size).fill(null);
    for (const command of commands) {
      const name = Uint8Array.from(command.fullName, (letter) => letter.charCodeAt(0));
      let slot = foldedHash(name, 0, name.length) & this.mask;
      while (this.slots[slot] !== null) slot = (slot + 1) & this.mask;
      this.slots[slot] = command;
    }
  }

  /** All of them, in the order of their registration. */
  all(): readonly Command[] {
    return this.commands;
  }

  /** The same with all subcommands. */
  *everyOne(): Generator<Command> {
    for (const command of this.commands) {
      yield command;
      yield* command.subcommands?.values() ?? [];
    }
  }

  /** How often each was called, in their order. */
  captureCounts(): readonly CallCounts[] {
    return Array.from(this.everyOne(), ({ calls, rejected, failed, timedCalls, microseconds, histogram }) => ({
      ...{ calls, rejected, failed, timedCalls, microseconds },
      durations: histogram?.capture() ?? [],
    }));
  }

  /** Without counts, all begin at 0. */
  restoreCounts(counts: readonly CallCounts[] = []): void {
    let at = 0;
    for (const command of this.everyOne()) {
      const { durations, ...rest } = counts[at++] ?? NO_CALLS;
      Object.assign(command, rest, { histogram: durations.length > 0 ? LatencyHistogram.from(durations) : null });
    }
  }

  find(bytes: Uint8Array, start: number, end: number): Command | null {
    let slot = foldedHash(bytes, start, end) & this.mask;
    for (let command = this.slots[slot]; command !== null; command = this.slots[slot]) {
      if (isName(command.fullName, bytes, start, end)) return command;
      slot = (slot + 1) & this.mask;
    }
    return null;
  }

  /** By its full name, as `get` or `object|encoding`, whatever the case. */
  byName(name: string): Command | null {
    const [first, second] = name.toLowerCase().split('|', 2);
    const bytes = Uint8Array.from(first, (letter) => letter.charCodeAt(0));
    const command = this.find(bytes, 0, bytes.length);
    return second === undefined ? command : (command?.subcommands?.get(second) ?? null);
  }
}

function foldedHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] | 32), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isName(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i];
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}
