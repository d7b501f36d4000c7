import { describe, expect, test } from 'vitest';

import { Chance } from './chance.ts';
import { TestEngine } from './commands/engine.test-kit.ts';
import { Engine } from './engine.ts';
import { ascii, latin1 } from './memory/bytes.ts';

const message = (channel: string, text: string): string =>
  `*3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n$${text.length}\r\n${text}\r\n`;
const confirmed = (what: string, channel: string, count: number): string =>
  `*3\r\n$${what.length}\r\n${what}\r\n$${channel.length}\r\n${channel}\r\n:${count}\r\n`;

describe('a message', () => {
  test('comes in the turn in which it is published, behind what its receiver was answered before', () => {
    const heard: string[] = [];
    const engine = new Engine({ host: { seed: 1 }, nowMs: 1000 });
    const [listener, speaker] = ['listener', 'speaker'].map((name) =>
      engine.connect((bytes) => void heard.push(`${name} ${latin1(bytes)}`)),
    );
    listener.receive(ascii('SUBSCRIBE a\r\nPING x\r\n'));
    speaker.receive(ascii('PUBLISH a 1\r\nPUBLISH a 2\r\n'));
    listener.receive(ascii('PING y\r\n'));
    speaker.receive(ascii('PUBLISH a 3\r\n'));
    expect(heard).toEqual([]);
    engine.endTurn();
    const pong = (text: string): string => `*2\r\n$4\r\npong\r\n$1\r\n${text}\r\n`;
    const received = heard.filter((line) => line.startsWith('listener')).map((line) => line.slice(9));
    expect(received.join('')).toBe(
      confirmed('subscribe', 'a', 1) +
        pong('x') +
        message('a', '1') +
        message('a', '2') +
        pong('y') +
        message('a', '3'),
    );
    expect(heard.filter((line) => line.startsWith('speaker')).join('')).toBe('speaker :1\r\n:1\r\nspeaker :1\r\n');
  });

  test('is kept as long as the replies of its turn are, and comes even when these cannot be made good', async () => {
    let fail = (): void => undefined;
    const log = {
      append: () =>
        new Promise<void>((_, reject) => {
          fail = () => {
            reject(new Error('disk full'));
          };
        }),
    };
    const config = { appendonly: 'yes', appendfsync: 'always' };
    const engine = new Engine({ host: { seed: 1, log }, nowMs: 1000, config });
    const heard = ['', ''];
    const [listener, speaker] = [0, 1].map((i) => engine.connect((bytes) => void (heard[i] += latin1(bytes))));
    listener.receive(ascii('SUBSCRIBE a\r\n'));
    engine.endTurn();
    heard.fill('');
    speaker.receive(ascii('SET k v\r\nPUBLISH a 1\r\n'));
    engine.endTurn();
    expect(heard).toEqual(['', '']);
    fail();
    await Promise.resolve();
    await Promise.resolve();
    expect(heard[0]).toBe(message('a', '1'));
    expect(heard[1]).toBe('-MISCONF Errors writing to the AOF file: disk full\r\n'.repeat(2));
  });

  test('does not come to who has said QUIT, has been killed or has hung up', () => {
    const engine = new TestEngine();
    const [quits, dies] = [engine.connect(), engine.connect('127.0.0.1:9')];
    for (const client of [quits, dies]) client.say('SUBSCRIBE a');
    const hangsUp = engine.engine.connect(() => undefined);
    hangsUp.receive(ascii('SUBSCRIBE a\r\n'));
    expect(engine.say('PUBLISH a 1')).toBe(':3\r\n');
    expect(quits.say('QUIT')).toBe('+OK\r\n');
    expect(quits.isClosed).toBe(true);
    expect(engine.say('CLIENT KILL 127.0.0.1:9')).toBe('+OK\r\n');
    expect(engine.say('PUBSUB NUMSUB a')).toBe('*2\r\n$1\r\na\r\n:1\r\n');
    hangsUp.close();
    expect(engine.say('PUBSUB CHANNELS')).toBe('*0\r\n');
  });

  test('published by who is silenced stands where its silent replies would, behind the earlier ones', () => {
    const client = new TestEngine().connect();
    client.say('HELLO 3');
    client.say('SUBSCRIBE a');
    const push = message('a', '1').replace('*', '>');
    const lines = ['PING', 'CLIENT REPLY SKIP', 'PUBLISH a 1', 'PING', 'PUBLISH a 1', 'PING'];
    expect(client.send(lines.map((line) => `${line}\r\n`).join(''))).toBe(
      `+PONG\r\n${push}+PONG\r\n${push}:1\r\n+PONG\r\n`,
    );
  });
});

describe('who listens', () => {
  test('is never idle', () => {
    const engine = new TestEngine({ timeout: '5' });
    const [listens, idles] = [engine.connect(), engine.connect()];
    listens.say('SUBSCRIBE a');
    idles.say('PING');
    engine.pass(10_000);
    expect([listens.isClosed, idles.isClosed]).toEqual([false, true]);
  });

  test('listens to nothing any more after RESET', () => {
    const engine = new TestEngine();
    const client = engine.connect();
    for (const line of ['SUBSCRIBE a', 'PSUBSCRIBE b', 'SSUBSCRIBE c']) client.say(line);
    expect(client.say('RESET')).toBe('+RESET\r\n');
    for (const line of ['PUBLISH a 1', 'PUBLISH b 1', 'SPUBLISH c 1']) expect(client.say(line)).toBe(':0\r\n');
  });

  test('is told in INFO', () => {
    const engine = new TestEngine();
    for (const line of ['SUBSCRIBE a b', 'PSUBSCRIBE c']) engine.connect().say(line);
    expect(engine.say('INFO stats')).toContain('pubsub_channels:2\r\npubsub_patterns:1\r\n');
  });

  test('is in a keyframe, and hears the same afterwards, in the same order', () => {
    const chance = new Chance(5);
    const pick = (below: number): number => (chance.next() >>> 0) % below;
    const heard = [new Array<string>(), new Array<string>()];
    const engine = new Engine({ host: { seed: 1 }, nowMs: 1000 });
    const clients = Array.from({ length: 6 }, (_, i) =>
      engine.connect((bytes) => void heard[0].push(`${i} ${latin1(bytes)}`)),
    );
    for (let i = 0; i < 200; i++) {
      const what = ['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE'][pick(6)];
      clients[pick(5)].receive(ascii(`${what} ${'abc'.charAt(pick(3))}${pick(2) === 0 ? '*' : ''}\r\n`));
    }
    engine.endTurn();
    const copy = new Engine({ host: { seed: 1 }, nowMs: 1000 });
    const copies = copy.restore(engine.capture(), (id) => (bytes) => {
      heard[1].push(`${clients.findIndex((client) => client.id === id)} ${latin1(bytes)}`);
    });
    heard[0].length = 0;
    for (const line of ['PUBLISH a 1', 'PUBLISH ab 2', 'SPUBLISH b 3', 'PUBSUB CHANNELS', 'PUBLISH c* 4']) {
      clients[5].receive(ascii(`${line}\r\n`));
      copies.get(clients[5].id)?.receive(ascii(`${line}\r\n`));
    }
    for (const [i, { id }] of clients.entries()) {
      if (i === 5) continue;
      clients[i].receive(ascii('UNSUBSCRIBE\r\n'));
      copies.get(id)?.receive(ascii('UNSUBSCRIBE\r\n'));
    }
    engine.endTurn();
    copy.endTurn();
    expect(heard[0].length).toBeGreaterThan(10);
    expect(heard[1]).toEqual(heard[0]);
    // A copy is a copy: what one forgets, the other keeps.
    expect(engine.capture().pubsub).toEqual(copy.capture().pubsub);
    clients[0].close();
    expect(copy.capture().sessions).toHaveLength(6);
  });
});
