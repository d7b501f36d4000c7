import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { DeadlineHeap, type DeadlineHeapState } from '../structures/deadline-heap.ts';
import type { DeadlineHeapProbe } from '../structures/deadline-heap.steps.ts';
import type { Foreseen } from '../structures/foreseen.ts';
import type { HashName } from '../structures/hash-functions.ts';
import { HashTable, type HashTableState } from '../structures/hash-table.ts';
import type { HashTableProbe } from '../structures/hash-table.steps.ts';
import type { AccessClock } from './access-clock.ts';
import { EVICTED_EVENT, EXPIRED_EVENT, MISS_EVENT, NEW_EVENT, type KeyEvents } from './events.ts';
import type { Blocks, ValueType } from './value-type.ts';
import {
  DEADLINE,
  EMBEDDED,
  INT,
  META,
  PAYLOAD_WORDS,
  TYPE_LIST,
  TYPE_ZSET,
  VALUE,
  clockOf,
  encodingOf,
  isSlot,
  metaOf,
  ownEncoding,
  typeOf,
} from './values.ts';
import { Watchers } from './watchers.ts';

/** What the databases of an engine share. */
export interface KeyspaceParts {
  readonly arena: Arena;
  /** By the numbers of the types. */
  readonly types: readonly ValueType[];
  readonly hashName: HashName;
  readonly hashSeed: readonly [number, number];
  readonly tableTrace: HashTableProbe | null;
  readonly heapTrace: DeadlineHeapProbe | null;
  /** The keys of the commands that come next, in whichever database. */
  readonly foreseen: Foreseen;
  /** The time of the present turn in milliseconds. */
  now(): number;
  /** Whether keys past their deadline are removed when met; a log that is being read decides that itself. */
  expires(): boolean;
  /** How use is remembered. */
  readonly access: AccessClock;
  readonly events: KeyEvents;
  /** Whether such keys are left where they are for now, though they are gone for everybody. */
  isFrozen(): boolean;
  /** A key was found to have expired and is about to be removed. */
  onExpired(db: Database, key: Uint8Array): void;
  /** A key is about to be removed to make room. */
  onEvicted(db: Database, key: Uint8Array): void;
}

export interface KeyspaceStats {
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  /** Changes since the start: what `rdb_changes_since_last_save` counts, and how a write is told from a read. */
  dirty: number;
}

export interface DatabaseState {
  readonly keys: HashTableState;
  readonly deadlines: DeadlineHeapState;
}

/** Structure ids: the arena is 0 and the strings 1; each database has two from here on, below `FIRST_COLLECTION_ID`. */
const FIRST_DATABASE_ID = 2;

function tableId(index: number): number {
  return FIRST_DATABASE_ID + 2 * index;
}

function heapId(index: number): number {
  return tableId(index) + 1;
}

/**
 * One numbered database: the keys, what they stand for, and when they expire. A key past its deadline is gone for
 * everybody from that very moment, whether its memory was freed already or not.
 */
export class Database {
  readonly index: number;
  keys: HashTable;
  deadlines: DeadlineHeap;
  readonly stats: KeyspaceStats;
  readonly watchers = new Watchers();

  /** Told of a key that stands for a list or a sorted set now, while anybody waits for keys. */
  onFed: ((db: Database, entry: Ref) => void) | null = null;

  /** The meta word of the entry that `findRead` or `findWrite` found last, its clock as it was before. */
  usedMeta = 0;

  private readonly parts: KeyspaceParts;
  private readonly events: KeyEvents;
  /** The key that was just added and stands for nothing yet. */
  private added: Ref = NONE;

  constructor(index: number, parts: KeyspaceParts, stats: KeyspaceStats) {
    this.index = index;
    this.parts = parts;
    this.events = parts.events;
    this.stats = stats;
    const keys = new HashTable(parts.arena, {
      id: tableId(index),
      hashName: parts.hashName,
      seed: parts.hashSeed,
      payloadWords: PAYLOAD_WORDS,
      foreseen: parts.foreseen,
      trace: parts.tableTrace,
    });
    this.keys = keys;
    // The two belong together, whichever database has them.
    this.deadlines = new DeadlineHeap(heapId(index), parts.heapTrace, (owner, position) => {
      keys.setPayload(owner, DEADLINE, position + 1);
    });
  }

  get size(): number {
    return this.keys.size;
  }

  // Finding.

  /** The entry of a key for a command that reads it: counts as a use, and as a hit or a miss. */
  findRead(bytes: Uint8Array, start: number, end: number): Ref {
    const entry = this.findWrite(bytes, start, end);
    if (entry === NONE) this.missed(bytes, start, end);
    else this.stats.hits++;
    return entry;
  }

  /** The entry of a key for a command that may change it: counts as a use, not as a hit. */
  findWrite(bytes: Uint8Array, start: number, end: number): Ref {
    const entry = this.peek(bytes, start, end);
    if (entry !== NONE) this.use(entry);
    return entry;
  }

  /** The entry of a key for a command that looks at the key only: a hit or a miss, but no use. */
  look(bytes: Uint8Array, start: number, end: number): Ref {
    const entry = this.peek(bytes, start, end);
    if (entry === NONE) this.missed(bytes, start, end);
    else this.stats.hits++;
    return entry;
  }

  /** The same for one that looks behind the key: what it does not find is no event. */
  inspect(bytes: Uint8Array, start: number, end: number): Ref {
    const entry = this.peek(bytes, start, end);
    if (entry === NONE) this.stats.misses++;
    else this.stats.hits++;
    return entry;
  }

  private missed(bytes: Uint8Array, start: number, end: number): void {
    this.stats.misses++;
    this.notify(MISS_EVENT, 'keymiss', bytes, start, end);
  }

  /** The entry of a key without counting as a use. */
  peek(bytes: Uint8Array, start: number, end: number): Ref {
    const entry = this.keys.find(bytes, start, end);
    // While the log is read nothing expires: a key past its deadline is there until the log itself removes it.
    if (entry === NONE || !this.isExpired(entry) || !this.parts.expires()) return entry;
    if (!this.parts.isFrozen()) this.expire(entry);
    return NONE;
  }

  /** Reads what the look-ups that are foreseen will read, and the beginnings of the values. */
  foresee(): void {
    const { arena, foreseen } = this.parts;
    this.keys.foresee(foreseen);
    if (foreseen.table === null) return;
    let read = 0;
    for (let i = 0; i < foreseen.count; i++) {
      const entry = foreseen.entries[i];
      if (entry === NONE) continue;
      const encoding = this.encoding(entry);
      if (encoding !== INT && !isSlot(encoding)) read ^= arena.word(this.value(entry), 0);
    }
    foreseen.read = read;
  }

  isExpired(entry: Ref): boolean {
    if (this.deadlines.length === 0) return false;
    const position = this.keys.payload(entry, DEADLINE);
    return position !== 0 && this.isPast(this.deadlines.deadline(position - 1));
  }

  /** A key lives through the millisecond of its deadline, as in Redis. */
  private isPast(deadlineMs: number): boolean {
    return this.parts.now() >= deadlineMs + 1;
  }

  private use(entry: Ref): void {
    const meta = this.keys.payload(entry, META);
    this.usedMeta = meta;
    const clock = this.parts.access.used(clockOf(meta), this.parts.now());
    if (clockOf(meta) !== clock) this.keys.setPayload(entry, META, metaOf(typeOf(meta), encodingOf(meta), clock));
  }

  /** Type and encoding in one: see `typeOf` and `encodingOf`. */
  meta(entry: Ref): number {
    return this.keys.payload(entry, META);
  }

  type(entry: Ref): number {
    return typeOf(this.keys.payload(entry, META));
  }

  encoding(entry: Ref): number {
    return encodingOf(this.keys.payload(entry, META));
  }

  value(entry: Ref): number {
    return this.keys.payload(entry, VALUE);
  }

  /** Seconds since the key was last used. */
  idleSeconds(entry: Ref): number {
    return this.parts.access.idleSeconds(clockOf(this.keys.payload(entry, META)), this.parts.now());
  }

  /** How often the key is used, where the policy is one that counts that. */
  frequency(entry: Ref): number {
    return this.parts.access.frequency(clockOf(this.keys.payload(entry, META)), this.parts.now());
  }

  /** Makes the key one that was last used so many seconds ago; under a policy that counts uses, nothing happens. */
  setIdle(entry: Ref, seconds: number): void {
    const { access, now } = this.parts;
    if (!access.isFrequency) this.setUse(entry, access.idle(seconds, now()));
  }

  /** Makes the key's counter of use, up to 255, another one; under a policy that does not count, nothing happens. */
  setFrequency(entry: Ref, counter: number): void {
    const { access, now } = this.parts;
    if (access.isFrequency) this.setUse(entry, access.counted(counter, now()));
  }

  private setUse(entry: Ref, bits: number): void {
    const meta = this.keys.payload(entry, META);
    if (clockOf(meta) !== bits) this.keys.setPayload(entry, META, metaOf(typeOf(meta), encodingOf(meta), bits));
  }

  // Changing. Each of these counts as a change and tells whoever watches the key.

  /**
   * A new key, which must have been looked for right before and not found. Its value is still to be set; so many bytes of it can
   * lie in the entry.
   */
  add(bytes: Uint8Array, start: number, end: number, roomBytes = 0): Ref {
    this.notify(NEW_EVENT, 'new', bytes, start, end);
    this.added = this.keys.insertMissing(bytes, start, end, roomBytes);
    return this.added;
  }

  /** Sets what the key stands for. What it stood for before must have been released, or be what is kept. */
  setValue(entry: Ref, type: number, encoding: number, value: number): void {
    this.keys.setPayload(entry, VALUE, value);
    const before = this.keys.payload(entry, META);
    const { access } = this.parts;
    const isNew = entry === this.added;
    this.added = NONE;
    // How often a key was used stays true of it, whatever it stands for now.
    const isCounted = access.isFrequency && !isNew;
    const meta = metaOf(type, encoding, isCounted ? clockOf(before) : access.fresh(this.parts.now()));
    if (before !== meta) this.keys.setPayload(entry, META, meta);
    // Who waits for a key waits for one that comes into being, not for one that becomes something else.
    if (this.onFed !== null && isNew && (type === TYPE_LIST || type === TYPE_ZSET)) this.onFed(this, entry);
  }

  /** Says where the key's value lies now, which has the type and encoding that it had. */
  moveValue(entry: Ref, value: number): void {
    if (this.value(entry) !== value) this.keys.setPayload(entry, VALUE, value);
  }

  /** What can be done with the value of a key whatever it is. */
  typeOf(entry: Ref): ValueType {
    return this.parts.types[this.type(entry)];
  }

  /** Frees what the key stands for, and leaves the key. */
  releaseValue(entry: Ref): void {
    this.typeOf(entry).release(this.encoding(entry), this.value(entry));
  }

  /** Makes a key that stands for nothing stand for a value equal to another key's, in memory of its own. */
  copyValue(from: Database, source: Ref, target: Ref): void {
    const encoding = from.encoding(source);
    const value = from.typeOf(source).copy(encoding, from.value(source));
    this.setValue(target, from.type(source), ownEncoding(encoding), value);
  }

  remove(entry: Ref): void {
    this.persist(entry);
    this.releaseValue(entry);
    this.keys.remove(entry);
  }

  /** Gives what one key stands for, and its deadline, to another one, which must stand for nothing, and removes the first. */
  handOver(source: Ref, to: Database, target: Ref): void {
    const deadlineMs = this.deadline(source);
    const encoding = this.encoding(source);
    if (encoding === EMBEDDED) {
      to.copyValue(this, source, target);
      this.releaseValue(source);
    } else {
      to.setValue(target, this.type(source), encoding, this.value(source));
    }
    to.setUse(target, clockOf(this.keys.payload(source, META)));
    if (deadlineMs >= 0) to.setDeadline(target, deadlineMs);
    this.persist(source);
    this.keys.remove(source);
  }

  /** Says that a key was changed, in so many places: for the log, for transactions, for statistics. */
  changed(bytes: Uint8Array, start: number, end: number, changes = 1): void {
    this.stats.dirty += changes;
    this.watchers.touched(bytes, start, end);
    if (this.events.onChanged !== null) this.events.onChanged(bytes, start, end);
  }

  /** Says what has happened to a key, when somebody wants to know of events of the kind. */
  notify(kind: number, event: string, bytes: Uint8Array, start: number, end: number): void {
    const { events } = this;
    if ((events.kinds & kind) !== 0) events.tell(this.index, event, bytes, start, end);
  }

  clear(): number {
    const removed = this.size;
    this.tellWatchers();
    if (this.deadlines.length > 0) this.deadlines.clear();
    if (this.keys.buckets > 0) {
      this.keys.clear((entry) => {
        this.releaseValue(entry);
      });
    }
    // Free lists of a million blocks are memory that nobody uses.
    if (removed > 0 && this.parts.arena.usedBytes === 0) this.parts.arena.reset();
    return removed;
  }

  /** A watched key that was not there before is not changed by emptying the database. */
  private tellWatchers(): void {
    for (const key of this.watchers.keys()) {
      const entry = this.keys.find(key, 0, key.length);
      if (entry === NONE) continue;
      if (this.isExpired(entry)) this.watchers.expired(this.index, key);
      else this.watchers.touched(key, 0, key.length);
    }
  }

  /** Exchanges all keys with those of another database. Who watches a key, or waits for one, stays where he is. */
  swapWith(other: Database): void {
    const { keys, deadlines } = this;
    this.take(other.keys, other.deadlines);
    other.take(keys, deadlines);
  }

  private take(keys: HashTable, deadlines: DeadlineHeap): void {
    this.keys = keys;
    this.deadlines = deadlines;
    keys.id = tableId(this.index);
    deadlines.id = heapId(this.index);
  }

  // Deadlines.

  /** When the key expires in milliseconds since 1970, or -1. */
  deadline(entry: Ref): number {
    const position = this.keys.payload(entry, DEADLINE);
    return position === 0 ? -1 : this.deadlines.deadline(position - 1);
  }

  setDeadline(entry: Ref, deadlineMs: number): void {
    const position = this.keys.payload(entry, DEADLINE);
    if (position === 0) this.deadlines.add(entry, deadlineMs);
    else this.deadlines.change(position - 1, deadlineMs);
  }

  /** Takes the deadline away; true when there was one. */
  persist(entry: Ref): boolean {
    if (this.deadlines.length === 0) return false;
    const position = this.keys.payload(entry, DEADLINE);
    if (position === 0) return false;
    this.deadlines.remove(position - 1);
    return true;
  }

  /** Removes up to `limit` keys whose deadline has passed, the earliest first. Returns how many there were. */
  expireDue(limit: number): number {
    let count = 0;
    while (count < limit && this.deadlines.length > 0 && this.isPast(this.deadlines.deadline(0))) {
      this.expire(this.deadlines.owner(0));
      count++;
    }
    return count;
  }

  private expire(entry: Ref): void {
    const key = this.keys.keyCopy(entry);
    this.parts.onExpired(this, key);
    this.stats.expired++;
    this.remove(entry);
    this.notify(EXPIRED_EVENT, 'expired', key, 0, key.length);
    this.events.onChanged?.(key, 0, key.length);
    this.watchers.expired(this.index, key);
  }

  /** Removes a key to make room. */
  evict(entry: Ref): void {
    const key = this.keys.keyCopy(entry);
    this.parts.onEvicted(this, key);
    this.stats.evicted++;
    this.remove(entry);
    this.events.onChanged?.(key, 0, key.length);
    this.notify(EVICTED_EVENT, 'evicted', key, 0, key.length);
    this.watchers.touched(key, 0, key.length);
  }

  // Seeing the whole.

  /** Adds the blocks of all values. */
  gather(blocks: Blocks): void {
    this.keys.forEach((entry) => {
      const [encoding, value] = [this.encoding(entry), this.value(entry)];
      if (encoding === EMBEDDED) blocks.embedded.set(value, this.keys.roomBytes(entry));
      else this.typeOf(entry).gather(encoding, value, blocks);
    });
  }

  /** How many elements all values have together. */
  countElements(): number {
    let count = 0;
    this.keys.forEach((entry) => {
      count += this.typeOf(entry).count(this.encoding(entry), this.value(entry));
    });
    return count;
  }

  /** Throws when an invariant of the keys, the deadlines or a value is broken. */
  assertValid(): void {
    this.keys.assertValid();
    this.deadlines.assertValid((owner) => this.keys.payload(owner, DEADLINE) - 1);
    this.keys.forEach((entry) => {
      const [encoding, value] = [this.encoding(entry), this.value(entry)];
      this.typeOf(entry).assertValid(encoding, value, this.keys.roomBytes(entry));
      if (encoding === EMBEDDED && value !== this.keys.room(entry))
        throw new Error(`the string in the entry at ${entry} is not behind its key`);
    });
  }

  capture(): DatabaseState {
    return { keys: this.keys.capture(), deadlines: this.deadlines.capture() };
  }

  restore(state: DatabaseState): void {
    this.keys.restore(state.keys);
    this.deadlines.restore(state.deadlines);
  }
}
