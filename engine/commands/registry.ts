import { LatencyHistogram } from '../latency-histogram.ts';
import { ascii, viewOf } from '../memory/bytes.ts';
import type { CallCounts, Command, CommandTable } from './contract.ts';

const NO_CALLS: CallCounts = { calls: 0, rejected: 0, failed: 0, timedCalls: 0, microseconds: 0, durations: [] };

/**
 * Finds a command by the bytes of its name, whatever their case: a small open table, so that looking a command up makes
 * no string. It looks at the first and the last four letters as words, which are the whole of most names.
 */
export class Registry implements CommandTable {
  private readonly commands: readonly Command[];
  private readonly slots: (Command | null)[];
  /** Of each slot's name: its first and its last letters, and its length; below 0 where there is more to compare. */
  private readonly firsts: Int32Array;
  private readonly lasts: Int32Array;
  private readonly lengths: Int32Array;
  private readonly mask: number;

  constructor(commands: readonly Command[]) {
    this.commands = commands;
    let size = 64;
    while (size < commands.length * 4) size *= 2;
    this.mask = size - 1;
    this.slots = new Array<Command | null>(size).fill(null);
    [this.firsts, this.lasts, this.lengths] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
    for (const command of commands) {
      const name = ascii(command.fullName);
      const [first, last] = [firstLetters(name, 0, name.length), lastLetters(name, 0, name.length)];
      let slot = slotOf(first, last, name.length) & this.mask;
      while (this.slots[slot] !== null) slot = (slot + 1) & this.mask;
      this.slots[slot] = command;
      this.firsts[slot] = first;
      this.lasts[slot] = last;
      this.lengths[slot] = /^[a-z]{1,8}$/.test(command.fullName) ? name.length : -name.length;
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
    const first = firstLetters(bytes, start, end);
    const last = lastLetters(bytes, start, end);
    let slot = slotOf(first, last, end - start) & this.mask;
    for (let command = this.slots[slot]; command !== null; command = this.slots[slot]) {
      if (this.firsts[slot] === first && this.lasts[slot] === last) {
        if (this.lengths[slot] === end - start || isName(command.fullName, bytes, start, end)) return command;
      }
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

/** This bit makes a letter a small one, and of nothing else one. */
const SMALL = 0x20202020;

function firstLetters(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= 4) return viewOf(bytes).getInt32(start, true) | SMALL;
  let letters = 0;
  for (let i = start; i < end; i++) letters = (letters << 8) | bytes[i] | 32;
  return letters;
}

function lastLetters(bytes: Uint8Array, start: number, end: number): number {
  return end - start >= 4 ? viewOf(bytes).getInt32(end - 4, true) | SMALL : 0;
}

function slotOf(first: number, last: number, length: number): number {
  const mixed = Math.imul(first ^ Math.imul(last, 0x9e3779b1) ^ length, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
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
