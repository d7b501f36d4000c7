/** Ways through a hash table that look for no key: bucket after bucket, by chance, or both. */
import { NONE, type Ref } from '../memory/arena.ts';
import type { BucketArray } from './bucket-array.ts';

/** The old table and the new one, which has no buckets unless a resize is under way. */
export type Tables = readonly [BucketArray, BucketArray];

/** A sampling looks at no more buckets than this for each entry that it wants. */
const SAMPLE_STEPS = 10;
/** So many empty buckets in a row, and more than are wanted, are enough to go elsewhere. */
const DESERT = 5;

/**
 * Visits the buckets that belong to a cursor and returns the next cursor, 0 at the end. The cursor counts with its
 * bits reversed, from the highest downwards: whatever resizes happen between two calls, a key that was there all the
 * time is met at least once, for a bucket and its halves after a growth are numbers that end in the same bits.
 */
export function scanBuckets([old, grown]: Tables, cursor: number, visit: (entry: Ref) => void): number {
  if (grown.size === 0) {
    old.visit(cursor & (old.size - 1), visit);
    return nextCursor(cursor, old.size - 1);
  }
  const [small, large] = old.size <= grown.size ? [old, grown] : [grown, old];
  const smallMask = small.size - 1;
  const largeMask = large.size - 1;
  small.visit(cursor & smallMask, visit);
  let at = cursor;
  do {
    large.visit(at & largeMask, visit);
    at = nextCursor(at, largeMask);
  } while ((at & (smallMask ^ largeMask)) !== 0);
  return at;
}

/** Adds one to the bits of the cursor that the mask covers, read from the highest to the lowest. */
function nextCursor(cursor: number, mask: number): number {
  const reversed = reverseBits((cursor | ~mask) >>> 0);
  return reverseBits((reversed + 1) >>> 0);
}

function reverseBits(value: number): number {
  let bits = value;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return ((bits >>> 16) | (bits << 16)) >>> 0;
}

/** An entry by chance: a bucket that is not empty, and one of its chain. There must be one. */
export function randomEntry([old, grown]: Tables, chance: () => number): Ref {
  let table = old;
  let bucket = 0;
  do {
    bucket = (chance() >>> 0) % (old.size + grown.size);
    table = bucket < old.size ? old : grown;
    if (table === grown) bucket -= old.size;
  } while (table.head(bucket) === NONE);
  return table.entryAt(bucket, (chance() >>> 0) % table.chainLength(bucket));
}

/**
 * Visits up to so many entries that lie in neighbouring buckets, from one by chance on: less random than drawing each,
 * and far cheaper. Where buckets are empty it may find fewer.
 */
export function sampleBuckets(
  [old, grown]: Tables,
  count: number,
  chance: () => number,
  visit: (entry: Ref) => void,
): void {
  let wanted = Math.min(count, old.used + grown.used);
  const mask = Math.max(old.size, grown.size) - 1;
  let bucket = chance() & mask;
  let empty = 0;
  for (let steps = wanted * SAMPLE_STEPS; steps > 0 && wanted > 0; steps--) {
    const before = wanted;
    for (const table of [old, grown]) if (bucket < table.size) wanted -= table.visit(bucket, visit, wanted);
    empty = wanted === before ? empty + 1 : 0;
    // A desert is left by a leap.
    const leaps = empty >= DESERT && empty > count;
    if (leaps) empty = 0;
    bucket = (leaps ? chance() : bucket + 1) & mask;
  }
}
