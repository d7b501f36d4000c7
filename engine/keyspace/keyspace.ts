import { Arena, type ArenaState } from '../memory/arena.ts';
import { arenaSteps } from '../memory/arena.steps.ts';
import { deadlineHeapSteps } from '../structures/deadline-heap.steps.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { dynamicStringSteps } from '../structures/dynamic-string.steps.ts';
import type { HashName } from '../structures/hash-functions.ts';
import { hashTableSteps } from '../structures/hash-table.steps.ts';
import type { Recorder } from '../trace/recorder.ts';
import { Database, type DatabaseState, type KeyspaceStats } from './database.ts';
import { StringValues } from './strings.ts';

const ARENA_ID = 0;
const STRINGS_ID = 1;

export interface KeyspaceOptions {
  readonly databases: number;
  readonly hashName: HashName;
  readonly hashSeed: readonly [number, number];
  readonly recorder: Recorder | null;
  readonly onExpired: (db: Database, key: Uint8Array) => void;
}

export interface KeyspaceState {
  readonly arena: ArenaState;
  readonly databases: readonly DatabaseState[];
  readonly stats: KeyspaceStats;
}

/** All databases, the memory they lie in, and the time by which their keys live. */
export class Keyspace {
  readonly arena: Arena;
  readonly dynamicStrings: DynamicStrings;
  readonly strings: StringValues;
  readonly databases: Database[];
  readonly stats: KeyspaceStats = { hits: 0, misses: 0, expired: 0, dirty: 0 };
  readonly hashName: HashName;
  /** Milliseconds since 1970, set once a turn. */
  nowMs = 0;
  /** Off while the log is read: there an expiry stands as a DEL of its own. */
  expires = true;

  constructor(options: KeyspaceOptions) {
    const { recorder } = options;
    this.hashName = options.hashName;
    this.arena = new Arena(ARENA_ID, recorder?.probe(arenaSteps) ?? null);
    this.dynamicStrings = new DynamicStrings(this.arena, STRINGS_ID, recorder?.probe(dynamicStringSteps) ?? null);
    this.strings = new StringValues(this.arena, this.dynamicStrings);
    const parts = {
      arena: this.arena,
      strings: this.dynamicStrings,
      hashName: options.hashName,
      hashSeed: options.hashSeed,
      tableTrace: recorder?.probe(hashTableSteps) ?? null,
      heapTrace: recorder?.probe(deadlineHeapSteps) ?? null,
      now: () => this.nowMs,
      expires: () => this.expires,
      onExpired: options.onExpired,
    };
    this.databases = Array.from({ length: options.databases }, (_, index) => new Database(index, parts, this.stats));
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

  capture(): KeyspaceState {
    return {
      arena: this.arena.capture(),
      databases: this.databases.map((db) => db.capture()),
      stats: { ...this.stats },
    };
  }

  restore(state: KeyspaceState): void {
    this.arena.restore(state.arena);
    this.databases.forEach((db, index) => {
      const saved = state.databases[index];
      db.restore(saved);
    });
    Object.assign(this.stats, state.stats);
  }
}
