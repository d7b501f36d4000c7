/**
 * # The HyperLogLog
 *
 * **Problem.** How many different visitors were there? To know exactly one has to remember all of them.
 *
 * **Idea.** Toss a coin for every visitor, always the same tosses for the same one, and remember only the longest run
 * of heads: who has seen a run of ten has probably seen about a thousand visitors. One such memory is easily fooled, so
 * there are 16,384 of them. Fourteen bits of a visitor's hash choose the register, the others are the tosses; a
 * harmonic kind of mean over all registers gives the estimate, with a standard error of 1.04 / √16384 = 0.81 %.
 *
 * ```
 *   hash   … 0 1 0 0 0 │ 00000000000101         register 5: three zeros, then a one → 4
 *            tosses ◀──   register
 * ```
 *
 * Most registers of a small set are 0, so the sketch begins *sparse*, as runs of equal registers:
 *
 * ```
 *   00xxxxxx            x + 1 registers are 0, up to 64
 *   01xxxxxx yyyyyyyy   xy + 1 registers are 0, up to 16,384
 *   1vvvvvxx            x + 1 registers are v + 1: up to 4 of them, up to 32
 * ```
 *
 * Past `hll-sparse-max-bytes`, or for a run of more than 32, it becomes *dense*: 6 bits a register, the lowest first.
 * In front stand 16 bytes: `HYLL`, which of the two it is, three zeros, and the last estimate with a bit that says
 * that it is out of date.
 *
 * **Complexity.** Adding: O(1) dense, O(bytes) sparse. Counting and merging: O(registers); counting again: O(1).
 *
 * **Invariants.** 1. A sparse sketch stands for exactly 16,384 registers. 2. A dense one is 12,304 bytes long.
 *
 * **Unlike Redis.** Nothing that can be seen: the bytes are the same, whatever is added in whatever order.
 *
 * **Read next.** `engine/structures/murmur64.ts`; O. Ertl, *New cardinality estimation algorithms for HyperLogLog
 * sketches*, 2017, from which the estimate comes.
 */
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import type { DynamicStrings } from './dynamic-string.ts';
import {
  DENSE_BYTES,
  HEADER_BYTES,
  REGISTERS,
  denseRegister,
  estimate,
  packDense,
  tossesOf,
} from './hyperloglog-registers.ts';
import type { HyperLogLogProbe } from './hyperloglog.steps.ts';
import { Murmur64 } from './murmur64.ts';

const MAGIC = ascii('HYLL');
const ENCODING_AT = 4;
const ESTIMATE_AT = 8;
/** Holds the highest bits of the last estimate, and above them whether it is out of date. */
const STALE_AT = 15;
const STALE = 0x80;
const DENSE = 0;
const SPARSE = 1;

const MOST_SPARSE_VALUE = 32;
const MOST_VALUE_RUN = 4;
const MOST_SHORT_RUN = 64;
/** How many runs are looked at to join what a change has made alike. */
const JOIN_RUNS = 5;

/** A run of a sparse sketch. */
export interface Run {
  readonly kind: 'short zeros' | 'long zeros' | 'value';
  readonly value: number;
  readonly length: number;
}

const ZERO_RUN = (length: number): number[] =>
  length <= MOST_SHORT_RUN ? [length - 1] : [0x40 | ((length - 1) >> 8), (length - 1) & 255];
const VALUE_RUN = (value: number, length: number): number => 0x80 | ((value - 1) << 2) | (length - 1);

export class HyperLogLogs {
  /** A sparse sketch longer than this becomes dense; the setting `hll-sparse-max-bytes`. */
  private readonly sparseLimit: () => number;
  private readonly strings: DynamicStrings;
  private readonly id: number;
  private readonly trace: HyperLogLogProbe | null;
  private readonly murmur = new Murmur64();
  private readonly few = new Uint8Array(8);
  /** How many registers were raised since the caller set it to 0. */
  raised = 0;

  constructor(strings: DynamicStrings, id: number, trace: HyperLogLogProbe | null, sparseLimit: () => number) {
    this.strings = strings;
    this.id = id;
    this.trace = trace;
    this.sparseLimit = sparseLimit;
  }

  /** An empty sketch. */
  create(): Ref {
    const bytes = new Uint8Array(HEADER_BYTES + 2);
    bytes.set(MAGIC);
    bytes[ENCODING_AT] = SPARSE;
    bytes.set(ZERO_RUN(REGISTERS), HEADER_BYTES);
    return this.strings.create(bytes, 0, bytes.length);
  }

  /** Whether a string has the outside of a sketch. Its inside is seen only when it is read. */
  isSketch(ref: Ref): boolean {
    const length = this.strings.length(ref);
    const bytes = this.strings.bytes(ref);
    const start = this.strings.start(ref);
    if (length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[start + i] !== byte)) return false;
    const encoding = bytes[start + ENCODING_AT];
    return encoding === SPARSE || (encoding === DENSE && length === DENSE_BYTES);
  }

  isDense(ref: Ref): boolean {
    return this.byte(ref, ENCODING_AT) === DENSE;
  }

  /** Adds an element. Returns where the sketch lies now, `NONE` when it is damaged. */
  add(ref: Ref, bytes: Uint8Array, start: number, end: number): Ref {
    const { murmur } = this;
    murmur.hash(bytes, start, end);
    const register = murmur.low & (REGISTERS - 1);
    const count = tossesOf(murmur.low, murmur.high);
    this.trace?.hash(this.id, register, count);
    return this.raise(ref, register, count);
  }

  /** Sees to it that a register is at least so high. */
  raise(ref: Ref, register: number, count: number): Ref {
    if (!this.isDense(ref)) return this.raiseSparse(ref, register, count);
    const before = denseRegister(this.strings.bytes(ref), this.strings.start(ref), register);
    if (before >= count) return ref;
    const at = (register * 6) >> 3;
    const shift = (register * 6) & 7;
    const rest = HEADER_BYTES + at + 1 < DENSE_BYTES ? this.byte(ref, HEADER_BYTES + at + 1) : 0;
    const both = this.byte(ref, HEADER_BYTES + at) | (rest << 8);
    const after = (both & ~(63 << shift)) | (count << shift);
    this.write(ref, HEADER_BYTES + at, [after & 255, after >> 8].slice(0, DENSE_BYTES - HEADER_BYTES - at));
    this.noteRaise(ref, register, before, count);
    return ref;
  }

  private raiseSparse(ref: Ref, register: number, count: number): Ref {
    if (count > MOST_SPARSE_VALUE) return this.raisePromoted(ref, register, count);
    const length = this.strings.length(ref);
    let [at, before, first] = [HEADER_BYTES, HEADER_BYTES, 0];
    let run = this.run(ref, at);
    while (at < length && register >= first + run.length) {
      before = at;
      at += sizeOf(run);
      first += run.length;
      run = this.run(ref, at);
    }
    if (at >= length) return NONE;
    if (run.value >= count) return ref;
    const parts = splitRun(run, register - first, count);
    const growth = parts.length - sizeOf(run);
    if (growth > 0 && length + growth > this.sparseLimit()) return this.raisePromoted(ref, register, count);
    const changed = this.split(ref, at, sizeOf(run), parts);
    this.noteRaise(changed, register, run.value, count);
    this.joinFrom(changed, before);
    return changed;
  }

  private raisePromoted(ref: Ref, register: number, count: number): Ref {
    const dense = this.toDense(ref);
    return dense === NONE ? NONE : this.raise(dense, register, count);
  }

  /** Joins neighbouring runs of the same value, from a run on and not far. */
  private joinFrom(ref: Ref, from: number): void {
    let at = from;
    for (let left = JOIN_RUNS; left > 0 && at < this.strings.length(ref); left--) {
      const run = this.run(ref, at);
      const isLast = at + 1 >= this.strings.length(ref);
      if (run.kind === 'value' && !isLast) {
        const next = this.run(ref, at + 1);
        const length = run.length + next.length;
        if (next.kind === 'value' && next.value === run.value && length <= MOST_VALUE_RUN) {
          this.join(ref, at, run.value, length);
          // The longer run may be joined with what follows, too.
          continue;
        }
      }
      at += sizeOf(run);
    }
  }

  /** Gives every register its own place. `NONE` when the sketch is damaged. */
  toDense(ref: Ref): Ref {
    if (this.isDense(ref)) return ref;
    const registers = new Uint8Array(REGISTERS);
    if (!this.mergeInto(registers, ref)) return NONE;
    return this.promote(ref, registers);
  }

  /** Raises all registers of a dense sketch to these at once. */
  setDense(ref: Ref, registers: Uint8Array): void {
    const bytes = packDense(registers);
    this.strings.setRange(ref, HEADER_BYTES, bytes, HEADER_BYTES, bytes.length);
  }

  /** Raises registers to those of a sketch; false when the sketch is damaged. */
  mergeInto(registers: Uint8Array, ref: Ref): boolean {
    if (this.isDense(ref)) {
      const [bytes, start] = [this.strings.bytes(ref), this.strings.start(ref)];
      for (let i = 0; i < REGISTERS; i++) registers[i] = Math.max(registers[i], denseRegister(bytes, start, i));
      return true;
    }
    let register = 0;
    for (const { length, value } of this.runs(ref)) {
      if (register + length > REGISTERS) return false;
      for (const end = register + length; register < end; register++) {
        if (registers[register] < value) registers[register] = value;
      }
    }
    return register === REGISTERS;
  }

  /** The runs of a sparse sketch. */
  *runs(ref: Ref): Generator<Run> {
    for (let at = HEADER_BYTES; at < this.strings.length(ref);) {
      const run = this.run(ref, at);
      yield run;
      at += sizeOf(run);
    }
  }

  /** How many different elements there were, as it was last worked out; `null` when registers were raised since. */
  knownCount(ref: Ref): bigint | null {
    if ((this.byte(ref, STALE_AT) & STALE) !== 0) return null;
    let count = 0n;
    for (let at = STALE_AT; at >= ESTIMATE_AT; at--) count = (count << 8n) | BigInt(this.byte(ref, at));
    return count;
  }

  /** Works the number of elements out and remembers it; `null` when the sketch is damaged. */
  count(ref: Ref): number | null {
    const registers = new Uint8Array(REGISTERS);
    if (!this.mergeInto(registers, ref)) return null;
    const count = estimate(registers);
    const bytes = Array.from({ length: 8 }, (_, i) => Math.floor(count / 2 ** (8 * i)) & 255);
    this.write(ref, ESTIMATE_AT, bytes);
    return count;
  }

  /** The last estimate is out of date. */
  markStale(ref: Ref): void {
    const byte = this.byte(ref, STALE_AT);
    if ((byte & STALE) === 0) this.write(ref, STALE_AT, [byte | STALE]);
  }

  private byte(ref: Ref, at: number): number {
    return this.strings.bytes(ref)[this.strings.start(ref) + at];
  }

  private run(ref: Ref, at: number): Run {
    const byte = this.byte(ref, at);
    if (byte >= 0x80) return { kind: 'value', value: ((byte >> 2) & 31) + 1, length: (byte & 3) + 1 };
    if (byte < 0x40) return { kind: 'short zeros', value: 0, length: byte + 1 };
    // Redis sees a zero behind every string, and so has to be seen by whoever reads a run that was cut off.
    const low = at + 1 < this.strings.length(ref) ? this.byte(ref, at + 1) : 0;
    return { kind: 'long zeros', value: 0, length: (((byte & 63) << 8) | low) + 1 };
  }

  /** Writes a few bytes where as many stood before. */
  private write(ref: Ref, at: number, bytes: readonly number[]): void {
    this.few.set(bytes);
    this.strings.setRange(ref, at, this.few, 0, bytes.length);
  }

  // Micro-steps. The string tells what becomes of its bytes.

  private noteRaise(ref: Ref, register: number, from: number, to: number): void {
    this.raised++;
    this.trace?.raise(this.id, ref, register, from, to);
  }

  private split(ref: Ref, at: number, size: number, parts: readonly number[]): Ref {
    this.few.set(parts);
    if (parts.length > 1) this.trace?.split(this.id, ref, at, parts.length);
    return this.strings.splice(ref, at, size, this.few, 0, parts.length);
  }

  private join(ref: Ref, at: number, value: number, length: number): void {
    this.few[0] = VALUE_RUN(value, length);
    this.strings.splice(ref, at, 2, this.few, 0, 1);
    this.trace?.join(this.id, ref, at, value, length);
  }

  private promote(ref: Ref, registers: Uint8Array): Ref {
    const dense = packDense(registers);
    for (let i = 0; i < HEADER_BYTES; i++) dense[i] = this.byte(ref, i);
    dense[ENCODING_AT] = DENSE;
    this.trace?.promote(this.id, ref, dense.length);
    return this.strings.replace(ref, dense, 0, dense.length);
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(ref: Ref): void {
    if (this.isDense(ref)) {
      if (this.strings.length(ref) !== DENSE_BYTES)
        throw new Error(`invariant 2: the sketch at ${ref} has another size`);
    } else if (!this.mergeInto(new Uint8Array(REGISTERS), ref)) {
      throw new Error(`invariant 1: the sketch at ${ref} does not stand for ${REGISTERS} registers`);
    }
  }
}

function sizeOf({ kind }: Run): number {
  return kind === 'long zeros' ? 2 : 1;
}

/** The bytes of a run in which one register, so many from its beginning, has another value. */
function splitRun({ kind, value, length }: Run, index: number, count: number): number[] {
  const rest = (size: number): number[] => {
    if (size === 0) return [];
    return kind === 'value' ? [VALUE_RUN(value, size)] : ZERO_RUN(size);
  };
  return [...rest(index), VALUE_RUN(count, 1), ...rest(length - index - 1)];
}
