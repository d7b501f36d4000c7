/**
 * # The key that was not stored
 *
 * **Problem.** Find a value by its key, without looking through all of them.
 *
 * **Idea, and it is wrong.** Hash the key, take the number modulo eight, and put the value there. To read, hash the key
 * again and take what lies there. It is short, fast, and passes every test that uses one key, or lucky ones.
 *
 * ```
 *   0 │   ·   │
 *   1 │   ·   │
 *   2 │  "1"  │  ◀── SET bar 1     ◀── GET baz: “1”
 *   3 │   ·   │
 *   … │       │
 * ```
 *
 * **What goes wrong.** There are more keys than buckets, so some keys share one; and once the value lies in its bucket,
 * nothing is left of the key that put it there. Any key of that bucket is answered with it, also one that was never set.
 * DEL of one key takes the other one's value. And nobody can list the keys, for there are none.
 *
 * **Complexity.** O(length of the key), always. Being wrong is quick.
 *
 * **Invariants.** 1. A cell that is taken holds one string. 2. `size` is the number of cells taken.
 *
 * **Unlike Redis.** Redis keeps the whole key in each entry and compares it before it answers.
 *
 * **Read next.** `engine/museum/overwriting-table.ts`, where the key is kept and still nobody looks at it.
 */
import { NONE, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
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

/** A cell is one word: where the value's string lies. */
const CELL_BYTES = 4;
/** Said in place of a length by a cell that keeps no key. */
const NO_KEY = -1;
const NO_BYTES = new Uint8Array(0);

export class KeylessTable implements ExhibitTable {
  size = 0;
  private readonly parts: ExhibitParts;
  private cells = new Int32Array(0);

  constructor(parts: ExhibitParts) {
    this.parts = parts;
  }

  get(key: Uint8Array): Ref {
    const cell = this.cells[this.visit(this.hashOf(key))] ?? NONE;
    return cell === NONE ? NONE : this.value(cell);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const hash = this.hashOf(key);
    if (this.cells.length === 0) this.create();
    const bucket = this.visit(hash);
    const cell = this.cells[bucket];
    if (cell === NONE) {
      this.fill(bucket, this.parts.strings.create(value, 0, value.length));
    } else {
      const string = this.parts.strings.replace(this.value(cell), value, 0, value.length);
      this.setPayload(cell, VALUE_WORD, string);
    }
  }

  remove(key: Uint8Array): boolean {
    const bucket = this.visit(this.hashOf(key));
    const cell = this.cells[bucket] ?? NONE;
    if (cell === NONE) return false;
    this.empty(bucket, cell);
    return true;
  }

  /** None: that is the exhibit. */
  keys(): Uint8Array[] {
    return [];
  }

  clear(): void {
    for (const cell of this.cells) {
      if (cell === NONE) continue;
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

  private value(cell: Ref): Ref {
    return this.parts.arena.word(cell, 0);
  }

  // Micro-steps: one change of state each, and one line of trace.

  private create(): void {
    this.cells = new Int32Array(EXHIBIT_BUCKETS);
    this.parts.trace?.create(this.parts.id, EXHIBIT_BUCKETS);
  }

  private fill(bucket: number, string: Ref): void {
    const { arena, trace, id } = this.parts;
    const cell = arena.allocate(CELL_BYTES);
    this.cells[bucket] = cell;
    this.size++;
    trace?.link(id, 0, bucket, cell, 0, NO_KEY, NO_BYTES, 0, 0);
    this.setPayload(cell, VALUE_WORD, string);
    trace?.payload(id, cell, KIND_WORD, SHORT_STRING);
  }

  private setPayload(cell: Ref, word: number, value: number): void {
    const { arena, trace, id } = this.parts;
    arena.words[cell >>> PAGE_SHIFT][((cell & PAGE_MASK) << 1) + word] = value;
    trace?.payload(id, cell, word, value);
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
    return [...this.cells].filter((cell) => cell !== NONE).map((cell) => this.value(cell));
  }

  snapshot(): HashTableModel {
    const entries = new Map<number, EntryModel>();
    const { chains } = emptyBuckets(this.cells.length);
    const filled = chains.map((none, bucket) => {
      const ref = this.cells[bucket];
      if (ref === NONE) return none;
      entries.set(ref, { ref, hash: 0, keyLength: NO_KEY, key: NO_BYTES, payload: [this.value(ref), SHORT_STRING, 0] });
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
    this.size = cells.reduce((count, cell) => count + (cell === NONE ? 0 : 1), 0);
  }

  assertValid(): void {
    for (const [bucket, cell] of this.cells.entries()) {
      if (cell !== NONE && this.value(cell) === NONE)
        throw new Error(`invariant 1: the cell of bucket ${bucket} holds no string`);
    }
    const taken = this.valueRefs().length;
    if (taken !== this.size) throw new Error(`invariant 2: ${taken} cells are taken, ${this.size} counted`);
  }
}
