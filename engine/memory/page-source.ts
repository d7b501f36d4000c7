/** Bytes in a page. */
export const PAGE_BYTES = 1 << 20;

/** What is asked of the system. */
export interface ArenaSystem {
  /** Gives so many bytes, all zero, or throws a `RangeError`; `isReserve` tells whether they are to be kept for later. */
  readonly allocate: (bytes: number, isReserve: boolean) => ArrayBuffer;
  /** No command begins that might take more pages than this. */
  readonly mostPages: number;
  /**
   * So many pages are asked for in one piece at the beginning. That is for hosts whose system gives memory only when it is
   * written to: to them, what is not used costs nothing.
   */
  readonly stretchPages: number;
}

/** There was no memory where there must be some: nothing was secured, or too little. */
export class OutOfPages extends Error {
  override readonly name = 'OutOfPages';
}

/**
 * Where an arena's pages come from: the system, and when that denies them, a reserve of one run of memory, from which single
 * pages and large blocks are cut alike.
 */
export class PageSource {
  /** The system has denied something, and the reserve is in use: what need not be done takes no memory meanwhile. */
  isShort = false;
  /** How many pages were made sure of last. */
  secured = 0;

  private readonly system: ArenaSystem;
  private reserve: ArrayBuffer | null = null;
  /** From this page of the reserve on so many are still to be had. */
  private at = 0;
  private left = 0;

  constructor(system: Partial<ArenaSystem>) {
    this.system = { allocate: (bytes) => new ArrayBuffer(bytes), mostPages: Infinity, stretchPages: 0, ...system };
  }

  /** Makes sure of so many pages beside those in use, whatever the system will say from now on; false when it denies them. */
  secure(pages: number, inUse: number): boolean {
    // Whether a limit is met must not depend on what is in reserve: a replay has another one.
    if (inUse + pages > this.system.mostPages) return false;
    this.secured = pages;
    if (this.left >= pages && !this.isShort) return true;
    const reserve = this.ask(pages, true);
    if (reserve === null) return this.left >= pages;
    this.reserve = reserve;
    this.at = 0;
    this.left = pages;
    this.isShort = false;
    return true;
  }

  /** Gives a reserve back that is larger than anybody needs now. */
  trim(pages: number): void {
    if (this.left <= pages) return;
    this.reserve = null;
    this.left = 0;
  }

  /** The pages that are asked for in one piece; nothing where the system denies them. */
  stretch(): ArrayBuffer {
    const { stretchPages } = this.system;
    return (stretchPages > 0 ? this.ask(stretchPages, false) : null) ?? new ArrayBuffer(0);
  }

  /** So many pages in one run, as a view. */
  take(pages: number): Uint8Array<ArrayBuffer> {
    const bytes = pages * PAGE_BYTES;
    const given = this.ask(pages, false);
    if (given !== null) return new Uint8Array(given);
    if (this.reserve === null || this.left < pages)
      throw new OutOfPages(`the system denies ${pages} pages, and ${this.left} are in reserve`);
    const view = new Uint8Array(this.reserve, this.at * PAGE_BYTES, bytes);
    this.at += pages;
    this.left -= pages;
    this.isShort = true;
    return view;
  }

  private ask(pages: number, isReserve: boolean): ArrayBuffer | null {
    try {
      return this.system.allocate(pages * PAGE_BYTES, isReserve);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }
}
