/** The whole engine under random commands: what it shows is what is there, and it does the same again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Engine, Recorder, type AppendLog } from './api.ts';
import { encodeCommand } from './client/encode.ts';
import { latin1 } from './memory/bytes.ts';
import { applyStep, emptyModels, type EngineStep, type Models } from './models.ts';
import { EVICTION_POLICIES } from './keyspace/eviction.ts';
import { keyspaceSteps } from './keyspace/keyspace.steps.ts';
import { collectionSteps } from './keyspace/collections.steps.ts';
import { logSteps } from './persistence/log.steps.ts';
import { compressedSteps } from './structures/compressed.steps.ts';
import { avlTreeSteps } from './structures/avl-tree.steps.ts';
import { deadlineHeapSteps } from './structures/deadline-heap.steps.ts';
import { dynamicStringSteps } from './structures/dynamic-string.steps.ts';
import { hashTableSteps } from './structures/hash-table.steps.ts';
import { linkedListSteps } from './structures/linked-list.steps.ts';
import { intsetSteps } from './structures/intset.steps.ts';
import { listpackSteps } from './structures/listpack.steps.ts';
import { quickListSteps } from './structures/quicklist.steps.ts';
import { skipListSteps } from './structures/skip-list.steps.ts';
import { causeSteps } from './trace/cause.steps.ts';
import { decodeSteps, type AnyStep } from './trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from './trace/witness.ts';

type Input =
  | { readonly client: number; readonly argv: readonly string[] }
  | { readonly waitMs: number }
  /** One key's value is dumped, and restored under another. */
  | { readonly client: number; readonly dumped: string; readonly restored: string }
  /** The log was synced as far as it goes. */
  | { readonly synced: true };

const key = fc.nat(25).map((n) => `key:${n}`);
const value = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.string({ maxLength: 12 }),
  fc.nat(120).map((length) => 'x'.repeat(length)),
);
/** Few hashes and few fields, so that they meet again. */
const hash = fc.nat(5).map((n) => `key:${n}`);
/** Few sketches, of which some get dense. */
const sketch = fc.nat(2).map((n) => `sketch:${n}`);
const field = fc.nat(8).map((n) => `field:${n}`);
/** Few lists, each of which is often reached. */
const list = fc.nat(1).map((n) => `list:${n}`);
const place = fc.integer({ min: -9, max: 9 }).map(String);
const side = fc.constantFrom('LEFT', 'RIGHT');
const letter = fc.constantFrom(...'abcd');
/** Sets of small integers mostly, so that some stay intsets. */
const set = fc.nat(4).map((n) => `set:${n}`);
const member = fc.oneof(
  { weight: 6, arbitrary: fc.nat(12).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('70000', '-3', '5000000000', 'a', 'b', '01') },
);
const amount = fc.integer({ min: 1, max: 400 }).map(String);

/** Few sorted sets, members and scores: some sets grow past a listpack. */
const zset = fc.nat(3).map((n) => `zset:${n}`);
const ranked = fc.oneof({ weight: 9, arbitrary: fc.nat(9).map((n) => `m${n}`) }, fc.constant('a'.repeat(70)));
const score = fc.oneof(fc.nat(6).map(String), fc.constantFrom('-inf', '0.1', '1e17', '-0'));

const sortedSets: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant('ZADD'), zset, score, ranked, score, ranked) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('ZADD'), zset, fc.constantFrom('NX', 'XX', 'GT', 'INCR'), score, ranked),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constant('ZINCRBY'), zset, score, ranked) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('ZREM'), zset, ranked, ranked) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('ZRANK', 'ZSCORE', 'ZREVRANK'), zset, ranked) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('ZRANGEBYSCORE', 'ZCOUNT', 'ZRANGE'), zset, amount, score) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ZREMRANGEBYSCORE'), zset, score, score) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('ZREMRANGEBYRANK'), zset, fc.constant('1'), fc.constantFrom('2', '-2')),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('ZPOPMIN', 'ZPOPMAX', 'ZRANDMEMBER'), zset, fc.constantFrom('1', '2')),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('ZUNIONSTORE', 'ZINTERSTORE'), zset, fc.constant('2'), zset, zset) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('ZRANGESTORE'), zset, zset, fc.constant('0'), fc.constantFrom('2', '9')),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('COPY'), zset, zset, fc.constant('REPLACE')) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('DEL'), zset) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      ...['CONFIG', 'SET', 'zset-index'].map((w) => fc.constant(w)),
      fc.constantFrom('avl', 'skiplist'),
    ),
  },
);

const few = fc.nat(4).map((n) => `key:${n}`);
const deadlines: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('SET'), few, value, fc.constant('PX'), amount) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('PEXPIRE'), few, amount) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom('PERSIST', 'DEL', 'GET'), few) },
  { weight: 2, arbitrary: fc.constantFrom(['FLUSHDB'], ['DEBUG', 'RELOAD']) },
);

const lists: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('LPUSH', 'RPUSH'), list, letter, value, letter, letter) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('LPOP', 'RPOP'), list) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('LPOP', 'RPOP'), list, fc.constantFrom('2', '5')) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('LRANGE', 'LTRIM'), list, place, place) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('LSET'), list, place, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('LREM'), list, fc.constantFrom('0', '1', '-1'), letter) },
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constant('LINSERT'), list, fc.constantFrom('BEFORE', 'AFTER'), letter, value),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('LMOVE'), list, list, side, side) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('LMPOP'), fc.constant('2'), list, list, side) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('COPY'), list, list, fc.constant('REPLACE')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('LPOS'), list, letter) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('BLPOP'), list, list, fc.constantFrom('0.05', '0.3')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('BLMOVE'), list, list, side, side, fc.constant('0.1')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('DEL'), list) },
);

const sets: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('SADD'), set, member, member) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('SREM', 'SMISMEMBER'), set, member, member) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('SMOVE'), set, set, member) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('SMEMBERS', 'SCARD', 'SPOP', 'SRANDMEMBER'), set) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('SPOP', 'SRANDMEMBER'), set, fc.constantFrom('2', '3', '30')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SRANDMEMBER'), set, fc.constant('-4')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SSCAN'), set, fc.nat(8).map(String)) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('SINTER', 'SUNION', 'SDIFF'), set, set, set) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'), set, set, set, set) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SINTERCARD'), fc.constant('2'), set, set) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('COPY'), set, set, fc.constant('REPLACE')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('COPY'), key, set, fc.constant('REPLACE')) },
);

/** So many keys that a pool gets full, and candidates that are gone when their turn comes. */
const crowd = fc.nat(60).map((n) => `crowd:${n}`);
const configSet = (name: string, ...values: string[]): fc.Arbitrary<readonly string[]> =>
  fc.tuple(fc.constant('CONFIG'), fc.constant('SET'), fc.constant(name), fc.constantFrom(...values));
const evictions: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.tuple(...[fc.constant('MSET'), crowd, value, crowd, value, crowd, value, crowd, value]),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('GET', 'DEL'), crowd) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('PEXPIRE'), crowd, fc.constantFrom('100', '5000')) },
  { weight: 2, arbitrary: configSet('maxmemory', '0', '2000', '3000') },
  { weight: 2, arbitrary: configSet('maxmemory-policy', ...EVICTION_POLICIES) },
  { weight: 1, arbitrary: configSet('maxmemory-samples', '1', '5', '10') },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SELECT'), fc.constantFrom('0', '1')) },
);

const argv: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant('SET'), key, value) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('GET'), key) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('DEL'), key) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('APPEND'), key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('SETRANGE'), key, amount, value) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SETRANGE'), key, fc.constant('1100000'), fc.constant('end')) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('INCRBY'), key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('SETBIT'), key, amount, fc.constantFrom('0', '1')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('BITCOUNT', 'BITPOS'), key, fc.constantFrom('0', '1')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('BITOP'), fc.constantFrom('AND', 'OR', 'XOR'), key, key, key) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('BITFIELD'), key, fc.constant('INCRBY'), fc.constant('i20'), amount, amount),
  },
  { weight: 30, arbitrary: lists },
  { weight: 8, arbitrary: fc.tuple(fc.constant('HSET'), hash, field, value) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('HSET'), hash, field, value, field, value, field, value, field, value) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('HDEL'), hash, field, field) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('HGET'), hash, field) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('HGETALL', 'HLEN', 'HKEYS', 'HVALS', 'HRANDFIELD'), hash) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('HMGET', 'HEXISTS', 'HSTRLEN'), hash, field) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('HSETNX', 'HMSET'), hash, field, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('HINCRBY', 'HINCRBYFLOAT'), hash, field, amount) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('HRANDFIELD'), hash, fc.constantFrom('-5', '3', '20')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('HSCAN'), hash, fc.nat(8).map(String)) },
  { weight: 28, arbitrary: sets },
  { weight: 2, arbitrary: fc.tuple(fc.constant('COPY'), hash, hash, fc.constant('REPLACE')) },
  { weight: 30, arbitrary: sortedSets },
  { weight: 1, arbitrary: evictions },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SORT'), fc.oneof(list, set, zset), fc.constant('ALPHA')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SORT'), fc.oneof(list, set, zset), fc.constant('STORE'), key) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('MOVE'), key, fc.constant('1')) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('PEXPIRE'), key, amount) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('PFADD'), sketch, value, value, field) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('PFCOUNT', 'PFMERGE'), sketch, sketch) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('PFCOUNT'), sketch) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('SET'), key, value, fc.constant('PX'), amount) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('PERSIST'), key) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('RENAME'), key, key) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('COPY'), key, key, fc.constant('REPLACE')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SELECT'), fc.constantFrom('0', '0', '1')) },
  { weight: 1, arbitrary: fc.constantFrom(['MULTI'], ['EXEC'], ['EXEC'], ['DISCARD'], ['RANDOMKEY'], ['TIME']) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('WATCH'), key) },
  { weight: 1, arbitrary: fc.constantFrom(['SWAPDB', '0', '1'], ['SWAPDB', '1', '2']) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['FLUSHDB'], ['KEYS', '*'], ['LOLWUT'], ['MEMORY', 'PURGE'], ['SCAN', '0'], ['DBSIZE']),
  },
  { weight: 1, arbitrary: fc.constantFrom(['DEBUG', 'RELOAD'], ['DEBUG', 'RELOAD', 'NOSAVE', 'MERGE', 'NOFLUSH']) },
);

const anyKey = fc.oneof(few, hash, list, set, zset, sketch);

const inputsOf = (commands: fc.Arbitrary<readonly string[]>): fc.Arbitrary<readonly Input[]> =>
  fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.record({ client: fc.nat(1), argv: commands }) },
      { weight: 2, arbitrary: fc.record({ client: fc.nat(1), dumped: anyKey, restored: anyKey }) },
      { weight: 3, arbitrary: fc.record({ waitMs: fc.nat(150) }) },
      { weight: 1, arbitrary: fc.constant({ synced: true } as const) },
    ),
    { minLength: 30, maxLength: 120 },
  );

/** Mostly all commands, one among the other; now and then those alone that must meet each other to show everything. */
const inputs: fc.Arbitrary<readonly Input[]> = fc.oneof(
  { weight: 6, arbitrary: inputsOf(argv) },
  { weight: 1, arbitrary: inputsOf(deadlines) },
  { weight: 5, arbitrary: inputsOf(sortedSets) },
  { weight: 2, arbitrary: inputsOf(lists) },
  { weight: 2, arbitrary: inputsOf(sets) },
  { weight: 1, arbitrary: inputsOf(evictions) },
);

class Run {
  readonly engine: Engine;
  readonly sent: string[] = [];
  private readonly connections;
  private nowMs = 1_000_000;

  constructor(recorder: Recorder | null, seed = 7) {
    const log: AppendLog = { append: () => null };
    const config = {
      ...{ appendonly: 'yes', 'enable-debug-command': 'yes', 'hash-function': 'fnv1a', activerehashing: 'no' },
      // So few that some hashes grow past it, and some do not.
      'hash-max-listpack-entries': '5',
      'hll-sparse-max-bytes': '60',
      'set-max-intset-entries': '6',
      'list-max-listpack-size': '4',
      'zset-max-listpack-entries': '4',
      'value-compression': 'yes',
      'list-compress-depth': '1',
      'value-compression-threshold': '64',
    };
    this.engine = new Engine({ host: { seed, log }, nowMs: this.nowMs, config, recorder });
    this.connections = [0, 1].map((client) =>
      this.engine.connect((bytes) => {
        this.sent.push(`${client}:${latin1(bytes)}`);
      }),
    );
  }

  take(input: Input): void {
    if ('waitMs' in input) {
      this.nowMs += input.waitMs;
      this.engine.tick(this.nowMs);
    } else if ('synced' in input) {
      this.engine.logSynced(this.engine.snapshot().log.written);
    } else if ('dumped' in input) {
      const { client, dumped, restored } = input;
      const before = this.sent.length;
      this.say(client, ['DUMP', dumped]);
      // Inside a transaction, and of a key that is not there, nothing comes back that could be restored.
      const reply = /^\d:\$\d+\r\n([^]*)\r\n$/.exec(this.sent.slice(before).join(''));
      const payload = Uint8Array.from(reply?.[1] ?? '', (character) => character.charCodeAt(0));
      this.say(client, ['RESTORE', restored, '0', payload, 'REPLACE']);
    } else {
      this.say(input.client, input.argv);
    }
  }

  private say(client: number, argv: readonly (string | Uint8Array)[]): void {
    this.engine.setTime(++this.nowMs);
    this.connections[client]?.receive(encodeCommand(argv));
    this.engine.endTurn();
  }
}

const SPECS = [
  ...[hashTableSteps, dynamicStringSteps, listpackSteps, collectionSteps, deadlineHeapSteps, logSteps],
  ...[skipListSteps, avlTreeSteps, keyspaceSteps],
  ...[linkedListSteps, quickListSteps, intsetSteps, compressedSteps],
];

const apply = (models: Models, step: AnyStep): Models => applyStep(models, step as EngineStep);
const start = (): Models => emptyModels(16, 'fnv1a');

describe('the engine', () => {
  it('shows what is there: after every input the fold of all steps equals the snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(inputs, (all) => {
        const recorder = new Recorder();
        const run = new Run(recorder);
        const witness = new Witness(recorder, start(), apply);
        for (const input of all) {
          run.take(input);
          expect(witness.look()).toEqual(run.engine.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
      // Some always the same, which are known to meet every kind of step; the others by chance.
      { examples: fc.sample(inputs, { numRuns: 120, seed: 1 }).map((all) => [all]), numRuns: 160 },
    );
    // Each structure's own test meets all its steps; here those are wanted without which the picture would be wrong.
    for (const kind of SPECS.flatMap(mutatingKinds)) expect(met).toContain(kind);
  }, 120_000);

  it.each([
    ...mutatingKinds(logSteps),
    ...mutatingKinds(listpackSteps),
    ...mutatingKinds(intsetSteps),
    ...mutatingKinds(collectionSteps),
    ...mutatingKinds(keyspaceSteps),
  ])('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(inputs, { numRuns: 60, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const run = new Run(recorder);
      const witness = new Witness(recorder, start(), apply);
      return all.some((input) => {
        run.take(input);
        return !isEqual(witness.look(), run.engine.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('does the same again from the same seed and inputs: replies, steps, places in memory', () => {
    fc.assert(
      fc.property(inputs, (all) => {
        const [first, second] = [new Recorder(), new Recorder()];
        const runs = [new Run(first), new Run(second)] as const;
        for (const input of all) for (const run of runs) run.take(input);
        expect(runs[1].sent).toEqual(runs[0].sent);
        expect(second.take()).toEqual(first.take());
        expect(runs[1].engine.snapshot()).toEqual(runs[0].engine.snapshot());
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same replies whether somebody watches or not', () => {
    fc.assert(
      fc.property(inputs, (all) => {
        const [watched, unwatched] = [new Run(new Recorder()), new Run(null)];
        for (const input of all) {
          watched.take(input);
          unwatched.take(input);
        }
        expect(unwatched.sent).toEqual(watched.sent);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps every invariant of its structures', () => {
    fc.assert(
      fc.property(inputs, (all) => {
        const run = new Run(null);
        const { keyspace } = run.engine;
        for (const input of all) {
          run.take(input);
          keyspace.assertValid();
        }
      }),
      { numRuns: 30 },
    );
  });

  it('numbers its causes one after the other, without a gap', () => {
    fc.assert(
      fc.property(inputs, (all) => {
        const recorder = new Recorder();
        const run = new Run(recorder);
        for (const input of all) run.take(input);
        const indices = decodeSteps(recorder.take()).flatMap((step) =>
          step.structure === causeSteps.structure && 'index' in step ? [step.index] : [],
        );
        expect(indices).toEqual(indices.map((_, i) => i));
        expect(run.engine.causeIndex).toBe(indices.length);
      }),
      { numRuns: 20 },
    );
  });

  it('takes memory for what is stored, and gives all of it back', () => {
    fc.assert(
      fc.property(inputs, (all) => {
        const run = new Run(null);
        for (const input of all) run.take(input);
        // Until nobody waits any more.
        for (let i = 0; i < 40; i++) run.take({ waitMs: 400 });
        for (const argv of [['DISCARD'], ['FLUSHALL']]) for (const client of [0, 1]) run.take({ client, argv });
        expect(run.engine.keyspace.arena.usedBytes).toBe(0);
        expect(run.engine.keyspace.collections.size).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
