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
import type { HashTableModel } from '../structures/hash-table.steps.ts';
import { Cells } from './cells.ts';
import { VALUE_WORD, type ExhibitParts, type ExhibitTable } from './exhibit.ts';

/** A cell is one word: where the value's string lies. */
const CELL_BYTES = 4;
/** Said in place of a length by a cell that keeps no key. */
const NO_KEY = -1;
const NO_BYTES = new Uint8Array(0);

export class KeylessTable implements ExhibitTable {
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
    return cell === NONE ? NONE : cells.value(cell);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const { cells } = this;
    const { strings } = this.parts;
    const hash = cells.hashOf(key);
    cells.create();
    const bucket = cells.visit(hash);
    const cell = cells.at(bucket);
    if (cell === NONE) this.fill(bucket, strings.create(value, 0, value.length));
    else this.setValue(cell, strings.replace(cells.value(cell), value, 0, value.length));
  }

  remove(key: Uint8Array): boolean {
    return this.cells.remove(key);
  }

  /** None: that is the exhibit. */
  keys(): Uint8Array[] {
    return [];
  }

  clear(): void {
    this.cells.clear();
  }

  private fill(bucket: number, string: Ref): void {
    const { arena } = this.parts;
    const cell = arena.allocate(CELL_BYTES);
    arena.words[cell >>> PAGE_SHIFT][(cell & PAGE_MASK) << 1] = string;
    this.cells.link(bucket, cell, 0, NO_KEY, NO_BYTES);
  }

  /** A micro-step. */
  private setValue(cell: Ref, string: Ref): void {
    const { arena, trace, id } = this.parts;
    arena.words[cell >>> PAGE_SHIFT][(cell & PAGE_MASK) << 1] = string;
    trace?.payload(id, cell, VALUE_WORD, string);
  }

  // Seeing the whole.

  valueRefs(): Ref[] {
    return this.cells.valueRefs();
  }

  snapshot(): HashTableModel {
    return this.cells.snapshot(() => ({ hash: 0, keyLength: NO_KEY, key: NO_BYTES }));
  }

  capture(): Int32Array {
    return this.cells.capture();
  }

  restore(cells: Int32Array): void {
    this.cells.restore(cells);
  }

  assertValid(): void {
    this.cells.assertValid((bucket, cell) => {
      if (this.cells.value(cell) === NONE) throw new Error(`invariant 1: the cell of bucket ${bucket} holds no string`);
    });
  }
}
