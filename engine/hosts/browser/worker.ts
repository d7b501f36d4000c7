/** The worker's own side of its port to the page. */
import { ExhibitTab } from './exhibit-tab.ts';
import { inWords } from './in-words.ts';
import { IndexedDbStorage } from './indexeddb-storage.ts';
import type { PageToWorker, WorkerOptions } from './protocol.ts';
import { Tab, type Request, type Shared } from './tab.ts';

declare const self: DedicatedWorkerGlobalScope;

let tab: Tab | ExhibitTab | null = null;
/** What came before `start` was done. */
const early: Request[] = [];

function sharedOf({ storeName }: WorkerOptions): Shared | null {
  if (storeName === null) return null;
  const name = `vitrine:${storeName}`;
  return {
    name,
    tab: crypto.randomUUID(),
    storage: () => new IndexedDbStorage(() => self.indexedDB, name),
    channel: () => new BroadcastChannel(name),
    // Typed as always there, but only secure pages have them.
    locks: 'locks' in navigator ? navigator.locks : null,
  };
}

self.onmessage = ({ data }: MessageEvent<PageToWorker>) => {
  if (data.type === 'start') {
    const post = (message: unknown, transfer: Transferable[] = []): void => self.postMessage(message, transfer);
    const { options } = data;
    tab =
      options.exhibit === undefined
        ? new Tab({ options, post, shared: sharedOf(options) })
        : new ExhibitTab(options, options.exhibit, post);
    tab.start().catch((error: unknown) => {
      post({ type: 'failed', why: inWords(error) });
    });
    for (const request of early.splice(0)) tab.take(request);
  } else if (tab) {
    tab.take(data);
  } else {
    early.push(data);
  }
};
