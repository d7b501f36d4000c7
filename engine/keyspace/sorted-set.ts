import type { Arena, Ref } from '../memory/arena.ts';
import { HashTable, type HashTableOptions, type HashTableState } from '../structures/hash-table.ts';
import type { SortedIndex } from '../structures/sorted-index.ts';
import type { Collection } from './collections.ts';

export interface SortedSetState<State> {
  readonly table: HashTableState;
  readonly index: State;
}

/**
 * A large sorted set: one record an element, in two structures at once. The table finds it by its member, the index has it
 * in the order of the scores.
 */
export class SortedSet<State, Model> implements Collection<SortedSetState<State>> {
  readonly id: number;
  readonly table: HashTable;
  readonly index: SortedIndex<State, Model>;
  private readonly arena: Arena;

  constructor(arena: Arena, index: SortedIndex<State, Model>, options: Omit<HashTableOptions, 'foreignWords'>) {
    this.id = options.id;
    this.arena = arena;
    this.index = index;
    this.table = new HashTable(arena, { ...options, foreignWords: index.foreignWords });
  }

  get size(): number {
    return this.index.length;
  }

  /** Adds a member that was just looked for in the table and not found. */
  insertMissing(bytes: Uint8Array, start: number, end: number, score: number): void {
    this.index.insert(this.table.insertMissing(bytes, start, end), score);
  }

  remove(element: Ref): void {
    this.index.remove(element);
    this.table.remove(element);
  }

  /** Takes out so many members from a rank on; there must be as many. */
  removeRun(rank: number, count: number): void {
    this.index.removeRun(this.index.at(rank), count, (element) => {
      this.table.remove(element);
    });
  }

  /** Frees all that it has in the arena. */
  clear(): void {
    this.index.clear();
    this.table.clear(() => undefined);
  }

  memoryBytes(): number {
    let bytes = this.table.buckets * 4 + this.index.ownBytes();
    this.table.forEach((element) => {
      bytes += this.arena.capacityOf(element);
    });
    return bytes;
  }

  capture(): SortedSetState<State> {
    return { table: this.table.capture(), index: this.index.capture() };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: SortedSetState<State>): void {
    this.table.restore(state.table);
    this.index.restore(state.index);
  }

  /** Throws when an invariant of one of the two is broken, or they do not hold the same elements. */
  assertValid(): void {
    this.table.assertValid();
    this.index.assertValid();
    if (this.table.size !== this.index.length)
      throw new Error(`the table has ${this.table.size} members, the index ${this.index.length}`);
    this.table.forEach((element) => {
      if (this.index.at(this.index.rank(element)) !== element) throw new Error(`${element} is not in the index`);
    });
  }
}
