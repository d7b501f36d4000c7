import { afterEach, describe, expect, it } from 'vitest';

import { encodeCommand } from '../../client/encode.ts';
import { emptyDisk, FaultyStorage, type Disk } from './faulty-storage.ts';
import { openHost, type OpenHost } from './open-host.ts';
import type { SaveState, WorkerToPage } from './protocol.ts';

const opened: OpenHost[] = [];

afterEach(() => {
  for (const { host } of opened.splice(0)) host.close();
});

interface Life extends OpenHost {
  readonly posted: WorkerToPage[];
  readonly storage: FaultyStorage;
  send(...argv: string[]): Promise<string>;
  saved(): SaveState | undefined;
}

async function live(disk: Disk, appendfsync = 'always', prepare: (storage: FaultyStorage) => void = () => undefined) {
  const storage = new FaultyStorage(disk);
  prepare(storage);
  const posted: WorkerToPage[] = [];
  const options = { seed: 1, hashName: 'fnv1a', storeName: 'x', config: { appendonly: 'yes', appendfsync } } as const;
  const open = await openHost(options, (message) => void posted.push(message), storage);
  opened.push(open);
  const replies: string[] = [];
  let wake = (): void => undefined;
  const client = open.host.connect({
    send: (bytes) => {
      replies.push(String.fromCharCode(...bytes));
      wake();
    },
    close: () => undefined,
  });
  const life: Life = {
    ...open,
    posted,
    storage,
    async send(...argv) {
      open.host.receive(client, encodeCommand(argv));
      while (replies.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return replies.shift() ?? '';
    },
    saved: () => posted.filter((message) => message.type === 'save').at(-1)?.state,
  };
  return life;
}

function text(disk: Disk): string {
  return [...disk.records.values()].map((bytes) => String.fromCharCode(...bytes)).join('');
}

describe('an engine with a log', () => {
  it('has everything again in its next life, and goes on writing where it ended', async () => {
    const disk = emptyDisk();
    const first = await live(disk);
    expect(await first.send('SET', 'a', '1')).toBe('+OK\r\n');
    expect(await first.send('SELECT', '2')).toBe('+OK\r\n');
    expect(await first.send('SET', 'b', '2')).toBe('+OK\r\n');
    const second = await live(disk);
    const [ready] = second.posted;
    expect(ready).toMatchObject({ type: 'ready', loaded: { commands: 4, tornBytes: 0 }, nextIndex: 0 });
    expect(await second.send('APPEND', 'a', '2')).toBe(':2\r\n');
    const third = await live(disk);
    expect(await third.send('GET', 'a')).toBe('$2\r\n12\r\n');
    expect(third.host.frame(0)?.before?.log.length).toBe(disk.end);
  });

  it('answers under always only what is kept, and refuses what is not, in the words of a server', async () => {
    const disk = emptyDisk();
    const life = await live(disk);
    life.storage.fault = (operation) => (operation === 'write' ? 'fail' : 'none');
    expect(await life.send('SET', 'a', '1')).toBe('-MISCONF Errors writing to the AOF file: the disk is broken\r\n');
    expect(await life.send('SET', 'b', '1')).toMatch(/^-MISCONF/);
    expect(await life.send('GET', 'b')).toBe('$-1\r\n');
    expect(life.saved()).toEqual({ kind: 'failed', why: 'the disk is broken' });
    life.storage.fault = () => 'none';
    await expect.poll(() => life.saved()?.kind, { timeout: 3000 }).toBe('saved');
    expect(await life.send('SET', 'c', '1')).toBe('+OK\r\n');
    expect(text(disk)).not.toContain('\r\nb\r\n');
  });

  it('loads what was whole of a log that ends in the middle of a command, and cuts off the rest', async () => {
    const disk = emptyDisk();
    const whole = String.fromCharCode(...encodeCommand(['SET', 'a', '1']), ...encodeCommand(['SET', 'b', '2']));
    for (let cut = 1; cut < whole.length; cut++) {
      disk.records = new Map([[0, Uint8Array.from(whole.slice(0, cut), (letter) => letter.charCodeAt(0))]]);
      disk.end = cut;
      const life = await live(disk);
      const commands = cut < whole.length / 2 ? 0 : 1;
      expect(life.posted[0]).toMatchObject({ type: 'ready', loaded: { commands } });
      expect(await life.send('SET', 'c', '3')).toBe('+OK\r\n');
      expect(text(disk)).toContain('\r\nc\r\n');
      const next = await live(disk);
      expect(await next.send('DBSIZE')).toBe(`:${commands + 1}\r\n`);
    }
  });

  it('leaves a damaged log as it is, says what is wrong with it, and keeps nothing new', async () => {
    const disk = emptyDisk();
    const broken = '*1\r\n$4\r\nNOPE\r\n';
    disk.records.set(
      0,
      Uint8Array.from(broken, (letter) => letter.charCodeAt(0)),
    );
    disk.end = broken.length;
    const life = await live(disk);
    expect(life.saved()).toMatchObject({ kind: 'failed' });
    expect((life.saved() as { why: string }).why).toContain('damaged');
    expect(await life.send('SET', 'a', '1')).toBe('+OK\r\n');
    expect(await life.send('CONFIG', 'GET', 'appendonly')).toContain('no');
    expect(text(disk)).toBe(broken);
  });

  it('throws no good commands away where a length was damaged that swallows them', async () => {
    const disk = emptyDisk();
    const first = await live(disk);
    for (const name of ['a', 'b', 'c']) await first.send('SET', name, '1');
    const damaged = text(disk).replace('$1\r\na', '$100\r\na');
    disk.records = new Map([[0, Uint8Array.from(damaged, (letter) => letter.charCodeAt(0))]]);
    disk.end = damaged.length;
    const life = await live(disk);
    expect(life.saved()).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('a length is damaged') as string,
    });
    expect(text(disk)).toBe(damaged);
  });

  it('works without a memory where storage is denied, and says so', async () => {
    const denied = await live(emptyDisk(), 'always', (storage) => {
      storage.fault = () => 'fail';
      storage.error = new DOMException('denied', 'SecurityError');
    });
    expect(denied.saved()).toEqual({ kind: 'memory', why: 'the browser gives no storage: denied' });
    expect(await denied.send('SET', 'a', '1')).toBe('+OK\r\n');
  });

  it('finds words for errors that have none', async () => {
    const reasons = [
      [new DOMException('', 'QuotaExceededError'), "the browser's storage is full"],
      [new DOMException('', 'UnknownError'), 'the browser gives no storage: UnknownError'],
      [new DOMException('It broke.', 'UnknownError'), 'the browser gives no storage: It broke'],
    ] as const;
    for (const [error, why] of reasons) {
      const life = await live(emptyDisk(), 'always', (storage) => {
        storage.fault = () => 'fail';
        storage.error = error;
      });
      expect(life.saved()).toEqual({ kind: 'memory', why });
    }
  });

  for (const policy of ['always', 'everysec', 'no'] as const) {
    it(`reads what is kept though the disk is full, and keeps new things when there is room, under ${policy}`, async () => {
      const disk = emptyDisk();
      const first = await live(disk);
      await first.send('SET', 'a', '1');
      const before = text(disk);
      const full = await live(disk, policy, (storage) => {
        storage.fault = (operation) => (operation === 'open' ? 'none' : 'fail');
        storage.error = new DOMException('', 'QuotaExceededError');
      });
      expect(full.posted[0]).toMatchObject({ type: 'ready', loaded: { commands: 2 } });
      expect(full.saved()).toEqual({ kind: 'failed', why: "the browser's storage is full" });
      expect(await full.send('GET', 'a')).toBe('$1\r\n1\r\n');
      expect(await full.send('SET', 'b', '1')).toBe(
        "-MISCONF Errors writing to the AOF file: the browser's storage is full\r\n",
      );
      expect(text(disk)).toBe(before);
      full.storage.fault = () => 'none';
      await expect.poll(() => full.saved(), { timeout: 3000 }).toEqual({ kind: 'saved', bytes: before.length });
      expect(await full.send('SET', 'c', '1')).toBe('+OK\r\n');
      await full.log?.flush();
      const next = await live(disk);
      expect(await next.send('MGET', 'a', 'b', 'c')).toBe('*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n1\r\n');
    });
  }

  it('works without a memory on a first visit that finds the disk full', async () => {
    const life = await live(emptyDisk(), 'always', (storage) => {
      storage.fault = (operation) => (operation === 'open' ? 'none' : 'fail');
      storage.error = new DOMException('', 'QuotaExceededError');
    });
    expect(life.saved()).toEqual({ kind: 'memory', why: "the browser's storage is full" });
    expect(await life.send('SET', 'a', '1')).toBe('+OK\r\n');
  });

  it('leaves a torn end on a full disk where it is until it can be cut off', async () => {
    const disk = emptyDisk();
    const whole = encodeCommand(['SET', 'a', '1']);
    disk.records.set(0, Uint8Array.of(...whole, 42));
    disk.end = whole.length + 1;
    const full = await live(disk, 'always', (storage) => {
      storage.fault = (operation) => (operation === 'open' ? 'none' : 'fail');
    });
    expect(await full.send('GET', 'a')).toBe('$1\r\n1\r\n');
    expect(disk.end).toBe(whole.length + 1);
    full.storage.fault = () => 'none';
    await expect.poll(() => full.saved()?.kind, { timeout: 3000 }).toBe('saved');
    expect(await full.send('SET', 'b', '1')).toBe('+OK\r\n');
    const next = await live(disk);
    expect(await next.send('DBSIZE')).toBe(':2\r\n');
  });

  it('does not survive as a second writer: what it can no longer keep, it no longer acknowledges', async () => {
    const disk = emptyDisk();
    const first = await live(disk);
    expect(await first.send('SET', 'a', '1')).toBe('+OK\r\n');
    const second = await live(disk);
    expect(await second.send('SET', 'b', '1')).toBe('+OK\r\n');
    expect(await first.send('SET', 'c', '1')).toMatch(/^-MISCONF .*another tab/);
    expect(text(disk)).not.toContain('\r\nc\r\n');
  });

  it('keeps its log when it goes back, so that the next life begins there', async () => {
    const disk = emptyDisk();
    const first = await live(disk);
    const indices: number[] = [];
    for (const name of ['a', 'b', 'c']) {
      indices.push(first.host.nextIndex);
      await first.send('SET', name, '1');
    }
    expect(await first.host.fork(indices[1])).toBe(true);
    expect(await first.send('SET', 'd', '1')).toBe('+OK\r\n');
    const second = await live(disk);
    expect(await second.send('MGET', 'a', 'b', 'c', 'd')).toBe('*4\r\n$1\r\n1\r\n$-1\r\n$-1\r\n$1\r\n1\r\n');
    const third = await live(disk, 'everysec');
    await third.send('SET', 'e', '1');
    await third.host.fork(third.host.nextIndex - 1);
    await third.log?.flush();
    const fourth = await live(disk);
    expect(await fourth.send('DBSIZE')).toBe(':3\r\n');
  });

  it('takes a branch up again in its log, too', async () => {
    const disk = emptyDisk();
    const first = await live(disk);
    await first.send('SET', 'a', '1');
    const index = first.host.nextIndex;
    await first.send('SET', 'b', '1');
    await first.host.fork(index);
    await first.send('SET', 'c', '1');
    await first.host.takeUp(first.host.givenUp[0].id);
    await first.log?.flush();
    const second = await live(disk);
    expect(await second.send('MGET', 'a', 'b', 'c')).toBe('*3\r\n$1\r\n1\r\n$1\r\n1\r\n$-1\r\n');
  });
});
