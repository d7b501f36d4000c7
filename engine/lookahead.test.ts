/** Looking ahead saves time and does nothing else: whatever is said in one piece is answered as if it were said bit by bit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TestEngine, type TestClient } from './commands/engine.test-kit.ts';
import { Engine } from './engine.ts';
import { ascii, latin1 } from './memory/bytes.ts';

/** Makes what there is more than a processor's cache holds, so that the engine looks ahead. */
const ENLARGE = 'SETRANGE large 3000000 x';

const request = (line: string): string => {
  const words = line.split(' ');
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
};

function largeEngine(): { readonly engine: TestEngine; readonly client: TestClient } {
  const engine = new TestEngine();
  const client = engine.connect();
  client.send(request(ENLARGE));
  return { engine, client };
}

const KEYS = ['a', 'b', 'c', 'ab', 'key:000000000001', 'key:000000000002', 'key:000000000003', 'key:100000000003'];
const key = fc.constantFrom(...KEYS);
const number = fc.nat(9).map(String);

const command = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('GET', 'INCR', 'DEL', 'TTL', 'PERSIST', 'STRLEN', 'TYPE'), key) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom('SET', 'APPEND', 'SETNX', 'LPUSH', 'SADD'), key, number) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('HSET'), key, number, number) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('RENAME', 'COPY', 'RENAMENX'), key, key) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('MGET', 'EXISTS', 'UNLINK', 'TOUCH'), key, key, key) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('MSET', 'MSETNX'), key, number, key, number, key, number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('EXPIRE'), key, fc.constantFrom('0', '100')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('SELECT'), fc.constantFrom('0', '1')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ['SWAPDB', '0', '1'],
      ['ECHO', 'a'],
      ['ECHO', 'b'],
      ['TTL'],
      ['MULTI'],
      ['EXEC'],
      ['DISCARD'],
      ['PING'],
      ['FLUSHDB', 'SYNC'],
    ),
  },
);
const said = fc.array(command, { minLength: 1, maxLength: 60 }).map((all) => all.map((words) => words.join(' ')));

test('a pipeline is answered as its commands are one by one', () => {
  fc.assert(
    fc.property(fc.array(said, { minLength: 1, maxLength: 4 }), (pieces) => {
      const [piped, single] = [largeEngine(), largeEngine()];
      for (const lines of pieces) {
        const one = lines.map((line) => single.client.send(request(line))).join('');
        expect(piped.client.send(lines.map(request).join(''))).toBe(one);
        // What a piece has emptied is filled again, so that the next one is looked through as well.
        for (const { client } of [piped, single]) client.send(request('DISCARD') + request(ENLARGE));
      }
      for (const { engine, client } of [piped, single]) {
        client.send(request('DEL large'));
        engine.engine.keyspace.assertValid();
      }
      expect(piped.engine.say('DEBUG DIGEST')).toBe(single.engine.say('DEBUG DIGEST'));
      expect(piped.engine.log).toBe(single.engine.log);
    }),
    { numRuns: 100 },
  );
});

type Words = fc.Arbitrary<string>[];

/** Lines about one key: of commands that say so much behind it, and of others that say something else. */
function commandsOf(
  names: string[],
  key: string,
  words: Words,
  others = names,
  otherWords = words,
): fc.Arbitrary<string[]> {
  const line = (from: string[], behind: Words): fc.Arbitrary<string> =>
    fc.tuple(fc.constantFrom(...from), fc.constant(key), ...behind).map((all) => all.join(' '));
  return fc.array(fc.oneof(line(names, words), line(others, otherWords)), { minLength: 1, maxLength: 50 });
}

test('a pipeline about one large collection is answered as its commands are one by one', () => {
  const names = ['m', 'n', 'o', 'member:1', 'member:2', 'member:3'];
  const member = fc.constantFrom(...names);
  const lines = fc.oneof(
    commandsOf(['SADD', 'SREM', 'SISMEMBER'], 's', [member]),
    commandsOf(['HGET', 'HDEL', 'HEXISTS'], 'h', [member], ['HSET', 'HINCRBY'], [member, number]),
    commandsOf(['ZSCORE', 'ZREM', 'ZRANK'], 'z', [member], ['ZADD', 'ZINCRBY'], [number, member]),
  );
  fc.assert(
    fc.property(fc.array(lines, { minLength: 1, maxLength: 5 }), (pieces) => {
      const [piped, single] = [largeEngine(), largeEngine()];
      for (const { client } of [piped, single]) {
        const few = ['hash-max-listpack-entries', 'set-max-intset-entries', 'zset-max-listpack-entries'];
        client.send(request(`CONFIG SET ${few.map((name) => `${name} 2`).join(' ')}`));
        client.send(
          request(`SADD s ${names.join(' ')}`) + request(`ZADD z ${names.map((name, i) => `${i} ${name}`).join(' ')}`),
        );
        client.send(request(`HSET h ${names.map((name, i) => `${name} ${i}`).join(' ')}`));
      }
      for (const piece of pieces) {
        const one = piece.map((line) => single.client.send(request(line))).join('');
        expect(piped.client.send(piece.map(request).join(''))).toBe(one);
      }
      for (const { engine, client } of [piped, single]) {
        client.send(request('DEL large'));
        engine.engine.keyspace.assertValid();
      }
      expect(piped.engine.say('DEBUG DIGEST')).toBe(single.engine.say('DEBUG DIGEST'));
    }),
    { numRuns: 100 },
  );
});

test('a pipeline about one key is answered as its commands are one by one, wherever the key goes meanwhile', () => {
  const line = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('LPUSH k a', 'RPUSH k b', 'RPOP k', 'LLEN k', 'LRANGE k 0 -1', 'TYPE k') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('DEL k', 'EXPIRE k 0', 'PERSIST k', 'EXPIRE k 100', 'GETDEL k', 'SET k v'),
    },
    { weight: 3, arbitrary: fc.constantFrom('RENAME k other', 'RENAME other k', 'COPY k other REPLACE', 'MOVE k 1') },
    { weight: 1, arbitrary: fc.constantFrom('SWAPDB 0 1', 'SELECT 1', 'SELECT 0', 'FLUSHALL SYNC') },
  );
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 40 }), { maxLength: 4 }), (pieces) => {
      const [piped, single] = [largeEngine(), largeEngine()];
      for (const lines of pieces) {
        // What a piece has emptied is filled again, so that the next one is looked through as well.
        for (const { client } of [piped, single])
          client.send(['SELECT 0', ENLARGE, 'DEL k', 'RPUSH k x y'].map(request).join(''));
        const all = ['LLEN k', 'LLEN k', ...lines];
        const one = all.map((said) => single.client.send(request(said))).join('');
        expect(piped.client.send(all.map(request).join(''))).toBe(one);
      }
      for (const { engine } of [piped, single]) engine.engine.keyspace.assertValid();
      expect(piped.engine.say('DEBUG DIGEST')).toBe(single.engine.say('DEBUG DIGEST'));
    }),
    { numRuns: 60 },
  );
});

test('the one key of a pipeline is no key that differs from it in a single byte', () => {
  for (let length = 1; length <= 13; length++) {
    const key = 'k'.repeat(length);
    for (let at = 0; at < length; at++) {
      const other = `${key.slice(0, at)}x${key.slice(at + 1)}`;
      const lines = [`INCR ${key}`, `INCR ${key}`, `GET ${other}`, `GET ${key}`];
      const { client } = largeEngine();
      client.send(request(`SET ${key} 0`));
      expect(client.send(lines.map(request).join('')), other).toBe(':1\r\n:2\r\n$-1\r\n$1\r\n2\r\n');
    }
  }
});

test('what is foreseen is not there any more when all keys have gone', () => {
  const { client } = largeEngine();
  client.send(request('MSET a 1 b 2'));
  expect(client.send(['GET a', 'FLUSHALL SYNC', 'GET b', 'GET a'].map(request).join(''))).toBe(
    '$1\r\n1\r\n+OK\r\n$-1\r\n$-1\r\n',
  );
});

test('a look at the last command of an input leaves nothing of the look before it', () => {
  const { client } = largeEngine();
  client.send(request('SET a 1'));
  // After a pipeline about one key two commands are looked at first, and here the third one is alone.
  client.send(['GET none', 'GET none'].map(request).join(''));
  expect(client.send(['ECHO b', 'ECHO c', 'GET a'].map(request).join(''))).toBe('$1\r\nb\r\n$1\r\nc\r\n$1\r\n1\r\n');
});

describe('a host that uses one buffer for all that it reads', () => {
  const wide = (n: number): string => `key:${String(n).padStart(12, '0')}`;

  test('is answered by what lies there now', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const buffer = new Uint8Array(4096);
    const connect = (): ((...lines: string[]) => string) => {
      let heard = '';
      const connection = engine.connect((bytes) => void (heard += latin1(bytes)));
      return (...lines) => {
        // Empty lines behind say nothing.
        buffer.fill(10).set(ascii(lines.map(request).join('')));
        heard = '';
        connection.receive(buffer);
        engine.endTurn();
        return heard;
      };
    };
    const [one, other] = [connect(), connect()];
    one(ENLARGE, ...Array.from({ length: 40 }, (_, i) => `SET ${wide(i)} ${i % 10}`));
    for (let round = 0; round < 4; round++) {
      const asked = Array.from({ length: 8 }, (_, i) => round * 8 + i);
      const answers = asked.map((i) => `$1\r\n${i % 10}\r\n`).join('');
      expect(one(...asked.map((i) => `GET ${wide(i)}`))).toBe(answers);
    }
    // Here one looks ahead and then has to wait, and the next one has no cause to look.
    expect(one('UNLINK large', 'BLPOP nothing 0', `GET ${wide(1)}`)).toBe(':1\r\n');
    expect(other('EXISTS large', 'LPUSH numbers 0', `GET ${wide(2)}`)).toBe(':0\r\n:1\r\n$1\r\n2\r\n');
    expect(other('LLEN numbers')).toBe(':1\r\n');
  });

  test('loads the log that lies there now', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const loader = engine.loader();
    const buffer = new Uint8Array(16 * 1024);
    const feed = (text: string): void => {
      buffer.set(ascii(text));
      loader.feed(buffer.subarray(0, text.length));
    };
    feed(request(ENLARGE));
    for (let round = 0; round < 4; round++)
      feed(Array.from({ length: 8 }, (_, i) => request(`INCRBY ${wide(round * 8 + i)} ${i}`)).join(''));
    for (let round = 0; round < 4; round++) feed(request(`MSET ${wide(round)} x ${wide(round + 4)} y`));
    expect(loader.finish().commands).toBe(37);
    let heard = '';
    const connection = engine.connect((bytes) => void (heard += latin1(bytes)));
    connection.receive(
      ascii(request('DBSIZE') + Array.from({ length: 10 }, (_, i) => request(`GET ${wide(i)}`)).join('')),
    );
    engine.endTurn();
    expect(heard.replaceAll(/\$\d+\r\n/g, '').replaceAll('\r\n', ' ')).toBe(':33 x x x x y y y y 0 1 ');
  });
});
