/** The worker's own side of its port to the page. */
import type { BrowserHost } from './browser-host.ts';
import { IndexedDbStorage } from './indexeddb-storage.ts';
import { openHost, type OpenHost } from './open-host.ts';
import type { PageToWorker, PortMessage, WorkerOptions, WorkerToPage } from './protocol.ts';

declare const self: DedicatedWorkerGlobalScope;

type Request = Exclude<PageToWorker, { readonly type: 'start' }>;

let opened: OpenHost | null = null;
/** What came before the engine was ready. */
let early: Request[] = [];

function post(message: WorkerToPage, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}

async function start(options: WorkerOptions): Promise<void> {
  const storage =
    options.storeName === null ? null : new IndexedDbStorage(self.indexedDB, `vitrine:${options.storeName}`);
  opened = await openHost(options, post, storage);
  const requests = early;
  early = [];
  for (const request of requests) serve(opened, request);
}

function serve({ host, log }: OpenHost, message: Request): void {
  switch (message.type) {
    case 'connect':
      attach(host, message.port);
      break;
    case 'frame': {
      const frame = host.frame(message.index);
      post({ type: 'frame', request: message.request, frame }, frame ? [frame.words.buffer] : []);
      break;
    }
    case 'inspect': {
      const record = host.inspect(message.index, message.db, message.key);
      post({ type: 'record', request: message.request, record });
      break;
    }
    case 'fork':
      done(
        host.fork(message.index).then(() => {
          host.forked(message.request);
        }),
      );
      break;
    case 'take up':
      done(
        host.takeUp(message.branch).then(() => {
          host.forked(message.request);
        }),
      );
      break;
    case 'hide':
      if (log) done(log.flush());
      break;
  }
}

function attach(host: BrowserHost, port: MessagePort): void {
  const client = host.connect({
    send: (bytes) => {
      const own = bytes.slice();
      port.postMessage(own, [own.buffer]);
    },
    close: () => {
      port.postMessage({ closed: 'the server closed the connection' } satisfies PortMessage);
      port.close();
    },
  });
  port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
    if (data instanceof Uint8Array) host.receive(client, data);
    else host.disconnect(client);
  };
}

/** What fails here is a mistake of ours: it ends the worker, and the page is told. */
function done(work: Promise<void>): void {
  work.catch((error: unknown) => {
    post({ type: 'failed', why: error instanceof Error ? error.message : String(error) });
  });
}

self.onmessage = ({ data }: MessageEvent<PageToWorker>) => {
  if (data.type === 'start') done(start(data.options));
  else if (opened) serve(opened, data);
  else early.push(data);
};
