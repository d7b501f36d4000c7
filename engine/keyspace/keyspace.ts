import { Arena, type ArenaState } from '../memory/arena.ts';
import { arenaSteps } from '../memory/arena.steps.ts';
import { deadlineHeapSteps } from '../structures/deadline-heap.steps.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { dynamicStringSteps } from '../structures/dynamic-string.steps.ts';
import type { HashName } from '../structures/hash-functions.ts';
import { HashTable, type HashTableState } from '../structures/hash-table.ts';
import { hashTableSteps, type HashTableProbe } from '../structures/hash-table.steps.ts';
import { Listpacks } from '../structures/listpack.ts';
import { listpackSteps } from '../structures/listpack.steps.ts';
import type { Recorder } from '../trace/recorder.ts';
import { Collections, type CollectionKind, type CollectionsState } from './collections.ts';
import { FIRST_COLLECTION_ID, HASH_PAYLOAD_WORDS, HOLDS_HASH, collectionSteps } from './collections.steps.ts';
import { Database, type DatabaseState, type KeyspaceStats } from './database.ts';
import { HashValues } from './hashes.ts';
import { noLimits, type Limits } from './limits.ts';
import { StringValues } from './strings.ts';
import type { Blocks, ValueType } from './value-type.ts';
import { TYPE_HASH, TYPE_STRING } from './values.ts';

export const ARENA_ID = 0;
export const STRINGS_ID = 1;
/** What all share and came later is numbered downwards from the collections; the databases are between. */
export const LISTPACKS_ID = FIRST_COLLECTION_ID - 1;

export interface KeyspaceOptions {
  readonly databases: number;
  readonly hashName: HashName;
  readonly hashSeed: readonly [number, number];
  readonly recorder: Recorder | null;
  readonly onExpired: (db: Database, key: Uint8Array) => void;
}

export interface KeyspaceState {
  readonly arena: ArenaState;
  readonly collections: CollectionsState;
  readonly databases: readonly DatabaseState[];
  readonly stats: KeyspaceStats;
}

/** All databases, the memory they lie in, and the time by which their keys live. */
export class Keyspace {
  readonly arena: Arena;
  readonly dynamicStrings: DynamicStrings;
  readonly listpacks: Listpacks;
  readonly collections: Collections;
  readonly strings: StringValues;
  readonly hashes: HashValues;
  readonly databases: Database[];
  readonly stats: KeyspaceStats = { hits: 0, misses: 0, expired: 0, dirty: 0 };
  readonly hashName: HashName;
  readonly limits: Limits = noLimits();
  /** Milliseconds since 1970, set once a turn. */
  nowMs = 0;
  /** Off while the log is read: there an expiry stands as a DEL of its own. */
  expires = true;

  constructor(options: KeyspaceOptions) {
    const { recorder } = options;
    this.hashName = options.hashName;
    this.arena = new Arena(ARENA_ID, recorder?.probe(arenaSteps) ?? null);
    this.dynamicStrings = new DynamicStrings(this.arena, STRINGS_ID, recorder?.probe(dynamicStringSteps) ?? null);
    this.listpacks = new Listpacks(this.arena, LISTPACKS_ID, recorder?.probe(listpackSteps) ?? null);
    this.collections = new Collections(recorder?.probe(collectionSteps) ?? null);
    const tableTrace = recorder?.probe(hashTableSteps) ?? null;
    this.strings = new StringValues(this.arena, this.dynamicStrings);
    this.hashes = new HashValues({
      arena: this.arena,
      strings: this.dynamicStrings,
      listpacks: this.listpacks,
      collections: this.collections,
      tables: this.collections.declare(this.tableKind(options, tableTrace)),
      limits: this.limits,
    });
    const types: ValueType[] = [];
    types[TYPE_STRING] = this.strings;
    types[TYPE_HASH] = this.hashes;
    const parts = {
      arena: this.arena,
      types,
      hashName: options.hashName,
      hashSeed: options.hashSeed,
      tableTrace,
      heapTrace: recorder?.probe(deadlineHeapSteps) ?? null,
      now: () => this.nowMs,
      expires: () => this.expires,
      onExpired: options.onExpired,
    };
    this.databases = Array.from({ length: options.databases }, (_, index) => new Database(index, parts, this.stats));
  }

  /** The tables of large hashes: the very class that holds the keys. */
  private tableKind(
    { hashName, hashSeed }: KeyspaceOptions,
    trace: HashTableProbe | null,
  ): CollectionKind<HashTable, HashTableState> {
    const options = { hashName, seed: hashSeed, payloadWords: HASH_PAYLOAD_WORDS, trace };
    return {
      holds: HOLDS_HASH,
      make: (id) => new HashTable(this.arena, { ...options, id }),
      model: (table) => ({ holds: 'hash', table: table.snapshot() }),
    };
  }

  /** Removes keys whose deadline has passed, up to `limit` over all databases. */
  expireDue(limit: number): number {
    let left = limit;
    for (const db of this.databases) {
      if (left > 0 && db.deadlines.length > 0) left -= db.expireDue(left);
    }
    return limit - left;
  }

  /** Moves so many buckets of every resize that is under way. */
  rehash(buckets: number): void {
    for (const db of this.databases) if (db.keys.isRehashing) db.keys.rehash(buckets);
  }

  /** The blocks of all values, for a picture of them. */
  blocks(): Blocks {
    const blocks: Blocks = { strings: [], listpacks: [] };
    for (const db of this.databases) db.gather(blocks);
    return blocks;
  }

  capture(): KeyspaceState {
    return {
      arena: this.arena.capture(),
      collections: this.collections.capture(),
      databases: this.databases.map((db) => db.capture()),
      stats: { ...this.stats },
    };
  }

  restore(state: KeyspaceState): void {
    this.arena.restore(state.arena);
    this.collections.restore(state.collections);
    this.databases.forEach((db, index) => {
      const saved = state.databases[index];
      db.restore(saved);
    });
    Object.assign(this.stats, state.stats);
  }

  /** Throws when an invariant of anything in it is broken. */
  assertValid(): void {
    this.arena.assertValid();
    this.collections.assertValid();
    for (const db of this.databases) db.assertValid();
  }
}
