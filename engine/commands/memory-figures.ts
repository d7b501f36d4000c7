/** What memory is used for, in the numbers that INFO and MEMORY tell. */
import type { Context } from './contract.ts';

/** What a key costs beside its bytes and its value: the link, the hash, the length and the three words of its payload. */
const ENTRY_BYTES = 24;
/** A bucket is the ref of its first entry. */
const BUCKET_BYTES = 4;
/** A deadline is a double and the ref of its key. They lie in chunks beside the arena. */
const DEADLINE_BYTES = 12;

interface MemoryFigures {
  /** Bytes in blocks that are in use; in slabs and large blocks; taken from the system. */
  readonly used: number;
  readonly slabs: number;
  readonly reserved: number;
  readonly peak: number;
  /** What finding the keys costs, in the arena, and what is left: the keys and the values themselves. */
  readonly overhead: number;
  readonly dataset: number;
  /** What clients have sent that is not whole yet. */
  readonly clients: number;
  readonly keys: number;
  /** The databases that hold any key. */
  readonly tables: readonly { readonly db: number; readonly main: number; readonly expires: number }[];
}

export function memoryFigures({ keyspace, server }: Context): MemoryFigures {
  const { usedBytes: used, slabBytes: slabs, reservedBytes: reserved } = keyspace.arena;
  const filled = keyspace.databases.filter(({ size }) => size > 0);
  const tables = filled.map(({ index, size, keys, deadlines }) => ({
    db: index,
    main: size * ENTRY_BYTES + keys.buckets * BUCKET_BYTES,
    expires: deadlines.length * DEADLINE_BYTES,
  }));
  const overhead = Math.min(
    used,
    tables.reduce((total, { main }) => total + main, 0),
  );
  let clients = 0;
  for (const { decoder } of server.sessions()) clients += decoder.pendingCapacity;
  return {
    ...{ used, slabs, reserved, overhead, clients, tables },
    peak: server.peakMemoryBytes(),
    dataset: used - overhead,
    keys: filled.reduce((total, { size }) => total + size, 0),
  };
}

/** How many times as much one is as the other; what there is nothing of is 1 time as much as nothing. */
export function ratio(whole: number, part: number): number {
  return part === 0 ? 1 : whole / part;
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}
