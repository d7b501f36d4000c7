/**
 * # Overwritten
 *
 * **Problem.** The key was not stored, so any key of a bucket was answered with whatever lay there, and nobody could
 * list the keys.
 *
 * **Idea, and it is half of one.** Keep the key beside the value. KEYS works at once, and the repair looks done.
 *
 * ```
 *   0 │        ·         │
 *   1 │        ·         │
 *   2 │ "baz" │ "2"      │  ◀── SET bar 1, then SET baz 2     ◀── GET bar: “2”
 *   3 │        ·         │
 * ```
 *
 * **What goes wrong.** A bucket still has room for one, so the second key of a bucket pushes the first one out without a
 * word. And a key that is written down but never *compared* protects nobody: GET takes what lies in the bucket, as before.
 *
 * **Complexity.** O(length of the key).
 *
 * **Invariants.** 1. A cell lies in the bucket of the key that it holds. 2. `size` is the number of cells taken.
 *
 * **Unlike Redis.** Redis compares the key, and lets the keys of one bucket hang in a chain.
 *
 * **Read next.** `engine/structures/hash-table.ts`, where both halves are there.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
import { copyBytes } from '../memory/bytes.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import type { HashTableModel } from '../structures/hash-table.steps.ts';
import { Cells } from './cells.ts';
import { EXHIBIT_BUCKETS, type ExhibitParts, type ExhibitTable } from './exhibit.ts';

/** A cell is three words, the value's string, the hash and the length of the key, and then the key. */
const HEADER_BYTES = 12;

export class OverwritingTable implements ExhibitTable {
  private readonly parts: ExhibitParts;
  private readonly cells: Cells;

  constructor(parts: ExhibitParts) {
    this.parts = parts;
    this.cells = new Cells(parts);
  }

  get size(): number {
    return this.cells.size;
  }

  get(key: Uint8Array): Ref {
    const { cells } = this;
    const cell = cells.at(cells.visit(cells.hashOf(key)));
    // Here the comparison is missing.
    return cell === NONE ? NONE : cells.value(cell);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const { cells } = this;
    const hash = cells.hashOf(key);
    cells.create();
    const bucket = cells.visit(hash);
    if (cells.at(bucket) !== NONE) cells.empty(bucket);
    cells.link(bucket, this.makeCell(hash, key, value), hash, key.length, key);
  }

  remove(key: Uint8Array): boolean {
    return this.cells.remove(key);
  }

  keys(): Uint8Array[] {
    return this.cells.taken().map((cell) => this.key(cell));
  }

  clear(): void {
    this.cells.clear();
  }

  private key(cell: Ref): Uint8Array {
    const { arena } = this.parts;
    const start = arena.offset(cell) + HEADER_BYTES;
    return arena.bytes[cell >>> PAGE_SHIFT].slice(start, start + arena.word(cell, 2));
  }

  private makeCell(hash: number, key: Uint8Array, value: Uint8Array): Ref {
    const { arena, strings } = this.parts;
    const string = strings.create(value, 0, value.length);
    const cell = arena.allocate(HEADER_BYTES + key.length);
    const words = arena.words[cell >>> PAGE_SHIFT];
    const first = (cell & PAGE_MASK) << 1;
    words[first] = string;
    words[first + 1] = hash;
    words[first + 2] = key.length;
    copyBytes(key, 0, key.length, arena.bytes[cell >>> PAGE_SHIFT], arena.offset(cell) + HEADER_BYTES);
    return cell;
  }

  // Seeing the whole.

  valueRefs(): Ref[] {
    return this.cells.valueRefs();
  }

  snapshot(): HashTableModel {
    return this.cells.snapshot((cell) => {
      const key = this.key(cell);
      return { hash: this.parts.arena.word(cell, 1), keyLength: key.length, key: key.slice(0, PREVIEW_BYTES) };
    });
  }

  capture(): Int32Array {
    return this.cells.capture();
  }

  restore(cells: Int32Array): void {
    this.cells.restore(cells);
  }

  assertValid(): void {
    this.cells.assertValid((bucket, cell) => {
      const key = this.key(cell);
      const home = this.parts.hash(key, 0, key.length) & (EXHIBIT_BUCKETS - 1);
      if (home !== bucket) throw new Error(`invariant 1: the cell of bucket ${bucket} holds a key of bucket ${home}`);
    });
  }
}
