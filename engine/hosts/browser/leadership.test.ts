import { describe, expect, it } from 'vitest';

import type { Locks } from './leadership.ts';
import { emptyDisk, FaultyStorage } from './faulty-storage.ts';
import type { WorkerToPage } from './protocol.ts';
import { Tab } from './tab.ts';

describe('where the browser denies its locks', () => {
  it('a tab has its engine all the same, and does not look for others', async () => {
    const posted: WorkerToPage[] = [];
    const denied = new DOMException('denied', 'SecurityError');
    const tab = new Tab({
      options: { seed: 1, hashName: 'fnv1a', storeName: 'x', config: {} },
      post: (message) => void posted.push(message),
      shared: {
        name: 'x',
        tab: 'a',
        storage: () => new FaultyStorage(emptyDisk()),
        channel: () => {
          throw denied;
        },
        locks: { request: () => Promise.reject(denied) } as unknown as Locks,
      },
    });
    await tab.start();
    expect(posted.map(({ type }) => type)).toEqual(['ready', 'save']);
    tab.take({ type: 'take over' });
    tab.close();
  });
});
