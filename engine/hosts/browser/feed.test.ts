import { afterEach, describe, expect, it } from 'vitest';

import { encodeCommand } from '../../client/encode.ts';
import { applyStep, type EngineStep, type Models } from '../../models.ts';
import { decodeSteps } from '../../trace/steps.ts';
import { BrowserHost } from './browser-host.ts';
import type { WorkerToPage } from './protocol.ts';

const hosts: BrowserHost[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

function started() {
  const posted: WorkerToPage[] = [];
  const host = new BrowserHost({
    options: { seed: 1, hashName: 'fnv1a', storeName: null, config: {} },
    post: (message) => void posted.push(message),
    log: null,
    state: null,
  });
  hosts.push(host);
  const client = host.connect({ send: () => undefined, close: () => undefined });
  const send = (...commands: (readonly string[])[]): void => {
    host.receive(client, Uint8Array.from(commands.flatMap((argv) => [...encodeCommand(argv)])));
  };
  const last = <Type extends WorkerToPage['type']>(type: Type) =>
    posted.findLast((message) => message.type === type) as Extract<WorkerToPage, { readonly type: Type }> | undefined;
  return { host, posted, send, last };
}

/** What a page knows that folds what it is told. */
function folded(posted: readonly WorkerToPage[], start: Models): { models: Models | null; nextIndex: number } {
  let models: Models | null = start;
  let nextIndex = 0;
  for (const message of posted) {
    if (message.type === 'keyframe') ({ models, nextIndex } = message);
    if (message.type !== 'steps') continue;
    for (const step of decodeSteps(message.words) as unknown as EngineStep[]) {
      if (step.structure === 'cause' && 'index' in step) {
        expect(step.index).toBe(nextIndex);
        nextIndex++;
      }
      models &&= applyStep(models, step);
    }
  }
  return { models, nextIndex };
}

function manySets(count: number, keys: number): string[][] {
  return Array.from({ length: count }, (_, i) => ['SET', `key:${i % keys}`, `value ${i}`]);
}

describe('what the page is told', () => {
  it('is every step, when there are not too many', async () => {
    const { host, posted, send } = started();
    const start = host.frame(0)!.before!;
    for (let i = 0; i < 30; i++) send(['SET', `key:${i}`, 'x']);
    await expect.poll(() => folded(posted, start).nextIndex).toBe(host.nextIndex);
    expect(folded(posted, start).models).toEqual(host.frame(host.nextIndex)?.before);
  });

  it('is a picture after too many, from which the steps go on', async () => {
    const { host, posted, send } = started();
    const start = host.frame(0)!.before!;
    for (let i = 0; i < 20; i++) send(...manySets(2000, 300));
    send(['SET', 'after', 'that']);
    await expect.poll(() => folded(posted, start).nextIndex).toBe(host.nextIndex);
    send(['SET', 'and', 'then']);
    await expect.poll(() => folded(posted, start).nextIndex).toBe(host.nextIndex);
    expect(folded(posted, start).models).toEqual(host.frame(host.nextIndex)?.before);
    const words = posted.reduce((sum, message) => sum + (message.type === 'steps' ? message.words.length : 0), 0);
    expect(words).toBeLessThan(400_000);
    expect(host.nextIndex).toBe(40_002);
    expect(decodeSteps(host.frame(30_000)!.words)[0]).toMatchObject({ index: 30_000 });
  });

  it('is a picture after a command that took too many steps', async () => {
    const { host, posted, send } = started();
    const start = host.frame(0)!.before!;
    send(['MSET', ...Array.from({ length: 3000 }, (_, i) => `key:${i % 1500}`)]);
    await expect.poll(() => posted.some(({ type }) => type === 'keyframe')).toBe(true);
    expect(folded(posted, start).models).toEqual(host.frame(host.nextIndex)?.before);
  });

  it('is how long the chains are, when there are too many keys to show, and the keys again when they are few', async () => {
    const { host, send, last } = started();
    send(...manySets(5000, 5000));
    await expect.poll(() => last('keyframe')?.overview?.keys).toBe(5000);
    const overview = last('keyframe')!.overview!;
    const entries = overview.tables
      .flatMap(({ chainLengths }) => [...chainLengths])
      .reduce((sum, length) => sum + length, 0);
    expect(entries).toBe(5000);
    expect(host.frame(host.nextIndex)?.before).toBeNull();
    send(['SET', 'one', 'more']);
    await expect.poll(() => last('keyframe')?.overview?.keys).toBe(5001);
    expect(last('steps')).toBeDefined();
    send(['FLUSHALL']);
    await expect.poll(() => last('keyframe')?.models?.tables[0].entries.size).toBe(0);
  });
});
