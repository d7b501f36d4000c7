/**
 * # The arena
 *
 * **Problem.** A million keys as a million JavaScript objects are a million things for the garbage collector to visit,
 * at addresses nobody can see. The pauses land on whichever command is running.
 *
 * **Idea.** Take memory from the system in pages of 1 MiB and hand out blocks of them ourselves, as an allocator in C
 * does. A block is named by its *ref*: its address divided by eight, so that one 32-bit integer reaches 16 GiB. Records
 * refer to each other by refs, and to the collector a page is one object, whatever lies in it.
 *
 * ```
 *  page 0 (1 MiB)
 *  ├─ slab 16 KiB: blocks of 40 bytes  [live][live][free]──▶[free]──▶ ∅   [never used …
 *  ├─ slab 16 KiB: blocks of 16 bytes  [live][live][live][never used …
 *  └─ …
 *  pages 1–3: one large block
 * ```
 *
 * A host can have the first pages lie in one piece, a *stretch*. A record in it is found by its ref alone, without a look for
 * its page: half as many instructions, and a processor that waits for memory sees twice as far ahead.
 *
 * A size class has a free list whose links lie inside the freed blocks themselves (word 0), so that keeping track of
 * free memory costs no memory. Classes grow by eight bytes up to 64, then four to each doubling: at most a fifth is lost.
 *
 * A command that has begun cannot be told that there is no memory: half of what it does is done.
 * So some pages are held in reserve. `secure` makes sure of them before a command begins, and it is then that one is refused;
 * inside a command the system is asked first, and what it denies comes from the reserve, which cannot fail.
 *
 * **Complexity.** `allocate` and `release` O(1). A large block O(pages).
 *
 * **Invariants.**
 * 1. Ref 0 is nobody's: it is `NONE`.
 * 2. A block lies within one buffer, so that a record is read with one page look-up.
 * 3. Free blocks of a class all lie in slabs of that class, each at most once.
 * 4. Every block below a slab's high-water mark is live or on the free list of its class.
 *
 * **Unlike Redis.** Redis leaves this to jemalloc. Here the allocator is part of the exhibit, and a slab never changes
 * its class, which is simpler and lets fragmentation be seen. Redis ends when the system denies memory; here a command is refused.
 *
 * **Read next.** `engine/memory/size-classes.ts`, and `engine/structures/hash-table.ts`, whose entries are such records.
 */
import { OutOfPages, PAGE_BYTES, PageSource, type ArenaSystem } from './page-source.ts';
import { emptyArenaModel, type ArenaModel, type ArenaProbe, type SlabModel } from './arena.steps.ts';
import { CLASS_BYTES, LARGEST_BLOCK, SPAN_BYTES, classOf, slabBytes } from './size-classes.ts';

/** The name of a record: its byte address divided by eight. */
export type Ref = number;

/** No record. */
export const NONE: Ref = 0;

export { PAGE_BYTES };
/** A ref's page is `ref >>> PAGE_SHIFT`, and `(ref & PAGE_MASK) << 1` its first word within the page. */
export const PAGE_SHIFT = 17;
export const PAGE_MASK = (1 << PAGE_SHIFT) - 1;

const SPANS_A_PAGE = PAGE_BYTES / SPAN_BYTES;

/** What stands at the page numbers that have no buffer of their own. */
const NO_WORDS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_DOUBLES = new Float64Array(0);

/** A ref of more pages would not be a positive integer of 32 bits. */
const MOST_PAGES = 2 ** 31 / 2 ** PAGE_SHIFT - 1;

const UNSURE = -1;

/** A stretch of which more was used is worth giving back. To ask for a new one can take ten milliseconds. */
const KEPT_PAGES = 64;

interface Slab {
  readonly ref: Ref;
  readonly blockBytes: number;
  readonly blocks: number;
}

/** An arena's whole state, to return to later. The page buffers are copies. */
export interface ArenaState {
  readonly pages: readonly ArrayBuffer[];
  readonly spanClasses: readonly (Uint8Array | undefined)[];
  readonly freeHeads: Int32Array;
  readonly carveNext: Int32Array;
  readonly carveEnd: Int32Array;
  readonly slabs: readonly Slab[];
  readonly large: ReadonlyMap<Ref, number>;
  readonly spareSpans: readonly Ref[];
  readonly spanPage: number;
  readonly spansTaken: number;
  readonly usedBytes: number;
}

export class Arena {
  /** The pages as 32-bit words, as bytes and as doubles; a large block's buffer stands at its first page number. */
  readonly words: Int32Array[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly doubles: Float64Array[] = [];

  private readonly id: number;
  private readonly trace: ArenaProbe | null;
  /** For each page, the class of each of its spans, plus one; 0 where there is none. */
  private spanClasses: (Uint8Array | undefined)[] = [];
  private freeHeads = new Int32Array(CLASS_BYTES.length);
  private carveNext = new Int32Array(CLASS_BYTES.length);
  private carveEnd = new Int32Array(CLASS_BYTES.length);
  private slabs: Slab[] = [];
  private large = new Map<Ref, number>();
  /** Spans left at the end of pages, for slabs of a single span. */
  private spareSpans: Ref[] = [];
  private spanPage = -1;
  private spansTaken = SPANS_A_PAGE;
  private used = 0;
  private readonly source: PageSource;
  /** The first pages, where they lie in one piece: what has a ref below this is found there by its ref alone. */
  private stretchRefs = 0;
  private stretchWords = NO_WORDS;
  private stretchDoubles = NO_DOUBLES;
  private pagesInUse = 0;
  /** So many pages are sure, as long as nothing is taken; `UNSURE` where nobody has asked since. */
  private sure = UNSURE;

  constructor(id = 0, trace: ArenaProbe | null = null, system: Partial<ArenaSystem> = {}) {
    this.id = id;
    this.trace = trace;
    this.source = new PageSource(system);
    this.openStretch(this.source.stretch());
  }

  /** Bytes in blocks that are handed out. */
  get usedBytes(): number {
    return this.used;
  }

  /** Bytes taken from the system. */
  get reservedBytes(): number {
    return this.pagesInUse * PAGE_BYTES;
  }

  /** Makes sure of so many pages, whatever the system will say from now on; false when it denies them. */
  secure(pages: number): boolean {
    // Most commands ask for as much as the one before, which took no page.
    if (pages === this.sure) return true;
    // Wherever pages have been given back, behind the last one there is room for all.
    const isSure = this.words.length + pages <= MOST_PAGES && this.source.secure(pages, this.pagesInUse);
    this.sure = isSure && !this.isShort ? pages : UNSURE;
    return isSure;
  }

  /** How many pages were made sure of last. */
  get securedPages(): number {
    return this.source.secured;
  }

  /** Whether the reserve is in use: what need not be done takes no memory then. */
  get isShort(): boolean {
    return this.source.isShort;
  }

  /** Gives a reserve back that is larger than anybody needs now. */
  trimReserve(pages: number): void {
    this.source.trim(pages);
    this.sure = UNSURE;
  }

  /** The same as `allocate`, but `NONE` where there is no memory: for a move that saves some, and need not be made. */
  tryAllocate(size: number): Ref {
    try {
      return this.allocate(size);
    } catch (error) {
      if (error instanceof OutOfPages) return NONE;
      throw error;
    }
  }

  /** Of these, the bytes that belong to a slab or a large block; the rest is not handed out to any class yet. */
  get slabBytes(): number {
    if (this.spanPage < 0) return this.reservedBytes;
    // The span at address 0 never belongs to anybody.
    return this.reservedBytes - (SPANS_A_PAGE - this.spansTaken + this.spareSpans.length + 1) * SPAN_BYTES;
  }

  /** A block of at least `size` bytes, its content whatever was there before. */
  allocate(size: number): Ref {
    if (size > LARGEST_BLOCK) return this.allocateLarge(size);
    const sizeClass = classOf(size);
    const head = this.freeHeads[sizeClass];
    if (head !== NONE) {
      this.used += CLASS_BYTES[sizeClass];
      this.reuse(sizeClass, head);
      return head;
    }
    if (this.carveNext[sizeClass] === this.carveEnd[sizeClass]) this.addSlab(sizeClass);
    this.used += CLASS_BYTES[sizeClass];
    return this.carve(sizeClass);
  }

  /** The same, every byte zero. */
  allocateZeroed(size: number): Ref {
    const ref = this.allocate(size);
    const first = (ref & PAGE_MASK) << 3;
    this.bytes[ref >>> PAGE_SHIFT].fill(0, first, first + size);
    return ref;
  }

  release(ref: Ref): void {
    const sizeClass = this.spanClasses[ref >>> PAGE_SHIFT]?.[(ref & PAGE_MASK) >>> 11] ?? 0;
    if (sizeClass === 0) {
      this.releaseLarge(ref);
      return;
    }
    this.used -= CLASS_BYTES[sizeClass - 1];
    this.free(sizeClass - 1, ref);
  }

  /** Gives every page back. Nothing may be in use. */
  reset(): void {
    if (this.used !== 0) throw new Error(`${this.used} bytes are still in use`);
    if (this.pagesInUse > KEPT_PAGES && this.stretchRefs > 0) {
      // The old one must be let go first.
      this.openStretch(NO_WORDS.buffer);
      this.openStretch(this.source.stretch());
    }
    this.words.length = 0;
    this.bytes.length = 0;
    this.doubles.length = 0;
    this.pagesInUse = 0;
    this.spanClasses = [];
    for (const table of [this.freeHeads, this.carveNext, this.carveEnd]) table.fill(NONE);
    this.slabs = [];
    this.spareSpans = [];
    this.spanPage = -1;
    this.spansTaken = SPANS_A_PAGE;
    this.trace?.reset(this.id);
  }

  /** How many bytes the block at `ref` has, which may be more than were asked for. */
  capacityOf(ref: Ref): number {
    const sizeClass = this.spanClasses[ref >>> PAGE_SHIFT]?.[(ref & PAGE_MASK) >>> 11] ?? 0;
    return sizeClass === 0 ? this.bytes[ref >>> PAGE_SHIFT].length : CLASS_BYTES[sizeClass - 1];
  }

  /** The capacity that `allocate(size)` would give. */
  static capacityFor(size: number): number {
    return size > LARGEST_BLOCK ? Math.ceil(size / PAGE_BYTES) * PAGE_BYTES : CLASS_BYTES[classOf(size)];
  }

  // Reading and writing. Where many records are followed, most of the time goes into these.

  word(ref: Ref, index: number): number {
    if (ref < this.stretchRefs) return this.stretchWords[(ref << 1) + index];
    return this.words[ref >>> PAGE_SHIFT][((ref & PAGE_MASK) << 1) + index];
  }

  setWord(ref: Ref, index: number, value: number): void {
    if (ref < this.stretchRefs) this.stretchWords[(ref << 1) + index] = value;
    else this.words[ref >>> PAGE_SHIFT][((ref & PAGE_MASK) << 1) + index] = value;
  }

  double(ref: Ref, index: number): number {
    if (ref < this.stretchRefs) return this.stretchDoubles[ref + index];
    return this.doubles[ref >>> PAGE_SHIFT][(ref & PAGE_MASK) + index];
  }

  setDouble(ref: Ref, index: number, value: number): void {
    if (ref < this.stretchRefs) this.stretchDoubles[ref + index] = value;
    else this.doubles[ref >>> PAGE_SHIFT][(ref & PAGE_MASK) + index] = value;
  }

  /** Where the record's first byte lies within `bytes[ref >>> PAGE_SHIFT]`. */
  offset(ref: Ref): number {
    return (ref & PAGE_MASK) << 3;
  }

  private allocateLarge(size: number): Ref {
    const pages = Math.ceil(size / PAGE_BYTES);
    // A block in page 0 would have the ref that means nobody.
    // None lies in the stretch, which cannot be given back by pieces.
    const first = this.freePages(pages, Math.max(1, this.stretchRefs >>> PAGE_SHIFT));
    this.takePages(first, pages);
    this.used += pages * PAGE_BYTES;
    const ref = first << PAGE_SHIFT;
    this.large.set(ref, pages);
    this.trace?.allocateLarge(this.id, ref, pages);
    return ref;
  }

  private releaseLarge(ref: Ref): void {
    const pages = this.large.get(ref);
    if (pages === undefined) throw new Error(`no block lies at ref ${ref}`);
    this.large.delete(ref);
    this.used -= pages * PAGE_BYTES;
    this.dropPage(ref >>> PAGE_SHIFT);
    this.pagesInUse -= pages;
    this.trace?.releaseLarge(this.id, ref, pages);
  }

  private reuse(sizeClass: number, ref: Ref): void {
    this.freeHeads[sizeClass] = this.word(ref, 0);
    this.trace?.reuse(this.id, ref, CLASS_BYTES[sizeClass]);
  }

  private free(sizeClass: number, ref: Ref): void {
    this.setWord(ref, 0, this.freeHeads[sizeClass]);
    this.freeHeads[sizeClass] = ref;
    this.trace?.release(this.id, ref, CLASS_BYTES[sizeClass]);
  }

  private carve(sizeClass: number): Ref {
    const ref = this.carveNext[sizeClass];
    this.carveNext[sizeClass] = ref + (CLASS_BYTES[sizeClass] >>> 3);
    this.trace?.carve(this.id, ref, CLASS_BYTES[sizeClass]);
    return ref;
  }

  private addSlab(sizeClass: number): void {
    const blockBytes = CLASS_BYTES[sizeClass];
    const bytes = slabBytes(blockBytes);
    const blocks = Math.floor(bytes / blockBytes);
    const ref = this.takeSpans(bytes / SPAN_BYTES);
    const firstSpan = (ref & PAGE_MASK) >>> 11;
    this.spanClasses[ref >>> PAGE_SHIFT]?.fill(sizeClass + 1, firstSpan, firstSpan + bytes / SPAN_BYTES);
    this.slabs.push({ ref, blockBytes, blocks });
    this.carveNext[sizeClass] = ref;
    this.carveEnd[sizeClass] = ref + blocks * (blockBytes >>> 3);
    this.trace?.slab(this.id, ref, blockBytes, blocks);
  }

  private takeSpans(spans: number): Ref {
    if (spans === 1) {
      const spare = this.spareSpans.pop();
      if (spare !== undefined) return spare;
    }
    if (this.spansTaken + spans > SPANS_A_PAGE) this.addPage();
    const ref = (this.spanPage << PAGE_SHIFT) + ((this.spansTaken * SPAN_BYTES) >>> 3);
    this.spansTaken += spans;
    return ref;
  }

  private addPage(): void {
    const page = this.freePages(1);
    this.takePages(page, 1);
    for (let span = this.spansTaken; span < SPANS_A_PAGE; span++) {
      this.spareSpans.push((this.spanPage << PAGE_SHIFT) + ((span * SPAN_BYTES) >>> 3));
    }
    this.spanPage = page;
    // Address 0 means "no record", so the first span of the first page is never handed out.
    this.spansTaken = this.spanPage === 0 ? 1 : 0;
    this.spanClasses[this.spanPage] = new Uint8Array(SPANS_A_PAGE);
    this.trace?.page(this.id, this.spanPage);
  }

  /** Puts memory behind so many page numbers. */
  private takePages(first: number, pages: number): void {
    this.putPage(first, first << PAGE_SHIFT < this.stretchRefs ? this.stretchPage(first) : this.source.take(pages));
    this.pagesInUse += pages;
    this.sure = UNSURE;
  }

  private openStretch(stretch: ArrayBuffer): void {
    this.stretchWords = new Int32Array(stretch);
    this.stretchDoubles = new Float64Array(stretch);
    this.stretchRefs = stretch.byteLength >>> 3;
  }

  private stretchPage(page: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.stretchWords.buffer, page * PAGE_BYTES, PAGE_BYTES);
  }

  /** The first of so many unused page numbers in a row. */
  private freePages(count: number, from = 0): number {
    let run = 0;
    let page = from;
    for (; run < count; page++) run = this.isPageTaken(page) ? 0 : run + 1;
    return page - count;
  }

  private isPageTaken(page: number): boolean {
    if (page < this.words.length && this.words[page].length > 0) return true;
    // The pages behind the first of a large block have no buffer of their own.
    for (const [ref, pages] of this.large) {
      const first = ref >>> PAGE_SHIFT;
      if (page >= first && page < first + pages) return true;
    }
    return false;
  }

  private putPage(page: number, { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): void {
    // No holes: an array with holes is a slower array, and every read of a record goes through these.
    while (this.words.length < page) {
      this.words.push(NO_WORDS);
      this.bytes.push(NO_BYTES);
      this.doubles.push(NO_DOUBLES);
    }
    this.words[page] = new Int32Array(buffer, byteOffset, byteLength / 4);
    this.bytes[page] = new Uint8Array(buffer, byteOffset, byteLength);
    this.doubles[page] = new Float64Array(buffer, byteOffset, byteLength / 8);
  }

  private dropPage(page: number): void {
    this.words[page] = NO_WORDS;
    this.bytes[page] = NO_BYTES;
    this.doubles[page] = NO_DOUBLES;
  }

  snapshot(): ArenaModel {
    const free: Record<number, number[]> = {};
    const slabs: SlabModel[] = this.slabs.map((slab) => ({ ...slab, carved: this.carvedOf(slab) }));
    CLASS_BYTES.forEach((blockBytes, sizeClass) => {
      const refs: number[] = [];
      for (let ref = this.freeHeads[sizeClass]; ref !== NONE; ref = this.word(ref, 0)) refs.push(ref);
      if (refs.length > 0) free[blockBytes] = refs;
    });
    const pages = this.spanClasses.flatMap((spans, page) => (spans ? [page] : []));
    const large = [...this.large].map(([ref, blockPages]) => ({ ref, pages: blockPages }));
    return { ...emptyArenaModel, pages, slabs, free, large };
  }

  private carvedOf(slab: Slab): number {
    const sizeClass = classOf(slab.blockBytes);
    const end = slab.ref + slab.blocks * (slab.blockBytes >>> 3);
    const open = this.carveEnd[sizeClass] === end;
    return open ? (this.carveNext[sizeClass] - slab.ref) / (slab.blockBytes >>> 3) : slab.blocks;
  }

  capture(): ArenaState {
    return {
      pages: this.words.map((page) => page.slice().buffer),
      spanClasses: this.spanClasses.map((spans) => spans?.slice()),
      freeHeads: this.freeHeads.slice(),
      carveNext: this.carveNext.slice(),
      carveEnd: this.carveEnd.slice(),
      slabs: [...this.slabs],
      large: new Map(this.large),
      spareSpans: [...this.spareSpans],
      spanPage: this.spanPage,
      spansTaken: this.spansTaken,
      usedBytes: this.used,
    };
  }

  restore(state: ArenaState): void {
    this.openStretch(NO_WORDS.buffer);
    this.words.length = 0;
    this.bytes.length = 0;
    this.doubles.length = 0;
    state.pages.forEach((buffer, page) => {
      if (buffer.byteLength > 0) this.putPage(page, new Uint8Array(buffer.slice(0)));
    });
    this.pagesInUse = this.bytes.reduce((total, page) => total + page.length, 0) / PAGE_BYTES;
    this.sure = UNSURE;
    this.spanClasses = state.spanClasses.map((spans) => spans?.slice());
    this.freeHeads = state.freeHeads.slice();
    this.carveNext = state.carveNext.slice();
    this.carveEnd = state.carveEnd.slice();
    this.slabs = [...state.slabs];
    this.large = new Map(state.large);
    this.spareSpans = [...state.spareSpans];
    this.spanPage = state.spanPage;
    this.spansTaken = state.spansTaken;
    this.used = state.usedBytes;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    const live = new Map<number, number>();
    for (const [sizeClass, blockBytes] of CLASS_BYTES.entries()) {
      const seen = new Set<Ref>();
      for (let ref = this.freeHeads[sizeClass]; ref !== NONE; ref = this.word(ref, 0)) {
        if (seen.has(ref)) throw new Error(`invariant 3: block ${ref} is twice on the free list of ${blockBytes}`);
        if (this.capacityOf(ref) !== blockBytes)
          throw new Error(`invariant 3: block ${ref} is on the list of another class`);
        seen.add(ref);
      }
      live.set(blockBytes, -seen.size);
    }
    for (const slab of this.slabs) {
      if (slab.ref === NONE) throw new Error('invariant 1: a slab starts at ref 0');
      live.set(slab.blockBytes, (live.get(slab.blockBytes) ?? 0) + this.carvedOf(slab));
    }
    let used = 0;
    for (const [blockBytes, count] of live) used += blockBytes * count;
    for (const pages of this.large.values()) used += pages * PAGE_BYTES;
    if (used !== this.used) throw new Error(`invariant 4: ${used} bytes are live, ${this.used} are counted`);
  }
}
