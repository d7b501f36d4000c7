/**
 * Where collections live that have outgrown a block of their own. Of such a collection the key's value word holds a
 * *slot*: the number of a place in these lists. The collection itself is an object of the engine, a table or a list, whose
 * elements lie in the arena like everything else; so there is one JavaScript object for each large collection, and none
 * for an element.
 *
 * Slots are numbered over all kinds together, and a freed one is given out again lowest first: the same commands give the
 * same numbers, and with them the same structure ids in the film.
 */
import type { CollectionModel, CollectionProbe, CollectionsModel } from './collections.steps.ts';
import { FIRST_COLLECTION_ID } from './collections.steps.ts';

/** What can lie in a slot. */
export interface Collection<State> {
  readonly id: number;
  capture(): State;
  /** The arena must have been restored to the same moment before. */
  restore(state: State): void;
  /** Throws when an invariant of its essay is broken. */
  assertValid(): void;
}

export interface CollectionKind<Item extends Collection<State>, State> {
  /** Its number in `open` steps. */
  readonly holds: number;
  make(id: number): Item;
  model(item: Item): CollectionModel;
}

interface SlotState {
  readonly slot: number;
  readonly holds: number;
  readonly state: unknown;
}

export interface CollectionsState {
  /** So many slots were ever in use at once. */
  readonly count: number;
  readonly open: readonly SlotState[];
}

/** The slots of one kind. `State` is what a collection of the kind is captured as. */
export class Slots<Item extends Collection<State>, State> {
  readonly holds: number;
  private readonly all: Collections;
  private readonly kind: CollectionKind<Item, State>;
  /** By slot; `null` where the slot is free or another kind's. */
  private readonly items: (Item | null)[] = [];

  constructor(all: Collections, kind: CollectionKind<Item, State>) {
    this.all = all;
    this.kind = kind;
    this.holds = kind.holds;
  }

  /** Takes a slot for a new, empty collection. */
  open(): number {
    const slot = this.all.take(this.holds);
    this.put(slot);
    return slot;
  }

  at(slot: number): Item {
    const item = this.items[slot];
    if (!item) throw new Error(`slot ${slot} holds nothing of the kind ${this.holds}`);
    return item;
  }

  /** The same, but `null` where the slot holds another kind. */
  peek(slot: number): Item | null {
    return slot < this.items.length ? this.items[slot] : null;
  }

  /** Gives a slot back. What the collection had in the arena must have been released. */
  close(slot: number): void {
    this.items[slot] = null;
    this.all.giveBack(slot);
  }

  private put(slot: number): Item {
    const item = this.kind.make(FIRST_COLLECTION_ID + slot);
    // No holes: an array with holes is a slower array, and every command on a large collection goes through this one.
    while (this.items.length <= slot) this.items.push(null);
    this.items[slot] = item;
    return item;
  }

  // For all of them at once.

  stateAt(slot: number): State {
    return this.at(slot).capture();
  }

  restoreAt(slot: number, state: State): void {
    this.put(slot).restore(state);
  }

  forget(): void {
    this.items.length = 0;
  }

  modelAt(slot: number): CollectionModel {
    return this.kind.model(this.at(slot));
  }

  assertValid(slot: number): void {
    this.at(slot).assertValid();
  }
}

/** What `Collections` asks of the slots of a kind, whichever it is. */
type AnySlots = Pick<
  Slots<Collection<unknown>, unknown>,
  'holds' | 'stateAt' | 'restoreAt' | 'forget' | 'modelAt' | 'assertValid'
>;

/** In `kinds`, of a slot that is free. */
const FREE = 0;

/** All slots, whatever they hold. */
export class Collections {
  private readonly trace: CollectionProbe | null;
  private readonly slotsOf = new Map<number, AnySlots>();
  /** By slot, what it holds. */
  private kinds: number[] = [];
  /** The free slots as a heap, the lowest at its top. */
  private free: number[] = [];

  constructor(trace: CollectionProbe | null) {
    this.trace = trace;
  }

  /** How many slots are in use. */
  get size(): number {
    return this.kinds.length - this.free.length;
  }

  /** Declares a kind; once for each. */
  declare<Item extends Collection<State>, State>(kind: CollectionKind<Item, State>): Slots<Item, State> {
    if (this.slotsOf.has(kind.holds)) throw new Error(`two kinds of collections are numbered ${kind.holds}`);
    const slots = new Slots(this, kind);
    this.slotsOf.set(kind.holds, slots);
    return slots;
  }

  /** Tells that the value of a key goes into another encoding; called before the first element does. */
  converting(entry: number, from: number, to: number): void {
    this.trace?.convert(0, entry, from, to);
  }

  // Micro-steps.

  take(holds: number): number {
    const slot = this.free.length > 0 ? popLowest(this.free) : this.kinds.length;
    if (slot === this.kinds.length) this.kinds.push(holds);
    else this.kinds[slot] = holds;
    this.trace?.open(FIRST_COLLECTION_ID + slot, holds);
    return slot;
  }

  giveBack(slot: number): void {
    if (this.kinds[slot] === FREE) throw new Error(`slot ${slot} is free already`);
    this.kinds[slot] = FREE;
    push(this.free, slot);
    this.trace?.close(FIRST_COLLECTION_ID + slot);
  }

  // Seeing the whole.

  private forEach(visit: (slot: number, slots: AnySlots) => void): void {
    this.kinds.forEach((holds, slot) => {
      const slots = this.slotsOf.get(holds);
      if (slots) visit(slot, slots);
    });
  }

  snapshot(): CollectionsModel {
    const models = new Map<number, CollectionModel>();
    this.forEach((slot, slots) => models.set(FIRST_COLLECTION_ID + slot, slots.modelAt(slot)));
    return models;
  }

  capture(): CollectionsState {
    const open: SlotState[] = [];
    this.forEach((slot, slots) => open.push({ slot, holds: slots.holds, state: slots.stateAt(slot) }));
    return { count: this.kinds.length, open };
  }

  /** The arena must have been restored to the same moment before. */
  restore(state: CollectionsState): void {
    for (const slots of this.slotsOf.values()) slots.forget();
    this.kinds = new Array<number>(state.count).fill(FREE);
    for (const { slot, holds, state: saved } of state.open) {
      this.kinds[slot] = holds;
      this.slotsOf.get(holds)?.restoreAt(slot, saved);
    }
    // In ascending order it is a heap already.
    this.free = this.kinds.flatMap((holds, slot) => (holds === FREE ? [slot] : []));
  }

  /** Throws when an invariant of any collection is broken, or a free slot is not known to be one. */
  assertValid(): void {
    this.forEach((slot, slots) => {
      slots.assertValid(slot);
    });
    const free = this.kinds.flatMap((holds, slot) => (holds === FREE ? [slot] : []));
    const known = [...this.free].sort((a, b) => a - b);
    if (free.join() !== known.join())
      throw new Error(`the slots ${free.join()} are free, ${known.join()} are known to be`);
  }
}

function push(heap: number[], value: number): void {
  let at = heap.length;
  heap.push(value);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = value;
}

/** The heap must not be empty. */
function popLowest(heap: number[]): number {
  const lowest = heap[0];
  const last = heap.length - 1;
  const value = heap[last];
  heap.length = last;
  let at = 0;
  for (let child = 1; child < last; child = 2 * at + 1) {
    if (child + 1 < last && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= value) break;
    heap[at] = heap[child];
    at = child;
  }
  if (last > 0) heap[at] = value;
  return lowest;
}
