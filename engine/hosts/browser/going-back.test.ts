import { afterEach, describe, expect, it } from 'vitest';

import { encodeCommand } from '../../client/encode.ts';
import { EVICTION_POLICIES } from '../../keyspace/eviction.ts';
import { applyStep, type EngineStep, type Models } from '../../models.ts';
import { decodeSteps } from '../../trace/steps.ts';
import { BrowserHost, type HostLog } from './browser-host.ts';
import type { JournalLimits } from './journal.ts';
import type { WorkerToPage } from './protocol.ts';

/** Random numbers that a seed decides: a failing run prints its seed and can be had again. */
function dice(seed: number): (sides: number) => number {
  let state = seed | 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** A log in memory, with the bytes that a storage would have. */
class MemoryLog implements HostLog {
  bytes: number[] = [];

  append(bytes: Uint8Array): null {
    for (const byte of bytes) this.bytes.push(byte);
    return null;
  }

  truncate(end: number): void {
    this.bytes.length = end;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

const hosts: BrowserHost[] = [];

class World {
  readonly log = new MemoryLog();
  readonly posted: WorkerToPage[] = [];
  readonly host: BrowserHost;
  readonly clients: number[] = [];
  nowMs = 1_790_000_000_000;

  constructor(limits: Partial<JournalLimits> = {}) {
    this.host = new BrowserHost({
      options: {
        seed: 7,
        hashName: 'fnv1a',
        storeName: 'x',
        config: {
          appendonly: 'yes',
          'hash-max-listpack-entries': '6',
          'set-max-intset-entries': '12',
          'list-max-listpack-size': '5',
          'zset-max-listpack-entries': '6',
          'list-compress-depth': '1',
          'value-compression-threshold': '64',
        },
      },
      post: (message) => this.posted.push(message),
      log: this.log,
      state: null,
      now: () => this.nowMs,
      limits,
    });
    hosts.push(this.host);
  }

  connect(): number {
    const client = this.host.connect({ send: () => undefined, close: () => undefined });
    this.clients.push(client);
    return client;
  }

  send(client: number, ...commands: string[]): void {
    const bytes = commands.flatMap((line) => [...encodeCommand(line.split(' '))]);
    this.host.receive(client, Uint8Array.from(bytes));
  }

  present(): Models {
    const models = this.host.frame(this.host.nextIndex)?.before;
    if (!models) throw new Error('there is no picture of the present');
    return models;
  }
}

afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

/** Payloads of DUMP that happen to be ASCII: a string, a list, a hash, a sorted set and a set. */
const PAYLOADS = [
  '\x00\x06v00235\x0a\x00?\x07&E\x04,w\x17',
  '\x01\x03\x01a\x01b\x0500223\x0a\x00s]6\x13=A\x27\x00',
  '\x04\x02\x02f1\x01b\x02f2\x0500160\x0a\x00^^Sz\x11-W*',
  '\x03\x02\x02m1\x012\x0500002\x013\x0a\x00D+\x1di,p~\x17',
  '\x02\x02\x015\x05x0229\x0a\x00\x0c|0\x14J\x05M_',
];

function randomCommand(roll: (sides: number) => number): string {
  const key = (): string => `key:${roll(60)}`;
  const commands: (() => string)[] = [
    () => `SET ${key()} ${'v'.repeat(roll(80))}x`,
    () => `SET ${key()} ${roll(1000)} PX ${1 + roll(3000)}`,
    () => `SET new:${roll(100000)} ${roll(10)}`,
    () => `GET ${key()}`,
    () => `DEL ${key()} ${key()}`,
    () => `APPEND ${key()} more`,
    () => `INCR n:${roll(8)}`,
    () => (roll(4) === 0 ? `SUBSCRIBE c:${roll(2)}` : 'UNSUBSCRIBE'),
    () => `PUBLISH c:${roll(2)} hello`,
    () => `PFADD sketch:${roll(3)} ${roll(500)} ${roll(500)}`,
    () => `PFCOUNT sketch:${roll(3)}`,
    () => `PFMERGE sketch:${roll(3)} sketch:${roll(3)}`,
    () => `SETBIT ${key()} ${roll(2000)} ${roll(2)}`,
    () => `BITOP XOR ${key()} ${key()} ${key()}`,
    () => `BITFIELD ${key()} OVERFLOW FAIL INCRBY u7 ${roll(500)} ${roll(100)} GET u4 3`,
    () => `${roll(2) === 0 ? 'LPUSH' : 'RPUSH'} l:${roll(3)} ${'v'.repeat(roll(90))}x ${roll(9)} ${roll(9)}`,
    () => `${roll(2) === 0 ? 'LPOP' : 'RPOP'} l:${roll(3)} ${roll(4)}`,
    () => `${roll(2) === 0 ? 'BLPOP' : 'BRPOP'} l:${roll(3)} l:${roll(3)} ${roll(3) === 0 ? '0' : '0.2'}`,
    () => `BLMOVE l:${roll(3)} l:${roll(3)} LEFT RIGHT 0.1`,
    () => `LMOVE l:${roll(3)} l:${roll(3)} LEFT RIGHT`,
    () => `LINSERT l:${roll(3)} BEFORE ${roll(9)} new`,
    () => `LREM l:${roll(3)} 0 ${roll(9)}`,
    () => `HSET ${key()} f${roll(9)} ${'v'.repeat(roll(90))}x f${roll(9)} ${roll(100)}`,
    () => `HSET h:${roll(3)} f${roll(30)} ${roll(100)} f${roll(30)} ${roll(100)}`,
    () => `HDEL ${roll(2) === 0 ? key() : `h:${roll(3)}`} f${roll(9)} f${roll(9)}`,
    () => `HGETALL h:${roll(3)}`,
    () => `HSETNX h:${roll(3)} f${roll(30)} ${roll(100)}`,
    () => `HINCRBY h:${roll(3)} f${roll(30)} ${roll(100)}`,
    () => `HINCRBYFLOAT h:${roll(3)} f${roll(30)} ${roll(100)}.5`,
    () => `HRANDFIELD h:${roll(3)} ${roll(9) - 4} WITHVALUES`,
    () => `HSCAN h:${roll(3)} ${roll(16)} COUNT 2`,
    () => `COPY h:${roll(3)} ${key()} REPLACE`,
    () => `SADD s:${roll(4)} ${roll(40)} ${roll(40)} ${roll(40)}`,
    () => `SADD s:${roll(4)} ${['word', '70000', '-5000000000'][roll(3)]}`,
    () => `SREM s:${roll(4)} ${roll(40)} ${roll(40)}`,
    () => `SPOP s:${roll(4)} ${roll(5)}`,
    () => `SPOP s:${roll(4)}`,
    () => `SRANDMEMBER s:${roll(4)} ${roll(9) - 4}`,
    () => `SMOVE s:${roll(4)} s:${roll(4)} ${roll(40)}`,
    () => `${['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'][roll(3)]} s:${roll(4)} s:${roll(4)} s:${roll(4)}`,
    () => `${['SINTER', 'SUNION', 'SDIFF'][roll(3)]} s:${roll(4)} s:${roll(4)}`,
    () => `COPY s:${roll(4)} s:${roll(4)} REPLACE`,
    () => `SSCAN s:${roll(4)} ${roll(16)} COUNT 2`,
    () => `ZADD z:${roll(4)} ${roll(9)} m${roll(12)} ${roll(9)} m${roll(12)} ${roll(9)} m${roll(12)}`,
    () => `ZADD z:${roll(4)} CH ${roll(9)}.5 ${'m'.repeat(roll(80))}`,
    () => `ZREM z:${roll(4)} m${roll(12)} m${roll(12)}`,
    () => `ZINCRBY z:${roll(4)} -1.5 m${roll(12)}`,
    () => `${['ZPOPMIN', 'ZPOPMAX', 'ZRANDMEMBER'][roll(3)]} z:${roll(4)} ${roll(4)}`,
    () => `ZREMRANGEBYSCORE z:${roll(4)} ${roll(9)} ${roll(9)}`,
    () => `${['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'][roll(3)]} z:${roll(4)} 2 z:${roll(4)} s:${roll(4)}`,
    () => `COPY z:${roll(4)} z:${roll(4)} REPLACE`,
    () => `ZSCAN z:${roll(4)} ${roll(16)} COUNT 2`,
    () => `SORT ${['l', 's', 'z'][roll(3)]}:${roll(3)} ALPHA`,
    () => `SORT ${['l', 's', 'z'][roll(3)]}:${roll(3)} BY nosort STORE ${key()}`,
    () => `CONFIG SET zset-index ${roll(2) === 0 ? 'skiplist' : 'avl'}`,
    () => `CONFIG SET maxmemory ${['0', '0', '30kb', '8kb'][roll(4)]}`,
    () => `CONFIG SET maxmemory-policy ${EVICTION_POLICIES[roll(EVICTION_POLICIES.length)]}`,
    () => `OBJECT ${['FREQ', 'IDLETIME'][roll(2)]} ${key()}`,
    () => `CONFIG SET value-compression ${['yes', 'yes', 'no'][roll(3)]}`,
    () => `CONFIG SET list-compress-depth ${roll(3)}`,
    () => `DUMP ${key()}`,
    () => `RESTORE ${['l', 'h', 's', 'z', 'key'][roll(5)]}:${roll(3)} ${roll(900)} ${PAYLOADS[roll(5)]} REPLACE`,
    () => `CONFIG SET notify-keyspace-events ${['KEA', 'AKEmn', 'Kg', 'E'][roll(4)]}`,
    () => `PSUBSCRIBE __key*`,
    () => ['PUNSUBSCRIBE', 'RESET', 'HELLO 3'][roll(3)],
    () => `CLIENT TRACKING ON ${['', 'NOLOOP', 'OPTIN', 'BCAST', 'BCAST PREFIX key:1'][roll(5)]}`.trim(),
    () => ['CLIENT TRACKING OFF', 'CLIENT CACHING YES', 'CLIENT TRACKINGINFO'][roll(3)],
    () => `CONFIG SET tracking-table-max-keys ${1 + roll(9)}`,
    () => (roll(4) === 0 ? 'MONITOR' : 'RESET'),
    () => `CLIENT PAUSE ${roll(300)} WRITE`,
    () => 'CLIENT UNPAUSE',
    () => `CONFIG SET slowlog-log-slower-than ${roll(2) - 1} slowlog-max-len ${roll(5)}`,
    () => ['SLOWLOG GET', 'SLOWLOG LEN', 'LATENCY HISTOGRAM get', 'INFO commandstats'][roll(4)],
    () => `PEXPIRE ${key()} ${roll(4000)}`,
    () => `PERSIST ${key()}`,
    () => `MSET ${key()} a ${key()} b`,
    () => `RENAME ${key()} ${key()}`,
    () => 'RANDOMKEY',
    () => 'TIME',
    () => (roll(2) === 0 ? 'INFO memory stats' : 'MEMORY STATS'),
    () => (roll(3) === 0 ? 'WAIT 1 100' : 'LOLWUT'),
    () => `SCAN ${roll(64)} COUNT 5`,
    () => `SELECT ${roll(3)}`,
    () => `SWAPDB ${roll(3)} ${roll(3)}`,
    () => 'MULTI',
    () => 'EXEC',
    () => 'DISCARD',
    () => `WATCH ${key()}`,
    () => (roll(20) === 0 ? 'FLUSHDB' : 'DBSIZE'),
    () => (roll(10) === 0 ? `CONFIG SET activerehashing ${roll(2) === 0 ? 'yes' : 'no'}` : 'PING'),
    () => 'NO SUCH COMMAND',
  ];
  return commands[roll(commands.length)]();
}

/** What a client sent that has not gone out yet: commands come cut anywhere. */
const unsent = new Map<number, number[]>();

function randomInput(world: World, roll: (sides: number) => number): void {
  world.nowMs += roll(30) === 0 ? roll(5000) : roll(20) + 0.25;
  const what = roll(12);
  if (world.clients.length === 0 || (what === 0 && world.clients.length < 4)) {
    world.connect();
  } else if (what === 1 && roll(4) === 0) {
    const [client] = world.clients.splice(roll(world.clients.length), 1);
    world.host.disconnect(client);
  } else if (what === 2) {
    world.host.tick();
  } else if (what === 3) {
    world.host.logSynced(world.log.bytes.length);
  } else {
    const client = world.clients[roll(world.clients.length)];
    const bytes = unsent.get(client) ?? [];
    for (let count = roll(6); count >= 0; count--) bytes.push(...encodeCommand(randomCommand(roll).split(' ')));
    const now = bytes.splice(0, roll(3) === 0 ? roll(bytes.length + 1) : bytes.length);
    unsent.set(client, bytes);
    world.host.receive(client, Uint8Array.from(now));
  }
}

function fold(models: Models, words: Int32Array): Models {
  return (decodeSteps(words) as unknown as EngineStep[]).reduce(applyStep, models);
}

describe('going back', () => {
  it('shows every moment exactly as it was, whatever happened', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const roll = dice(seed);
      const world = new World({ causesApart: 1 + roll(200) });
      unsent.clear();
      const seen = new Map<number, Models>();
      for (let turn = 0; turn < 120; turn++) {
        randomInput(world, roll);
        seen.set(world.host.nextIndex, world.present());
      }
      const end = world.host.nextIndex;
      for (const [index, models] of seen)
        expect(world.host.frame(index)?.before, `seed ${seed}, cause ${index}`).toEqual(models);
      let models = world.host.frame(0)?.before as Models;
      for (let index = 0; index < end; index++) {
        const frame = world.host.frame(index);
        expect(frame?.before, `seed ${seed}, cause ${index}`).toEqual(models);
        const [mark] = decodeSteps(frame?.words ?? new Int32Array(0));
        expect(mark).toMatchObject({ structure: 'cause', index });
        models = fold(models, frame!.words);
      }
      expect(models, `seed ${seed}`).toEqual(world.present());
    }
  }, 120_000);

  it('tells each cause in the very words in which it was told when it happened', async () => {
    const roll = dice(99);
    const world = new World();
    unsent.clear();
    for (let turn = 0; turn < 100; turn++) {
      randomInput(world, roll);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await expect.poll(() => world.posted.filter(({ type }) => type === 'steps').length).toBeGreaterThan(5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(world.posted.filter(({ type }) => type === 'keyframe')).toEqual([]);
    const live = world.posted.flatMap((message) => (message.type === 'steps' ? decodeSteps(message.words) : []));
    const again = Array.from({ length: world.host.nextIndex }, (_, index) =>
      decodeSteps(world.host.frame(index)!.words),
    ).flat();
    expect(again).toEqual(live);
  });

  it('has nothing to show beyond the present or before the beginning', () => {
    const world = new World();
    world.send(world.connect(), 'SET a b');
    expect(world.host.frame(-1)).toBeNull();
    expect(world.host.frame(world.host.nextIndex + 1)).toBeNull();
    expect(world.host.frame(world.host.nextIndex)?.words.length).toBe(0);
  });

  it('forgets the oldest past when memory is short, and says so, and shows the rest exactly', () => {
    const roll = dice(6);
    const world = new World({ entryBytes: 30_000, keyframeBytes: 6 * 1024 * 1024, causesApart: 20 });
    unsent.clear();
    const seen = new Map<number, Models>();
    const ends: number[] = [];
    // The oldest past may have been forgotten right now, and then little is left: go on until there is some again.
    for (let turn = 0; turn < 400 || world.host.frame(ends.at(-80)!) === null; turn++) {
      randomInput(world, roll);
      seen.set(world.host.nextIndex, world.present());
      ends.push(world.host.nextIndex);
    }
    const shown = [...seen].filter(([index]) => world.host.frame(index) !== null);
    expect(world.host.frame(0)).toBeNull();
    expect(shown.length).toBeGreaterThan(50);
    expect(shown.length).toBeLessThan(seen.size);
    for (const [index, models] of shown) expect(world.host.frame(index)?.before).toEqual(models);
  });

  it('finds where a key lay then and where it lies now', () => {
    const world = new World();
    const client = world.connect();
    const key = Uint8Array.of(107);
    world.send(client, 'SET k short');
    const before = world.host.nextIndex;
    world.send(client, `SET k ${'long'.repeat(100)}`, 'DEL k');
    expect(world.host.inspect(null, 0, key)).toBeNull();
    expect(world.host.inspect(0, 0, key)).toBeNull();
    expect(world.host.inspect(before, 0, key)).toMatchObject({ encoding: 'embstr', value: { length: 5 } });
    expect(world.host.inspect(before + 1, 0, key)).toMatchObject({ encoding: 'raw', value: { length: 400 } });
    world.send(client, 'HSET k one 1');
    expect(world.host.inspect(null, 0, key)).toMatchObject({ type: 'hash', encoding: 'listpack', integer: null });
    world.send(client, 'HSET k one 1 two 2 three 3 four 4 five 5 six 6 seven 7');
    expect(world.host.inspect(null, 0, key)).toMatchObject({ type: 'hash', encoding: 'hashtable', value: null });
  });
});

describe('a value as a whole', () => {
  it('is told as it was then and as it is now', () => {
    const world = new World();
    const client = world.connect();
    world.send(client, 'RPUSH l a b c');
    const before = world.host.nextIndex;
    const { entries } = world.host.frame(before)!.before!.tables[0];
    const [entry] = entries.keys();
    world.send(client, 'RPUSH l d e');
    expect(world.host.overview(before, 0, entry)).toMatchObject({ elements: 3, shape: { kind: 'quicklist' } });
    expect(world.host.overview(null, 0, entry)).toMatchObject({ elements: 5, encoding: 'quicklist' });
    world.send(client, 'DEL l');
    expect(world.host.overview(null, 0, entry)).toBeNull();
  });
});

describe('going back for good', () => {
  it('makes the past the present, cuts the log, and goes on exactly', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const roll = dice(1000 + seed);
      const world = new World();
      unsent.clear();
      for (let round = 0; round < 4; round++) {
        for (let turn = 0; turn < 40; turn++) randomInput(world, roll);
        const index = roll(world.host.nextIndex);
        const then = world.host.frame(index)?.before as Models;
        expect(await world.host.fork(index)).toBe(true);
        const now = world.present();
        expect(world.host.nextIndex, `seed ${seed}`).toBe(index);
        expect({ ...now, log: null }, `seed ${seed}`).toEqual({ ...then, log: null });
        expect(now.log.length).toBe(then.log.length);
        expect(world.log.bytes.length).toBe(then.log.length);
      }
      for (let turn = 0; turn < 40; turn++) randomInput(world, roll);
      let models = world.host.frame(0)?.before as Models;
      for (let index = 0; index < world.host.nextIndex; index++) {
        const frame = world.host.frame(index)!;
        // What a fork does to the log's own numbers is no step of a cause.
        expect({ ...frame.before, log: null }, `seed ${seed}, cause ${index}`).toEqual({ ...models, log: null });
        models = fold(frame.before!, frame.words);
      }
      expect({ ...models, log: null }).toEqual({ ...world.present(), log: null });
    }
  });

  it('keeps what was given up, and takes it up again to its end, its log too', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const roll = dice(2000 + seed);
      const world = new World();
      unsent.clear();
      for (let turn = 0; turn < 60; turn++) randomInput(world, roll);
      const [first, firstLog] = [world.present(), [...world.log.bytes]];
      const firstEnd = world.host.nextIndex;
      await world.host.fork(roll(firstEnd));
      for (let turn = 0; turn < 30; turn++) randomInput(world, roll);
      const [second, secondLog] = [world.present(), [...world.log.bytes]];
      const [branch] = world.host.givenUp;
      expect(branch).toMatchObject({ to: firstEnd });
      expect(await world.host.takeUp(branch.id)).toBe(true);
      expect(world.host.nextIndex).toBe(firstEnd);
      expect({ ...world.present(), log: null }, `seed ${seed}`).toEqual({ ...first, log: null });
      expect(world.log.bytes).toEqual(firstLog);
      const [other] = world.host.givenUp;
      expect(await world.host.takeUp(other.id)).toBe(true);
      expect({ ...world.present(), log: null }, `seed ${seed}`).toEqual({ ...second, log: null });
      expect(world.log.bytes).toEqual(secondLog);
      expect(await world.host.takeUp(4711)).toBe(false);
    }
  });

  it('leaves connections open, with what they were then', async () => {
    const world = new World();
    const replies: string[] = [];
    const send = (bytes: Uint8Array): void => void replies.push(String.fromCharCode(...bytes));
    const client = world.host.connect({ send, close: () => undefined });
    world.send(client, 'SELECT 3');
    const index = world.host.nextIndex;
    world.send(client, 'SELECT 5', 'SET a b');
    const later = world.host.connect({ send, close: () => undefined });
    world.send(later, 'SELECT 7');
    await world.host.fork(index);
    replies.length = 0;
    world.send(client, 'SET in then');
    expect(world.present().tables[3].entries.size).toBe(1);
    world.send(later, 'SET in first');
    expect(world.present().tables[0].entries.size).toBe(1);
    expect(replies).toEqual(['+OK\r\n', '+OK\r\n']);
  });
});
