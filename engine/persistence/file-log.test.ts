import { beforeEach, describe, expect, test } from 'vitest';

import { FaultyDisk } from '../hosts/memory/faulty-disk.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { FileLog } from './file-log.ts';

let disk: FaultyDisk;
let log: FileLog;
let policy = 'everysec';
let nowMs = 0;
let synced = 0;
let failures: (string | null)[] = [];

beforeEach(() => {
  disk = new FaultyDisk();
  policy = 'everysec';
  nowMs = 0;
  synced = 0;
  failures = [];
  log = new FileLog({
    file: disk,
    offset: 0,
    policy: () => policy,
    nowMs: () => nowMs,
    onSynced: (offset) => (synced = offset),
    onFailed: (why) => failures.push(why),
  });
});

const append = (text: string, isDurable = policy === 'always'): null => log.append(ascii(text), isDurable);
const content = (): string => latin1(disk.content());
const settled = (): Promise<void> => Promise.resolve();

async function wait(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    nowMs += 100;
    log.tick();
    await settled();
  }
}

test('what is appended is in the file at once', () => {
  append('one');
  append('two');
  expect(content()).toBe('onetwo');
});

describe('always', () => {
  test('what was appended survives a power cut as soon as append returns', () => {
    policy = 'always';
    append('one');
    expect(latin1(disk.afterPowerCut({ kind: 'dropped' }))).toBe('one');
    expect(synced).toBe(3);
  });

  test('a write that fails throws, and its bytes go first once the disk works again', () => {
    policy = 'always';
    disk.faults.set(0, { kind: 'error', message: 'no space left' });
    expect(() => append('one')).toThrow('no space left');
    append('two');
    expect(content()).toBe('onetwo');
    expect(synced).toBe(6);
    expect(failures).toEqual(['no space left', null]);
  });

  test('a sync that failed is not forgiven: the system may have forgotten the bytes', async () => {
    policy = 'always';
    disk.faults.set(1, { kind: 'error', message: 'input/output error' });
    expect(() => append('one')).toThrow('input/output error');
    expect(() => append('two')).toThrow('input/output error');
    await wait(5000);
    expect(failures).toEqual(['input/output error']);
    expect(synced).toBe(0);
  });
});

describe('everysec', () => {
  test('a second later it survives a power cut', async () => {
    append('one');
    await wait(900);
    expect(synced).toBe(0);
    await wait(100);
    expect(synced).toBe(3);
    expect(latin1(disk.afterPowerCut({ kind: 'dropped' }))).toBe('one');
  });

  test('with nothing new there is nothing to sync', async () => {
    append('one');
    await wait(1000);
    const { operations } = disk;
    await wait(5000);
    expect(disk.operations).toBe(operations);
  });

  test('while a sync is under way bytes wait, and are written when it ends', async () => {
    disk.isSyncSlow = true;
    append('one');
    await wait(1000);
    append('two');
    append('three');
    expect(content()).toBe('one');
    disk.finishSync();
    await settled();
    await settled();
    expect(content()).toBe('onetwothree');
    expect(synced).toBe(3);
  });

  test('they wait for two seconds at most', async () => {
    disk.isSyncSlow = true;
    append('one');
    await wait(1000);
    append('two');
    await wait(1900);
    expect(content()).toBe('one');
    await wait(100);
    expect(content()).toBe('onetwo');
  });

  test('a sync that fails is reported and stays a failure', async () => {
    append('one');
    disk.faults.set(1, { kind: 'error', message: 'input/output error' });
    await wait(3000);
    expect(failures).toEqual(['input/output error']);
  });
});

test('under no, nothing is synced until the end', async () => {
  policy = 'no';
  append('one');
  await wait(5000);
  expect(disk.safeBytes).toBe(0);
  log.finish();
  expect(disk.safeBytes).toBe(3);
});

test('a write that got half through goes on where it stopped', () => {
  disk.faults.set(0, { kind: 'short', takenBytes: 2 });
  append('onetwo');
  expect(content()).toBe('onetwo');
});

test('a write that got half through and then failed leaves no gap and no double', async () => {
  disk.faults.set(0, { kind: 'short', takenBytes: 2 });
  disk.faults.set(1, { kind: 'error', message: 'no space left' });
  append('onetwo');
  append('three');
  expect(content()).toBe('onetwothree'.slice(0, content().length));
  await wait(100);
  expect(content()).toBe('onetwothree');
  expect(failures).toEqual(['no space left', null]);
});

test('while the disk refuses, everything waits in order and each tick tries again', async () => {
  for (let i = 0; i < 7; i++) disk.faults.set(i, { kind: 'error', message: 'no space left' });
  for (const word of ['one', 'two', 'three']) append(word);
  await wait(1000);
  expect(content()).toBe('onetwothree');
  expect(failures).toEqual(['no space left', null]);
});

test('the end writes what waits and syncs it, or says that it cannot', async () => {
  disk.isSyncSlow = true;
  append('one');
  await wait(1000);
  append('two');
  disk.isSyncSlow = false;
  log.finish();
  expect(latin1(disk.afterPowerCut({ kind: 'dropped' }))).toBe('onetwo');
  append('three');
  disk.faults.set(disk.operations, { kind: 'error', message: 'gone' });
  expect(() => log.finish()).toThrow('gone');
});

test('a policy may change while it runs', async () => {
  append('one');
  policy = 'always';
  append('two');
  expect(latin1(disk.afterPowerCut({ kind: 'dropped' }))).toBe('onetwo');
  policy = 'no';
  append('three');
  await wait(3000);
  expect(disk.safeBytes).toBe(6);
});

test('a file that takes no bytes has failed, and is not asked for ever', async () => {
  disk.faults.set(0, { kind: 'short', takenBytes: 0 });
  append('one');
  expect(failures).toEqual(['the file takes no bytes']);
  await wait(100);
  expect(content()).toBe('one');
  expect(failures).toEqual(['the file takes no bytes', null]);
});
