/**
 * What is asked once, when input comes, is asked anew after every command that could have changed the answer: a pipeline is
 * answered as its commands are one by one.
 */
import { describe, expect, test } from 'vitest';

import { TestEngine, type TestClient } from './commands/engine.test-kit.ts';

const pipeline = (lines: readonly string[]): string =>
  lines
    .map((line) => line.split(' '))
    .map((words) => `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
    .join('');

function prepared(): { readonly engine: TestEngine; readonly client: TestClient } {
  const engine = new TestEngine();
  const client = engine.connect();
  client.send(pipeline(['MSET a 1 b 2', 'HSET h field value']));
  return { engine, client };
}

describe('in the middle of a pipeline', () => {
  test.each<[string, readonly string[]]>([
    ['commands are queued from MULTI on, up to EXEC', ['GET a', 'MULTI', 'SET a 2', 'GET a', 'EXEC', 'GET a']],
    ['a transaction is given up', ['MULTI', 'SET a 2', 'DISCARD', 'GET a']],
    ['a transaction is broken', ['MULTI', 'SET a', 'GET a', 'EXEC', 'GET a']],
    ['another database is selected', ['SET a 2', 'SELECT 1', 'GET a', 'SET a 3', 'SELECT 0', 'GET a']],
    ['databases change places', ['SWAPDB 0 1', 'GET a', 'SET a 3', 'SWAPDB 0 1', 'GET a']],
    [
      'another protocol is spoken',
      ['GET none', 'HELLO 3 SETNAME x', 'HGETALL h', 'GET none', 'HELLO 2 SETNAME x', 'GET none'],
    ],
    ['replies are switched off and on', ['GET a', 'CLIENT REPLY OFF', 'INCR a', 'CLIENT REPLY ON', 'GET a']],
    ['one reply is skipped', ['GET a', 'CLIENT REPLY SKIP', 'INCR a', 'GET a', 'GET b']],
    ['a listener may not ask for data', ['GET a', 'SUBSCRIBE news', 'GET a', 'UNSUBSCRIBE news', 'GET a']],
    [
      'there is no memory, and then there is',
      [
        ...[
          'SET a 2',
          'CONFIG SET maxmemory 1 maxmemory-policy noeviction',
          'SET a 3',
          'GET a',
          'CONFIG SET maxmemory 0',
        ],
        ...['SET a 4', 'GET a'],
      ],
    ],
    ['a password is asked for', ['CONFIG SET requirepass x', 'GET a', 'RESET', 'GET a', 'AUTH x', 'GET a']],
    [
      'changes are followed',
      ['HELLO 3 SETNAME x', 'CLIENT TRACKING ON', 'GET a', 'INCR a', 'CLIENT TRACKING OFF', 'INCR a'],
    ],
    ['a key is fed for which somebody waits', ['RPUSH fed 1 2 3', 'LRANGE fed 0 -1', 'DEL fed']],
  ])('%s', (_, lines) => {
    const [piped, single] = [prepared(), prepared()];
    for (const { engine } of [piped, single]) engine.connect().send(pipeline(['BLPOP fed 0']));
    // Who is called by which number, and which run of the server this is, are no matter here.
    const heard = lines.map((line) => single.client.send(pipeline([line]))).join('');
    expect(piped.client.send(pipeline(lines))).toBe(heard);
    expect(piped.engine.log).toBe(single.engine.log);
    expect(piped.engine.say('INFO errorstats')).toBe(single.engine.say('INFO errorstats'));
    expect(piped.engine.say('INFO commandstats').replace(/(usec|usec_per_call)=[\d.]+/g, '')).toBe(
      single.engine.say('INFO commandstats').replace(/(usec|usec_per_call)=[\d.]+/g, ''),
    );
  });

  test('clients are paused: who wants to write waits from there on', () => {
    const { engine, client } = prepared();
    expect(client.send(pipeline(['INCR a', 'CLIENT PAUSE 100 WRITE', 'GET a', 'INCR a', 'GET a']))).toBe(
      ':2\r\n+OK\r\n$1\r\n2\r\n',
    );
    client.heard();
    engine.pass(200);
    expect(client.heard()).toBe(':3\r\n$1\r\n3\r\n');
  });

  test('calls are shown to somebody who has begun to watch', () => {
    const { engine, client } = prepared();
    const monitor = engine.connect();
    client.send(pipeline(['GET a']));
    monitor.send(pipeline(['MONITOR']));
    client.send(pipeline(['GET a', 'INCR a']));
    expect(monitor.heard().match(/"(get|incr)"/gi)).toEqual(['"GET"', '"INCR"']);
  });
});

test('when the log cannot be written, the next command that writes is refused', () => {
  const { engine, client } = prepared();
  client.send(pipeline(['INCR a']));
  engine.engine.logFailed('no space');
  expect(client.send(pipeline(['GET a', 'INCR a']))).toBe(
    '$1\r\n2\r\n-MISCONF Errors writing to the AOF file: no space\r\n',
  );
  engine.engine.logFailed(null);
  expect(client.send(pipeline(['INCR a']))).toBe(':3\r\n');
});

test('an error inside of a transaction counts once', () => {
  const { engine, client } = prepared();
  client.send(pipeline(['MULTI', 'INCR h', 'INCR a', 'LPUSH a x', 'EXEC', 'GET a']));
  expect(engine.say('INFO errorstats')).toContain('errorstat_WRONGTYPE:count=2\r\n');
});

test('what is no request counts as an error, too', () => {
  const { engine, client } = prepared();
  client.send('*1\r\n$x\r\n');
  expect(engine.say('INFO errorstats')).toContain('errorstat_ERR:count=1\r\n');
});

test('a client that another one has silenced nothing of is heard again at once', () => {
  const { engine, client } = prepared();
  const other = engine.connect();
  expect(other.send(pipeline(['CLIENT REPLY OFF', 'INCR a']))).toBe('');
  expect(client.send(pipeline(['GET a', 'INCR a']))).toBe('$1\r\n2\r\n:3\r\n');
  expect(other.send(pipeline(['INCR a']))).toBe('');
});
