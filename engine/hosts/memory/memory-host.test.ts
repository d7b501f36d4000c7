import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Engine } from '../../api.ts';
import { latin1 } from '../../memory/bytes.ts';
import { FaultyDisk, type Fault, type PowerCut } from './faulty-disk.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryHost } from './memory-host.ts';

/** Every key with its value and its deadline, over all databases. */
function contents(engine: Engine): Record<string, string> {
  const found: [string, string][] = [];
  for (const db of engine.keyspace.databases) {
    db.keys.forEach((entry) => {
      const { bytes, start, end } = engine.keyspace.strings.view(db, entry);
      found.push([`${db.index} ${latin1(db.keys.keyCopy(entry))}`, `${db.deadline(entry)} ${latin1(bytes, start, end)}`]);
    });
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a log of these bytes stands for, or why it cannot be read. */
function loaded(bytes: Uint8Array): Record<string, string> | string {
  try {
    return contents(new MemoryHost({ disk: new FaultyDisk(bytes) }).engine);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A day's work: several databases, all kinds of changes, deadlines, transactions, and keys that expire on the way. */
function work(host: MemoryHost, afterEach: () => void): void {
  const a = host.connect();
  const b = host.connect();
  const commands: [typeof a, ...string[]][] = [
    [a, 'SET', 'plain', 'value'],
    [a, 'SET', 'binary', '\x00\r\n*1\r\n$4\r\nPING\xff'],
    [a, 'SET', 'short', 'gone soon', 'PX', '150'],
    [b, 'SELECT', '3'],
    [b, 'MSET', 'one', '1', 'two', '2'],
    [a, 'INCRBY', 'count', '41'],
    [b, 'EXPIRE', 'one', '100'],
    [a, 'MULTI'],
    [a, 'INCR', 'count'],
    [a, 'APPEND', 'plain', ' and more'],
    [b, 'SET', 'between', 'the two'],
    [a, 'SET', 'in', 'transaction', 'EX', '1000'],
    [a, 'EXEC'],
    [a, 'GETDEL', 'binary'],
    [b, 'RENAME', 'two', 'deux'],
    [b, 'COPY', 'deux', 'zwei', 'DB', '5'],
    [a, 'INCRBYFLOAT', 'pi', '3.14'],
    [a, 'GETEX', 'plain', 'PERSIST'],
    [a, 'MULTI'],
    [a, 'DEL', 'count'],
    [a, 'SETRANGE', 'plain', '3', '###'],
    [a, 'EXEC'],
    [b, 'DEL', 'between', 'one', 'missing'],
    [a, 'GET', 'short'],
  ];
  for (const [client, ...argv] of commands) {
    expect(client.call(...argv)).not.toMatch(/^-/);
    if (argv[0] === 'DEL') host.wait(200);
    afterEach();
  }
}

test('a restart finds everything that a kill left in the file', () => {
  const host = new MemoryHost();
  work(host, () => {
    expect(loaded(host.disk.content())).toEqual(contents(host.engine));
  });
});

test('a log cut at every byte restores the state after its last whole command, and no transaction in part', () => {
  const host = new MemoryHost();
  const states = [{ length: 0, state: contents(host.engine) }];
  work(host, () => {
    states.push({ length: host.disk.content().length, state: contents(host.engine) });
  });
  const whole = host.disk.content();
  // What is written in one piece, a SELECT before its command, a DEL before what found the key expired, may also be cut
  // between its parts; then the state is that of the commands before the cut, which a plain reading gives.
  const starts = commandEnds(whole);
  for (let length = 0; length <= whole.length; length++) {
    const state = loaded(whole.subarray(0, length));
    const end = starts.filter((at) => at <= length).at(-1) ?? 0;
    expect(state).toEqual(loaded(whole.subarray(0, end)));
    const exact = states.filter((known) => known.length === end).at(-1);
    if (exact) expect(state).toEqual(exact.state);
  }
  expect(states.filter(({ length }) => starts.includes(length)).length).toBeGreaterThan(15);
});

/** The offsets behind the commands, a transaction taken as one. */
function commandEnds(log: Uint8Array): number[] {
  const text = latin1(log);
  const ends: number[] = [];
  let at = 0;
  let isOpen = false;
  while (at < text.length) {
    const header = /^\*(\d+)\r\n/.exec(text.slice(at));
    let next = at + (header?.[0].length ?? 0);
    let name = '';
    for (let i = 0; i < Number(header?.[1]); i++) {
      const size = /^\$(\d+)\r\n/.exec(text.slice(next));
      const start = next + (size?.[0].length ?? 0);
      next = start + Number(size?.[1]) + 2;
      if (i === 0) name = text.slice(start, next - 2);
    }
    at = next;
    if (name === 'MULTI') isOpen = true;
    if (name === 'EXEC') isOpen = false;
    if (!isOpen) ends.push(at);
  }
  return ends;
}

test('a byte that is not from a log is found and named, and nothing is guessed', () => {
  const host = new MemoryHost();
  const client = host.connect();
  for (let i = 0; i < 20; i++) client.call('SET', `key:${i}`, 'value');
  const whole = host.disk.content();
  const commands = commandEnds(whole);
  for (const [what, at, byte] of [
    ['a star', commands[9], 'x'],
    ['a count', commands[9] + 1, '9'],
    ['a dollar', commands[9] + 4, 'x'],
    ['a length too long', commands[9] + 5, '9'],
    ['a length too short', commands[9] + 5, '1'],
    ['a command name', commands[9] + 8, 'X'],
  ] as const) {
    const damaged = whole.slice();
    damaged[at] = byte.charCodeAt(0);
    expect([what, typeof loaded(damaged)]).toEqual([what, 'string']);
  }
});

test('zeros at the end, as some file systems leave them, are named as damage', () => {
  const host = new MemoryHost();
  host.connect().call('SET', 'a', '1');
  const whole = host.disk.content();
  const padded = new Uint8Array(whole.length + 100);
  padded.set(whole);
  expect(loaded(padded)).toContain(`at offset ${whole.length}`);
});

describe('power cuts', () => {
  const cuts: PowerCut[] = [
    { kind: 'dropped' },
    ...[1, 7, 30, 100].map((keptBytes): PowerCut => ({ kind: 'torn', keptBytes })),
  ];

  test('under always nothing that was answered is lost, whatever the disk does with unsynced writes', () => {
    const host = new MemoryHost({ config: { appendfsync: 'always' } });
    work(host, () => {
      for (const cut of cuts) expect(loaded(host.disk.afterPowerCut(cut))).toEqual(contents(host.engine));
    });
  });

  test('under everysec what is left is a prefix, and lacks two seconds at most', async () => {
    const host = new MemoryHost({ config: { appendfsync: 'everysec' } });
    const client = host.connect();
    const writtenMs: number[] = [];
    for (let i = 0; i < 100; i++) {
      client.call('SET', `key:${i}`, 'v');
      writtenMs.push(host.clock.nowMs);
      host.wait(100);
      await Promise.resolve();
      for (const cut of cuts) {
        const state = loaded(host.disk.afterPowerCut(cut));
        if (typeof state === 'string') throw new Error(state);
        const kept = Object.keys(state).length;
        for (let j = 0; j < kept; j++) expect(state).toHaveProperty(`0 key:${j}`);
        const oldestLostMs = writtenMs[kept] ?? host.clock.nowMs;
        expect(host.clock.nowMs - oldestLostMs).toBeLessThanOrEqual(2000);
      }
    }
  });

  test('writes that reached the disk out of order give a prefix or are named as damage', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(29), { maxLength: 30 }), (keptWrites) => {
        const host = new MemoryHost({ config: { appendfsync: 'no' } });
        const client = host.connect();
        for (let i = 0; i < 30; i++) client.call('SET', `key:${i}`, 'v');
        const state = loaded(host.disk.afterPowerCut({ kind: 'reordered', keptWrites }));
        if (typeof state === 'string') return;
        const kept = Object.keys(state).length;
        for (let j = 0; j < kept; j++) expect(state).toHaveProperty(`0 key:${j}`);
      }),
    );
  });
});

describe('any operation of the disk may fail', () => {
  const faults: Fault[] = [
    { kind: 'error', message: 'EIO: i/o error' },
    { kind: 'error', message: 'ENOSPC: no space left on device' },
    { kind: 'short', takenBytes: 3 },
    { kind: 'lost-sync' },
  ];

  for (const fault of faults) {
    for (const appendfsync of ['always', 'everysec']) {
      test(`${JSON.stringify(fault)} at operation n under ${appendfsync}: refused or kept, and the file stays a prefix`, async () => {
        for (let n = 0; n < 60; n++) {
          const disk = new FaultyDisk();
          disk.faults.set(n, fault);
          const host = new MemoryHost({ disk, config: { appendfsync } });
          const client = host.connect();
          const acknowledged: number[] = [];
          for (let i = 0; i < 25; i++) {
            const before = client.received.length;
            client.call('SET', `key:${i}`, 'v');
            // A refusal comes once the engine has seen what became of the write.
            for (let turn = 0; turn < 5; turn++) await Promise.resolve();
            const answer = client.received.slice(before);
            if (answer === '+OK\r\n') acknowledged.push(i);
            else expect(answer).toMatch(/^-MISCONF Errors writing to the AOF file: /);
            host.wait(100);
            await Promise.resolve();
          }
          expect(client.call('PING')).toBe('+PONG\r\n');
          const state = loaded(host.disk.content());
          if (typeof state === 'string') throw new Error(`fault at ${n}: ${state}`);
          // What was answered with OK is in the file: a failure that lasts refuses, one that passes is made up for.
          if (host.logFailure === null) for (const i of acknowledged) expect(state).toHaveProperty(`0 key:${i}`);
        }
      });
    }
  }
});

test('the same seed, the same inputs and the same faults give the same file and the same answers', () => {
  const run = (): [string, string] => {
    const disk = new FaultyDisk();
    disk.faults.set(3, { kind: 'error', message: 'no space left' });
    const host = new MemoryHost({ seed: 42, disk, clock: new ManualClock(1000), config: { appendfsync: 'always' } });
    const client = host.connect();
    for (let i = 0; i < 50; i++) client.call('SET', `key:${i % 7}`, String(i), 'PX', String(100 + i));
    host.wait(120);
    for (let i = 0; i < 10; i++) client.call('RANDOMKEY');
    return [latin1(host.disk.content()), client.received];
  };
  expect(run()).toEqual(run());
});
