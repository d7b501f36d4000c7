/** The bytes of a HyperLogLog, read as the format says: which registers are how high, and in which runs they are kept. */
import { latin1 } from '../../engine/memory/bytes.ts';

export const REGISTERS = 16_384;
const HEADER_BYTES = 16;
const DENSE_BYTES = HEADER_BYTES + (REGISTERS * 6) / 8;
const [ENCODING_AT, ESTIMATE_AT, STALE_AT] = [4, 8, 15];

export interface Run {
  /** Where its byte stands. */
  readonly at: number;
  readonly bytes: number;
  /** The first of its registers. */
  readonly first: number;
  readonly length: number;
  readonly value: number;
}

export interface Sketch {
  readonly isDense: boolean;
  readonly registers: Uint8Array;
  /** Of a sparse one; empty for a dense one. */
  readonly runs: readonly Run[];
  /** The last estimate, `null` once registers have risen since. */
  readonly estimate: number | null;
}

export function isSketch(head: Uint8Array, length: number): boolean {
  if (length < HEADER_BYTES || latin1(head.slice(0, 4)) !== 'HYLL') return false;
  return head[ENCODING_AT] === 1 || (head[ENCODING_AT] === 0 && length === DENSE_BYTES);
}

/** Bytes that end too early stand for registers that are 0. */
export function sketchOf(bytes: Uint8Array): Sketch {
  const isDense = bytes[ENCODING_AT] === 0;
  const registers = new Uint8Array(REGISTERS);
  const runs = isDense ? [] : runsOf(bytes);
  if (isDense) for (let at = 0; at < REGISTERS; at++) registers[at] = denseRegister(bytes, at);
  else for (const { first, length, value } of runs) registers.fill(value, first, Math.min(REGISTERS, first + length));
  return { isDense, registers, runs, estimate: estimateOf(bytes) };
}

function denseRegister(bytes: Uint8Array, register: number): number {
  const bit = register * 6;
  const at = HEADER_BYTES + (bit >> 3);
  return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & 63;
}

function runsOf(bytes: Uint8Array): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let at = HEADER_BYTES; at < bytes.length && first < REGISTERS;) {
    const byte = bytes[at] ?? 0;
    const isValue = byte >= 0x80;
    const isLong = !isValue && byte >= 0x40;
    const length = isValue ? (byte & 3) + 1 : isLong ? (((byte & 63) << 8) | (bytes[at + 1] ?? 0)) + 1 : byte + 1;
    runs.push({ at, bytes: isLong ? 2 : 1, first, length, value: isValue ? ((byte >> 2) & 31) + 1 : 0 });
    at += isLong ? 2 : 1;
    first += length;
  }
  return runs;
}

function estimateOf(bytes: Uint8Array): number | null {
  if (((bytes[STALE_AT] ?? 0) & 0x80) !== 0) return null;
  let count = 0;
  for (let at = STALE_AT; at >= ESTIMATE_AT; at--) count = count * 256 + (bytes[at] ?? 0);
  return count;
}

/** How many registers are how high, from 0 upwards. */
export function heights(registers: Uint8Array): number[] {
  const counts: number[] = [];
  for (const register of registers) counts[register] = (counts[register] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}
