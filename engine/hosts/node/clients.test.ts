/** The clients that people use do a full round of every command there is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { Redis as IoRedis } from 'ioredis';
import IoValkey from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';

import { findRedis } from '../../../scripts/ensure-redis.mjs';
import { removeTemporaryFolders, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer('--enable-debug-command', 'yes');
});
afterEach(() => {
  server.stop();
});
afterAll(removeTemporaryFolders);

type Step = readonly [argv: readonly string[], expected: unknown];

/** What a reply has to be where its exact words are another test's affair. */
const SOMETHING = expect.anything() as unknown;
const A_NUMBER = expect.any(Number) as unknown;
const A_TEXT = expect.any(String) as unknown;

const step = (line: string, expected: unknown): Step => [line.split(' '), expected];

/** One connection, one after the other. A client that says HELLO for itself may speak RESP2 or RESP3. */
const round: readonly Step[] = [
  step('FLUSHALL', 'OK'),
  step('PING', 'PONG'),
  step('ECHO hello', 'hello'),
  step('SELECT 1', 'OK'),
  step('SELECT 0', 'OK'),
  step('SET a 1', 'OK'),
  step('SET a 2 XX GET', '1'),
  step('GET a', '2'),
  step('GET missing', null),
  step('SETNX a 3', 0),
  step('SETEX b 100 x', 'OK'),
  step('PSETEX c 100000 y', 'OK'),
  step('GETSET a 10', '2'),
  step('MSET d 1 e 2', 'OK'),
  step('MSETNX d 1 f 2', 0),
  step('MGET d e missing', ['1', '2', null]),
  step('APPEND d 23', 3),
  step('STRLEN d', 3),
  step('GETRANGE d 1 2', '23'),
  step('SUBSTR d 0 0', '1'),
  step('SETRANGE d 1 99', 3),
  step('INCR a', 11),
  step('DECR a', 10),
  step('INCRBY a 5', 15),
  step('DECRBY a 3', 12),
  step('INCRBYFLOAT a 0.5', '12.5'),
  step('SETBIT bits 7 1', 0),
  step('GETBIT bits 7', 1),
  step('BITCOUNT bits', 1),
  step('BITPOS bits 1', 7),
  step('BITOP NOT bits bits', 1),
  step('BITFIELD bits SET u4 0 3 GET u8 0', [15, 62]),
  step('BITFIELD_RO bits GET u8 0', [62]),
  step('DEL bits', 1),
  step('LCS c e LEN', 0),
  step('PUBLISH news hello', 0),
  step('SPUBLISH news hello', 0),
  step('PUBSUB CHANNELS', []),
  step('PUBSUB NUMSUB news', ['news', 0]),
  step('PUBSUB NUMPAT', 0),
  step('PUBSUB SHARDCHANNELS', []),
  step('PUBSUB SHARDNUMSUB news', ['news', 0]),
  step('PUBSUB HELP', SOMETHING),
  step('PFADD sketch a b', 1),
  step('PFCOUNT sketch', 2),
  step('PFMERGE sketch sketch', 'OK'),
  step('PFDEBUG ENCODING sketch', 'sparse'),
  step('PFSELFTEST', 'OK'),
  step('DEL sketch', 1),
  step('GETEX b PERSIST', 'x'),
  step('GETDEL b', 'x'),
  step('RPUSH list a b c', 3),
  step('LPUSH list z', 4),
  step('LPUSHX list y', 5),
  step('RPUSHX list d', 6),
  step('LLEN list', 6),
  step('LRANGE list 0 1', ['y', 'z']),
  step('LINDEX list 2', 'a'),
  step('LSET list 2 A', 'OK'),
  step('LREM list 0 A', 1),
  step('LTRIM list 0 3', 'OK'),
  step('LINSERT list BEFORE z x', 5),
  step('LPOS list x', 1),
  step('LPOP list', 'y'),
  step('RPOP list 1', ['c']),
  step('LMOVE list other LEFT RIGHT', 'x'),
  step('RPOPLPUSH list other', 'b'),
  step('LMPOP 2 list other LEFT COUNT 2', ['list', ['z']]),
  step('BLPOP list other 1', ['other', 'b']),
  step('RPUSH list 1 2 3 4 5 6', 6),
  step('BRPOP list 0.5', ['list', '6']),
  step('BLMOVE list other LEFT LEFT 1', '1'),
  step('BRPOPLPUSH list other 1', '5'),
  step('BLMPOP 1 1 list RIGHT COUNT 2', ['list', ['4', '3']]),
  step('SORT list DESC', ['2']),
  step('SORT_RO list ALPHA', ['2']),
  step('DEL list other', 2),
  step('ZADD zset 1 a 2 b 3 c 4.5 d', 4),
  step('ZCARD zset', 4),
  step('ZSCORE zset d', SOMETHING),
  step('ZMSCORE zset a missing', SOMETHING),
  step('ZINCRBY zset 1 d', SOMETHING),
  step('ZCOUNT zset (1 +inf', 3),
  step('ZLEXCOUNT zset - +', 4),
  step('ZRANK zset b', 1),
  step('ZREVRANK zset b', 2),
  step('ZRANGE zset 0 1', ['a', 'b']),
  step('ZRANGEBYSCORE zset 2 3 WITHSCORES', SOMETHING),
  step('ZREVRANGE zset 0 0', ['d']),
  step('ZREVRANGEBYSCORE zset 3 2', ['c', 'b']),
  step('ZRANGEBYLEX zset - + LIMIT 0 1', ['a']),
  step('ZREVRANGEBYLEX zset + - LIMIT 0 1', ['d']),
  step('ZRANDMEMBER zset', A_TEXT),
  step('ZSCAN zset 0 MATCH a', ['0', ['a', '1']]),
  step('ZRANGESTORE ranked zset 0 -1', 4),
  step('ZUNION 2 zset ranked', ['a', 'b', 'c', 'd']),
  step('ZINTER 2 zset ranked', ['a', 'b', 'c', 'd']),
  step('ZDIFF 2 zset ranked', []),
  step('ZINTERCARD 2 zset ranked LIMIT 2', 2),
  step('ZUNIONSTORE ranked 2 zset ranked', 4),
  step('ZINTERSTORE ranked 2 zset ranked', 4),
  step('ZDIFFSTORE none 2 zset ranked', 0),
  step('ZREMRANGEBYRANK ranked 0 0', 1),
  step('ZREMRANGEBYSCORE ranked -inf 6', 1),
  step('ZREMRANGEBYLEX ranked [c [c', 1),
  step('ZREM ranked d', 1),
  step('ZPOPMIN zset', SOMETHING),
  step('ZPOPMAX zset 1', SOMETHING),
  step('ZMPOP 1 zset MAX', SOMETHING),
  step('BZPOPMIN zset 1', SOMETHING),
  step('ZADD zset 1 a 2 b 3 c', 3),
  step('BZPOPMAX zset 1', SOMETHING),
  step('BZMPOP 1 1 zset MIN', SOMETHING),
  step('DEL zset', 1),
  step('HSET hash f 1 g 2', 2),
  step('HGET hash f', '1'),
  step('HSETNX hash f 2', 0),
  step('HMSET hash g 3', 'OK'),
  step('HMGET hash f g missing', ['1', '3', null]),
  step('HEXISTS hash f', 1),
  step('HSTRLEN hash g', 1),
  step('HKEYS hash', ['f', 'g']),
  step('HVALS hash', ['1', '3']),
  step('HINCRBY hash f 9', 10),
  step('HINCRBYFLOAT hash f 0.5', '10.5'),
  step('HRANDFIELD hash', A_TEXT),
  step('HSCAN hash 0', ['0', ['f', '10.5', 'g', '3']]),
  step('HLEN hash', 2),
  step('HGETALL hash', SOMETHING),
  step('HDEL hash f g', 2),
  step('SADD set 1 2 3', 3),
  step('SADD other 2 3 4', 3),
  step('SCARD set', 3),
  step('SISMEMBER set 1', 1),
  step('SMISMEMBER set 1 9', [1, 0]),
  step('SMEMBERS set', SOMETHING),
  step('SINTER set other', SOMETHING),
  step('SUNION set other', SOMETHING),
  step('SDIFF set other', SOMETHING),
  step('SINTERCARD 2 set other LIMIT 1', 1),
  step('SINTERSTORE third set other', 2),
  step('SUNIONSTORE third set other', 4),
  step('SDIFFSTORE third set other', 1),
  step('SMOVE set third 2', 1),
  step('SSCAN set 0', ['0', ['1', '3']]),
  step('SRANDMEMBER set', A_TEXT),
  step('SPOP third', A_TEXT),
  step('SREM set 1 3', 2),
  step('DEL other third', 2),
  step('EXISTS a b c', 2),
  step('TYPE a', 'string'),
  step('TOUCH a c', 2),
  step('KEYS d', ['d']),
  step('SCAN 0 COUNT 100', ['0', SOMETHING]),
  step('RANDOMKEY', A_TEXT),
  step('DBSIZE', 4),
  step('RENAME a z', 'OK'),
  step('RENAMENX z d', 0),
  step('COPY z zz', 1),
  step('MOVE zz 1', 1),
  step('OBJECT ENCODING d', 'raw'),
  step('OBJECT REFCOUNT e', A_NUMBER),
  step('OBJECT IDLETIME e', A_NUMBER),
  step('OBJECT HELP', SOMETHING),
  step('EXPIRE d 100', 1),
  step('PEXPIRE d 100000', 1),
  step('EXPIREAT d 4000000000', 1),
  step('PEXPIREAT d 4000000000000', 1),
  step('TTL d', A_NUMBER),
  step('PTTL d', A_NUMBER),
  step('EXPIRETIME d', 4000000000),
  step('PEXPIRETIME d', 4000000000000),
  step('PERSIST d', 1),
  step('DEL d missing', 1),
  step('UNLINK e', 1),
  step('WATCH z', 'OK'),
  step('UNWATCH', 'OK'),
  step('MULTI', 'OK'),
  step('DISCARD', 'OK'),
  step('MULTI', 'OK'),
  step('SET t 1', 'QUEUED'),
  step('INCR t', 'QUEUED'),
  step('EXEC', ['OK', 2]),
  step('CLIENT ID', A_NUMBER),
  step('CLIENT SETNAME me', 'OK'),
  step('CLIENT GETNAME', 'me'),
  step('CLIENT SETINFO LIB-NAME test', 'OK'),
  step('CLIENT INFO', A_TEXT),
  step('CLIENT LIST', A_TEXT),
  step('CLIENT NO-EVICT off', 'OK'),
  step('CLIENT REPLY ON', 'OK'),
  step('CLIENT UNBLOCK 999999', 0),
  step('CLIENT KILL ID 999999', 0),
  step('CLIENT PAUSE 0 WRITE', 'OK'),
  step('CLIENT UNPAUSE', 'OK'),
  step('CLIENT GETREDIR', -1),
  step('CLIENT TRACKING ON OPTIN', 'OK'),
  step('CLIENT CACHING YES', 'OK'),
  step('CLIENT TRACKINGINFO', SOMETHING),
  step('CLIENT TRACKING OFF', 'OK'),
  step('CLIENT HELP', SOMETHING),
  step('SLOWLOG GET', SOMETHING),
  step('SLOWLOG LEN', A_NUMBER),
  step('SLOWLOG RESET', 'OK'),
  step('SLOWLOG HELP', SOMETHING),
  step('LATENCY LATEST', []),
  step('LATENCY HISTORY command', []),
  step('LATENCY HISTOGRAM get', SOMETHING),
  step('LATENCY DOCTOR', A_TEXT),
  step('LATENCY RESET', 0),
  step('LATENCY HELP', SOMETHING),
  step('INFO server', expect.stringContaining('redis_version:7.0.15')),
  step('TIME', [A_TEXT, A_TEXT]),
  step('CONFIG GET port', SOMETHING),
  step('CONFIG SET hz 20', 'OK'),
  step('CONFIG RESETSTAT', 'OK'),
  step('CONFIG HELP', SOMETHING),
  step('COMMAND COUNT', A_NUMBER),
  step('COMMAND', SOMETHING),
  step('COMMAND DOCS get', SOMETHING),
  step('COMMAND INFO get', SOMETHING),
  step('COMMAND LIST', SOMETHING),
  step('COMMAND GETKEYS SET a b', ['a']),
  step('COMMAND GETKEYSANDFLAGS GET a', SOMETHING),
  step('COMMAND HELP', SOMETHING),
  step('MEMORY USAGE z', A_NUMBER),
  step('MEMORY STATS', SOMETHING),
  step('MEMORY DOCTOR', A_TEXT),
  step('MEMORY MALLOC-STATS', A_TEXT),
  step('MEMORY PURGE', 'OK'),
  step('MEMORY HELP', SOMETHING),
  // A payload that happens to be text in any encoding.
  step('RESTORE restored 0 \x00\x06v00235\x0a\x00?\x07&E\x04,w\x17', 'OK'),
  step('DUMP restored', A_TEXT),
  step('DEBUG SLEEP 0', 'OK'),
  step('SWAPDB 0 1', 'OK'),
  step('WAIT 0 100', 0),
  step('LOLWUT', A_TEXT),
  step('FLUSHDB', 'OK'),
];

/** Not in the round: errors by design, and what ends or changes the connection that asks for it. */
const elsewhere = [
  ...['config|rewrite', 'object|freq', 'latency|graph', 'auth', 'hello', 'reset', 'quit', 'shutdown'],
  'monitor',
  // Asked for by the clients' own calls, which see to it that messages are not taken for replies.
  ...['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe'],
];

async function play(call: (argv: readonly string[]) => Promise<unknown>): Promise<void> {
  for (const [argv, expected] of round) {
    const got = await call(argv);
    if (expected === SOMETHING) expect([argv, got === null || got === undefined]).toEqual([argv, false]);
    else expect([argv, got]).toEqual([argv, expected]);
  }
}

test('the round leaves no command out', () => {
  const played = new Set(
    round.flatMap(([[name, second]]) => [name, `${name}|${second}`]).map((name) => name.toLowerCase()),
  );
  const missing = [...server.engine.registry.everyOne()]
    .map(({ fullName }) => fullName)
    .filter((name) => !played.has(name));
  expect(missing.sort()).toEqual(expect.arrayContaining(elsewhere.sort()));
  // Containers of subcommands are played by their subcommands.
  expect(missing.filter((name) => !elsewhere.includes(name))).toEqual([]);
});

test('ioredis', async () => {
  const client = new IoRedis({ port: server.port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  await client.connect();
  await play(([name, ...rest]) => client.call(name, ...rest));
  await client.set('key', 'välue');
  expect(await client.get('key')).toBe('välue');
  expect(await client.pipeline().incr('n').incr('n').exec()).toEqual([
    [null, 1],
    [null, 2],
  ]);
  await client.quit();
});

test('ioredis, watching', async () => {
  const options = { port: server.port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null };
  const client = new IoRedis(options);
  await client.connect();
  const watcher = await client.monitor();
  const shown = new Promise((resolve) => {
    watcher.on('monitor', (_time: string, argv: string[], _source: string, database: string) => {
      resolve([argv, database]);
    });
  });
  await client.set('key', 'a "b"');
  expect(await shown).toEqual([['set', 'key', 'a "b"'], '0']);
  watcher.disconnect();
  await client.quit();
});

test('ioredis, listening', async () => {
  const options = { port: server.port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null };
  const [listener, speaker] = [new IoRedis(options), new IoRedis(options)];
  await Promise.all([listener.connect(), speaker.connect()]);
  const heard: string[] = [];
  listener.on('message', (channel, text) => heard.push(`${channel} ${text}`));
  listener.on('pmessage', (pattern, channel, text) => heard.push(`${pattern} ${channel} ${text}`));
  expect(await listener.subscribe('news', 'sports')).toBe(2);
  expect(await listener.psubscribe('n*')).toBe(3);
  expect(await speaker.publish('news', 'hello')).toBe(2);
  await listener.ping();
  expect(heard).toEqual(['news hello', 'n* news hello']);
  await listener.unsubscribe('sports', 'news');
  await listener.punsubscribe('n*');
  expect(await listener.get('k')).toBeNull();
  await Promise.all([listener.quit(), speaker.quit()]);
});

test('redis, listening', async () => {
  for (const RESP of [2, 3] as const) {
    const listener = createClient({ RESP, socket: { port: server.port, host: '127.0.0.1' } });
    const speaker = listener.duplicate();
    for (const client of [listener, speaker]) client.on('error', () => undefined);
    await Promise.all([listener.connect(), speaker.connect()]);
    const heard: string[] = [];
    await listener.subscribe('news', (text, channel) => heard.push(`${channel} ${text}`));
    await listener.pSubscribe('n*', (text, channel) => heard.push(`n* ${channel} ${text}`));
    await listener.sSubscribe('news', (text, channel) => heard.push(`shard ${channel} ${text}`));
    expect(await speaker.publish('news', 'hello')).toBe(2);
    expect(await speaker.sPublish('news', 'there')).toBe(1);
    await listener.ping();
    expect(heard.sort()).toEqual(['n* news hello', 'news hello', 'shard news there']);
    await listener.unsubscribe();
    await listener.pUnsubscribe();
    await listener.sUnsubscribe();
    expect(await listener.get('k')).toBeNull();
    await Promise.all([listener.close(), speaker.close()]);
  }
});

test('iovalkey', async () => {
  const client = new IoValkey({ port: server.port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  await client.connect();
  await play(([name, ...rest]) => client.call(name, ...rest));
  expect(await client.multi().set('a', '1').incr('a').exec()).toEqual([
    [null, 'OK'],
    [null, 2],
  ]);
  await client.quit();
});

test('redis', async () => {
  const client = createClient({ socket: { port: server.port, host: '127.0.0.1' } });
  // Only an error event that nobody listens to would be thrown; what failed shows in the call that waits for it.
  client.on('error', () => undefined);
  await client.connect();
  await play((argv) => client.sendCommand([...argv]));
  await client.set('key', 'välue', { expiration: { type: 'EX', value: 10 } });
  expect(await client.get('key')).toBe('välue');
  expect(await client.multi().incr('n').incr('n').exec()).toEqual([1, 2]);
  await client.close();
});

const hasCli = findRedis() !== undefined;

async function redisCli(input: string, ...flags: string[]): Promise<string> {
  const child = spawn('redis-cli', ['-p', String(server.port), ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  child.stdin.end(input);
  await once(child, 'close');
  return output;
}

test.runIf(hasCli)('redis-cli', async () => {
  // What would end the line, or not be typed, is escaped as redis-cli has it.
  const typed = (word: string): string =>
    /^[\x21-\x7e]+$/.test(word) ? word : JSON.stringify(word).replace(/\\u00/g, '\\x');
  const lines = round.map(([argv]) => argv.map(typed).join(' '));
  const output = await redisCli(`${lines.join('\n')}\nPING the-end\n`);
  expect(output.trim().split('\n').at(-1)).toBe('the-end');
  expect(output.split('\n').filter((line) => /^(\(error\)|ERR|WRONG)/.test(line))).toEqual([]);
});

test.runIf(hasCli)('redis-cli over RESP3, as a pipe, and asking for statistics', async () => {
  expect(await redisCli('HELLO 3\nCONFIG GET port\n', '-3')).toContain(String(server.port));
  const pipe = 'SET piped 1\r\nINCR piped\r\n'.repeat(500);
  expect(await redisCli(pipe, '--pipe')).toContain('errors: 0, replies: 1000');
  expect(await redisCli('', 'INFO', 'keyspace')).toContain('db0:keys=1');
  expect(await redisCli('', '--scan')).toBe('piped\n');
});
