/**
 * # The heap of deadlines
 *
 * **Problem.** Of all the keys that are to expire, which is next? And when one gets another deadline, or none, its place
 * must be found without a search.
 *
 * **Idea.** A binary heap: a tree written into an array level by level, every parent no later than its children, so that
 * the earliest is always at position 0. The owner of each deadline is told its position whenever that changes.
 *
 * ```
 *            0: 12:00                children of p: 2p + 1 and 2p + 2
 *          ┌────┴────┐
 *       1: 12:05   2: 12:01
 *      ┌──┴──┐
 *   3: 12:30 4: 12:06
 * ```
 *
 * **Complexity.** The earliest O(1); add, change, remove O(log n).
 *
 * **Invariants.** 1. No deadline is earlier than its parent's. 2. Every owner knows its position.
 *
 * **Unlike Redis.** Redis keeps deadlines in a second hash table and samples it by chance, which finds most expired keys;
 * a heap finds exactly those that are due.
 *
 * **Read next.** `engine/keyspace/database.ts`, which asks it.
 */
import type { Ref } from '../memory/arena.ts';
import type { DeadlineHeapModel, DeadlineHeapProbe } from './deadline-heap.steps.ts';

const CHUNK_SHIFT = 12;
const CHUNK_LENGTH = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_LENGTH - 1;

export interface DeadlineHeapState {
  readonly length: number;
  readonly deadlines: readonly Float64Array[];
  readonly owners: readonly Int32Array[];
}

export class DeadlineHeap {
  /** Whose steps these are. It changes with the owner: see `Database.swapWith`. */
  id: number;
  private readonly trace: DeadlineHeapProbe | null;
  /** Tells an owner its position, -1 when its deadline is gone. */
  private readonly place: (owner: Ref, position: number) => void;
  // In chunks: an array that doubles would copy everything at once, in the middle of somebody's command.
  private deadlines: Float64Array[] = [];
  private owners: Int32Array[] = [];
  private count = 0;

  constructor(id: number, trace: DeadlineHeapProbe | null, place: (owner: Ref, position: number) => void) {
    this.id = id;
    this.trace = trace;
    this.place = place;
  }

  get length(): number {
    return this.count;
  }

  deadline(position: number): number {
    return this.deadlines[position >>> CHUNK_SHIFT][position & CHUNK_MASK];
  }

  owner(position: number): Ref {
    return this.owners[position >>> CHUNK_SHIFT][position & CHUNK_MASK];
  }

  add(owner: Ref, deadlineMs: number): void {
    this.append(owner, deadlineMs);
    this.rise(this.count - 1);
  }

  change(position: number, deadlineMs: number): void {
    this.update(position, deadlineMs);
    this.settle(position);
  }

  remove(position: number): void {
    const last = this.count - 1;
    if (position !== last) this.swap(position, last);
    this.dropLast();
    if (position !== last) this.settle(position);
  }

  clear(): void {
    this.deadlines = [];
    this.owners = [];
    this.count = 0;
    this.trace?.clear(this.id);
  }

  /** Brings the deadline at a position, which may be too early or too late for it, to where it belongs. */
  private settle(position: number): void {
    if (!this.rise(position)) this.sink(position);
  }

  private rise(from: number): boolean {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >>> 1;
      if (!this.isEarlier(position, parent)) break;
      this.swap(parent, position);
      position = parent;
    }
    return position !== from;
  }

  private sink(from: number): void {
    let position = from;
    for (;;) {
      const left = 2 * position + 1;
      if (left >= this.count) return;
      const right = left + 1;
      const child = right < this.count && this.deadline(right) < this.deadline(left) ? right : left;
      if (!this.isEarlier(child, position)) return;
      this.swap(position, child);
      position = child;
    }
  }

  private isEarlier(child: number, parent: number): boolean {
    this.trace?.compare(this.id, parent, child);
    return this.deadline(child) < this.deadline(parent);
  }

  // Micro-steps.

  private append(owner: Ref, deadlineMs: number): void {
    const position = this.count++;
    if (position >>> CHUNK_SHIFT === this.deadlines.length) {
      this.deadlines.push(new Float64Array(CHUNK_LENGTH));
      this.owners.push(new Int32Array(CHUNK_LENGTH));
    }
    this.deadlines[position >>> CHUNK_SHIFT][position & CHUNK_MASK] = deadlineMs;
    this.owners[position >>> CHUNK_SHIFT][position & CHUNK_MASK] = owner;
    this.trace?.append(this.id, position, owner, deadlineMs);
    this.place(owner, position);
  }

  private update(position: number, deadlineMs: number): void {
    this.deadlines[position >>> CHUNK_SHIFT][position & CHUNK_MASK] = deadlineMs;
    this.trace?.update(this.id, position, deadlineMs);
  }

  private swap(a: number, b: number): void {
    const [deadlineA, ownerA] = [this.deadline(a), this.owner(a)];
    const [deadlineB, ownerB] = [this.deadline(b), this.owner(b)];
    this.deadlines[a >>> CHUNK_SHIFT][a & CHUNK_MASK] = deadlineB;
    this.owners[a >>> CHUNK_SHIFT][a & CHUNK_MASK] = ownerB;
    this.deadlines[b >>> CHUNK_SHIFT][b & CHUNK_MASK] = deadlineA;
    this.owners[b >>> CHUNK_SHIFT][b & CHUNK_MASK] = ownerA;
    this.trace?.swap(this.id, a, b);
    this.place(ownerA, b);
    this.place(ownerB, a);
  }

  private dropLast(): void {
    const position = --this.count;
    const owner = this.owner(position);
    this.trace?.dropLast(this.id, position);
    this.place(owner, -1);
  }

  // Seeing the whole.

  snapshot(): DeadlineHeapModel {
    return Array.from({ length: this.count }, (_, position) => ({
      owner: this.owner(position),
      deadlineMs: this.deadline(position),
    }));
  }

  capture(): DeadlineHeapState {
    return {
      length: this.count,
      deadlines: this.deadlines.map((chunk) => chunk.slice()),
      owners: this.owners.map((chunk) => chunk.slice()),
    };
  }

  restore(state: DeadlineHeapState): void {
    this.count = state.length;
    this.deadlines = state.deadlines.map((chunk) => chunk.slice());
    this.owners = state.owners.map((chunk) => chunk.slice());
  }

  /** Throws when an invariant of the essay is broken; `positionOf` asks an owner what it knows. */
  assertValid(positionOf: (owner: Ref) => number): void {
    for (let position = 0; position < this.count; position++) {
      const parent = (position - 1) >>> 1;
      if (position > 0 && this.deadline(position) < this.deadline(parent)) {
        throw new Error(`invariant 1: the deadline at ${position} is earlier than that at ${parent}`);
      }
      if (positionOf(this.owner(position)) !== position)
        throw new Error(`invariant 2: an owner does not know position ${position}`);
    }
  }
}
