import { expect, test } from 'vitest';

import { TestEngine, type TestClient } from './commands/engine.test-kit.ts';

const told = (key: string): string => `>2\r\n$10\r\ninvalidate\r\n*1\r\n$${key.length}\r\n${key}\r\n`;

function tracker(kit: TestEngine, options = ''): TestClient {
  const client = kit.connect();
  client.say('HELLO 3');
  client.say(`CLIENT TRACKING ON ${options}`.trim());
  client.heard();
  return client;
}

test('the table does not grow past its limit: what was read longest ago is told as if it had changed', () => {
  const kit = new TestEngine({ 'tracking-table-max-keys': '2' });
  const client = tracker(kit);
  expect(client.say('MGET a b c d')).toBe(`*4\r\n${'_\r\n'.repeat(4)}${told('a')}${told('b')}`);
  expect(kit.say('INFO stats')).toContain('tracking_total_keys:2\r\ntracking_total_items:2\r\n');
  client.heard();
  kit.say('MSET a 1 b 1 c 1');
  expect(client.heard()).toBe(told('c'));
});

test('nothing is written down when nobody tracks any more', () => {
  const kit = new TestEngine();
  const client = tracker(kit);
  client.say('GET a');
  client.say('CLIENT TRACKING OFF');
  expect(kit.say('INFO stats')).toContain('tracking_total_keys:0');
  expect(kit.say('INFO clients')).toContain('tracking_clients:0');
});

test('a key that expires is told when its time has come, and in the turn of the one who finds it gone', () => {
  const kit = new TestEngine();
  const client = tracker(kit);
  kit.say('SET a 1 PX 100');
  client.say('GET a');
  client.heard();
  kit.pass(200);
  expect(client.heard()).toBe(told('a'));
  const everything = tracker(kit, 'BCAST PREFIX a');
  kit.say('DEBUG SET-ACTIVE-EXPIRE 0');
  kit.say('SET a 1 PX 100');
  client.say('GET a');
  client.heard();
  everything.heard();
  kit.pass(200);
  expect(client.heard() + everything.heard()).toBe('');
  kit.say('GET a');
  expect([client.heard(), everything.heard()]).toEqual([told('a'), told('a')]);
});

test('a keyframe holds who tracks what, who watches, and what listeners are told of', () => {
  const kit = new TestEngine();
  const reader = tracker(kit);
  tracker(kit, 'BCAST');
  const watcher = kit.connect();
  const listener = kit.connect();
  watcher.say('MONITOR');
  kit.connect().say('CONFIG SET notify-keyspace-events KA');
  listener.say('PSUBSCRIBE __key*');
  reader.say('MGET a b');
  kit.say('SET b 1');
  const other = new TestEngine();
  const heard = new Map<number, string>();
  const connections = other.engine.restore(kit.engine.capture(), (id) => (bytes) => {
    heard.set(id, (heard.get(id) ?? '') + String.fromCharCode(...bytes));
  });
  const speaker = other.connect();
  speaker.say('SET a 1');
  expect(heard.get(1)).toBe(told('a'));
  expect(heard.get(2)).toBe(told('a'));
  expect(heard.get(3)).toMatch(/^\+\d+\.\d{6} \[0 127\.0\.0\.1:1\] "SET" "a" "1"\r\n$/);
  expect(heard.get(4)).toContain('__keyspace@0__:a\r\n$3\r\nset\r\n');
  connections.get(1)?.close();
  speaker.say('SET b 2');
  expect(heard.get(1)).toBe(told('a'));
});

test('who hangs up is told nothing, and the keys that it read are forgotten as they change', () => {
  const kit = new TestEngine();
  const stays = tracker(kit);
  const goes = tracker(kit);
  goes.say('GET a');
  goes.say('QUIT');
  expect(kit.say('SET a 1')).toBe('+OK\r\n');
  expect(goes.isClosed).toBe(true);
  expect(kit.say('INFO stats')).toContain('tracking_total_keys:0');
  expect(stays.heard()).toBe('');
});
