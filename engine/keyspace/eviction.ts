/**
 * # Eviction
 *
 * **Problem.** Memory is full, and the next command wants more. Some key must go, the one that will be missed least. To
 * know which was used longest ago one would keep all keys in a list and move one to its front at every use, which costs
 * two links a key and a write for every read.
 *
 * **Idea.** Do not know: guess well. Each key remembers in 24 bits when, or how often, it was used. When room is needed,
 * sample a few keys from anywhere and remember the worst of them in a small pool; the worst in the pool goes. The pool
 * outlives the eviction, so that every sampling is compared with the best finds of all those before it.
 *
 * ```
 *   sampled now        the pool, the most idle last           goes
 *   k:7  idle 12 s     ┌─────┬─────┬─────┬──────┬──────┐
 *   k:3  idle 90 s ──▶ │ 40  │ 61  │ 88  │ 90   │ 310  │ ──▶ the last one
 *   k:9  idle 4 s      └─────┴─────┴─────┴──────┴──────┘
 * ```
 *
 * With five samples the result is close to the true order, with ten closer. What is random needs no pool. Which key
 * expires next is known exactly: the deadlines are a heap, and its top is the answer.
 *
 * **Complexity.** O(samples) a key evicted, and the pool's sixteen places.
 *
 * **Invariants.** 1. The scores of the pool never fall from one place to the next. 2. It has sixteen places at most.
 *
 * **Unlike Redis.** Volatile keys are sampled from all places of the heap alike, and `volatile-ttl` is exact, where Redis
 * samples there too. An eviction stops after so many keys instead of so many microseconds, for the engine has no clock;
 * the rest follows with the next command or tick. The pool is emptied when the policy changes.
 *
 * **Read next.** `engine/keyspace/access-clock.ts`, where the 24 bits are explained.
 */
import { NONE, type Arena, type Ref } from '../memory/arena.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import type { AccessClock } from './access-clock.ts';
import type { Database } from './database.ts';
import type { EvictionModel, EvictionProbe } from './eviction.steps.ts';
import { DEADLINE, META, clockOf } from './values.ts';

/** By their names in redis.conf, in the order in which Redis lists them. */
export const EVICTION_POLICIES = [
  ...['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'],
  ...['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'noeviction'],
] as const;

const POOL_PLACES = 16;
/** At tenacity 10, the default, one command evicts no more keys than this. */
const KEYS_A_COMMAND = 160;
const FEWEST_KEYS = 16;

interface Candidate {
  readonly db: number;
  readonly key: Uint8Array;
  readonly score: number;
}

export interface EvictionState {
  readonly pool: readonly Candidate[];
  readonly poolPolicy: string;
  readonly nextDb: number;
}

export interface EvictionParts {
  readonly arena: Arena;
  readonly access: AccessClock;
  readonly databases: readonly Database[];
  readonly chance: () => number;
  readonly now: () => number;
  readonly id: number;
  readonly trace: EvictionProbe | null;
}

/** What it asks of the settings. */
export interface EvictionSettings {
  text(name: string): string;
  number(name: string): number;
}

/** `none`: it is enough, or nothing was too much. `more`: some went, the rest will. `stuck`: nothing may go. */
export type Relief = 'none' | 'more' | 'stuck';

export class Eviction {
  private readonly parts: EvictionParts;
  private readonly trace: EvictionProbe | null;
  private readonly id: number;
  private policy = 'noeviction';
  private isVolatile = false;
  private samples = 5;
  private mostKeys = KEYS_A_COMMAND;

  private pool: Candidate[] = [];
  /** The policy for which the scores of the pool were made. */
  private poolPolicy = 'noeviction';
  /** Where the next key drawn by chance is looked for: the databases take turns. */
  private nextDb = 0;

  constructor(parts: EvictionParts) {
    this.parts = parts;
    this.trace = parts.trace;
    this.id = parts.id;
  }

  /** The settings have changed. */
  configure(settings: EvictionSettings): void {
    const { access } = this.parts;
    this.policy = settings.text('maxmemory-policy');
    this.isVolatile = this.policy.startsWith('volatile-');
    this.samples = settings.number('maxmemory-samples');
    this.mostKeys = keysFor(settings.number('maxmemory-eviction-tenacity'));
    access.isFrequency = this.policy.endsWith('-lfu');
    access.logFactor = settings.number('lfu-log-factor');
    access.decayMinutes = settings.number('lfu-decay-time');
  }

  /** Evicts keys until no more bytes than the limit are in use, or so many keys are gone as may go at once. */
  relieve(limitBytes: number): Relief {
    const { arena } = this.parts;
    if (arena.usedBytes <= limitBytes) return 'none';
    if (this.policy === 'noeviction') return 'stuck';
    this.trace?.over(this.id, arena.usedBytes, limitBytes);
    if (this.poolPolicy !== this.policy) this.clear();
    for (let left = this.mostKeys; left > 0; left--) {
      if (!this.evictOne()) return 'stuck';
      if (arena.usedBytes <= limitBytes) return 'none';
    }
    return 'more';
  }

  /** False when there is no key that may go. */
  private evictOne(): boolean {
    if (this.policy === 'volatile-ttl') return this.evictNearest();
    if (this.policy.endsWith('-random')) return this.evictByChance();
    while (this.fillPool() > 0) {
      for (let at = this.pool.length - 1; at >= 0; at--) {
        const { db, entry } = this.find(at);
        if (entry === NONE) {
          this.forget(at);
          continue;
        }
        this.choose(at, db, entry);
        this.evict(db, entry);
        return true;
      }
    }
    return false;
  }

  private evictNearest(): boolean {
    let best: Database | null = null;
    for (const db of this.parts.databases) {
      if (db.deadlines.length === 0) continue;
      this.trace?.nearest(this.id, db.index, db.deadlines.owner(0), db.deadlines.deadline(0));
      if (best === null || db.deadlines.deadline(0) < best.deadlines.deadline(0)) best = db;
    }
    if (best === null) return false;
    this.evict(best, best.deadlines.owner(0));
    return true;
  }

  private evictByChance(): boolean {
    const { databases, chance } = this.parts;
    for (let left = databases.length; left > 0; left--) {
      const db = databases[this.nextDb];
      this.nextDb = (this.nextDb + 1) % databases.length;
      if (this.candidatesIn(db) === 0) continue;
      const entry = this.isVolatile ? volatileByChance(db, chance) : db.keys.random(chance);
      this.trace?.drawn(this.id, db.index, entry);
      this.evict(db, entry);
      return true;
    }
    return false;
  }

  private candidatesIn(db: Database): number {
    return this.isVolatile ? db.deadlines.length : db.size;
  }

  /** Samples every database; returns how many keys there are to choose among. */
  private fillPool(): number {
    const { databases, chance } = this.parts;
    let total = 0;
    for (const db of databases) {
      const count = this.candidatesIn(db);
      total += count;
      if (count === 0) continue;
      if (!this.isVolatile) {
        const sampled: Ref[] = [];
        db.keys.sample(this.samples, chance, (entry) => sampled.push(entry));
        for (const entry of sampled) this.consider(db, entry);
      } else {
        for (let left = Math.min(this.samples, count); left > 0; left--)
          this.consider(db, volatileByChance(db, chance));
      }
    }
    return total;
  }

  /** Puts a sampled key into the pool where it is among the worst that were met. */
  private consider(db: Database, entry: Ref): void {
    const score = this.scoreOf(db, entry);
    const { pool } = this;
    let at = 0;
    while (at < pool.length && pool[at].score < score) at++;
    if (pool.length === POOL_PLACES) {
      if (at === 0) return;
      this.drop();
      at--;
    }
    this.enter(at, { db: db.index, key: db.keys.keyCopy(entry), score });
  }

  private scoreOf(db: Database, entry: Ref): number {
    const { access, now } = this.parts;
    const bits = clockOf(db.keys.payload(entry, META));
    if (!access.isFrequency) {
      const seconds = access.idleSeconds(bits, now());
      this.trace?.idle(this.id, db.index, entry, seconds);
      return seconds;
    }
    const counter = access.frequency(bits, now());
    this.trace?.frequency(this.id, db.index, entry, counter);
    return 255 - counter;
  }

  /** What became of a candidate: its entry, `NONE` when it is gone or no candidate any more. */
  private find(at: number): { readonly db: Database; readonly entry: Ref } {
    const { db: index, key } = this.pool[at];
    const db = this.parts.databases[index];
    const entry = db.keys.find(key, 0, key.length);
    const may = entry !== NONE && (!this.isVolatile || db.keys.payload(entry, DEADLINE) !== 0);
    return { db, entry: may ? entry : NONE };
  }

  private evict(db: Database, entry: Ref): void {
    const { keys } = db;
    const start = keys.keyStart(entry);
    this.trace?.evict(this.id, db.index, entry, keys.keyBytes(entry), start, start + keys.keyLength(entry));
    db.evict(entry);
  }

  // Micro-steps.

  private enter(at: number, candidate: Candidate): void {
    this.pool.splice(at, 0, candidate);
    const { db, score, key } = candidate;
    this.trace?.enter(this.id, at, db, score, key, 0, key.length);
  }

  private drop(): void {
    this.pool.shift();
    this.trace?.drop(this.id, 0);
  }

  private forget(at: number): void {
    this.pool.splice(at, 1);
    this.trace?.gone(this.id, at);
  }

  private choose(at: number, db: Database, entry: Ref): void {
    this.pool.splice(at, 1);
    this.trace?.choose(this.id, at, db.index, entry);
  }

  private clear(): void {
    this.poolPolicy = this.policy;
    this.pool = [];
    this.trace?.clear(this.id);
  }

  // Seeing the whole.

  snapshot(): EvictionModel {
    const candidates = this.pool.map(({ db, score, key }) => ({ db, score, key: key.slice(0, PREVIEW_BYTES) }));
    return { candidates };
  }

  capture(): EvictionState {
    return { pool: [...this.pool], poolPolicy: this.poolPolicy, nextDb: this.nextDb };
  }

  restore(state: EvictionState): void {
    this.pool = [...state.pool];
    this.poolPolicy = state.poolPolicy;
    this.nextDb = state.nextDb;
  }

  /** Throws when an invariant of the essay is broken. */
  assertValid(): void {
    this.pool.forEach(({ score }, at) => {
      if (at > 0 && score < this.pool[at - 1].score) throw new Error(`invariant 1: candidate ${at} scores less`);
    });
    if (this.pool.length > POOL_PLACES) throw new Error(`invariant 2: ${this.pool.length} candidates`);
  }
}

function volatileByChance(db: Database, chance: () => number): Ref {
  return db.deadlines.owner((chance() >>> 0) % db.deadlines.length);
}

/** `maxmemory-eviction-tenacity`: up to 10 in proportion, above it a seventh more for each, at 100 without an end. */
function keysFor(tenacity: number): number {
  if (tenacity >= 100) return Infinity;
  if (tenacity <= 10) return Math.max(FEWEST_KEYS, (KEYS_A_COMMAND / 10) * tenacity);
  return Math.ceil(KEYS_A_COMMAND * 1.15 ** (tenacity - 10));
}
