import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { TestEngine } from './engine.test-kit.ts';
import { VITRINE_VERSION } from './versions.ts';

const WRONG_PASSWORD = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
const NO_AUTH = '-NOAUTH Authentication required.\r\n';
const OUT_OF_MEMORY = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

describe('a password', () => {
  test('is asked for, and then lets everything through', () => {
    const client = new TestEngine({ requirepass: 'secret' }).connect();
    expect(client.say('GET k')).toBe(NO_AUTH);
    expect(client.say('AUTH wrong')).toBe(WRONG_PASSWORD);
    expect(client.say('AUTH nobody secret')).toBe(WRONG_PASSWORD);
    expect(client.say('AUTH secre')).toBe(WRONG_PASSWORD);
    expect(client.say('AUTH secretsecret')).toBe(WRONG_PASSWORD);
    expect(client.say('AUTH ""')).toBe(WRONG_PASSWORD);
    expect(client.say('GET k')).toBe(NO_AUTH);
    expect(client.say('AUTH secret')).toBe('+OK\r\n');
    expect(client.say('GET k')).toBe('$-1\r\n');
  });

  test('can be said with HELLO, which else is refused without a change', () => {
    const engine = new TestEngine({ requirepass: 'secret' });
    const client = engine.connect();
    expect(client.say('HELLO 3')).toMatch(/^-NOAUTH HELLO must be called with the client already authenticated/);
    expect(client.say('HELLO 3 AUTH default wrong SETNAME me')).toBe(WRONG_PASSWORD);
    expect(client.say('HELLO 3 AUTH default secret SETNAME me')).toMatch(/^%7\r\n/);
    expect(client.say('CLIENT GETNAME')).toBe('$2\r\nme\r\n');
  });

  test('is asked for again after RESET', () => {
    const client = new TestEngine({ requirepass: 'secret' }).connect();
    client.say('AUTH secret');
    expect(client.say('RESET')).toBe('+RESET\r\n');
    expect(client.say('GET k')).toBe(NO_AUTH);
  });

  test('that was not set is a mistake to say', () => {
    expect(new TestEngine().say('AUTH secret')).toMatch(/^-ERR AUTH <password> called without any password configured/);
    expect(new TestEngine().say('AUTH a b c')).toBe('-ERR syntax error\r\n');
  });
});

describe('maxmemory', () => {
  function full(): TestEngine {
    const engine = new TestEngine();
    engine.say(`SET k ${'x'.repeat(1000)}`);
    engine.say('CONFIG SET maxmemory 100');
    return engine;
  }

  test('refuses what takes more memory, and nothing else', () => {
    const engine = full();
    expect(engine.say('SET l v')).toBe(OUT_OF_MEMORY);
    expect(engine.say('INCR l')).toBe(OUT_OF_MEMORY);
    expect(engine.say('STRLEN k')).toBe(':1000\r\n');
    expect(engine.say('DEL k')).toBe(':1\r\n');
  });

  test('refuses to queue, and EXEC of what was queued before', () => {
    const engine = full();
    engine.say('CONFIG SET maxmemory 0');
    const client = engine.connect();
    client.say('MULTI');
    client.say('SET l v');
    engine.say('CONFIG SET maxmemory 100');
    expect(client.say('EXEC')).toBe(
      "-EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.\r\n",
    );
    client.say('MULTI');
    expect(client.say('GET k')).toBe(OUT_OF_MEMORY);
    expect(client.say('EXEC')).toBe('-EXECABORT Transaction discarded because of previous errors.\r\n');
  });

  test('does not keep a log from being read', () => {
    const engine = full();
    const copy = new TestEngine({ maxmemory: '100' });
    const loader = copy.engine.loader();
    loader.feed(Uint8Array.from(engine.log.repeat(3), (character) => character.charCodeAt(0)));
    expect(loader.finish().tornBytes).toBe(0);
    expect(copy.say('STRLEN k')).toBe(':1000\r\n');
  });
});

describe('DEBUG', () => {
  const refused = /^-ERR DEBUG command not allowed\./;

  test('is refused, allowed, or allowed to those on the same machine', () => {
    for (const [setting, address, isAllowed] of [
      ['no', '127.0.0.1:5', false],
      ['yes', '10.0.0.1:5', true],
      ['local', '127.0.0.1:5', true],
      ['local', '[::1]:5', true],
      ['local', '10.0.0.1:5', false],
      ['local', '127.0.0.1.example:5', false],
    ] as const) {
      const client = new TestEngine({ 'enable-debug-command': setting }).connect(address);
      expect(refused.test(client.say('DEBUG SLEEP 0')), `${setting} from ${address}`).toBe(!isAllowed);
    }
  });

  test('OBJECT and HTSTATS say what the structures are like', () => {
    const engine = new TestEngine();
    engine.say('MSET a 1 b 2 c 3 d 4');
    expect(engine.say('DEBUG OBJECT a')).toMatch(
      /^\+Value at:0x[0-9a-f]+ refcount:1 encoding:int serializedlength:2 lru:\d+ /,
    );
    expect(engine.say('DEBUG HTSTATS 0')).toContain(' number of elements: 4');
    expect(engine.say('DEBUG HTSTATS 16')).toBe('-ERR Out of range database\r\n');
  });
});

describe('CLIENT', () => {
  test('SETINFO is taken, though 7.0 does not know it: clients of today send it at once', () => {
    const client = new TestEngine().connect();
    expect(client.say('CLIENT SETINFO LIB-NAME mine')).toBe('+OK\r\n');
    expect(client.say('CLIENT SETINFO lib-ver 1.2')).toBe('+OK\r\n');
    expect(client.say('CLIENT SETINFO LIB-NAME "a b"')).toBe(
      '-ERR LIB-NAME cannot contain spaces, newlines or special characters.\r\n',
    );
    expect(client.say('CLIENT SETINFO LIB-X y')).toBe("-ERR Unrecognized option 'LIB-X'\r\n");
  });

  test('KILL ends others at once and the caller after its reply', () => {
    const engine = new TestEngine();
    const [one, two] = [engine.connect('127.0.0.1:1'), engine.connect('127.0.0.1:2')];
    expect(one.say('CLIENT KILL ADDR 127.0.0.1:2')).toBe(':1\r\n');
    expect([one.isClosed, two.isClosed]).toEqual([false, true]);
    expect(one.say('CLIENT KILL TYPE normal SKIPME no')).toBe(':1\r\n');
    expect(one.isClosed).toBe(true);
  });

  test('REPLY counts through a pipeline as it does command by command', () => {
    const client = new TestEngine().connect();
    const lines = ['CLIENT REPLY SKIP', 'PING', 'PING', 'CLIENT REPLY OFF', 'PING', 'CLIENT REPLY ON', 'PING'];
    expect(client.send(lines.map((line) => `${line}\r\n`).join(''))).toBe('+PONG\r\n+OK\r\n+PONG\r\n');
  });
});

test('SHUTDOWN says when it cannot be done, and what it cannot read', () => {
  const engine = new TestEngine();
  expect(engine.say('SHUTDOWN NOSAVE')).toBe('-ERR Errors trying to SHUTDOWN. Check logs.\r\n');
  expect(engine.say('SHUTDOWN ABORT')).toBe('-ERR No shutdown in progress.\r\n');
  expect(engine.say('SHUTDOWN SAVE NOSAVE')).toBe('-ERR syntax error\r\n');
  expect(engine.say('SHUTDOWN NOW ABORT')).toBe('-ERR syntax error\r\n');
});

test('each engine counts its own calls', () => {
  const [one, two] = [new TestEngine(), new TestEngine()];
  one.say('GET k');
  expect(one.say('INFO commandstats')).toContain('cmdstat_get:calls=1,');
  expect(two.say('INFO commandstats')).not.toContain('cmdstat_get');
});

test('INFO says which engine it is, beside the version that it follows', () => {
  const text = new TestEngine().say('INFO server');
  expect(text).toContain('redis_version:7.0.15\r\nserver_name:vitrine\r\n');
  expect(text).toContain(`vitrine_version:${VITRINE_VERSION}\r\n`);
  const file = fileURLToPath(new URL('../../package.json', import.meta.url));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: VITRINE_VERSION });
});

test('a key that had expired when it was watched is no change when it goes, but one when it comes anew', () => {
  const engine = new TestEngine();
  engine.say('DEBUG SET-ACTIVE-EXPIRE 0');
  for (const [other, expected] of [
    ['GET k', '*0\r\n'],
    ['SET k v', '*-1\r\n'],
    ['FLUSHALL', '*0\r\n'],
  ]) {
    engine.say('SET k v PX 10');
    engine.pass(20);
    const client = engine.connect();
    client.say('WATCH k');
    engine.say(other);
    client.say('MULTI');
    expect(client.say('EXEC'), other).toBe(expected);
  }
});
