import { describe, expect, test } from 'vitest';

import { TestEngine, type TestClient } from './commands/engine.test-kit.ts';
import { Engine } from './engine.ts';
import { latin1 } from './memory/bytes.ts';

const typed = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('');

function waiting(engine: TestEngine, ...lines: string[]): TestClient {
  const client = engine.connect();
  expect(client.send(typed(...lines))).toBe('');
  return client;
}

describe('who waits', () => {
  test('is answered in the turn in which the key is fed, and then goes on with what was sent meanwhile', () => {
    const engine = new TestEngine();
    const client = waiting(engine, 'BLPOP l 0', 'PING one');
    client.send(typed('PING two'));
    expect(engine.say('RPUSH l a')).toBe(':1\r\n');
    expect(client.heard()).toBe('*2\r\n$1\r\nl\r\n$1\r\na\r\n$3\r\none\r\n$3\r\ntwo\r\n');
  });

  test('is told by a tick that the time is up, not before and not much later', () => {
    const engine = new TestEngine();
    const client = waiting(engine, 'BLPOP l 0.25', 'PING');
    engine.pass(250);
    expect(client.heard()).toBe('');
    engine.pass(1);
    expect(client.heard()).toBe('*-1\r\n+PONG\r\n');
  });

  test('is told in the order of the deadlines', () => {
    const engine = new TestEngine();
    const order: number[] = [];
    const connect = (id: number, seconds: string): void => {
      const { engine: inner } = engine;
      inner
        .connect(() => void order.push(id))
        .receive(Uint8Array.from(`BLPOP l ${seconds}\r\n`, (c) => c.charCodeAt(0)));
    };
    connect(1, '0.3');
    connect(2, '0.1');
    connect(3, '0.2');
    engine.pass(1000);
    expect(order).toEqual([2, 3, 1]);
  });

  test('is no idle client', () => {
    const engine = new TestEngine({ timeout: '1' });
    const client = waiting(engine, 'BLPOP l 0');
    engine.pass(5000);
    expect(client.isClosed).toBe(false);
    engine.say('RPUSH l a');
    expect(client.heard()).toContain('a');
    engine.pass(5000);
    expect(client.isClosed).toBe(true);
  });

  test('is counted, marked in the list of clients, and its call counts when it is over', () => {
    const engine = new TestEngine();
    waiting(engine, 'BLPOP l 0');
    expect(engine.say('INFO clients')).toContain('blocked_clients:1\r\n');
    expect(engine.say('CLIENT LIST')).toMatch(/ flags=b .* cmd=blpop /);
    expect(engine.say('INFO commandstats')).not.toContain('blpop');
    engine.say('RPUSH l a');
    expect(engine.say('INFO clients')).toContain('blocked_clients:0\r\n');
    expect(engine.say('INFO commandstats')).toContain('cmdstat_blpop:calls=1,');
  });

  test('waits no more once the connection has ended, whoever ended it', () => {
    const engine = new TestEngine();
    const killed = engine.connect('127.0.0.1:7');
    killed.send(typed('BLPOP l 0'));
    expect(engine.say('CLIENT KILL ADDR 127.0.0.1:7')).toBe(':1\r\n');
    engine.say('RPUSH l a');
    expect(engine.say('LLEN l')).toBe(':1\r\n');
    expect(engine.say('INFO clients')).toContain('blocked_clients:0\r\n');
  });

  test('may not send without end meanwhile', () => {
    const engine = new TestEngine({ 'client-query-buffer-limit': '1mb' });
    const client = waiting(engine, 'BLPOP l 0');
    for (let i = 0; i < 3 && !client.isClosed; i++) client.send('x'.repeat(600_000));
    expect(client.isClosed).toBe(true);
  });

  test('is let go in the middle of what another says, who is answered to the end though that says QUIT', () => {
    const engine = new TestEngine();
    const client = waiting(engine, 'BLPOP l 0');
    const other = engine.connect();
    expect(other.send(typed('PING', 'RPUSH l a', 'LLEN l', 'QUIT'))).toBe('+PONG\r\n:1\r\n:0\r\n+OK\r\n');
    expect(other.isClosed).toBe(true);
    expect(client.heard()).toContain('a');
  });

  test('is let go in the middle of a transaction without disturbing its reply', () => {
    const engine = new TestEngine();
    const client = waiting(engine, 'BLPOP l 0');
    const other = engine.connect();
    const id = /id=(\d+) .* flags=b /.exec(engine.say('CLIENT LIST'))?.[1] ?? '';
    expect(other.send(typed('MULTI', 'PING', `CLIENT UNBLOCK ${id}`, 'RPUSH l a', 'PING', 'EXEC')).split('*4')[1]).toBe(
      '\r\n+PONG\r\n:1\r\n:1\r\n+PONG\r\n',
    );
    expect(client.heard()).toBe('*-1\r\n');
    expect(engine.say('LLEN l')).toBe(':1\r\n');
  });
});

describe('the log', () => {
  test('has what a client that waited has taken, behind what fed it', () => {
    const engine = new TestEngine();
    waiting(engine, 'BLPOP l 0');
    waiting(engine, 'BLMOVE l m LEFT RIGHT 0');
    expect(engine.connect().send(typed('SELECT 1', 'BLMPOP 0 1 l LEFT COUNT 5'))).toBe('+OK\r\n');
    const client = engine.connect();
    for (const line of ['MULTI', 'RPUSH l a b', 'EXEC', 'SELECT 1', 'RPUSH l c d']) client.say(line);
    expect(engine.logLines()).toEqual([
      ...['MULTI', 'RPUSH l a b', 'EXEC', 'LPOP l', 'LMOVE l m LEFT RIGHT'],
      ...['RPUSH l c d', 'LPOP l 2'],
    ]);
  });

  test('read back in lets nobody wait', () => {
    const engine = new TestEngine();
    const loader = engine.engine.loader();
    loader.feed(Uint8Array.from('*3\r\n$5\r\nBLPOP\r\n$1\r\nl\r\n$1\r\n0\r\n', (c) => c.charCodeAt(0)));
    expect(loader.finish().commands).toBe(1);
    expect(engine.say('INFO clients')).toContain('blocked_clients:0\r\n');
  });
});

describe('a keyframe', () => {
  test('holds who waits, in which order, and what they have sent meanwhile', () => {
    const options = { host: { seed: 1 }, nowMs: 1000 };
    const first = new Engine(options);
    const say = (engine: Engine, connection: { receive(bytes: Uint8Array): void } | undefined, text: string): void => {
      connection?.receive(Uint8Array.from(text, (c) => c.charCodeAt(0)));
      engine.endTurn();
    };
    for (const line of ['BLPOP l k 0\r\nPING one\r\nPI', 'BRPOP l 5\r\n', 'BLPOP l 0\r\n'])
      say(
        first,
        first.connect(() => undefined),
        line,
      );
    const heard: string[] = [];
    const second = new Engine(options);
    const connections = second.restore(first.capture(), (id) => (bytes) => void heard.push(`${id} ${latin1(bytes)}`));
    expect(second.capture()).toEqual(first.capture());
    say(second, connections.get(1), 'NG two\r\n');
    say(
      second,
      second.connect(() => undefined),
      'RPUSH l a b\r\n',
    );
    expect(heard).toEqual([
      '1 *2\r\n$1\r\nl\r\n$1\r\na\r\n',
      '2 *2\r\n$1\r\nl\r\n$1\r\nb\r\n',
      '1 $3\r\none\r\n$3\r\ntwo\r\n',
    ]);
    expect(second.waitingClients).toBe(1);
    expect(second.isAnyWaitOver(1e12)).toBe(false);
  });
});
