/**
 * A million keys in the engine's table, in a JavaScript Map, and in chained objects that resize step by step: one of them
 * a process, its name the only argument. The keys come as bytes, as they do from the wire, so that a Map must make a
 * string of each first; that is what it costs to use one.
 */
import { Arena, NONE } from '../memory/arena.ts';
import { arenaSteps } from '../memory/arena.steps.ts';
import { Recorder } from '../trace/recorder.ts';
import { hashFunction } from './hash-functions.ts';
import { HashTable } from './hash-table.ts';
import { hashTableSteps } from './hash-table.steps.ts';

interface Contender {
  /** Sets the key's value; makes the key when it is not there. */
  set(start: number, end: number, value: number): void;
  get(start: number, end: number): number;
}

const KEYS = 1_000_000;
const KEY_BYTES = 16;
const keys = Buffer.alloc(KEYS * KEY_BYTES);
for (let i = 0; i < KEYS; i++) keys.write(`key:${String(i).padStart(12, '0')}`, i * KEY_BYTES, 'latin1');

/** With a recorder the steps are taken now and then, as the page does it. */
function arenaTable(recorder: Recorder | null = null): Contender {
  const arena = new Arena(0, recorder?.probe(arenaSteps) ?? null);
  const trace = recorder?.probe(hashTableSteps) ?? null;
  const table = new HashTable(arena, { id: 1, hashName: 'halfsiphash', seed: [1, 2], payloadWords: 3, trace });
  let calls = 0;
  const takeSteps = (): void => {
    if (++calls % 1000 === 0) recorder?.take();
  };
  return {
    set(start, end, value) {
      if (recorder !== null) takeSteps();
      recorder?.begin();
      const found = table.find(keys, start, end);
      table.setPayload(found === NONE ? table.insertMissing(keys, start, end) : found, 0, value);
    },
    get(start, end) {
      if (recorder !== null) takeSteps();
      recorder?.begin();
      return table.payload(table.find(keys, start, end), 0);
    },
  };
}

function plainMap(): Contender {
  const map = new Map<string, number>();
  return {
    set: (start, end, value) => map.set(keys.toString('latin1', start, end), value),
    get: (start, end) => map.get(keys.toString('latin1', start, end)) ?? -1,
  };
}

interface Node {
  readonly key: string;
  readonly hash: number;
  value: number;
  next: Node | null;
}

/** How one writes it first: objects for the entries, an array for the heads, one bucket moved at each operation. */
class ChainedObjects implements Contender {
  private readonly hash = hashFunction('halfsiphash', [1, 2]);
  private heads: (Node | null)[] = new Array<Node | null>(4).fill(null);
  private larger: (Node | null)[] | null = null;
  private cursor = 0;
  private used = 0;

  set(start: number, end: number, value: number): void {
    const hash = this.hash(keys, start, end);
    const key = keys.toString('latin1', start, end);
    const found = this.find(key, hash);
    if (found !== null) {
      found.value = value;
      return;
    }
    if (this.larger === null && this.used >= this.heads.length) {
      this.larger = new Array<Node | null>(this.heads.length * 2).fill(null);
      this.cursor = 0;
    }
    const target = this.larger ?? this.heads;
    const bucket = hash & (target.length - 1);
    target[bucket] = { key, hash, value, next: target[bucket] };
    this.used++;
  }

  get(start: number, end: number): number {
    return this.find(keys.toString('latin1', start, end), this.hash(keys, start, end))?.value ?? -1;
  }

  private find(key: string, hash: number): Node | null {
    if (this.larger !== null) this.moveOne(this.larger);
    for (const heads of [this.heads, this.larger]) {
      if (heads === null) continue;
      for (let node = heads[hash & (heads.length - 1)]; node !== null; node = node.next) {
        if (node.hash === hash && node.key === key) return node;
      }
    }
    return null;
  }

  private moveOne(larger: (Node | null)[]): void {
    for (let node = this.heads[this.cursor]; node !== null;) {
      const { next } = node;
      const bucket = node.hash & (larger.length - 1);
      node.next = larger[bucket];
      larger[bucket] = node;
      node = next;
    }
    this.heads[this.cursor] = null;
    if (++this.cursor === this.heads.length) {
      this.heads = larger;
      this.larger = null;
    }
  }
}

/** The numbers below KEYS in an order that jumps about, the same each time. */
function scattered(): Int32Array {
  const order = Int32Array.from({ length: KEYS }, (_, i) => i);
  let state = 12345;
  for (let i = KEYS - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function memoryUsed(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Millions a second of the time that this process was given: others may be at work on the same machine. */
function rate(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return KEYS / (user + system);
}

function measure(make: () => Contender): Record<string, number> {
  // Once small, so that what is timed is compiled already; memory and worst insert are then those of a fresh one.
  const warm = make();
  for (let i = 0; i < 200_000; i++) warm.set((i % 50_000) * KEY_BYTES, (i % 50_000) * KEY_BYTES + KEY_BYTES, i);
  for (let i = 0; i < 200_000; i++) warm.get((i % 50_000) * KEY_BYTES, (i % 50_000) * KEY_BYTES + KEY_BYTES);
  const order = scattered();
  const before = memoryUsed();
  const contender = make();
  let worstMs = 0;
  for (let i = 0; i < KEYS; i++) {
    const start = performance.now();
    contender.set(i * KEY_BYTES, (i + 1) * KEY_BYTES, i);
    worstMs = Math.max(worstMs, performance.now() - start);
  }
  const bytes = (memoryUsed() - before) / KEYS;
  const updates = rate(() => {
    for (const i of order) contender.set(i * KEY_BYTES, (i + 1) * KEY_BYTES, i + 1);
  });
  let sum = 0;
  const gets = rate(() => {
    for (const i of order) sum += contender.get(i * KEY_BYTES, (i + 1) * KEY_BYTES);
  });
  if (sum !== (KEYS * (KEYS + 1)) / 2) throw new Error('the values that came back are not those that went in');
  return { updates, gets, bytes, worstMs };
}

const CONTENDERS: Record<string, () => Contender> = {
  map: plainMap,
  objects: () => new ChainedObjects(),
  arena: () => arenaTable(),
  film: () => arenaTable(new Recorder()),
};

const chosen = CONTENDERS[process.argv[2] ?? 'arena'];
process.stdout.write(JSON.stringify(measure(chosen)));
