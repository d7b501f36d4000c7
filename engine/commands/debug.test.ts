import { describe, expect, it, test } from 'vitest';

import { MemoryHost } from '../hosts/memory/memory-host.ts';
import { TestEngine, type TestClient } from './engine.test-kit.ts';

/** A few keys of every type, in two databases. */
function fill(client: TestClient): void {
  for (const line of [
    ...[
      'SET s hello PX 100000',
      'RPUSH l a 1 b',
      'SADD ints 3 1 2',
      'SADD set a b',
      'ZADD z 1 a 2.5 b',
      'HSET h f v g 2',
    ],
    ...['SELECT 3', 'SET other 1', 'SELECT 0'],
  ])
    expect(client.say(line)).not.toMatch(/^-/);
}

/** Reads a log into another engine, and gives the digest of what it makes. */
function digestOfLog(log: string): string {
  const engine = new TestEngine();
  const loader = engine.engine.loader();
  loader.feed(Uint8Array.from(log, (character) => character.charCodeAt(0)));
  loader.finish();
  return engine.say('DEBUG DIGEST');
}

describe('DEBUG RELOAD', () => {
  it('makes all data again and says nothing to the log, for which nothing has changed', () => {
    const engine = new TestEngine();
    const client = engine.connect();
    fill(client);
    const [digest, log] = [client.say('DEBUG DIGEST'), engine.log];
    expect(client.say('DEBUG RELOAD')).toBe('+OK\r\n');
    expect(client.say('DEBUG DIGEST')).toBe(digest);
    engine.engine.keyspace.assertValid();
    engine.pass(0);
    expect(engine.log).toBe(log);
  });

  it('tells the log what another image makes of the data', () => {
    const engine = new TestEngine();
    const client = engine.connect();
    fill(client);
    client.say('DEBUG RELOAD');
    for (const line of ['SET s changed', 'DEL l', 'SET late 1']) client.say(line);
    expect(client.say('DEBUG RELOAD NOSAVE MERGE NOFLUSH')).toBe('+OK\r\n');
    expect(client.say('MGET s late')).toBe('*2\r\n$5\r\nhello\r\n$1\r\n1\r\n');
    expect(digestOfLog(engine.log)).toBe(client.say('DEBUG DIGEST'));
    client.say('RPUSH l more');
    client.say('MULTI');
    client.say('DEBUG RELOAD NOSAVE');
    client.say('SET behind 1');
    client.say('EXEC');
    expect(client.say('EXISTS late')).toBe(':0\r\n');
    expect(digestOfLog(engine.log)).toBe(client.say('DEBUG DIGEST'));
    // A transaction, or a reload, is never split.
    expect(engine.log.split('MULTI').length).toBe(engine.log.split('EXEC').length);
  });

  it('has nothing to load before anything was saved', () => {
    const engine = new TestEngine();
    const client = engine.connect();
    fill(client);
    expect(client.say('DEBUG RELOAD NOSAVE NOFLUSH')).toMatch(/^-ERR Error trying to load the RDB dump/);
    expect(client.say('EXISTS s')).toBe(':1\r\n');
    // As in Redis the flush comes first.
    expect(client.say('DEBUG RELOAD NOSAVE')).toMatch(/^-ERR Error trying to load the RDB dump/);
    expect(client.say('EXISTS s')).toBe(':0\r\n');
    expect(digestOfLog(engine.log)).toBe(client.say('DEBUG DIGEST'));
  });

  it('refuses a key that is there already, unless it is to be merged', () => {
    const client = new TestEngine().connect();
    fill(client);
    client.say('DEBUG RELOAD');
    expect(client.say('DEBUG RELOAD NOSAVE NOFLUSH')).toMatch(/^-ERR Error trying to load the RDB dump/);
    expect(client.say('DEBUG RELOAD NOSAVE NOFLUSH MERGE')).toBe('+OK\r\n');
  });
});

describe('DEBUG RELOAD', () => {
  it('keeps a key that expires as late as can be said', () => {
    const client = new TestEngine().connect();
    client.say('SET k v PXAT 9223372036854775807');
    expect(client.say('DEBUG RELOAD')).toBe('+OK\r\n');
    expect(client.say('PEXPIRETIME k')).toBe(':9223372036854775807\r\n');
  });
});

describe('DEBUG LOADAOF', () => {
  it('makes all data again of the log, what this turn has added to it included', () => {
    const host = new MemoryHost();
    const client = host.connect();
    for (const line of ['SET s hello', 'RPUSH l a b', 'MULTI', 'ZADD z 1 a', 'EXEC', 'SELECT 2', 'SADD set x'])
      client.call(...line.split(' '));
    const digest = client.call('DEBUG', 'DIGEST');
    expect(client.call('DEBUG', 'LOADAOF')).toBe('+OK\r\n');
    expect(client.call('DEBUG', 'DIGEST')).toBe(digest);
    // The session is where it was, and the log goes on.
    const before = client.received.length;
    client.send('SADD set y\r\nDEBUG LOADAOF\r\nPING\r\nSCARD set\r\n');
    expect(client.received.slice(before)).toBe(':1\r\n+OK\r\n+PONG\r\n:2\r\n');
    const again = new MemoryHost({ disk: host.disk });
    expect(again.connect().call('DEBUG', 'DIGEST')).toBe(client.call('DEBUG', 'DIGEST'));
    host.engine.keyspace.assertValid();
  });

  it('keeps what the transaction that it stands in has done by then', () => {
    const host = new MemoryHost();
    const client = host.connect();
    for (const line of ['SET a 1', 'MULTI', 'DEBUG LOADAOF', 'INCR a', 'DEBUG LOADAOF', 'INCR a', 'EXEC'])
      client.call(...line.split(' '));
    expect(client.call('GET', 'a')).toBe('$1\r\n3\r\n');
    const again = new MemoryHost({ disk: host.disk });
    expect(again.connect().call('GET', 'a')).toBe('$1\r\n3\r\n');
  });

  it('tells its client, behind what that was answered before, which of the keys it has read are made again', () => {
    const client = new MemoryHost().connect();
    for (const line of ['HELLO 3', 'CLIENT TRACKING ON', 'MULTI', 'SET a 1', 'SET b 2', 'EXEC'])
      client.call(...line.split(' '));
    const before = client.received.length;
    client.send('GET a\r\nGET b\r\nDEBUG LOADAOF\r\n');
    const untrue = (key: string): string => `>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\n${key}\r\n`;
    expect(client.received.slice(before)).toBe(`$1\r\n1\r\n$1\r\n2\r\n${untrue('a')}${untrue('b')}+OK\r\n`);
  });

  it('serves nobody what a key held once, and is no more', () => {
    const host = new MemoryHost();
    const [client, waiting] = [host.connect(), host.connect()];
    for (const line of ['RPUSH queue one', 'LPOP queue']) client.call(...line.split(' '));
    waiting.send('BLPOP queue 0\r\n');
    client.send('PING\r\nDEBUG LOADAOF\r\nEXISTS queue\r\n');
    expect(client.received).toMatch(/\+PONG\r\n\+OK\r\n:0\r\n$/);
    expect(waiting.received).toBe('');
    client.call('RPUSH', 'queue', 'two');
    expect(waiting.received).toBe('*2\r\n$5\r\nqueue\r\n$3\r\ntwo\r\n');
  });

  it('says so where there is no log that could be read', () => {
    const client = new TestEngine({ appendonly: 'no' }).connect();
    fill(client);
    expect(client.say('DEBUG LOADAOF')).toMatch(/^-ERR Error trying to load the AOF files/);
    expect(client.say('EXISTS s')).toBe(':1\r\n');
  });
});

describe('what DEBUG sets', () => {
  test('is part of a keyframe', () => {
    const first = new TestEngine();
    const client = first.connect();
    fill(client);
    for (const line of [
      ...['DEBUG RELOAD', 'DEBUG CHANGE-REPL-ID', 'DEBUG SET-SKIP-CHECKSUM-VALIDATION 1'],
      ...['DEBUG QUICKLIST-PACKED-THRESHOLD 3', 'DEL s'],
    ])
      client.say(line);
    const second = new TestEngine();
    second.engine.restore(first.engine.capture(), () => () => undefined);
    for (const line of [
      ...[
        'INFO replication',
        'RESTORE x 0 "\\x00\\xc0\\x01\\x0a\\x0000000000"',
        'RPUSH l 12 123 1234 12',
        'DEBUG OBJECT l',
      ],
      ...['DEBUG RELOAD NOSAVE', 'DEBUG DIGEST'],
    ])
      expect(second.say(line), line).toBe(first.say(line));
    expect(second.say('GET s')).toContain('hello');
  });

  test('lets a payload in that was damaged on its way, and only then', () => {
    const client = new TestEngine().connect();
    const line = 'RESTORE x 0 "\\x00\\xc0\\x01\\x0a\\x0000000000" REPLACE';
    expect(client.say(line)).toBe('-ERR DUMP payload version or checksum are wrong\r\n');
    client.say('DEBUG SET-SKIP-CHECKSUM-VALIDATION 1');
    expect(client.say(line)).toBe('+OK\r\n');
    client.say('DEBUG SET-SKIP-CHECKSUM-VALIDATION 0');
    expect(client.say(line)).toBe('-ERR DUMP payload version or checksum are wrong\r\n');
  });

  test('another replication id is shown by INFO, and is another one each time', () => {
    const client = new TestEngine().connect();
    const idOf = (): string => /master_replid:([0-9a-f]{40})/.exec(client.say('INFO replication'))?.[1] ?? '';
    const ids = [idOf()];
    for (let i = 0; i < 3; i++) {
      client.say('DEBUG CHANGE-REPL-ID');
      ids.push(idOf());
    }
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain('');
  });
});

test('what POPULATE adds is in the log', () => {
  const engine = new TestEngine();
  const client = engine.connect();
  client.say('DEBUG POPULATE 20 many 30');
  expect(client.say('DBSIZE')).toBe(':20\r\n');
  expect(digestOfLog(engine.log)).toBe(client.say('DEBUG DIGEST'));
});

test('LISTPACK and QUICKLIST show what is inside', () => {
  const client = new TestEngine().connect();
  client.say('HSET h field value');
  client.say('RPUSH l one two');
  expect(client.say('DEBUG LISTPACK h')).toMatch(/2 elements in \d+ bytes\n {2}at 8: "field"\n {2}at \d+: "value"\n/);
  expect(client.say('DEBUG QUICKLIST l')).toContain('2 elements in 1 nodes\nnode 0: packed, 2 elements\n');
  expect(client.say('DEBUG QUICKLIST l 1')).toContain('  at 8: "one"\n');
});
