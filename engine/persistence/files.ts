/**
 * What a log asks of the file system that it lies in. The Node host fills it with the system's own; tests with one that
 * fails at the operation that they choose, and that forgets at a power cut what was not synced.
 */
import type { LogFile } from './file-log.ts';

/** How a file is opened: to be read, to be read and cut, to be written on at its end, to be written anew. */
export type OpenMode = 'read' | 'update' | 'append' | 'replace';

/** An open file. What it cannot do, it throws. */
export interface OpenFile extends Omit<LogFile, 'content'> {
  size(): number;
  /** Fills `into` with what stands from `at` on, or the beginning of it; returns how many bytes, 0 at the end. */
  read(into: Uint8Array, at: number): number;
  truncate(length: number): void;
  close(): void;
}

/** Errors have the codes of the system: `ENOENT`, `EEXIST`, `EIO`, `ENOSPC`. */
export interface Files {
  exists(path: string): boolean;
  /** All of a file. */
  read(path: string): Uint8Array;
  open(path: string, mode: OpenMode): OpenFile;
  makeDirectory(path: string): void;
  /** What was made, renamed or removed in a directory survives a power cut once this has returned. */
  syncDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** A second name for a file; fails when that is taken. */
  link(from: string, to: string): void;
  remove(path: string): void;
}

/** Writes all of the bytes, however few the file takes at once. */
export function writeAll(file: Pick<OpenFile, 'write'>, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const taken = file.write(bytes.subarray(at));
    if (taken === 0) throw new Error('the file takes no bytes');
    at += taken;
  }
}

/** The code of an error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
