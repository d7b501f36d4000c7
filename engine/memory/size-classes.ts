/** Which sizes the arena's blocks have, and how long the slabs are that they are cut from. */
import { PAGE_BYTES } from './page-source.ts';

/** What slabs are made of. */
export const SPAN_BYTES = 16 * 1024;
/** Whatever is larger takes whole pages. */
export const LARGEST_BLOCK = PAGE_BYTES / 2;

/** 8, 16 … 64, then four classes to each doubling. */
export const CLASS_BYTES = sizeClasses();
/** The class for a size, by the size in granules; past 1 KiB it is computed. */
const CLASS_OF_GRANULES = new Uint8Array(129).map((_, granules) =>
  CLASS_BYTES.findIndex((bytes) => bytes >= granules * 8),
);

function sizeClasses(): readonly number[] {
  const sizes = [8, 16, 24, 32, 40, 48, 56, 64];
  for (let base = 64; base < LARGEST_BLOCK; base *= 2) {
    for (let quarter = 1; quarter <= 4; quarter++) sizes.push(base + (base / 4) * quarter);
  }
  return sizes;
}

/** The number of the smallest class that holds so many bytes, `LARGEST_BLOCK` at most. */
export function classOf(size: number): number {
  if (size <= 1024) return CLASS_OF_GRANULES[(size + 7) >>> 3];
  const doubling = 31 - Math.clz32(size - 1);
  const base = 2 ** doubling;
  return 8 + (doubling - 6) * 4 + Math.ceil(((size - base) * 4) / base) - 1;
}

/** Larger blocks share a longer slab, so that little is left over at its end. */
export function slabBytes(blockBytes: number): number {
  if (blockBytes <= 2048) return SPAN_BYTES;
  return blockBytes <= SPAN_BYTES ? 4 * SPAN_BYTES : Math.ceil(blockBytes / SPAN_BYTES) * SPAN_BYTES;
}
