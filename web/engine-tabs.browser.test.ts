import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../engine/client/client.ts';
import { textOf } from '../engine/client/reply.ts';
import type { WorkerToPage } from '../engine/hosts/browser/protocol.ts';
import { applyStep, type EngineStep } from '../engine/models.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { EngineClient } from './engine-client.ts';

type Ready = Extract<WorkerToPage, { readonly type: 'ready' }>;

const open: EngineClient[] = [];
let stores = 0;

/** A worker is to its database what a tab is. */
class Tab {
  readonly engine: EngineClient;
  readonly storeName: string;
  readonly readies: Ready[] = [];
  readonly roles: string[] = [];
  readonly words: Int32Array[] = [];

  constructor(storeName: string, appendfsync = 'always') {
    this.storeName = storeName;
    this.engine = new EngineClient({ storeName, config: { appendfsync } });
    open.push(this.engine);
    this.engine.on('ready', (message) => this.readies.push(message));
    this.engine.on('role', ({ role }) => this.roles.push(role.kind));
    this.engine.on('steps', ({ words }) => this.words.push(words));
  }

  async ready(times = 1): Promise<void> {
    await expect.poll(() => this.readies.length, { timeout: 5000, interval: 5 }).toBe(times);
  }

  client(): Client {
    return new Client(this.engine.connect('terminal'));
  }

  steps(): EngineStep[] {
    return this.words.flatMap((words) => decodeSteps(words) as unknown as EngineStep[]);
  }
}

async function twoTabs(): Promise<[Tab, Tab]> {
  const storeName = `tabs-${Date.now()}-${++stores}`;
  const first = new Tab(storeName);
  await first.ready();
  const second = new Tab(storeName);
  await second.ready();
  return [first, second];
}

afterEach(() => {
  for (const engine of open.splice(0)) engine.close();
});

describe('two tabs with one database', () => {
  it('are one holder and one guest, and both see all that happens', async () => {
    const [first, second] = await twoTabs();
    expect([first.roles, second.roles]).toEqual([['holder'], ['guest']]);
    const [here, there] = [first.client(), second.client()];
    expect(textOf(await there.send(['SET', 'from', 'guest']))).toBe('OK');
    expect(textOf(await here.send(['GET', 'from']))).toBe('guest');
    expect(textOf(await here.send(['SET', 'from', 'holder']))).toBe('OK');
    expect(textOf(await there.send(['GET', 'from']))).toBe('holder');
    const links = (tab: Tab): number => tab.steps().filter(({ kind }) => kind === 'link').length;
    await expect.poll(() => [links(first), links(second)]).toEqual([1, 1]);
    await expect.poll(() => second.steps()).toEqual(first.steps());
    const count = first.steps().findLast((step) => step.kind === 'command');
    const index = (count as unknown as { index: number }).index;
    const frame = await second.engine.frame(index + 1);
    expect(second.steps().reduce(applyStep, second.readies[0].models!).tables).toEqual(frame?.before?.tables);
    expect(await second.engine.inspect(0, new TextEncoder().encode('from'))).toMatchObject({ type: 'string' });
  });

  it('lose nothing of what a guest says before the holder is ready', async () => {
    const storeName = `tabs-${Date.now()}-${++stores}`;
    const tabs = [new Tab(storeName), new Tab(storeName)];
    const replies = tabs.map((tab, i) => tab.client().send(['SET', `early:${i}`, 'yes']));
    for (const reply of replies) expect(textOf(await reply)).toBe('OK');
    expect(tabs.map(({ roles }) => roles[0]).sort()).toEqual(['guest', 'holder']);
  });

  it('both go back when one does', async () => {
    const [first, second] = await twoTabs();
    const client = second.client();
    await client.send(['SET', 'a', '1']);
    await client.send(['SET', 'b', '1']);
    const told = new Promise<WorkerToPage>((resolve) => first.engine.on('forked', resolve));
    const forked = await second.engine.fork(1);
    expect(forked.models?.tables[0].entries.size).toBe(1);
    expect(await told).toMatchObject({ nextIndex: 1 });
  });

  it('change roles as soon as the holder goes, with all that was acknowledged', async () => {
    const [first, second] = await twoTabs();
    const client = second.client();
    for (let i = 0; i < 50; i++) await client.send(['SET', `key:${i}`, 'x']);
    const closed = new Promise<string>((resolve) => (client.onclose = resolve));
    first.engine.close();
    await second.ready(2);
    // It never came to wonder where the answers were: the lock itself told it.
    expect(second.roles).toEqual(['guest', 'holder']);
    expect(await closed).toContain('may have run');
    expect(textOf(await second.client().send(['DBSIZE']))).toBe('50');
  });

  it('keep a third one informed when the second takes over', async () => {
    const [first, second] = await twoTabs();
    const third = new Tab(second.storeName);
    await third.ready();
    const client = third.client();
    await client.send(['PING']);
    first.engine.close();
    await second.ready(third.roles.includes('holder') ? 1 : 2);
    await expect.poll(() => third.readies.length + second.readies.length, { timeout: 3000 }).toBe(4);
    expect(textOf(await third.client().send(['PING']))).toBe('PONG');
  });

  it('say that a holder does not answer before it does after all, and can take over', async () => {
    const [first, second] = await twoTabs();
    const client = second.client();
    await client.send(['SET', 'safe', 'yes']);
    const closed = new Promise<string>((resolve) => (client.onclose = resolve));
    let isAwake = false;
    const asleep = first.client().send(['DEBUG', 'SLEEP', '7']);
    asleep.then(
      () => (isAwake = true),
      () => (isAwake = true),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(client.send(['GET', 'safe'])).rejects.toThrow('unknown');
    expect(isAwake).toBe(false);
    expect(await closed).toContain('does not answer');
    expect(second.roles).toContain('unanswered');
    second.engine.takeOver();
    await second.ready(2);
    expect(second.roles.at(-1)).toBe('holder');
    const again = second.client();
    expect(textOf(await again.send(['GET', 'safe']))).toBe('yes');
    await expect.poll(() => first.roles, { timeout: 8000 }).toEqual(['holder', 'guest']);
    await first.ready(2);
    expect(textOf(await first.client().send(['GET', 'safe']))).toBe('yes');
    expect(textOf(await again.send(['SET', 'safe', 'still']))).toBe('OK');
  });
});
