import 'fake-indexeddb/auto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { bytesOn, emptyDisk, FaultyStorage, type Disk } from './faulty-storage.ts';
import { IndexedDbLog, type SyncPolicy } from './indexeddb-log.ts';
import { IndexedDbStorage } from './indexeddb-storage.ts';
import { LogGap, LogLost, type LogStorage } from './log-storage.ts';
import type { SaveState } from './protocol.ts';

function watched(storage: LogStorage, policy: SyncPolicy = 'everysec') {
  const states: SaveState[] = [];
  const failures: (string | null)[] = [];
  const synced: number[] = [];
  const settings = { policy };
  const log = new IndexedDbLog(storage, {
    policy: () => settings.policy,
    synced: (offset) => void synced.push(offset),
    failed: (why) => void failures.push(why),
    state: (state) => void states.push(state),
  });
  return { log, states, failures, synced, settings };
}

function bytes(length: number, first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (first + i) & 255);
}

/** Reading works, and nothing can be written. */
function fullDisk() {
  const { transaction } = IDBDatabase.prototype;
  return vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, names, mode) {
    if (mode === 'readwrite') throw new DOMException('', 'QuotaExceededError');
    return transaction.call(this, names, mode);
  });
}

async function opened(disk: Disk, policy: SyncPolicy = 'everysec') {
  const storage = new FaultyStorage(disk);
  const watch = watched(storage, policy);
  await watch.log.read(() => undefined);
  return { storage, ...watch };
}

describe('when the log is written', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps at once and strictly under always, and says so only afterwards', async () => {
    const { log, storage, synced, states } = await opened(emptyDisk(), 'always');
    const order: string[] = [];
    storage.fault = () => {
      order.push('write');
      return 'none';
    };
    await log.append(bytes(10), true)?.then(() => order.push('reply'));
    expect(order).toEqual(['write', 'reply']);
    expect(storage.writes).toMatchObject([{ isStrict: true, before: 0, end: 10 }]);
    expect(synced).toEqual([10]);
    expect(states.map(({ kind }) => kind)).toEqual(['saving', 'saved']);
  });

  it('keeps within a second under everysec, all that came meanwhile in one record', async () => {
    const { log, storage } = await opened(emptyDisk());
    expect(log.append(bytes(10), false)).toBeNull();
    await vi.advanceTimersByTimeAsync(500);
    void log.append(bytes(10, 10), false);
    expect(storage.writes.length).toBe(0);
    await vi.advanceTimersByTimeAsync(450);
    expect(storage.writes).toMatchObject([{ put: [{ offset: 0, bytes: bytes(20) }], isStrict: true }]);
  });

  it('waits ten seconds at most under no, and does not claim that the bytes are safe', async () => {
    const { log, storage, synced } = await opened(emptyDisk(), 'no');
    void log.append(bytes(10), false);
    await vi.advanceTimersByTimeAsync(9000);
    expect(storage.writes.length).toBe(0);
    await vi.advanceTimersByTimeAsync(1100);
    expect(storage.writes).toMatchObject([{ isStrict: false }]);
    expect(synced).toEqual([]);
  });

  it('keeps what waited under another policy together with the first that must be safe', async () => {
    const { log, storage, settings } = await opened(emptyDisk(), 'no');
    void log.append(bytes(10), false);
    settings.policy = 'always';
    await log.append(bytes(5, 10), true);
    expect(bytesOn(storage.disk)).toEqual(bytes(15));
  });

  it('does not wait when much has come', async () => {
    const { log, storage } = await opened(emptyDisk());
    void log.append(bytes(1024 * 1024), false);
    await vi.advanceTimersByTimeAsync(10);
    expect(bytesOn(storage.disk).length).toBe(1024 * 1024);
  });

  it('commits what comes during a write with the next one', async () => {
    const { log, storage } = await opened(emptyDisk(), 'always');
    const first = log.append(bytes(1), true);
    await Promise.all([first, ...Array.from({ length: 50 }, (_, i) => log.append(bytes(1, i + 1), true))]);
    expect(storage.writes.length).toBe(2);
    expect(bytesOn(storage.disk)).toEqual(bytes(51));
  });

  it('says within a second that writing fails, refuses promises, and keeps everything for later in its order', async () => {
    const { log, storage, failures, states, synced } = await opened(emptyDisk());
    storage.fault = () => 'fail';
    storage.error = new DOMException('', 'QuotaExceededError');
    void log.append(bytes(10), false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(failures).toEqual(["the browser's storage is full"]);
    expect(states.at(-1)).toEqual({ kind: 'failed', why: "the browser's storage is full" });
    void log.append(bytes(10, 10), false);
    await expect(log.append(bytes(10, 20), true)).rejects.toThrow('storage is full');
    await vi.advanceTimersByTimeAsync(5000);
    expect(failures.length).toBe(1);
    expect(synced).toEqual([]);
    storage.fault = () => 'none';
    await vi.advanceTimersByTimeAsync(1100);
    expect(failures).toEqual(["the browser's storage is full", null]);
    expect(states.at(-1)).toEqual({ kind: 'saved', bytes: 30 });
    expect(bytesOn(storage.disk)).toEqual(bytes(30));
  });

  it('writes nothing twice when a write was completed though it seemed to fail', async () => {
    const { log, storage } = await opened(emptyDisk());
    storage.fault = () => 'fail after';
    void log.append(bytes(10), false);
    await vi.advanceTimersByTimeAsync(1000);
    void log.append(bytes(10, 10), false);
    storage.fault = () => 'none';
    await vi.advanceTimersByTimeAsync(3000);
    expect(bytesOn(storage.disk)).toEqual(bytes(20));
  });

  it('gives up for good when another writer has the log, and touches it no more', async () => {
    const disk = emptyDisk();
    const first = await opened(disk);
    const second = await opened(disk);
    void second.log.append(bytes(5), false);
    await second.log.flush();
    void first.log.append(bytes(7), false);
    await first.log.flush();
    expect(first.failures).toEqual(['another tab has taken over the stored log']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(bytesOn(disk)).toEqual(bytes(5));
  });

  it('cuts what waits, what flies and what is kept', async () => {
    for (const [kept, cut] of [
      [0, 15],
      [10, 15],
      [30, 15],
      [30, 10],
      [30, 0],
      [20, 25],
    ] as const) {
      const { log, storage } = await opened(emptyDisk());
      if (kept > 0) void log.append(bytes(kept), false);
      await log.flush();
      if (kept < 30) void log.append(bytes(30 - kept, kept), false);
      const flying = log.flush();
      log.truncate(cut);
      void log.append(bytes(5, 100), false);
      await flying;
      await log.flush();
      expect(bytesOn(storage.disk), `${kept} kept, cut to ${cut}`).toEqual(
        Uint8Array.of(...bytes(cut), ...bytes(5, 100)),
      );
    }
  });

  it('cuts after a failed write too', async () => {
    const { log, storage } = await opened(emptyDisk());
    void log.append(bytes(10), false);
    await log.flush();
    storage.fault = () => 'fail';
    void log.append(bytes(10, 10), false);
    const flying = log.flush();
    log.truncate(15);
    await flying;
    log.truncate(4);
    void log.append(bytes(3, 50), false);
    storage.fault = () => 'none';
    await vi.advanceTimersByTimeAsync(3000);
    expect(bytesOn(storage.disk)).toEqual(Uint8Array.of(...bytes(4), ...bytes(3, 50)));
  });
});

describe('the pieces', () => {
  it('stay few though every command is kept on its own, and few bytes are written again', async () => {
    const { log, storage } = await opened(emptyDisk(), 'always');
    for (let i = 0; i < 3000; i++) await log.append(bytes(40, i), true);
    expect(storage.disk.records.size).toBeLessThan(20);
    const written = storage.writes.flatMap(({ put }) => put).reduce((sum, record) => sum + record.bytes.length, 0);
    expect(written).toBeLessThan(3000 * 40 * 14);
    expect(bytesOn(storage.disk).length).toBe(3000 * 40);
  });

  it('grow no longer than is good for reading', async () => {
    const { log, storage } = await opened(emptyDisk());
    void log.append(bytes(5 * 1024 * 1024 + 17), false);
    await log.flush();
    void log.append(bytes(40), false);
    await log.flush();
    const lengths = [...storage.disk.records.values()].map((record) => record.length);
    expect(Math.max(...lengths)).toBe(1024 * 1024);
    expect(lengths.length).toBe(6);
  });

  it('go on being joined after a restart', async () => {
    const disk = emptyDisk();
    for (let i = 0; i < 40; i++) {
      const { log } = await opened(disk);
      void log.append(bytes(40, i), false);
      await log.flush();
    }
    expect(disk.records.size).toBeLessThan(10);
    expect(bytesOn(disk).length).toBe(1600);
  });
});

describe('kills', () => {
  it('lose nothing that was acknowledged under always, and leave a prefix of what was sent', async () => {
    for (let kill = 1; kill <= 50; kill++) {
      const disk = emptyDisk();
      let sent = 0;
      for (let life = 0; life < 3; life++) {
        const { log, storage } = await opened(disk, 'always');
        let operations = 0;
        const last = 1 + ((kill * 7 + life * 3) % 11);
        storage.fault = () =>
          ++operations < last ? 'none' : operations === last && kill % 2 === 0 ? 'fail after' : 'never';
        let acknowledged = sent;
        for (let i = 0; i < 20; i++) {
          const length = 1 + ((i * kill) % 30);
          const end = (sent += length);
          void log.append(bytes(length, end - length), true)?.then(
            () => (acknowledged = end),
            () => undefined,
          );
          for (let wait = (i * kill) % 5; wait > 0; wait--) await Promise.resolve();
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
        expect(disk.end, `kill ${kill}`).toBeGreaterThanOrEqual(acknowledged);
        expect(bytesOn(disk)).toEqual(bytes(disk.end));
        sent = disk.end;
      }
    }
  });
});

describe('the storage in IndexedDB', () => {
  let count = 0;
  const fresh = (): string => `test ${++count}`;

  it('gives back what was kept, and knows where it ends', async () => {
    const name = fresh();
    const first = watched(new IndexedDbStorage(() => indexedDB, name), 'always');
    expect(await first.log.read(() => undefined)).toBe(0);
    for (let i = 0; i < 100; i++) await first.log.append(bytes(33, i * 33), true);
    await first.log.close();
    const read: number[] = [];
    const second = watched(new IndexedDbStorage(() => indexedDB, name));
    expect(await second.log.read((some) => read.push(...some))).toBe(3300);
    expect(Uint8Array.from(read)).toEqual(bytes(3300));
    second.log.truncate(1000);
    void second.log.append(bytes(10, 1000), false);
    await second.log.flush();
    const third = watched(new IndexedDbStorage(() => indexedDB, name));
    const again: number[] = [];
    await third.log.read((some) => again.push(...some));
    expect(Uint8Array.from(again)).toEqual(bytes(1010));
  });

  it('lets one writer be the writer', async () => {
    const name = fresh();
    const first = new IndexedDbStorage(() => indexedDB, name);
    await first.open(() => undefined);
    const second = new IndexedDbStorage(() => indexedDB, name);
    await second.open(() => undefined);
    const change = { put: [{ offset: 0, bytes: bytes(3) }], remove: [], before: 0, end: 3, isStrict: true };
    await expect(first.write(change)).rejects.toThrow(LogLost);
    await second.write(change);
    await expect(first.truncate(0, 3)).rejects.toThrow(LogLost);
  });

  it('finds out that it was deleted', async () => {
    const name = fresh();
    const { log, failures } = watched(new IndexedDbStorage(() => indexedDB, name));
    await log.read(() => undefined);
    void log.append(bytes(10), false);
    await log.flush();
    await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    void log.append(bytes(10), false);
    await log.flush();
    expect(failures).toEqual(['the stored log was deleted']);
  });

  it('names a gap and leaves the rest alone', async () => {
    const name = fresh();
    const storage = new IndexedDbStorage(() => indexedDB, name);
    await storage.open(() => undefined);
    const put = [
      { offset: 0, bytes: bytes(10) },
      { offset: 12, bytes: bytes(10) },
    ];
    await storage.write({ put, remove: [], before: 0, end: 22, isStrict: true });
    const damaged = new IndexedDbStorage(() => indexedDB, name);
    await expect(damaged.open(() => undefined)).rejects.toThrow(LogGap);
    await expect(damaged.open(() => undefined)).rejects.toThrow('the bytes from 10 to 12 are missing');
  });

  it('opens anew after its connection was closed under it', async () => {
    const name = fresh();
    const open = vi.spyOn(indexedDB, 'open');
    const { log, failures } = watched(new IndexedDbStorage(() => indexedDB, name));
    await log.read(() => undefined);
    const request = open.mock.results.at(-1)?.value as IDBOpenDBRequest;
    request.result.close();
    void log.append(bytes(10), false);
    await log.flush();
    expect(failures).toHaveLength(1);
    await log.flush();
    expect(failures.at(-1)).toBeNull();
    open.mockRestore();
  });

  it('may be full from the start: what is kept is read all the same, and written on when there is room', async () => {
    const name = fresh();
    const first = watched(new IndexedDbStorage(() => indexedDB, name), 'always');
    await first.log.read(() => undefined);
    await first.log.append(bytes(50), true);
    await first.log.close();
    const disk = fullDisk();
    const second = watched(new IndexedDbStorage(() => indexedDB, name), 'always');
    const read: number[] = [];
    expect(await second.log.read((some) => read.push(...some))).toBe(50);
    expect(Uint8Array.from(read)).toEqual(bytes(50));
    await expect(second.log.append(bytes(5, 50), true)).rejects.toThrow('storage is full');
    disk.mockRestore();
    await second.log.flush();
    const third = watched(new IndexedDbStorage(() => indexedDB, name));
    expect(await third.log.read(() => undefined)).toBe(55);
  });

  it('is no log where it is full before anything was kept', async () => {
    const disk = fullDisk();
    const { log } = watched(new IndexedDbStorage(() => indexedDB, fresh()));
    await expect(log.read(() => undefined)).rejects.toMatchObject({ name: 'QuotaExceededError' });
    disk.mockRestore();
  });

  it('is not taken, when there is room again, from a writer who was quicker, nor made anew where it was deleted', async () => {
    for (const meanwhile of ['another tab has taken over the stored log', 'the stored log was deleted']) {
      const name = fresh();
      const first = watched(new IndexedDbStorage(() => indexedDB, name), 'always');
      await first.log.read(() => undefined);
      await first.log.append(bytes(50), true);
      const disk = fullDisk();
      const { log, failures } = watched(new IndexedDbStorage(() => indexedDB, name));
      await log.read(() => undefined);
      log.announce();
      disk.mockRestore();
      if (meanwhile.includes('deleted'))
        await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
      else await new IndexedDbStorage(() => indexedDB, name).open(() => undefined);
      await log.flush();
      expect(failures).toEqual(["the browser's storage is full", meanwhile]);
      await log.close();
    }
  });

  it('is refused in words where it may not even be looked at, or does not exist', async () => {
    const denied = new IndexedDbStorage(() => {
      throw new DOMException('denied', 'SecurityError');
    }, 'x');
    await expect(denied.open(() => undefined)).rejects.toThrow('denied');
    const missing = new IndexedDbStorage(() => undefined, 'x');
    await expect(missing.open(() => undefined)).rejects.toThrow('it has no IndexedDB');
  });

  it('does not wait for ever where the browser never answers', async () => {
    vi.useFakeTimers();
    const silent = { open: () => ({}) } as unknown as IDBFactory;
    const { log } = watched(new IndexedDbStorage(() => silent, 'x'));
    const reading = expect(log.read(() => undefined)).rejects.toThrow('does not answer');
    await vi.advanceTimersByTimeAsync(6000);
    await reading;
    vi.useRealTimers();
  });
});
