/** What happens when the system denies memory: a command is refused before it begins, or it ends. */
import { describe, expect, it } from 'vitest';

import { Engine, Recorder } from './api.ts';
import { Chance } from './chance.ts';
import { encodeCommand } from './client/encode.ts';
import type { Connection } from './host.ts';
import type { ArenaSystem } from './memory/page-source.ts';
import { latin1 } from './memory/bytes.ts';
import { applyStep, emptyModels, type EngineStep, type Models } from './models.ts';
import type { Loader } from './loader.ts';
import { Witness } from './trace/witness.ts';

const NO_MEMORY = '-OOM command not allowed: there is no more memory.\r\n';
const START_MS = 1_795_132_800_000;

function denied(): never {
  throw new RangeError('Array buffer allocation failed');
}

/** The `count`-th request for memory and all behind it are denied. */
function deniedFrom(count: number): { system: Partial<ArenaSystem>; asked: () => number } {
  let asked = 0;
  const allocate = (bytes: number): ArrayBuffer => (++asked >= count ? denied() : new ArrayBuffer(bytes));
  return { system: { allocate }, asked: () => asked };
}

/** Only what is asked for before a command is given, so that each must do with what it has made sure of. */
const ONLY_RESERVES: Partial<ArenaSystem> = {
  allocate: (bytes, isReserve) => (isReserve ? new ArrayBuffer(bytes) : denied()),
};

class World {
  readonly engine: Engine;
  readonly recorder = new Recorder();
  readonly log: Uint8Array[] = [];
  private readonly connections: Connection[];
  private replies = '';
  private nowMs = START_MS;

  constructor(memory: Partial<ArenaSystem>, config: Readonly<Record<string, string>> = {}) {
    const log = {
      append: (bytes: Uint8Array): null => {
        this.log.push(bytes.slice());
        return null;
      },
    };
    this.engine = new Engine({
      host: { seed: 5, memory, log },
      nowMs: START_MS,
      config: { 'hash-function': 'fnv1a', databases: '2', appendonly: 'yes', ...config },
      recorder: this.recorder,
    });
    this.connections = [0, 1].map(() =>
      this.engine.connect((bytes) => {
        this.replies += latin1(bytes.subarray(0, 99));
      }),
    );
  }

  say(argv: readonly string[], client = 0): string {
    this.replies = '';
    this.engine.setTime(++this.nowMs);
    this.connections[client].receive(encodeCommand(argv));
    this.engine.endTurn();
    return this.replies;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.engine.tick(this.nowMs);
  }
}

const LARGE = ['x'.repeat(3000), 'y'.repeat(90_000), 'z'.repeat(300_000), 'w'.repeat(700_000)];

/** Commands of every kind, over few keys, with values up to most of a page; some take far more than they say. */
function randomCommand(chance: Chance): readonly string[] {
  const below = (limit: number): number => (chance.next() >>> 0) % limit;
  const pick = <Item>(...items: readonly Item[]): Item => items[below(items.length)];
  const key = (kind: string): string => `${kind}:${below(4)}`;
  const value = (): string => (below(3) === 0 ? pick(...LARGE) : `v${below(1000)}`);
  const many = (count: number, one: () => readonly string[]): string[] =>
    Array.from({ length: 1 + below(count) }, one).flat();
  const commands: (() => readonly string[])[] = [
    () => ['SET', key('s'), value()],
    () => ['MSET', ...many(5, () => [key('s'), value()])],
    () => ['MSET', ...many(400, () => [`m:${below(100_000)}`, 'v'])],
    () => ['APPEND', key('s'), value()],
    () => ['SETRANGE', key('s'), String(below(3_000_000)), value()],
    () => ['SETBIT', key('s'), String(below(20_000_000)), '1'],
    () => ['BITFIELD', key('s'), 'SET', 'u8', String(below(9_000_000)), '7', 'INCRBY', 'i5', '3', '1'],
    () => ['BITOP', 'OR', key('s'), key('s'), key('s')],
    () => ['PFADD', key('p'), ...many(300, () => [String(below(1e6))])],
    () => ['PFMERGE', key('p'), key('p'), key('p')],
    () => ['INCRBYFLOAT', `n:${below(3)}`, '0.5'],
    () => [pick('LPUSH', 'RPUSH'), key('l'), ...many(30, () => [value()])],
    () => [pick('LPOP', 'RPOP'), key('l'), '3'],
    () => ['LINSERT', key('l'), 'BEFORE', 'v1', value()],
    () => ['LSET', key('l'), '0', value()],
    () => ['LMOVE', key('l'), key('l'), 'LEFT', 'RIGHT'],
    () => ['LTRIM', key('l'), '2', '40'],
    () => ['HSET', key('h'), ...many(200, () => [`f${below(900)}`, below(40) === 0 ? value() : 'v'])],
    () => ['HDEL', key('h'), ...many(100, () => [`f${below(900)}`])],
    () => ['HINCRBY', key('h'), `f${below(9)}`, '1'],
    () => ['SADD', key('i'), ...many(400, () => [String(below(100_000))])],
    () => ['SADD', key('i'), ...many(5, () => [value()])],
    () => ['SREM', key('i'), ...many(300, () => [String(below(100_000))])],
    () => ['SPOP', key('i'), String(below(900))],
    () => ['SMOVE', key('i'), key('i'), String(below(100_000))],
    () => [pick('SUNIONSTORE', 'SDIFFSTORE', 'SINTERSTORE'), key('i'), key('i'), key('i')],
    () => [pick('SUNION', 'SDIFF', 'SINTER'), key('i'), key('i')],
    () => ['ZADD', key('z'), ...many(300, () => [String(below(1e6)), below(60) === 0 ? value() : `m${below(2000)}`])],
    () => ['ZREM', key('z'), ...many(200, () => [`m${below(2000)}`])],
    () => [pick('ZUNIONSTORE', 'ZINTERSTORE'), key('z'), '3', key('z'), key('z'), key('i')],
    () => ['ZRANGESTORE', key('z'), key('z'), '0', '-1'],
    () => ['ZPOPMIN', key('z'), '50'],
    () => ['COPY', key(pick('s', 'l', 'h', 'i', 'z')), key('c'), 'REPLACE'],
    () => ['RENAME', key('c'), key('d')],
    () => ['MOVE', key('d'), '1'],
    () => ['SORT', key('i'), 'ALPHA', 'STORE', key('l')],
    () => ['SORT', key('l'), 'BY', 'nosort', 'GET', 's:1', 'GET', '#', 'STORE', key('l')],
    () => ['PEXPIRE', key(pick('s', 'l', 'h')), '300'],
    () => ['DEL', key(pick('s', 'l', 'h', 'i', 'z', 'c'))],
    () => ['GET', key('s')],
    () => ['MULTI'],
    () => ['EXEC'],
    () => ['EXEC'],
    () => ['CONFIG', 'SET', 'zset-index', pick('avl', 'skiplist')],
    () => ['CONFIG', 'SET', 'value-compression', pick('yes', 'no')],
    () => ['CONFIG', 'SET', 'list-compress-depth', pick('0', '1', '2')],
    () => ['LRANGE', key('l'), '0', '-1'],
    () => (below(9) === 0 ? ['FLUSHALL'] : ['RANDOMKEY']),
  ];
  return pick(...commands)();
}

function sameAsLogged(world: World): void {
  const copy = new World({});
  const loader: Loader = copy.engine.loader();
  for (const piece of world.log) loader.feed(piece);
  loader.finish();
  const counts = ({ keyspace }: Engine): number[] =>
    keyspace.databases.flatMap((db) => [db.size, db.deadlines.length, db.countElements()]);
  expect(counts(copy.engine)).toEqual(counts(world.engine));
}

describe('when the system denies memory', () => {
  it('no command takes more than was made sure of before it', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const chance = new Chance(seed);
      const world = new World(ONLY_RESERVES);
      for (let turn = 0; turn < 120; turn++) {
        const argv = randomCommand(chance);
        const reply = world.say(argv, (chance.next() >>> 0) % 2);
        expect(reply, `seed ${seed}: ${argv[0]}`).not.toContain('OOM');
        if (turn % 20 === 0) world.pass(100);
        world.recorder.drop();
      }
      world.engine.keyspace.assertValid();
    }
  }, 120_000);

  it('from the n-th request on, whichever that is, commands are refused and nothing is broken', () => {
    let refused = 0;
    for (let count = 1; count <= 24; count++) {
      const { system } = deniedFrom(count);
      const chance = new Chance(count);
      const world = new World(system);
      const witness = new Witness<Models>(world.recorder, emptyModels(2, 'fnv1a'), (models, step) =>
        applyStep(models, step as EngineStep),
      );
      for (let turn = 0; turn < 40; turn++) {
        const reply = world.say(randomCommand(chance), (chance.next() >>> 0) % 2);
        if (reply.includes(NO_MEMORY)) refused++;
        if (turn % 20 === 0) world.pass(100);
        if (count % 12 !== 0) {
          world.recorder.drop();
        } else if (world.recorder.hasLost) {
          // Too many steps for one command: from here on anew.
          world.recorder.drop();
          witness.model = world.engine.snapshot();
        } else if (turn % 10 === 0) {
          expect(witness.look()).toEqual(world.engine.snapshot());
        }
      }
      world.engine.keyspace.assertValid();
      sameAsLogged(world);
    }
    expect(refused).toBeGreaterThan(20);
  }, 120_000);

  it('what takes none is done, and what has been denied is allowed once there is memory again', () => {
    let isDenying = false;
    const world = new World({ allocate: (bytes) => (isDenying ? denied() : new ArrayBuffer(bytes)) });
    world.say(['SET', 'k', 'v']);
    world.say(['RPUSH', 'l', 'a', 'b']);
    isDenying = true;
    for (let i = 0; world.say(['SET', `large:${i}`, LARGE[0]]) !== NO_MEMORY; i++) expect(i).toBeLessThan(5000);
    expect(world.say(['SET', 'more', 'v'])).toBe(NO_MEMORY);
    expect(world.say(['LMOVE', 'l', 'l', 'LEFT', 'RIGHT'])).toBe(NO_MEMORY);
    expect(world.say(['RENAME', 'k', 'j'])).toBe(NO_MEMORY);
    expect(world.say(['GET', 'k'])).toBe('$1\r\nv\r\n');
    expect(world.say(['EXPIRE', 'k', '100'])).toBe(':1\r\n');
    expect(world.say(['LPOP', 'l'])).toBe('$1\r\na\r\n');
    expect(world.say(['DEL', 'l'])).toBe(':1\r\n');
    isDenying = false;
    expect(world.say(['SET', 'more', 'v'])).toBe('+OK\r\n');
    sameAsLogged(world);
  });

  it('a value too large for what there is is refused alone', () => {
    const world = new World({ mostPages: 12 });
    expect(world.say(['SET', 'k', 'v'])).toBe('+OK\r\n');
    expect(world.say(['SETRANGE', 'k', '30000000', 'x'])).toBe(NO_MEMORY);
    expect(world.say(['GET', 'k'])).toBe('$1\r\nv\r\n');
    expect(world.say(['SET', 'l', LARGE[1]])).toBe('+OK\r\n');
  });

  it('a command of a transaction is refused alone, as any that fails in one', () => {
    const world = new World({ mostPages: 12 });
    for (const argv of [['MULTI'], ['SET', 'a', '1'], ['SETRANGE', 'b', '30000000', 'x'], ['SET', 'c', '3']])
      world.say(argv);
    expect(world.say(['EXEC'])).toBe(`*3\r\n+OK\r\n${NO_MEMORY}+OK\r\n`);
    sameAsLogged(world);
  });

  it('a log that does not fit is not read as if it did', () => {
    const world = new World({});
    for (let i = 0; i < 20; i++) world.say(['SET', `k:${i}`, LARGE[2]]);
    const copy = new World({ mostPages: 6 });
    const loader = copy.engine.loader();
    expect(() => {
      for (const piece of world.log) loader.feed(piece);
    }).toThrow('there is no more memory');
  });

  it('who waits for an element and cannot be given it is told so, and the element stays', () => {
    let isDenying = false;
    const world = new World({ allocate: (bytes) => (isDenying ? denied() : new ArrayBuffer(bytes)) });
    world.say(['SET', 'k', 'v']);
    world.say(['BLMOVE', 'from', 'to', 'LEFT', 'LEFT', '0'], 1);
    isDenying = true;
    const reply = world.say(['RPUSH', 'from', 'element']);
    expect(reply).toContain(':1\r\n');
    world.engine.keyspace.assertValid();
  });
});
