import { expect, test } from 'vitest';

import { Engine } from './api.ts';
import { TestEngine } from './commands/engine.test-kit.ts';
import { encodeCommand } from './conformance/quoting.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { LatencyMonitor } from './latency-monitor.ts';

test('what has a clock times a call by it, and keeps the slow ones with their words cut short', () => {
  const { client } = timed({ 'slowlog-log-slower-than': '0' });
  client('SLOWLOG RESET');
  client(`SET key ${'a'.repeat(200)}`);
  client(`DEL ${Array.from({ length: 35 }, (_, i) => i).join(' ')}`);
  client('AUTH default secret');
  client('CONFIG SET maxmemory 0 requirepass secret');
  const log = client('SLOWLOG GET 4');
  expect(log).toContain(`$147\r\n${'a'.repeat(128)}... (72 more bytes)`);
  expect(log).toContain('... (5 more arguments)');
  expect(log).toContain('*32\r\n$3\r\nDEL');
  expect(log).toContain('$4\r\nAUTH\r\n$10\r\n(redacted)\r\n$10\r\n(redacted)');
  expect(log).toContain('$11\r\nrequirepass\r\n$10\r\n(redacted)');
  expect(log).not.toContain('secret');
});

test('calls keep their numbers when the log is emptied, and no more of them are kept than was said', () => {
  const { client } = timed({ 'slowlog-log-slower-than': '0', 'slowlog-max-len': '2' });
  for (const line of ['PING', 'PING', 'PING', 'SLOWLOG RESET', 'PING']) client(line);
  expect(client('SLOWLOG LEN')).toBe(':2\r\n');
  expect(client('SLOWLOG GET 1')).toMatch(/^\*1\r\n\*6\r\n:5\r\n/);
  client('CONFIG SET slowlog-max-len 0');
  expect(client('SLOWLOG GET')).toBe('*0\r\n');
});

test('of many quick calls in one piece of input some are timed, and stand for all', () => {
  const { client, looks } = timed({});
  client('SET a 1');
  client('CONFIG RESETSTAT');
  const before = looks();
  client(...Array.from({ length: 640 }, () => 'GET a'));
  // Twice for each call that is timed.
  expect(looks() - before).toBe(20);
  expect(client('INFO commandstats')).toContain('cmdstat_get:calls=640,usec=64000,usec_per_call=100.00,');
  expect(client('LATENCY HISTOGRAM get')).toContain('calls\r\n:10\r\n');
});

test('a quick call with a long reply or with long words is timed whatever its place', () => {
  const { client } = timed({ 'slowlog-log-slower-than': '0' });
  client(`SET large ${'a'.repeat(20000)}`);
  client('SLOWLOG RESET');
  client('PING', 'PING', 'GET large', 'PING', `SET large ${'b'.repeat(20000)}`);
  // RESET itself, and the first PING of the input.
  expect(client('SLOWLOG LEN')).toBe(':4\r\n');
});

test('without a clock nothing takes time but sleep, and so a replay tells the same', () => {
  const client = new TestEngine({ 'slowlog-log-slower-than': '1', 'latency-monitor-threshold': '1' }).connect();
  client.say('SET a 1');
  client.say('DEBUG SLEEP 0.002');
  expect(client.say('SLOWLOG LEN')).toBe(':1\r\n');
  expect(client.say('SLOWLOG GET')).toContain(':2000\r\n*3\r\n$5\r\nDEBUG\r\n');
  expect(client.say('LATENCY HISTORY command')).toContain(':2\r\n');
});

test('what nobody called for and yet holds up the server is kept under a name of its own', () => {
  let now = 0;
  const clock = (): number => (now += 5000);
  const log = { append: (): null => null };
  const config = { appendonly: 'yes', 'latency-monitor-threshold': '5' };
  const engine = new Engine({ host: { seed: 1, clock, log }, nowMs: Date.UTC(2026, 10, 20), config });
  let received = '';
  const connection = engine.connect((bytes) => {
    for (const byte of bytes) received += String.fromCharCode(byte);
  });
  for (const line of ['SET a 1\r\n', 'LATENCY LATEST\r\n']) {
    connection.receive(Uint8Array.from(line, (character) => character.charCodeAt(0)));
    engine.endTurn();
    engine.tick(Date.UTC(2026, 10, 20) + 100);
  }
  expect(received).toContain('$9\r\naof-write\r\n:1795132800\r\n:5\r\n:5\r\n');
  expect(received).toContain('$12\r\nexpire-cycle\r\n');
});

test('places of a histogram are two digits wide', () => {
  const histogram = new LatencyHistogram();
  for (const microseconds of [0, 1, 2, 6, 73, 73, 2_000_000]) histogram.add(microseconds);
  expect([0, 50, 99, 100].map((percent) => histogram.percentile(percent))).toEqual([1, 6015, 1002438655, 1002438655]);
  expect(histogram.bounds()).toEqual([
    [1, 2],
    [2, 3],
    [8, 4],
    [132, 6],
    [1073741, 7],
  ]);
  const copy = LatencyHistogram.from(histogram.capture());
  expect(copy.bounds()).toEqual(histogram.bounds());
});

test('of events in one second the longest stands for all, and only so many are kept', () => {
  const monitor = new LatencyMonitor();
  monitor.add('command', 1, 20);
  monitor.add('command', 1, 30);
  monitor.add('command', 1, 10);
  expect(monitor.event('command')?.samples).toEqual([{ atSeconds: 1, milliseconds: 30 }]);
  for (let second = 2; second < 300; second++) monitor.add('command', second, 5);
  expect(monitor.event('command')?.samples).toHaveLength(160);
  expect(monitor.event('command')?.longestMs).toBe(30);
});

/** An engine with a clock on which each look takes a tenth of a millisecond. */
function timed(config: Readonly<Record<string, string>>): {
  client: (...lines: string[]) => string;
  looks: () => number;
} {
  let looks = 0;
  const clock = (): number => 100 * looks++;
  const engine = new Engine({ host: { seed: 1, clock }, nowMs: Date.UTC(2026, 10, 20), config });
  let received = '';
  const connection = engine.connect((bytes) => {
    for (const byte of bytes) received += String.fromCharCode(byte);
  });
  const client = (...lines: string[]): string => {
    received = '';
    const input = lines.map((line) => encodeCommand(line.split(' '))).join('');
    connection.receive(Uint8Array.from(input, (character) => character.charCodeAt(0)));
    engine.endTurn();
    return received;
  };
  return { client, looks: () => looks };
}
