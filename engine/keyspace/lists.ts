import type { Ref } from '../memory/arena.ts';
import type { Reply } from '../reply.ts';
import { FIRST, type Listpacks } from '../structures/listpack.ts';
import type { QuickList, QuickListState } from '../structures/quicklist.ts';
import type { QuickListPacking } from '../structures/quicklist-packing.ts';
import type { Slots } from './collections.ts';
import type { Database } from './database.ts';
import type { Blocks, Draft, ValueType } from './value-type.ts';
import { QUICKLIST, TYPE_LIST } from './values.ts';

export interface ListParts {
  readonly listpacks: Listpacks;
  readonly quicklists: Slots<QuickList, QuickListState>;
}

/** Lists: elements in the order in which they were put, at either end. Every one is a quicklist, however short. */
export class ListValues implements ValueType {
  private readonly packs: Listpacks;
  private readonly quicklists: Slots<QuickList, QuickListState>;

  /** Lists that the present command has used, in which inner nodes may have to be compressed again. */
  private unsettled: QuickListPacking[] = [];
  /** Whether there are any. A field, for it is asked after every command. */
  isUnsettled = false;

  constructor(parts: ListParts) {
    this.packs = parts.listpacks;
    this.quicklists = parts.quicklists;
  }

  noteUnsettled(packing: QuickListPacking): void {
    this.unsettled.push(packing);
    this.isUnsettled = true;
  }

  /** Before a command is over: inner nodes are compressed, those near an end are plain. */
  settle(): void {
    for (const packing of this.unsettled) packing.settle();
    this.unsettled.length = 0;
    this.isUnsettled = false;
  }

  /** Makes a key that was just looked for and not found stand for a list without elements. */
  add(db: Database, key: Uint8Array, start: number, end: number): Ref {
    const entry = db.add(key, start, end);
    this.begin(db, entry);
    return entry;
  }

  /** Makes a key that stands for nothing stand for a list without elements. */
  begin(db: Database, entry: Ref): void {
    db.setValue(entry, TYPE_LIST, QUICKLIST, this.quicklists.open());
  }

  of(db: Database, entry: Ref): QuickList {
    return this.at(db.value(entry));
  }

  at(value: number): QuickList {
    return this.quicklists.at(value);
  }

  /** A list that is nobody's yet. */
  draft(): Draft {
    return { encoding: QUICKLIST, value: this.quicklists.open() };
  }

  /** Writes the element at the list's cursor into the reply, as a bulk string. */
  replyHere(list: QuickList, reply: Reply): void {
    const pack = list.packing.pack(list.node);
    this.packs.read(pack, list.at);
    reply.slice(this.packs.bytes(pack), this.packs.replyStart(pack, list.at), this.packs.end + 2);
  }

  /** Writes the first element, or the last one, into the reply as a bulk string, and takes it out. */
  replyTaken(list: QuickList, isFirst: boolean, reply: Reply): void {
    const { packs } = this;
    const node = isFirst ? list.nodes.first : list.nodes.last;
    const pack = list.packing.pack(node);
    const at = isFirst ? FIRST : packs.last(pack);
    const behind = packs.read(pack, at);
    reply.slice(packs.bytes(pack), packs.replyStart(pack, at), packs.end + 2);
    list.take(node, pack, at, behind);
  }

  /** Writes so many elements from the n-th on, as bulk strings. There must be as many. */
  replyRange(list: QuickList, index: number, count: number, reply: Reply): void {
    list.seek(index);
    let { node, at } = list;
    for (let left = count; left > 0; node = list.nodes.next(node)) {
      const pack = list.packing.pack(node);
      reply.reserve(this.packs.used(pack) - at);
      // An element is its own reply.
      left -= this.packs.copyReplies(pack, at, left, reply.buffer, reply.length);
      reply.length = this.packs.copiedTo;
      at = FIRST;
    }
  }

  /** A copy of the element at the cursor, for what must outlive the next change. */
  copyHere(list: QuickList): Uint8Array {
    list.read();
    return this.packs.bytes(list.packing.pack(list.node)).slice(this.packs.start, this.packs.end);
  }

  /** Whether the element at the cursor is made of these bytes. */
  isHere(list: QuickList, bytes: Uint8Array, start: number, end: number): boolean {
    const pack = list.packing.pack(list.node);
    this.packs.read(pack, list.at);
    const at = this.packs.start;
    if (this.packs.end - at !== end - start) return false;
    const page = this.packs.bytes(pack);
    for (let i = end - start - 1; i >= 0; i--) if (page[at + i] !== bytes[start + i]) return false;
    return true;
  }

  // As any type of value.

  release(_encoding: number, value: number): void {
    this.quicklists.at(value).clear();
    this.quicklists.close(value);
  }

  copy(_encoding: number, value: number): number {
    const slot = this.quicklists.open();
    this.quicklists.at(slot).copyFrom(this.quicklists.at(value));
    return slot;
  }

  count(_encoding: number, value: number): number {
    return this.quicklists.at(value).length;
  }

  memoryBytes(_encoding: number, value: number): number {
    return this.quicklists.at(value).packing.memoryBytes();
  }

  gather(_encoding: number, value: number, blocks: Blocks): void {
    this.quicklists.at(value).packing.gather(blocks.listpacks, blocks.compressed);
  }

  /** What lies in a slot is checked there. */
  assertValid(): void {
    return;
  }
}
