import { NONE, type Ref } from '../memory/arena.ts';
import {
  emptyBuckets,
  emptyHashTableModel,
  type EntryModel,
  type HashTableModel,
} from '../structures/hash-table.steps.ts';
import { EXHIBIT_BUCKETS, KIND_WORD, PAYLOAD_WORDS, SHORT_STRING, VALUE_WORD, type ExhibitParts } from './exhibit.ts';

/**
 * What both wrong turns have in common, and what is not wrong with them: eight buckets for good, each with room for one
 * cell, whose first word says where the value's string lies.
 */
export class Cells {
  /** How many are taken. */
  size = 0;
  private readonly parts: ExhibitParts;
  private cells = new Int32Array(0);

  constructor(parts: ExhibitParts) {
    this.parts = parts;
  }

  hashOf(key: Uint8Array): number {
    const { hash, trace, id } = this.parts;
    const number = hash(key, 0, key.length);
    trace?.hash(id, number, key, 0, key.length);
    return number;
  }

  /** Goes to the bucket of a hash. */
  visit(hash: number): number {
    const bucket = hash & (EXHIBIT_BUCKETS - 1);
    if (this.cells.length > 0) this.parts.trace?.visit(this.parts.id, 0, bucket);
    return bucket;
  }

  /** The cell in a bucket, or `NONE`. */
  at(bucket: number): Ref {
    return this.cells[bucket] ?? NONE;
  }

  value(cell: Ref): Ref {
    return this.parts.arena.word(cell, 0);
  }

  taken(): Ref[] {
    return [...this.cells].filter((cell) => cell !== NONE);
  }

  /** Takes out what lies in the key's bucket, whosever it is; true when anything did. */
  remove(key: Uint8Array): boolean {
    const bucket = this.visit(this.hashOf(key));
    if (this.at(bucket) === NONE) return false;
    this.empty(bucket);
    return true;
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

  // Micro-steps: one change of state each, and one line of trace.

  /** Makes the buckets, the first time that they are needed. */
  create(): void {
    if (this.cells.length > 0) return;
    this.cells = new Int32Array(EXHIBIT_BUCKETS);
    this.parts.trace?.create(this.parts.id, EXHIBIT_BUCKETS);
  }

  /** Puts a cell, whose first word is set, into an empty bucket, and says what it is said to keep. */
  link(bucket: number, cell: Ref, hash: number, keyLength: number, key: Uint8Array): void {
    const { trace, id } = this.parts;
    this.cells[bucket] = cell;
    this.size++;
    trace?.link(id, 0, bucket, cell, hash, keyLength, key, 0, key.length);
    trace?.payload(id, cell, VALUE_WORD, this.value(cell));
    trace?.payload(id, cell, KIND_WORD, SHORT_STRING);
  }

  /** Takes the cell of a bucket out, and its string with it. */
  empty(bucket: number): void {
    const { arena, strings, trace, id } = this.parts;
    const cell = this.at(bucket);
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

  /** As a hash table whose chains have one entry at the most. `entryOf` says what a cell tells of its key. */
  snapshot(entryOf: (cell: Ref) => Pick<EntryModel, 'hash' | 'keyLength' | 'key'>): HashTableModel {
    const entries = new Map<number, EntryModel>();
    for (const ref of this.taken())
      entries.set(ref, { ref, ...entryOf(ref), payload: [this.value(ref), SHORT_STRING, 0] });
    const chains = emptyBuckets(this.cells.length).chains.map((none, bucket) =>
      this.at(bucket) === NONE ? none : [this.at(bucket)],
    );
    const model = emptyHashTableModel(this.parts.hashName, PAYLOAD_WORDS);
    return { ...model, tables: [{ size: this.cells.length, used: this.size, chains }, model.tables[1]], entries };
  }

  capture(): Int32Array {
    return this.cells.slice();
  }

  restore(cells: Int32Array): void {
    this.cells = cells.slice();
    this.size = this.taken().length;
  }

  /** Calls `check` with each bucket that is taken; throws when they are not as many as were counted. */
  assertValid(check: (bucket: number, cell: Ref) => void): void {
    for (const [bucket, cell] of this.cells.entries()) if (cell !== NONE) check(bucket, cell);
    const taken = this.taken().length;
    if (taken !== this.size) throw new Error(`invariant 2: ${taken} cells are taken, ${this.size} counted`);
  }
}
