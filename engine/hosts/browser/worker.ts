/** The worker's own side of its port to the page. */
import type { ExhibitTab } from './exhibit-tab.ts';
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

type Post = (message: unknown, transfer?: Transferable[]) => void;

/** An exhibit's code comes when there is one to be shown: a first visit shows none. */
async function tabFor(options: WorkerOptions, exhibit: string, post: Post): Promise<ExhibitTab> {
  const { ExhibitTab } = await import('./exhibit-tab.ts');
  return new ExhibitTab(options, exhibit, post);
}

async function begin(made: Tab | ExhibitTab): Promise<void> {
  tab = made;
  const started = made.start();
  for (const request of early.splice(0)) made.take(request);
  await started;
}

self.onmessage = ({ data }: MessageEvent<PageToWorker>) => {
  if (data.type === 'start') {
    const post: Post = (message, transfer = []) => self.postMessage(message, transfer);
    const { options } = data;
    const begun =
      options.exhibit === undefined
        ? begin(new Tab({ options, post, shared: sharedOf(options) }))
        : tabFor(options, options.exhibit, post).then(begin);
    begun.catch((error: unknown) => {
      post({ type: 'failed', why: inWords(error) });
    });
  } else if (tab) {
    tab.take(data);
  } else {
    early.push(data);
  }
};
