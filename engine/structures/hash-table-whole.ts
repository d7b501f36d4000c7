/** A hash table seen as a whole: its buckets as plain data, how long its chains are, and whether its invariants hold. */
import type { Ref } from '../memory/arena.ts';
import type { BucketArray } from './bucket-array.ts';
import type { Tables } from './hash-table-walk.ts';
import { emptyBuckets, type BucketsModel } from './hash-table.steps.ts';

export function bucketsModel(table: BucketArray): BucketsModel {
  const chains = emptyBuckets(table.size).chains.map((none, bucket) => {
    const chain: number[] = [];
    table.visit(bucket, (entry) => chain.push(entry));
    return chain.length === 0 ? none : chain;
  });
  return { size: table.size, used: table.used, chains };
}

/** How many chains there are of each length: element n counts the chains of n entries. */
export function chainsByLength(table: BucketArray): number[] {
  const counts: number[] = [];
  for (let bucket = 0; bucket < table.size; bucket++) {
    const length = table.chainLength(bucket);
    counts[length] = (counts[length] ?? 0) + 1;
  }
  return Array.from(counts, (count: number | undefined) => count ?? 0);
}

/** How long each chain is: 255 stands for all that is longer. */
export function chainLengths(table: BucketArray): Uint8Array {
  const lengths = new Uint8Array(table.size);
  for (let bucket = 0; table.used > 0 && bucket < table.size; bucket++)
    lengths[bucket] = table.chainLength(bucket, 255);
  return lengths;
}

/** Throws when an invariant of the hash table's essay is broken. */
export function assertTables(tables: Tables, rehashCursor: number, hashOf: (entry: Ref) => number): void {
  for (const [which, table] of tables.entries()) {
    if ((table.size & (table.size - 1)) !== 0) throw new Error(`invariant 4: table ${which} has ${table.size} buckets`);
    let count = 0;
    for (let bucket = 0; bucket < table.size; bucket++) {
      count += table.visit(bucket, (entry) => {
        const home = hashOf(entry) & (table.size - 1);
        if (home !== bucket) throw new Error(`invariant 1: entry ${entry} belongs in bucket ${home}, not ${bucket}`);
        if (which === 0 && bucket < rehashCursor)
          throw new Error(`invariant 2: bucket ${bucket} lies below the cursor`);
      });
    }
    if (count !== table.used) throw new Error(`invariant 3: ${count} entries in the chains, ${table.used} counted`);
  }
}
