import { describe, expect, it, test } from 'vitest';

import figures from '../conformance/eviction-figures.json' with { type: 'json' };
import { TestEngine } from '../commands/engine.test-kit.ts';
import { ascii } from '../memory/bytes.ts';
import type { Database } from './database.ts';
import { EVICTION_POLICIES } from './eviction.ts';

const VALUE = 'x'.repeat(100);

/** Keys `key:0` to `key:n-1`, of which the first should be the first to go, by whatever the policy goes by. */
function ranked(policy: string, keys: number, settings: Readonly<Record<string, string>> = {}): TestEngine {
  const engine = new TestEngine({ appendonly: 'no', 'maxmemory-policy': policy, 'lfu-decay-time': '0', ...settings });
  const client = engine.connect();
  const db = engine.engine.keyspace.databases[0];
  for (let i = 0; i < keys; i++) {
    client.say(`SET key:${i} ${VALUE}`);
    if (policy.startsWith('volatile')) client.say(`PEXPIRE key:${i} ${policy === 'volatile-ttl' ? 1e6 + i : 1e7}`);
    const entry = entryOf(db, `key:${i}`);
    db.setIdle(entry, (keys - i) * 10);
    db.setFrequency(entry, Math.floor((i * 256) / keys));
  }
  return engine;
}

function entryOf(db: Database, name: string): number {
  const key = ascii(name);
  return db.peek(key, 0, key.length);
}

function stayed(engine: TestEngine): number[] {
  return [...engine.say('KEYS *').matchAll(/key:(\d+)/g)].map(([, number]) => Number(number)).sort((a, b) => a - b);
}

/** Evicts little by little until half of the keys are gone; returns the share of the right half among those that went. */
function shareOfRightHalf(engine: TestEngine, keys: number): number {
  const client = engine.connect();
  const { arena, databases } = engine.engine.keyspace;
  while (databases[0].size > keys / 2) {
    client.say(`CONFIG SET maxmemory ${arena.usedBytes - 2000}`);
    client.say('PING');
  }
  engine.engine.keyspace.assertValid();
  const left = stayed(engine);
  return 1 - left.filter((number) => number < keys / 2).length / (keys - left.length);
}

describe('the choices of eviction', () => {
  const policies = ['allkeys-lru', 'volatile-lru', 'allkeys-lfu', 'volatile-lfu'] as const;
  const cases = policies.flatMap((policy) => ([3, 5, 10] as const).map((samples) => ({ policy, samples })));

  test.each(cases)('are as good as those of a real server: $policy, $samples samples', ({ policy, samples }) => {
    const engine = ranked(policy, figures.keys, { 'maxmemory-samples': String(samples) });
    const share = shareOfRightHalf(engine, figures.keys);
    // Two thousand evictions here, six thousand there. Volatile keys are drawn one by one here, and there from neighbouring
    // buckets, which is a little worse.
    const better = policy.startsWith('volatile') ? 0.06 : 0.03;
    const difference = share - figures.shares[policy][samples];
    expect(difference, `the share is ${share}`).toBeGreaterThan(-0.03);
    expect(difference, `the share is ${share}`).toBeLessThan(better);
  });

  test('come near the true order with five samples, and nearer with ten', () => {
    for (const policy of ['allkeys-lru', 'allkeys-lfu']) {
      const [three, five, ten] = ['3', '5', '10'].map((samples) =>
        shareOfRightHalf(ranked(policy, 4000, { 'maxmemory-samples': samples }), 4000),
      );
      expect(three).toBeGreaterThan(0.75);
      expect(five).toBeGreaterThan(0.85);
      expect(ten).toBeGreaterThan(0.93);
      expect(ten).toBeLessThan(1);
    }
  });

  test('are the nearest deadlines under volatile-ttl, without an exception', () => {
    const engine = ranked('volatile-ttl', 300);
    expect(shareOfRightHalf(engine, 300)).toBe(1);
    const left = stayed(engine);
    expect(left).toEqual(Array.from({ length: left.length }, (_, i) => 300 - left.length + i));
  });

  test('are chance under the random policies, and every key has its chance', () => {
    for (const policy of ['allkeys-random', 'volatile-random']) {
      const share = shareOfRightHalf(ranked(policy, 4000), 4000);
      expect(Math.abs(share - 0.5), `the share is ${share}`).toBeLessThan(0.05);
    }
  });

  test('take the databases in turn under the random policies', () => {
    const engine = new TestEngine({ 'maxmemory-policy': 'allkeys-random' });
    const client = engine.connect();
    for (let i = 0; i < 200; i++) {
      client.say(`SELECT ${i % 2}`);
      client.say(`SET key:${i} ${VALUE}`);
    }
    client.say('CONFIG SET maxmemory-eviction-tenacity 0');
    client.say('CONFIG SET maxmemory 1');
    client.say('PING');
    expect(engine.engine.keyspace.databases.slice(0, 2).map((db) => db.size)).toEqual([92, 92]);
  });

  test.each(EVICTION_POLICIES.filter((policy) => policy.startsWith('volatile')))(
    'are never a key without a deadline under %s',
    (policy) => {
      const engine = ranked(policy, 50);
      const client = engine.connect();
      for (let i = 0; i < 50; i++) client.say(`SET lasting:${i} ${VALUE}`);
      client.say('CONFIG SET maxmemory 1');
      expect(client.say('SET more 1')).toMatch(/^-OOM /);
      expect(stayed(engine)).toEqual([]);
      expect(client.say('DBSIZE')).toBe(':50\r\n');
      expect(client.say('GET lasting:0')).toContain(VALUE);
    },
  );

  test('are none under noeviction, and what takes memory is refused', () => {
    const engine = ranked('noeviction', 50);
    engine.say('CONFIG SET maxmemory 100');
    expect(engine.say('SET more 1')).toBe("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
    expect(stayed(engine).length).toBe(50);
  });
});

describe('an eviction', () => {
  it('makes room before the command, which then runs', () => {
    const engine = ranked('allkeys-lru', 100);
    const { arena } = engine.engine.keyspace;
    const limit = arena.usedBytes - 1000;
    engine.say(`CONFIG SET maxmemory ${limit}`);
    expect(engine.say('SET more 1')).toBe('+OK\r\n');
    expect(arena.usedBytes).toBeLessThanOrEqual(limit + 200);
    expect(engine.say('GET more')).toContain('1');
  });

  it('is bounded a command, in step with the tenacity, and goes on with the next tick', () => {
    for (const [tenacity, most] of [
      ['0', 16],
      ['5', 80],
      ['10', 160],
      ['20', 648],
    ] as const) {
      const engine = ranked('allkeys-random', 4 * most, { 'maxmemory-eviction-tenacity': tenacity });
      const { stats } = engine.engine.keyspace;
      engine.say('CONFIG SET maxmemory 1');
      expect(engine.say('GET nothing')).toBe('$-1\r\n');
      expect(stats.evicted).toBe(most);
      // A command that takes memory is let through meanwhile, as in Redis: more keys will go.
      expect(engine.say('SET more 1')).toBe('+OK\r\n');
      expect(stats.evicted).toBe(2 * most);
      engine.pass(100);
      expect(stats.evicted).toBe(3 * most);
    }
    const engine = ranked('allkeys-random', 1000, { 'maxmemory-eviction-tenacity': '100' });
    engine.say('CONFIG SET maxmemory 1');
    engine.say('GET nothing');
    expect(stayed(engine)).toEqual([]);
  });

  it('is counted, stands in the log as a DEL, and breaks the transactions that watch the key', () => {
    const engine = new TestEngine({ 'maxmemory-policy': 'volatile-ttl' });
    const client = engine.connect();
    client.say('SET victim 1 PX 5000');
    client.say('SET stays 1');
    client.say('WATCH victim');
    client.say('MULTI');
    client.say('SET stays 2');
    engine.say('CONFIG SET maxmemory 1');
    engine.say('PING');
    engine.say('CONFIG SET maxmemory 0');
    expect(engine.logLines().slice(-1)).toEqual(['DEL victim']);
    expect(engine.say('INFO stats')).toMatch(/\r\nevicted_keys:1\r\n/);
    expect(client.say('EXEC')).toBe('*-1\r\n');
    expect(client.say('GET stays')).toBe('$1\r\n1\r\n');
  });

  it('comes before the transaction that needed the room, in the log too', () => {
    const engine = new TestEngine({ 'maxmemory-policy': 'volatile-ttl' });
    const client = engine.connect();
    client.say('SET victim 1 PX 5000');
    for (const line of ['MULTI', 'SET a 1', 'SET b 2']) client.say(line);
    engine.say('CONFIG SET maxmemory 16');
    client.say('EXEC');
    const [, ...lines] = engine.logLines();
    expect(lines).toEqual(['DEL victim', 'MULTI', 'SET a 1', 'SET b 2', 'EXEC']);
  });

  it('does not happen while a log is read', () => {
    const engine = ranked('allkeys-random', 20, { appendonly: 'yes' });
    const copy = new TestEngine({ maxmemory: '1', 'maxmemory-policy': 'allkeys-random' });
    const loader = copy.engine.loader();
    loader.feed(Uint8Array.from(engine.log, (character) => character.charCodeAt(0)));
    loader.finish();
    expect(copy.engine.keyspace.databases[0].size).toBe(20);
  });

  it('forgets the candidates of another policy', () => {
    const engine = ranked('allkeys-lru', 200);
    const { keyspace } = engine.engine;
    engine.say(`CONFIG SET maxmemory ${keyspace.arena.usedBytes - 1000}`);
    engine.say('PING');
    expect(keyspace.eviction.snapshot().candidates.length).toBe(15);
    engine.say(`CONFIG SET maxmemory-policy allkeys-lfu maxmemory ${keyspace.arena.usedBytes - 200}`);
    engine.say('PING');
    expect(keyspace.eviction.snapshot().candidates.length).toBeLessThan(15);
  });
});

describe('how a key is used', () => {
  it('can be set for a key that comes from elsewhere, by the policy that asks for it', () => {
    const engine = new TestEngine();
    engine.say('SET k v');
    const db = engine.engine.keyspace.databases[0];
    db.setIdle(entryOf(db, 'k'), 1000);
    db.setFrequency(entryOf(db, 'k'), 200);
    expect(engine.say('OBJECT IDLETIME k')).toBe(':1000\r\n');
    engine.say('CONFIG SET maxmemory-policy allkeys-lfu');
    db.setFrequency(entryOf(db, 'k'), 200);
    db.setIdle(entryOf(db, 'k'), 5);
    expect(engine.say('OBJECT FREQ k')).toBe(':200\r\n');
    engine.pass(30 * 60_000);
    expect(engine.say('OBJECT FREQ k')).toBe(':170\r\n');
  });
});
