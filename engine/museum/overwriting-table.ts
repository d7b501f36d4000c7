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
import {
  emptyBuckets,
  emptyHashTableModel,
  type EntryModel,
  type HashTableModel,
} from '../structures/hash-table.steps.ts';
import {
  EXHIBIT_BUCKETS,
  KIND_WORD,
  PAYLOAD_WORDS,
  SHORT_STRING,
  VALUE_WORD,
  type ExhibitParts,
  type ExhibitTable,
} from './exhibit.ts';

/** A cell is three words, the value's string, the hash and the length of the key, and then the key. */
const HEADER_BYTES = 12;

export class OverwritingTable implements ExhibitTable {
  size = 0;
  private readonly parts: ExhibitParts;
  private cells = new Int32Array(0);

  constructor(parts: ExhibitParts) {
    this.parts = parts;
  }

  get(key: Uint8Array): Ref {
    const cell = this.cells[this.visit(this.hashOf(key))] ?? NONE;
    // Here the comparison is missing.
    return cell === NONE ? NONE : this.value(cell);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const hash = this.hashOf(key);
    if (this.cells.length === 0) this.create();
    const bucket = this.visit(hash);
    if (this.cells[bucket] !== NONE) this.empty(bucket, this.cells[bucket]);
    this.fill(bucket, hash, key, value);
  }

  remove(key: Uint8Array): boolean {
    const bucket = this.visit(this.hashOf(key));
    const cell = this.cells[bucket] ?? NONE;
    if (cell === NONE) return false;
    this.empty(bucket, cell);
    return true;
  }

  keys(): Uint8Array[] {
    return this.taken().map((cell) => this.key(cell));
  }

  clear(): void {
    for (const cell of this.taken()) {
      this.parts.strings.release(this.value(cell));
      this.parts.arena.release(cell);
    }
    this.cells = new Int32Array(0);
    this.size = 0;
    this.parts.trace?.clear(this.parts.id);
  }

  private hashOf(key: Uint8Array): number {
    const hash = this.parts.hash(key, 0, key.length);
    this.parts.trace?.hash(this.parts.id, hash, key, 0, key.length);
    return hash;
  }

  private visit(hash: number): number {
    const bucket = hash & (EXHIBIT_BUCKETS - 1);
    if (this.cells.length > 0) this.parts.trace?.visit(this.parts.id, 0, bucket);
    return bucket;
  }

  private taken(): Ref[] {
    return [...this.cells].filter((cell) => cell !== NONE);
  }

  private value(cell: Ref): Ref {
    return this.parts.arena.word(cell, 0);
  }

  private key(cell: Ref): Uint8Array {
    const { arena } = this.parts;
    const start = arena.offset(cell) + HEADER_BYTES;
    return arena.bytes[cell >>> PAGE_SHIFT].slice(start, start + arena.word(cell, 2));
  }

  // Micro-steps: one change of state each, and one line of trace.

  private create(): void {
    this.cells = new Int32Array(EXHIBIT_BUCKETS);
    this.parts.trace?.create(this.parts.id, EXHIBIT_BUCKETS);
  }

  private fill(bucket: number, hash: number, key: Uint8Array, value: Uint8Array): void {
    const { arena, strings, trace, id } = this.parts;
    const string = strings.create(value, 0, value.length);
    const cell = arena.allocate(HEADER_BYTES + key.length);
    const words = arena.words[cell >>> PAGE_SHIFT];
    const first = (cell & PAGE_MASK) << 1;
    words[first] = string;
    words[first + 1] = hash;
    words[first + 2] = key.length;
    copyBytes(key, 0, key.length, arena.bytes[cell >>> PAGE_SHIFT], arena.offset(cell) + HEADER_BYTES);
    this.cells[bucket] = cell;
    this.size++;
    trace?.link(id, 0, bucket, cell, hash, key.length, key, 0, key.length);
    trace?.payload(id, cell, VALUE_WORD, string);
    trace?.payload(id, cell, KIND_WORD, SHORT_STRING);
  }

  private empty(bucket: number, cell: Ref): void {
    const { arena, strings, trace, id } = this.parts;
    strings.release(this.value(cell));
    this.cells[bucket] = NONE;
    this.size--;
    trace?.unlink(id, 0, bucket, cell);
    arena.release(cell);
  }

  // Seeing the whole.

  valueRefs(): Ref[] {
    return this.taken().map((cell) => this.value(cell));
  }

  snapshot(): HashTableModel {
    const entries = new Map<number, EntryModel>();
    const { chains } = emptyBuckets(this.cells.length);
    const filled = chains.map((none, bucket) => {
      const ref = this.cells[bucket];
      if (ref === NONE) return none;
      const key = this.key(ref);
      entries.set(ref, {
        ref,
        hash: this.parts.arena.word(ref, 1),
        keyLength: key.length,
        key: key.slice(0, PREVIEW_BYTES),
        payload: [this.value(ref), SHORT_STRING, 0],
      });
      return [ref];
    });
    const model = emptyHashTableModel(this.parts.hashName, PAYLOAD_WORDS);
    return {
      ...model,
      tables: [{ size: this.cells.length, used: this.size, chains: filled }, model.tables[1]],
      entries,
    };
  }

  capture(): Int32Array {
    return this.cells.slice();
  }

  restore(cells: Int32Array): void {
    this.cells = cells.slice();
    this.size = this.taken().length;
  }

  assertValid(): void {
    for (const [bucket, cell] of this.cells.entries()) {
      if (cell === NONE) continue;
      const key = this.key(cell);
      const home = this.parts.hash(key, 0, key.length) & (EXHIBIT_BUCKETS - 1);
      if (home !== bucket) throw new Error(`invariant 1: the cell of bucket ${bucket} holds a key of bucket ${home}`);
    }
    const taken = this.taken().length;
    if (taken !== this.size) throw new Error(`invariant 2: ${taken} cells are taken, ${this.size} counted`);
  }
}
