import { expect, test } from 'vitest';

import { TestEngine } from './commands/engine.test-kit.ts';

test('while all are paused nothing is run, and what was sent is run in its order when the time is over', () => {
  const kit = new TestEngine();
  const [first, second] = [kit.connect(), kit.connect()];
  first.say('CLIENT PAUSE 200');
  expect(second.send('*2\r\n$4\r\nINCR\r\n$1\r\na\r\nGET a\r\n')).toBe('');
  expect(first.say('CLIENT UNPAUSE')).toBe('');
  expect(first.say('GET a')).toBe('');
  kit.pass(100);
  expect(second.heard()).toBe('');
  kit.pass(200);
  expect(second.heard()).toBe(':1\r\n$1\r\n1\r\n');
  expect(first.heard()).toBe('+OK\r\n$1\r\n1\r\n');
});

test('inline words wait as others do, and so does what comes a byte at a time', () => {
  const kit = new TestEngine();
  const [first, second] = [kit.connect(), kit.connect()];
  first.say('CLIENT PAUSE 100000 WRITE');
  for (const character of 'SET a 1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n') second.send(character);
  expect(second.heard()).toBe('');
  expect(kit.say('CLIENT LIST')).toMatch(/flags=b .* cmd=set /);
  first.say('CLIENT UNPAUSE');
  expect(second.heard()).toBe('+OK\r\n$1\r\n1\r\n');
});

test('who is made to wait cannot be let go as if it waited for a key', () => {
  const kit = new TestEngine();
  const [first, second] = [kit.connect(), kit.connect()];
  first.say('CLIENT PAUSE 100000 WRITE');
  second.say('SET a 1');
  expect(kit.say('CLIENT UNBLOCK 2')).toBe(':0\r\n');
  first.say('CLIENT UNPAUSE');
  expect(second.heard()).toBe('+OK\r\n');
});

test('a keyframe holds the pause and all who wait', () => {
  const kit = new TestEngine();
  const [first, second] = [kit.connect(), kit.connect()];
  first.say('CLIENT PAUSE 100000 WRITE');
  second.say('SET a 1');
  const other = new TestEngine();
  const heard = new Map<number, string>();
  const connections = other.engine.restore(kit.engine.capture(), (id) => (bytes) => {
    heard.set(id, (heard.get(id) ?? '') + String.fromCharCode(...bytes));
  });
  const say = (id: number, line: string): void => {
    connections.get(id)?.receive(Uint8Array.from(`${line}\r\n`, (character) => character.charCodeAt(0)));
    other.engine.endTurn();
  };
  say(1, 'GET a');
  expect(heard).toEqual(new Map([[1, '$-1\r\n']]));
  say(1, 'CLIENT UNPAUSE');
  expect(heard.get(2)).toBe('+OK\r\n');
  say(1, 'GET a');
  expect(heard.get(1)).toBe('$-1\r\n+OK\r\n$1\r\n1\r\n');
});

test('a key whose time has come while clients are paused is removed when somebody may change it', () => {
  const kit = new TestEngine();
  const client = kit.connect();
  client.say('SET a 1 PX 10');
  client.say('MULTI');
  client.say('CLIENT PAUSE 100000 WRITE');
  client.say('EXEC');
  kit.pass(100);
  expect(client.say('RANDOMKEY')).toBe('$-1\r\n');
  expect(client.say('DBSIZE')).toBe(':1\r\n');
  client.say('CLIENT UNPAUSE');
  expect(client.say('SET a 2')).toBe('+OK\r\n');
  kit.engine.keyspace.assertValid();
  expect(kit.logLines()).toEqual(['SET a 1 PXAT 1795132800010', 'DEL a', 'SET a 2']);
});
