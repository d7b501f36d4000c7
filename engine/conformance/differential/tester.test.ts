/** The tester itself: sessions come back from their seeds, a planted fault is found and made small, and nothing else is. */
import { describe, expect, test } from 'vitest';

import { SPECS } from '../../commands/all.ts';
import { EXCEPTIONS, LEFT_OUT } from '../exceptions.ts';
import { EngineOracle } from './engine-oracle.test-kit.ts';
import { smallest } from './index.ts';
import { callsOf } from './line.ts';
import type { Move } from './moves.ts';
import { play, type Played } from './play.ts';
import { sessionOf } from './run.ts';
import { shrink } from './shrink.ts';

/** The engine counts one too many whenever it counts to more than six. */
const miscount = (bytes: string): string => bytes.replace(/^:7\r\n/m, ':8\r\n');

const send = (client: number, ...lines: string[]): Move => ({
  ...{ kind: 'send', client },
  lines: lines.map((line) => line.split(' ')),
});

describe('sessions', () => {
  test('a seed stands for one session', () => {
    expect(sessionOf(5)).toEqual(sessionOf(5));
    expect(sessionOf(5)).not.toEqual(sessionOf(6));
  });

  test('every command is said sooner or later, or is left out with a reason', () => {
    const said = new Set<string>();
    for (let seed = 0; seed < 150; seed++) {
      for (const move of sessionOf(seed)) {
        if (move.kind !== 'send') continue;
        for (const [name, sub] of move.lines) said.add(name.toLowerCase()).add(`${name}|${sub}`.toLowerCase());
      }
    }
    const unsaid = callsOf(SPECS).filter(({ name }) => !said.has(name) && !(name in LEFT_OUT));
    expect(unsaid.map(({ name }) => name)).toEqual([]);
  });

  test('an engine that is asked the same as its like differs nowhere', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { difference, replies } = await play(new EngineOracle(), sessionOf(seed));
      expect(difference, `seed ${seed}`).toBeNull();
      expect(replies).toBeGreaterThan(0);
    }
  });
});

describe('a planted fault', () => {
  test('is found in random sessions, and made so small that it can be read', async () => {
    const oracle = new EngineOracle();
    const options = { distort: miscount, patienceMs: 1 };
    let seed = 1;
    while ((await play(oracle, sessionOf(seed), options)).difference === null) seed++;
    const small = await smallest(oracle, 'Seven is seven', sessionOf(seed), options);
    expect(small?.difference.ours).toContain(':8');
    expect(small?.moves.length).toBeLessThanOrEqual(8);
    expect(small?.transcript).toMatch(/^== Seven is seven\n[^]*:7\n/);
  });

  test('that shows only in what is stored is found by looking at every key', async () => {
    const oracle = new EngineOracle();
    const options = { distort: (bytes: string) => bytes.replace('$6\r\nintset', '$9\r\nhashtable'), patienceMs: 1 };
    const moves = [send(1, 'SET a 1', 'SADD s 1', 'GET a'), send(2, 'PING')];
    const { difference } = await play(oracle, moves, options);
    expect(difference).toMatchObject({ words: ['OBJECT', 'ENCODING', 's'], ours: '$9 "hashtable"' });
    const small = await smallest(oracle, 'Looked at', moves, options);
    const lines = small?.moves.flatMap((move) => (move.kind === 'send' ? move.lines : []));
    expect(lines?.map(([name]) => name)).toEqual(['SADD', 'OBJECT']);
  });

  test('of a reply that never comes is found when patience is over', async () => {
    const options = { distort: (bytes: string) => `${bytes}+more\r\n`, patienceMs: 1 };
    const { difference } = await play(new EngineOracle(), [send(1, 'PING')], options);
    expect(difference?.ours).toBe('+more');
  });

  test('of a reply too many is found', async () => {
    const options = { distort: (bytes: string) => bytes.replace('+PONG\r\n', ''), patienceMs: 1 };
    const { difference } = await play(new EngineOracle(), [send(1, 'PING', 'GET a')], options);
    expect(difference).not.toBeNull();
  });
});

test('a silent client stays silent when a RESET is refused: no reply is taken for that to another command', async () => {
  const moves = [send(1, 'client reply OFF'), send(1, 'reset a'), send(1, 'wait'), send(1, 'reset'), send(1, 'time')];
  // What TIME says may differ, and what RESET says may not.
  const later = (bytes: string): string => bytes.replace(/^(\*2\r\n\$\d+\r\n)\d/, '$19');
  expect((await play(new EngineOracle(), moves, { distort: later })).difference).toBeNull();
});

test('a transaction whose MULTI was not answered is one all the same: what is asked in it is judged as what it is', async () => {
  const moves = [send(1, 'CLIENT REPLY SKIP', 'MULTI', 'INFO server', 'PING', 'EXEC')];
  const played = (distort: (bytes: string) => string): Promise<Played> =>
    play(new EngineOracle(), moves, { distort, patienceMs: 1 });
  // What INFO says may differ, and what PING says may not.
  const otherInfo = await played((bytes) => bytes.replace('redis_version:', 'REDIS_VERSION:'));
  expect(otherInfo.difference).toBeNull();
  const otherPing = await played((bytes) => bytes.replace('+PONG', '+PING'));
  expect(otherPing.difference).not.toBeNull();
});

describe('shrinking', () => {
  test('leaves only what the failure needs, and the plainest words for it', async () => {
    const moves = [
      send(1, 'SET a 12345', 'GET b', 'SADD s one two three'),
      send(2, 'PING', 'DEL a'),
      { kind: 'wait', ms: 5 } as const,
      send(1, 'INCR n', 'SMEMBERS s'),
    ];
    const fails = (session: readonly Move[]): Promise<boolean> => {
      const names = session.flatMap((move) => (move.kind === 'send' ? move.lines.map(([name]) => name) : []));
      return Promise.resolve(names.indexOf('SADD') >= 0 && names.lastIndexOf('SMEMBERS') > names.indexOf('SADD'));
    };
    expect(await shrink(moves, fails)).toEqual([send(1, 'SADD'), send(1, 'SMEMBERS')]);
  });

  test('keeps lines in one piece where they fail only together', async () => {
    const moves = [send(1, 'PING', 'GET a', 'GET b'), send(1, 'PING')];
    const fails = (session: readonly Move[]): Promise<boolean> =>
      Promise.resolve(session.some((move) => move.kind === 'send' && move.lines.length >= 2));
    const small = await shrink(moves, fails);
    expect(small).toHaveLength(1);
    expect(small[0]).toMatchObject({ lines: [expect.anything(), expect.anything()] });
  });
});

test('every exception has its reason, and is for a command that there is', () => {
  const known = new Set(callsOf(SPECS).flatMap(({ name }) => [name, name.split('|')[0]]));
  for (const { commands, reason } of EXCEPTIONS) {
    expect(reason.length).toBeGreaterThan(8);
    for (const command of commands) expect(known, command).toContain(command);
  }
  for (const [command, reason] of Object.entries(LEFT_OUT)) {
    expect(known, command).toContain(command);
    expect(reason.length).toBeGreaterThan(8);
  }
});
