import { Arena, type ArenaState, type Ref } from '../memory/arena.ts';
import type { ArenaSystem } from '../memory/page-source.ts';
import { arenaSteps, type ArenaModel } from '../memory/arena.steps.ts';
import { CompressedBlocks, type CompressedTotals } from '../structures/compressed.ts';
import { compressedSteps, type CompressedModel } from '../structures/compressed.steps.ts';
import { AvlTree } from '../structures/avl-tree.ts';
import { avlTreeSteps } from '../structures/avl-tree.steps.ts';
import { deadlineHeapSteps, type DeadlineHeapModel } from '../structures/deadline-heap.steps.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { dynamicStringSteps, type DynamicStringModel } from '../structures/dynamic-string.steps.ts';
import type { HashName } from '../structures/hash-functions.ts';
import { Foreseen } from '../structures/foreseen.ts';
import { HashTable, type HashTableState } from '../structures/hash-table.ts';
import { hashTableSteps, type HashTableProbe, type HashTableModel } from '../structures/hash-table.steps.ts';
import { Intsets } from '../structures/intset.ts';
import { intsetSteps, type IntsetModel } from '../structures/intset.steps.ts';
import { Listpacks } from '../structures/listpack.ts';
import { listpackSteps, type ListpackModel } from '../structures/listpack.steps.ts';
import { SkipList } from '../structures/skip-list.ts';
import { skipListSteps } from '../structures/skip-list.steps.ts';
import { linkedListSteps } from '../structures/linked-list.steps.ts';
import { QuickList, type QuickListState } from '../structures/quicklist.ts';
import type { QuickListPacking } from '../structures/quicklist-packing.ts';
import { quickListSteps } from '../structures/quicklist.steps.ts';
import { HyperLogLogs } from '../structures/hyperloglog.ts';
import { hyperLogLogSteps } from '../structures/hyperloglog.steps.ts';
import type { Recorder } from '../trace/recorder.ts';
import { Collections, type CollectionKind, type CollectionsState, type Slots } from './collections.ts';
import {
  FIRST_COLLECTION_ID,
  HASH_PAYLOAD_WORDS,
  HOLDS_ZSET,
  HOLDS_ZSET_TREE,
  ZSET_PAYLOAD_WORDS,
  HOLDS_HASH,
  HOLDS_LIST,
  HOLDS_SET,
  SET_PAYLOAD_WORDS,
  collectionSteps,
  type CollectionsModel,
} from './collections.steps.ts';
import { AccessClock } from './access-clock.ts';
import { Eviction, type EvictionState } from './eviction.ts';
import { evictionSteps, type EvictionModel } from './eviction.steps.ts';
import { Database, type DatabaseState, type KeyspaceStats } from './database.ts';
import type { KeyEvents } from './events.ts';
import { keyspaceSteps, type KeyspaceProbe } from './keyspace.steps.ts';
import { HashValues } from './hashes.ts';
import { noLimits, type Limits } from './limits.ts';
import { ListValues } from './lists.ts';
import { SortedSet } from './sorted-set.ts';
import { SortedSetValues, type SortedSetParts } from './sorted-sets.ts';
import { SetValues } from './sets.ts';
import { StringValues } from './strings.ts';
import type { Blocks, ValueType } from './value-type.ts';
import { HASHTABLE, SKIPLIST, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET } from './values.ts';

/** What tells of the databases as a whole is told apart by its name alone. */
const KEYSPACE_ID = 0;
const ARENA_ID = 0;
const STRINGS_ID = 1;
/** What all share and came later is numbered downwards from the collections; the databases are between. */
const LISTPACKS_ID = FIRST_COLLECTION_ID - 1;
const INTSETS_ID = LISTPACKS_ID - 1;
const HYPERLOGLOGS_ID = INTSETS_ID - 1;
const EVICTION_ID = HYPERLOGLOGS_ID - 1;
const COMPRESSED_ID = EVICTION_ID - 1;

/** What lies within this much mostly lies in the processor's own cache. */
const CACHE_BYTES = 2 * 1024 * 1024;

export interface KeyspaceOptions {
  readonly databases: number;
  readonly hashName: HashName;
  readonly hashSeed: readonly [number, number];
  /** 32 bits by chance, for towers. */
  readonly chance: () => number;
  readonly recorder: Recorder | null;
  readonly memory?: Partial<ArenaSystem> | undefined;
  readonly events: KeyEvents;
  /** Whether what has expired must be left where it is for now. */
  readonly isFrozen: () => boolean;
  readonly onExpired: (db: Database, key: Uint8Array) => void;
  readonly onEvicted: (db: Database, key: Uint8Array) => void;
}

export interface KeyspaceState {
  readonly listPlainBytes: number;
  readonly arena: ArenaState;
  readonly collections: CollectionsState;
  readonly databases: readonly DatabaseState[];
  readonly eviction: EvictionState;
  readonly compressed: CompressedTotals;
  readonly stats: KeyspaceStats;
}

/** What can be seen of it. */
export interface KeyspaceModels {
  readonly arena: ArenaModel;
  readonly strings: DynamicStringModel;
  readonly listpacks: ListpackModel;
  readonly intsets: IntsetModel;
  readonly compressed: CompressedModel;
  readonly eviction: EvictionModel;
  readonly collections: CollectionsModel;
  readonly tables: HashTableModel[];
  readonly heaps: DeadlineHeapModel[];
}

/** All databases, the memory they lie in, and the time by which their keys live. */
export class Keyspace {
  readonly arena: Arena;
  /** The keys that are looked for next, as far as anybody has looked ahead. */
  readonly foreseen = new Foreseen();
  readonly dynamicStrings: DynamicStrings;
  readonly listpacks: Listpacks;
  readonly intsets: Intsets;
  /** Long strings and the inner nodes of lists, where they are compressed. */
  readonly compressed: CompressedBlocks;
  readonly collections: Collections;
  readonly strings: StringValues;
  /** Sketches lie in strings, and are no type of their own. */
  readonly hyperLogLogs: HyperLogLogs;
  readonly hashes: HashValues;
  readonly sets: SetValues;
  readonly sortedSets: SortedSetValues;
  readonly lists: ListValues;
  /** By the numbers of the types. */
  readonly types: readonly ValueType[];
  readonly databases: Database[];
  /** How the use of keys is remembered. */
  readonly access: AccessClock;
  readonly eviction: Eviction;
  readonly stats: KeyspaceStats = { hits: 0, misses: 0, expired: 0, evicted: 0, dirty: 0 };
  readonly hashName: HashName;
  readonly limits: Limits = noLimits();
  /** Milliseconds since 1970, set once a turn. */
  nowMs = 0;
  /** Off while the log is read: there an expiry stands as a DEL of its own. */
  expires = true;

  private readonly trace: KeyspaceProbe | null;

  constructor(options: KeyspaceOptions) {
    const { recorder } = options;
    this.hashName = options.hashName;
    this.trace = recorder?.probe(keyspaceSteps) ?? null;
    this.arena = new Arena(ARENA_ID, recorder?.probe(arenaSteps) ?? null, options.memory);
    this.dynamicStrings = new DynamicStrings(this.arena, STRINGS_ID, recorder?.probe(dynamicStringSteps) ?? null);
    this.listpacks = new Listpacks(this.arena, LISTPACKS_ID, recorder?.probe(listpackSteps) ?? null);
    this.intsets = new Intsets(this.arena, INTSETS_ID, recorder?.probe(intsetSteps) ?? null);
    this.collections = new Collections(recorder?.probe(collectionSteps) ?? null);
    const tableTrace = recorder?.probe(hashTableSteps) ?? null;
    this.compressed = new CompressedBlocks(this.arena, COMPRESSED_ID, recorder?.probe(compressedSteps) ?? null);
    this.strings = new StringValues(this.arena, this.dynamicStrings, this.compressed);
    this.hyperLogLogs = new HyperLogLogs(
      this.dynamicStrings,
      HYPERLOGLOGS_ID,
      recorder?.probe(hyperLogLogSteps) ?? null,
      () => this.limits.sketchSparseBytes,
    );
    this.hashes = new HashValues({
      arena: this.arena,
      strings: this.dynamicStrings,
      listpacks: this.listpacks,
      collections: this.collections,
      tables: this.collections.declare(this.tableKind(options, tableTrace)),
      limits: this.limits,
    });
    this.sets = new SetValues({
      arena: this.arena,
      intsets: this.intsets,
      collections: this.collections,
      tables: this.collections.declare(this.memberTableKind(options, tableTrace)),
      limits: this.limits,
    });
    this.lists = new ListValues({ listpacks: this.listpacks, quicklists: this.declareQuicklists(recorder) });
    this.sortedSets = new SortedSetValues({
      arena: this.arena,
      listpacks: this.listpacks,
      collections: this.collections,
      slots: this.declareSortedSets(options, tableTrace),
      limits: this.limits,
    });
    const types: ValueType[] = [];
    this.types = types;
    types[TYPE_STRING] = this.strings;
    types[TYPE_HASH] = this.hashes;
    types[TYPE_SET] = this.sets;
    types[TYPE_ZSET] = this.sortedSets;
    types[TYPE_LIST] = this.lists;
    this.access = new AccessClock(options.chance);
    const parts = {
      arena: this.arena,
      types,
      access: this.access,
      hashName: options.hashName,
      hashSeed: options.hashSeed,
      tableTrace,
      heapTrace: recorder?.probe(deadlineHeapSteps) ?? null,
      foreseen: this.foreseen,
      now: () => this.nowMs,
      expires: () => this.expires,
      events: options.events,
      isFrozen: options.isFrozen,
      onExpired: options.onExpired,
      onEvicted: options.onEvicted,
    };
    this.databases = Array.from({ length: options.databases }, (_, index) => new Database(index, parts, this.stats));
    this.eviction = new Eviction({
      ...{ arena: this.arena, access: this.access, databases: this.databases, chance: options.chance },
      ...{ now: parts.now, id: EVICTION_ID, trace: recorder?.probe(evictionSteps) ?? null },
    });
  }

  /** Whether there may be more than a processor's cache holds. Look-ups that are shown are shown one by one. */
  get isWorthForeseeing(): boolean {
    return this.trace === null && this.arena.usedBytes > CACHE_BYTES;
  }

  /** The table by which the members of a large hash, set or sorted set are found. */
  tableInside(db: Database, entry: Ref): HashTable | null {
    const encoding = db.encoding(entry);
    if (encoding === SKIPLIST && db.type(entry) === TYPE_ZSET) return this.sortedSets.large(db.value(entry)).table;
    if (encoding !== HASHTABLE) return null;
    return db.type(entry) === TYPE_SET ? this.sets.tableOf(db, entry) : this.hashes.tableOf(db, entry);
  }

  /** The tables of large hashes: the very class that holds the keys. */
  private tableKind(
    { hashName, hashSeed }: KeyspaceOptions,
    trace: HashTableProbe | null,
  ): CollectionKind<HashTable, HashTableState> {
    const options = { hashName, seed: hashSeed, payloadWords: HASH_PAYLOAD_WORDS, foreseen: this.foreseen, trace };
    return {
      holds: HOLDS_HASH,
      make: (id) => new HashTable(this.arena, { ...options, id }),
      model: (table) => ({ holds: 'hash', table: table.snapshot() }),
    };
  }

  /** The tables of sets: the same, without a payload. */
  private memberTableKind(
    { hashName, hashSeed }: KeyspaceOptions,
    trace: HashTableProbe | null,
  ): CollectionKind<HashTable, HashTableState> {
    const options = { hashName, seed: hashSeed, payloadWords: SET_PAYLOAD_WORDS, foreseen: this.foreseen, trace };
    return {
      holds: HOLDS_SET,
      make: (id) => new HashTable(this.arena, { ...options, id }),
      model: (table) => ({ holds: 'set', table: table.snapshot() }),
    };
  }

  private declareQuicklists(recorder: Recorder | null): Slots<QuickList, QuickListState> {
    const { arena, listpacks, limits } = this;
    const nodeTrace = recorder?.probe(linkedListSteps) ?? null;
    const onUnsettled = (packing: QuickListPacking): void => {
      this.lists.noteUnsettled(packing);
    };
    const parts = {
      ...{ arena, listpacks, limits, compressed: this.compressed, onUnsettled },
      ...{ nodeTrace, trace: recorder?.probe(quickListSteps) ?? null },
    };
    return this.collections.declare({
      holds: HOLDS_LIST,
      make: (id) => new QuickList(id, parts),
      model: (list) => ({ holds: 'list', list: list.snapshot() }),
    });
  }

  /** The kinds of large sorted sets: one for each index. */
  private declareSortedSets(options: KeyspaceOptions, tableTrace: HashTableProbe | null): SortedSetParts['slots'] {
    const { hashName, hashSeed: seed, chance, recorder } = options;
    const table = { hashName, seed, payloadWords: ZSET_PAYLOAD_WORDS, foreseen: this.foreseen, trace: tableTrace };
    const listTrace = recorder?.probe(skipListSteps) ?? null;
    const skiplist = this.collections.declare({
      holds: HOLDS_ZSET,
      make: (id) =>
        new SortedSet(this.arena, new SkipList(this.arena, { id, trace: listTrace, chance }), { ...table, id }),
      model: (set) => ({ holds: 'zset', table: set.table.snapshot(), index: set.index.snapshot() }),
    });
    const treeTrace = recorder?.probe(avlTreeSteps) ?? null;
    const avl = this.collections.declare({
      holds: HOLDS_ZSET_TREE,
      make: (id) => new SortedSet(this.arena, new AvlTree(this.arena, { id, trace: treeTrace }), { ...table, id }),
      model: (set) => ({ holds: 'zset', table: set.table.snapshot(), index: set.index.snapshot() }),
    });
    return { skiplist, avl };
  }

  /** Lets two databases, by their numbers, exchange all that they hold. */
  swap(first: number, second: number): void {
    this.databases[first].swapWith(this.databases[second]);
    this.trace?.swap(KEYSPACE_ID, first, second);
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

  /** The blocks of all values. */
  private blocks(): Blocks {
    const blocks: Blocks = { strings: [], listpacks: [], intsets: [], compressed: [], embedded: new Map() };
    for (const db of this.databases) db.gather(blocks);
    return blocks;
  }

  /** The state of every structure, as plain data. */
  snapshot(): KeyspaceModels {
    const blocks = this.blocks();
    return {
      arena: this.arena.snapshot(),
      strings: this.dynamicStrings.snapshot(blocks.strings, blocks.embedded),
      listpacks: this.listpacks.snapshot(blocks.listpacks),
      intsets: this.intsets.snapshot(blocks.intsets),
      compressed: this.compressed.snapshot(blocks.compressed),
      eviction: this.eviction.snapshot(),
      collections: this.collections.snapshot(),
      tables: this.databases.map((db) => db.keys.snapshot()),
      heaps: this.databases.map((db) => db.deadlines.snapshot()),
    };
  }

  capture(): KeyspaceState {
    return {
      listPlainBytes: this.limits.listPlainBytes,
      arena: this.arena.capture(),
      collections: this.collections.capture(),
      databases: this.databases.map((db) => db.capture()),
      eviction: this.eviction.capture(),
      compressed: this.compressed.capture(),
      stats: { ...this.stats },
    };
  }

  restore(state: KeyspaceState): void {
    this.limits.listPlainBytes = state.listPlainBytes;
    this.arena.restore(state.arena);
    this.collections.restore(state.collections);
    this.databases.forEach((db, index) => {
      const saved = state.databases[index];
      db.restore(saved);
    });
    this.eviction.restore(state.eviction);
    this.compressed.restore(state.compressed);
    Object.assign(this.stats, state.stats);
  }

  /** Throws when an invariant of anything in it is broken. */
  assertValid(): void {
    this.arena.assertValid();
    this.collections.assertValid();
    for (const db of this.databases) db.assertValid();
    this.eviction.assertValid();
    this.compressed.assertTotals(this.blocks().compressed);
  }
}
