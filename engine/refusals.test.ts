import { expect, test } from 'vitest';

import { FaultyDisk } from './hosts/memory/faulty-disk.ts';
import { MemoryHost } from './hosts/memory/memory-host.ts';
import { ascii, latin1 } from './memory/bytes.ts';
import { refusals } from './refusals.ts';

const REFUSAL = '-MISCONF Errors writing to the AOF file: full\r\n';

const refused = (replies: string): string => latin1(refusals(ascii(replies), 'full'));

test('each reply becomes one refusal, whatever it is made of', () => {
  for (const reply of [
    ...[
      '+OK\r\n',
      '-ERR x\r\n',
      ':5\r\n',
      '$-1\r\n',
      '$0\r\n\r\n',
      '$4\r\n\r\n+x\r\n',
      '*-1\r\n',
      '*0\r\n',
      '_\r\n',
      '#t\r\n',
    ],
    ...['*2\r\n$1\r\na\r\n*1\r\n:1\r\n', '%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n', ',1.5\r\n', '(12345\r\n', '=5\r\ntxt:a\r\n'],
  ])
    expect(refused(reply + reply), reply).toBe(REFUSAL.repeat(2));
});

test('a push answers nothing and stays', () => {
  expect(refused('+OK\r\n>2\r\n+message\r\n$1\r\na\r\n:1\r\n')).toBe(
    `${REFUSAL}>2\r\n+message\r\n$1\r\na\r\n${REFUSAL}`,
  );
});

test('why it failed cannot begin a line of its own', () => {
  expect(latin1(refusals(ascii('+OK\r\n'), 'a\r\n+OK'))).toBe('-MISCONF Errors writing to the AOF file: a  +OK\r\n');
});

test.each([
  [['CLIENT REPLY SKIP', 'SET a 1', 'SET b 2'], 1],
  [['SET a 1', 'CLIENT REPLY OFF', 'SET b 2', 'CLIENT REPLY ON', 'PING'], 3],
  [['SET a 1', 'SUBSCRIBE x y z'], 4],
  [['MULTI', 'SET a 1', 'SET b 1', 'EXEC'], 4],
  [['RPUSH l 1', 'BLPOP l 0', 'BLPOP m 0'], 2],
])('when the log fails under always, who has said %j is refused %i times', async (lines, count) => {
  const disk = new FaultyDisk();
  for (let n = 0; n < 9; n++) disk.faults.set(n, { kind: 'error', message: 'full' });
  const client = new MemoryHost({ disk, config: { appendfsync: 'always' } }).connect();
  client.send(lines.map((line) => `${line}\r\n`).join(''));
  await expect.poll(() => client.received).toBe(REFUSAL.repeat(count));
});
