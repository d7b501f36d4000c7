import { NONE, PAGE_MASK, PAGE_SHIFT, type Arena, type Ref } from '../memory/arena.ts';

/** Heads in one chunk: 64 KiB, so that making room for more never clears more than that at once. */
const CHUNK_SHIFT = 14;
const CHUNK_HEADS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_HEADS - 1;

/** Stands for every chunk that nothing was written to yet: all its heads are `NONE`. */
const UNTOUCHED = new Int32Array(CHUNK_HEADS);

export interface BucketArrayState {
  readonly size: number;
  readonly used: number;
  readonly chunkRefs: readonly Ref[];
}

/**
 * The heads of a hash table's chains, in chunks of the arena. A chunk is taken when its first head is written, so that
 * a table of a million buckets costs nothing until it is used: what calloc and the operating system do together.
 */
export class BucketArray {
  size = 0;
  used = 0;
  private readonly arena: Arena;
  private chunks: Int32Array[] = [];
  private chunkRefs: Ref[] = [];

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** Gives an empty array `size` heads; `size` is a power of two. */
  open(size: number): void {
    this.size = size;
    this.used = 0;
    const count = Math.ceil(size / CHUNK_HEADS);
    this.chunks = new Array<Int32Array>(count).fill(UNTOUCHED);
    this.chunkRefs = new Array<Ref>(count).fill(NONE);
  }

  head(bucket: number): Ref {
    return this.chunks[bucket >>> CHUNK_SHIFT][bucket & CHUNK_MASK];
  }

  setHead(bucket: number, entry: Ref): void {
    let chunk = this.chunks[bucket >>> CHUNK_SHIFT];
    if (chunk === UNTOUCHED) chunk = this.touch(bucket >>> CHUNK_SHIFT);
    chunk[bucket & CHUNK_MASK] = entry;
  }

  // Along a chain, whose links are the first words of its entries.

  /** Calls `visit` with `most` entries of a chain or fewer, each of which may be taken out then. Returns how many there were. */
  visit(bucket: number, visit: (entry: Ref) => void, most = Infinity): number {
    let count = 0;
    for (let entry = this.head(bucket); entry !== NONE && count < most; count++) {
      const next = this.arena.word(entry, 0);
      visit(entry);
      entry = next;
    }
    return count;
  }

  /** How many entries a chain has; no more than `most` are counted. */
  chainLength(bucket: number, most = Infinity): number {
    let length = 0;
    for (let entry = this.head(bucket); entry !== NONE && length < most; entry = this.arena.word(entry, 0)) length++;
    return length;
  }

  /** The entry of a chain before which there are so many. */
  entryAt(bucket: number, place: number): Ref {
    let entry = this.head(bucket);
    for (let left = place; left > 0; left--) entry = this.arena.word(entry, 0);
    return entry;
  }

  // As a whole.

  /** Gives the memory back; the entries are the caller's. */
  close(): void {
    for (const ref of this.chunkRefs) if (ref !== NONE) this.arena.release(ref);
    this.chunks = [];
    this.chunkRefs = [];
    this.size = 0;
    this.used = 0;
  }

  /** Takes over the other's heads and leaves it closed. */
  takeOver(other: BucketArray): void {
    this.close();
    this.size = other.size;
    this.used = other.used;
    this.chunks = other.chunks;
    this.chunkRefs = other.chunkRefs;
    other.chunks = [];
    other.chunkRefs = [];
    other.size = 0;
    other.used = 0;
  }

  capture(): BucketArrayState {
    return { size: this.size, used: this.used, chunkRefs: [...this.chunkRefs] };
  }

  restore(state: BucketArrayState): void {
    this.size = state.size;
    this.used = state.used;
    this.chunkRefs = [...state.chunkRefs];
    this.chunks = this.chunkRefs.map((ref) => (ref === NONE ? UNTOUCHED : this.view(ref)));
  }

  private touch(index: number): Int32Array {
    const ref = this.arena.allocateZeroed(Math.min(this.size, CHUNK_HEADS) * 4);
    const chunk = this.view(ref);
    this.chunkRefs[index] = ref;
    this.chunks[index] = chunk;
    return chunk;
  }

  private view(ref: Ref): Int32Array {
    const page = this.arena.words[ref >>> PAGE_SHIFT];
    const first = (ref & PAGE_MASK) << 1;
    return page.subarray(first, first + Math.min(this.size, CHUNK_HEADS));
  }
}
