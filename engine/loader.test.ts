import { expect, test } from 'vitest';

import { Engine } from './engine.ts';
import { ascii } from './memory/bytes.ts';

const request = (line: string): string => {
  const words = line.split(' ');
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
};

function load(...lines: string[]): { readonly engine: Engine; readonly said: string } {
  let said = 'loaded';
  const shutdown = (): void => void (said = 'the server was shut down');
  const engine = new Engine({
    ...{ host: { seed: 1, shutdown }, nowMs: 1000 },
    config: { 'enable-debug-command': 'yes', appendonly: 'yes' },
  });
  const loader = engine.loader();
  try {
    loader.feed(ascii(lines.map(request).join('')));
    loader.finish();
  } catch (error) {
    said = error instanceof Error ? error.message : String(error);
  }
  return { engine, said };
}

test('what changes data is read, and what stands between', () => {
  const { engine, said } = load('SELECT 3', 'SET a 1', 'MULTI', 'INCR a', 'PFADD p x', 'EXEC', 'PFCOUNT p', 'SORT l');
  expect(said).toBe('loaded');
  expect(engine.keyspace.databases[3].size).toBe(2);
});

test.each([
  ...['SHUTDOWN NOSAVE', 'CLIENT PAUSE 100000', 'DEBUG SLEEP 0', 'DEBUG LOADAOF', 'SUBSCRIBE news', 'MONITOR', 'QUIT'],
  ...['CLIENT REPLY OFF', 'CONFIG SET maxmemory 1', 'GET a', 'WATCH a', 'RESET', 'DISCARD', 'HELLO 3', 'WAIT 1 0'],
])('%s stands in no log: it is not run, and named as damage', (line) => {
  const before = ['SET a 1', 'SET b 2'];
  const { said } = load(...before, line, 'SET c 3');
  expect(said).toContain(`at offset ${before.map(request).join('').length}: ERR a log holds no '`);
  const inTransaction = load(...before, 'MULTI', line, 'EXEC');
  expect(inTransaction.said).toMatch(/Bad file format.*at offset/);
});

test('what would wait does not: nobody would come to end it', () => {
  expect(load('BLPOP l 0', 'BZPOPMIN z 0', 'SET a 1').said).toBe('loaded');
});
