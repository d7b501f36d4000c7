import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../engine/client/client.ts';
import { textOf } from '../engine/client/reply.ts';
import type { SaveState, WorkerOptions, WorkerToPage } from '../engine/hosts/browser/protocol.ts';
import { applyStep, type EngineStep } from '../engine/models.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { EngineClient } from './engine-client.ts';

type Ready = Extract<WorkerToPage, { readonly type: 'ready' }>;

const open: EngineClient[] = [];
let stores = 0;

function freshStore(): string {
  return `test-${Date.now()}-${++stores}`;
}

function engine(options: Partial<WorkerOptions> = {}): EngineClient {
  const client = new EngineClient(options);
  open.push(client);
  return client;
}

function ready(started: EngineClient): Promise<Ready> {
  return new Promise((resolve) => started.on('ready', resolve));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

describe('the engine in its worker', () => {
  it('answers over a port, and tells the steps that lead to what it then is', async () => {
    const started = engine();
    const words: Int32Array[] = [];
    started.on('steps', (message) => words.push(message.words));
    const { models, nextIndex } = await ready(started);
    expect(nextIndex).toBe(0);
    const client = new Client(started.connect('terminal'));
    for (let i = 0; i < 20; i++) expect(textOf(await client.send(['SET', `key:${i}`, 'bar']))).toBe('OK');
    expect(textOf(await client.send(['GET', 'key:7']))).toBe('bar');
    const steps = (): EngineStep[] => words.flatMap((some) => decodeSteps(some) as unknown as EngineStep[]);
    await expect.poll(() => steps().filter(({ structure }) => structure === 'cause').length).toBeGreaterThanOrEqual(42);
    const causes = steps().filter(({ kind }) => kind === 'command').length;
    const present = await started.frame(causes);
    expect(present?.words.length).toBe(0);
    expect(steps().reduce(applyStep, models!)).toEqual(present?.before);
    expect(await started.inspect(0, utf8('key:7'))).toMatchObject({ type: 'string', encoding: 'embstr' });
    expect((await started.frame(3))?.before?.tables[0].entries.size).toBe(3);
  });

  it('serves two clients as two', async () => {
    const started = engine();
    const [first, second] = [new Client(started.connect('one')), new Client(started.connect('two'))];
    expect(await first.send(['CLIENT', 'ID'])).not.toEqual(await second.send(['CLIENT', 'ID']));
    await first.send(['SELECT', '3']);
    await first.send(['SET', 'here', '1']);
    expect(textOf(await second.send(['EXISTS', 'here']))).toBe('0');
  });

  it('tells a client that the server has closed the connection', async () => {
    const client = new Client(engine().connect('one'));
    const closed = new Promise((resolve) => (client.onclose = resolve));
    expect(textOf(await client.send(['QUIT']))).toBe('OK');
    expect(await closed).toBe('the server closed the connection');
  });

  it('goes back for good, with its connections open, and takes up again what was given up', async () => {
    const started = engine({ storeName: freshStore() });
    const client = new Client(started.connect('one'));
    for (const name of ['a', 'b', 'c']) await client.send(['SET', name, '1']);
    const third = (await started.frame(0))!.words;
    expect(decodeSteps(third)[0]).toMatchObject({ kind: 'command' });
    const forked = await started.fork(1);
    expect(forked.nextIndex).toBe(1);
    expect(textOf(await client.send(['DBSIZE']))).toBe('1');
    expect(forked.branches).toHaveLength(1);
    const back = await started.takeUp(forked.branches[0].id);
    expect(back.models?.tables[0].entries.size).toBe(3);
    expect(textOf(await client.send(['DBSIZE']))).toBe('3');
  });

  it('says so when it stops, and answers nothing more for ever', async () => {
    const started = engine();
    await ready(started);
    const client = new Client(started.connect('one'));
    const failed = new Promise<{ why: string }>((resolve) => started.on('failed', resolve));
    expect(textOf(await client.send(['PING']))).toBe('PONG');
    // Not a message that any page sends: its handling throws.
    (started as unknown as { tell(message: unknown): void }).tell({ type: 'connect', port: null, name: '' });
    expect((await failed).why).toContain('the engine stopped');
    await expect(started.frame(0)).rejects.toThrow('the engine stopped');
    await expect(client.send(['PING'])).rejects.toThrow();
  });

  it('answers and tells pictures in place of steps with a hundred thousand keys', async () => {
    const started = engine();
    const keyframes: WorkerToPage[] = [];
    started.on('keyframe', (message) => keyframes.push(message));
    await ready(started);
    const client = new Client(started.connect('one'));
    const pairs = Array.from({ length: 100_000 }, (_, i) => [`key:${i}`, 'x']).flat();
    for (let at = 0; at < pairs.length; at += 2000) void client.send(['MSET', ...pairs.slice(at, at + 2000)]);
    expect(textOf(await client.send(['DBSIZE']))).toBe('100000');
    await expect.poll(() => keyframes.length).toBeGreaterThan(0);
    await expect.poll(() => (keyframes.at(-1) as { overview?: { keys: number } }).overview?.keys).toBe(100_000);
    expect(textOf(await client.send(['GET', 'key:5']))).toBe('x');
  });
});

describe('what is kept', () => {
  for (const policy of ['always', 'everysec', 'no']) {
    it(`is there again after the page has gone, with appendfsync ${policy}`, async () => {
      const storeName = freshStore();
      const first = engine({ storeName, config: { appendfsync: policy } });
      const states: SaveState[] = [];
      first.on('save', ({ state }) => states.push(state));
      const client = new Client(first.connect('one'));
      await client.send(['SET', 'kept', 'yes']);
      await client.send(['SET', 'short', 'x', 'PX', '600000']);
      if (policy === 'no') first.hide();
      if (policy !== 'always') await expect.poll(() => states.at(-1)?.kind, { timeout: 3000 }).toBe('saved');
      first.close();
      const second = engine({ storeName });
      const { loaded } = await ready(second);
      expect(loaded.commands).toBe(3);
      const again = new Client(second.connect('one'));
      expect(textOf(await again.send(['GET', 'kept']))).toBe('yes');
      expect(Number(textOf(await again.send(['PTTL', 'short'])))).toBeGreaterThan(500_000);
    });
  }

  it('is all that was acknowledged under always, whenever the worker was killed, fifty times', async () => {
    const storeName = freshStore();
    let acknowledged = 0;
    for (let kill = 0; kill < 50; kill++) {
      const started = engine({ storeName, config: { appendfsync: 'always' } });
      const client = new Client(started.connect('one'));
      const found = Number(textOf(await client.send(['GET', 'counter'])) ?? 0);
      expect(found).toBeGreaterThanOrEqual(acknowledged);
      const replies = Array.from({ length: 400 }, () =>
        client.send(['INCR', 'counter']).then(
          (reply) => (acknowledged = Math.max(acknowledged, Number(textOf(reply)))),
          () => undefined,
        ),
      );
      // Every other worker lives until it has acknowledged something, however slow the machine is.
      if (kill % 2 === 1) await replies[0];
      await new Promise((resolve) => setTimeout(resolve, (kill * 13) % 29));
      started.close();
    }
    expect(acknowledged).toBeGreaterThanOrEqual(25);
  }, 90_000);

  it('is a scratch database where no store is named, and says so', async () => {
    const started = engine();
    const state = await new Promise<SaveState>((resolve) => started.on('save', (message) => resolve(message.state)));
    expect(state.kind).toBe('memory');
    const client = new Client(started.connect('one'));
    expect(textOf(await client.send(['SET', 'a', 'b']))).toBe('OK');
  });
});
