/** What we dump a real server restores, and the other way round: every type, every encoding, random contents. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findRedis } from '../../../scripts/ensure-redis.mjs';
import type { Argument } from '../../client/client.ts';
import { loadImage, saveImage } from '../../persistence/rdb-image.ts';
import { removeTemporaryFolders, temporaryFolder } from './test-server.ts';
import { Draw, ourServer, realServer, type Speaker } from './two-servers.test-kit.ts';

const ROUNDS = 5;

type Commands = readonly (readonly Argument[])[];

interface Kind {
  readonly name: string;
  readonly encoding: string;
  /** Both servers make the same bytes of the same commands. */
  readonly isEqual: boolean;
  /** There is an order by chance in it, which another server does not keep. */
  readonly isShuffled?: boolean;
  readonly build: (draw: Draw) => Commands;
}

/** In any order, without repetition. */
function distinct(count: number, make: () => Argument): Argument[] {
  const found = new Map<string, Argument>();
  while (found.size < count) {
    const item = make();
    found.set(typeof item === 'string' ? item : Buffer.from(item).toString('latin1'), item);
  }
  return [...found.values()];
}

const part = (draw: Draw, longest: number): Argument =>
  draw.below(3) === 0
    ? draw.integer(64)
    : draw.of(draw.noise.bind(draw), draw.text.bind(draw))(draw.below(longest + 1));

const score = (draw: Draw): string =>
  draw.of(
    ...['inf', '-inf', '0', '-0', '1', '-1', '0.1', '1e17', '-1e17', '1e300', '5e-324', '3.0000000000000004'],
    ...['4503599627370496', '4503599627370497', '9007199254740993', '1e15', '123456789012345678', '-2251799813685248'],
    ...[draw.integer(32), String(draw.between(-1000, 1000) / 8), '0x10', '1.7976931348623157e308'],
  );

const KINDS: readonly Kind[] = [
  { name: 'an integer', encoding: 'int', isEqual: true, build: (draw) => [['SET', 'k', draw.integer(64)]] },
  {
    name: 'a short string',
    encoding: 'embstr',
    isEqual: true,
    build: (draw) => [
      ['SET', 'k', draw.of<Argument>('', '01', '+1', '-0', ' 7', draw.noise(draw.below(44)), draw.text(44))],
    ],
  },
  {
    name: 'a long string of noise',
    encoding: 'raw',
    isEqual: true,
    build: (draw) => [['SET', 'k', draw.noise(draw.of(45, 63, 64, 300, 16383, 16384, 70_000))]],
  },
  {
    name: 'a long string that is compressed',
    encoding: 'raw',
    isEqual: true,
    build: (draw) => [['SET', 'k', draw.text(draw.of(45, 100, 1000, 20_000, 60_000))]],
  },
  {
    name: 'a short string that was changed in place',
    encoding: 'raw',
    isEqual: true,
    build: (draw) => [
      ['SET', 'k', draw.integer(32)],
      ['APPEND', 'k', draw.integer(16)],
    ],
  },
  {
    name: 'a sketch, sparse',
    encoding: 'raw',
    isEqual: true,
    build: (draw) => [['PFADD', 'k', ...draw.many(20, () => draw.noise(8))]],
  },
  {
    name: 'a sketch, dense',
    encoding: 'raw',
    isEqual: true,
    build: (draw) => [['PFADD', 'k', ...draw.many(3000, () => draw.noise(8))]],
  },
  {
    name: 'a list of one node',
    encoding: 'quicklist',
    isEqual: true,
    build: (draw) => [['RPUSH', 'k', ...draw.many(draw.between(1, 50), () => part(draw, 70))]],
  },
  {
    name: 'a list of elements of every length',
    encoding: 'quicklist',
    isEqual: false,
    build: (draw) => [
      ['RPUSH', 'k', ...[0, 1, 62, 63, 64, 65, 120, 126, 127, 4095, 4096, 16380, 17_000].map((n) => draw.noise(n))],
    ],
  },
  {
    name: 'a list of many nodes',
    encoding: 'quicklist',
    isEqual: false,
    build: (draw) => [
      ...draw.many(30, () => ['RPUSH', 'k', ...draw.many(40, () => part(draw, 200))]),
      ['LTRIM', 'k', '7', '-9'],
    ],
  },
  ...([16, 32, 64] as const).map((bits): Kind => ({
    name: `integers of ${bits} bits`,
    encoding: 'intset',
    isEqual: true,
    build: (draw) => [['SADD', 'k', ...draw.many(draw.between(1, 40), () => draw.integer(bits))]],
  })),
  {
    name: 'an intset that has lost its widest',
    encoding: 'intset',
    isEqual: true,
    build: (draw) => [
      ['SADD', 'k', '9223372036854775807', '5', draw.integer(16)],
      ['SREM', 'k', '9223372036854775807'],
    ],
  },
  {
    name: 'a set of anything',
    encoding: 'hashtable',
    isEqual: false,
    isShuffled: true,
    build: (draw) => [['SADD', 'k', 'no integer', ...draw.many(draw.between(1, 60), () => part(draw, 90))]],
  },
  {
    name: 'a set of many integers',
    encoding: 'hashtable',
    isEqual: false,
    isShuffled: true,
    build: (draw) => [['SADD', 'k', ...distinct(600, () => String(draw.below(100_000)))]],
  },
  {
    name: 'a small hash',
    encoding: 'listpack',
    isEqual: true,
    build: (draw) => [['HSET', 'k', ...draw.many(draw.between(1, 40), () => [part(draw, 64), part(draw, 64)]).flat()]],
  },
  {
    name: 'a large hash',
    encoding: 'hashtable',
    isEqual: false,
    isShuffled: true,
    build: (draw) => [['HSET', 'k', ...draw.many(600, (i) => [`${i} field`, part(draw, 80)]).flat()]],
  },
  {
    name: 'a hash with a long value',
    encoding: 'hashtable',
    isEqual: false,
    isShuffled: true,
    build: (draw) => [['HSET', 'k', 'f', draw.text(65), ...draw.many(3, () => [part(draw, 9), part(draw, 9)]).flat()]],
  },
  {
    name: 'a small sorted set',
    encoding: 'listpack',
    isEqual: true,
    build: (draw) => [['ZADD', 'k', ...draw.many(draw.between(1, 40), () => [score(draw), part(draw, 64)]).flat()]],
  },
  {
    name: 'a large sorted set',
    encoding: 'skiplist',
    isEqual: true,
    build: (draw) => [['ZADD', 'k', ...draw.many(200, (i) => [score(draw), `${i} member`]).flat()]],
  },
  {
    name: 'a sorted set with a long member',
    encoding: 'skiplist',
    isEqual: true,
    build: (draw) => [['ZADD', 'k', '1', draw.text(65), ...draw.many(9, () => [score(draw), part(draw, 40)]).flat()]],
  },
];

/** The value: as it is told where it has an order, by its digest where it has none. */
async function contents(speaker: Speaker): Promise<readonly string[]> {
  const type = await speaker.say('TYPE', 'k');
  const digest = await speaker.say('DEBUG', 'DIGEST-VALUE', 'k');
  const asked = ASKED[type];
  return asked === undefined ? [type, digest] : [type, digest, await speaker.say(...asked)];
}

const ASKED: Readonly<Record<string, readonly string[] | undefined>> = {
  string: ['GET', 'k'],
  list: ['LRANGE', 'k', '0', '-1'],
  zset: ['ZRANGE', 'k', '0', '-1', 'WITHSCORES'],
};

/** Fills two databases with a key of each kind, some of which expire. */
async function fill(speaker: Speaker, seed: number): Promise<void> {
  const draw = new Draw(seed);
  await speaker.run([['FLUSHALL']]);
  for (const [i, { build }] of KINDS.entries()) {
    const name = `key ${i} ${'x'.repeat(i * 5)}`;
    const commands = build(draw).map((argv) => argv.map((word) => (word === 'k' ? name : word)));
    const isMortal = i % 3 === 0;
    await speaker.run([['SELECT', String(i % 2)], ...commands, ...(isMortal ? [['EXPIRE', name, '1000']] : [])]);
  }
}

if (findRedis() !== undefined) {
  let redis: Speaker;
  beforeAll(async () => {
    redis = await realServer();
  });
  afterAll(async () => {
    await redis.stop();
    removeTemporaryFolders();
  });

  test('a real server starts with our image, and we take its', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const ours = ourServer();
    const dir = temporaryFolder();
    const file = join(dir, 'dump.rdb');
    await fill(ours, seed);
    writeFileSync(file, saveImage(ours.engine.keyspace, { compresses: true, about: [['redis-ver', '7.0.15']] }));
    const started = await realServer({ dir });
    expect(await started.say('DEBUG', 'DIGEST'), `seed ${seed}`).toBe(await ours.say('DEBUG', 'DIGEST'));
    expect(await started.say('INFO', 'keyspace')).toMatch(/db0:keys=\d+,expires=[1-9]/);
    await fill(started, seed + 1);
    await started.run([['SAVE']]);
    await ours.run([['FLUSHALL']]);
    loadImage(ours.engine.keyspace, readFileSync(file), false, () => undefined);
    expect(await ours.say('DEBUG', 'DIGEST'), `seed ${seed + 1}`).toBe(await started.say('DEBUG', 'DIGEST'));
    ours.engine.keyspace.assertValid();
    await started.stop();
  });

  describe.each(['skiplist', 'avl'])('dumps, with the index %s', (index) => {
    const ours = ourServer({ 'zset-index': index });

    test.each(KINDS)('$name goes from a real server to the engine and back', async (kind) => {
      for (let round = 0; round < ROUNDS; round++) {
        const seed = Math.floor(Math.random() * 2 ** 31);
        await exchange(redis, ours, kind, seed);
        await exchange(ours, redis, kind, seed);
      }
    });
  });
}

async function exchange(
  from: Speaker,
  to: Speaker,
  { encoding, isEqual, isShuffled = false, build }: Kind,
  seed: number,
): Promise<void> {
  const told = `seed ${seed}, from ${from.name} to ${to.name}`;
  const commands = build(new Draw(seed));
  await from.run([['FLUSHALL'], ...commands]);
  expect(await from.say('OBJECT', 'ENCODING', 'k'), told).toBe(encoding);
  const payload = await from.bytes('DUMP', 'k');
  await to.run([['FLUSHALL'], ['RESTORE', 'k', '0', payload]]);
  // A string comes back as if it had been set anew.
  if (encoding !== 'raw') expect(await to.say('OBJECT', 'ENCODING', 'k'), told).toBe(encoding);
  expect(await contents(to), told).toEqual(await contents(from));
  const back = await to.bytes('DUMP', 'k');
  expect(back.length, told).toBe(payload.length);
  if (!isShuffled) expect(Buffer.from(back).equals(payload), told).toBe(true);
  await to.run([['FLUSHALL'], ...commands]);
  if (isEqual) expect(Buffer.from(await to.bytes('DUMP', 'k')).equals(payload), `${told}, built there`).toBe(true);
  // What went there and back is what it was.
  await from.run([['RESTORE', 'k', '0', back, 'REPLACE']]);
  expect(await contents(from), told).toEqual(await contents(to));
}
