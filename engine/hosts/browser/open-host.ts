import { Engine, LogDamage, type EngineState } from '../../api.ts';
import { BrowserHost, engineOptions } from './browser-host.ts';
import { wallClock } from './clock.ts';
import type { Post } from './feed.ts';
import { inWords } from './in-words.ts';
import { IndexedDbLog } from './indexeddb-log.ts';
import { LogGap, type LogStorage } from './log-storage.ts';
import type { LoadReport, SaveState, WorkerOptions } from './protocol.ts';

const NOTHING_LOADED: LoadReport = { commands: 0, bytes: 0, milliseconds: 0, tornBytes: 0 };

export interface OpenHost {
  readonly host: BrowserHost;
  /** `null` where nothing is kept. */
  readonly log: IndexedDbLog | null;
  readonly loaded: LoadReport;
}

/** Brings an engine to life with what is kept in the storage, and tells the page that it is ready. */
export async function openHost(options: WorkerOptions, post: Post, storage: LogStorage | null): Promise<OpenHost> {
  if (storage === null) return openInMemory(options, post, { kind: 'memory', why: 'this is a scratch database' });
  const events = { host: null as BrowserHost | null };
  const log = new IndexedDbLog(storage, {
    policy: () => events.host?.syncPolicy ?? 'everysec',
    synced: (offset) => events.host?.logSynced(offset),
    failed: (why) => events.host?.logFailed(why),
    state: (state) => {
      post({ type: 'save', state });
    },
  });
  try {
    const { state, loaded } = await load(options, log);
    const host = new BrowserHost({ options, post, log, state });
    events.host = host;
    if (loaded.tornBytes > 0) log.truncate(loaded.bytes);
    post(host.ready(loaded));
    log.announce();
    return { host, log, loaded };
  } catch (error) {
    storage.close();
    return openInMemory(options, post, whyNotKept(error));
  }
}

function openInMemory(options: WorkerOptions, post: Post, save: SaveState): OpenHost {
  const host = new BrowserHost({ options, post, log: null, state: null });
  post(host.ready(NOTHING_LOADED));
  post({ type: 'save', state: save });
  return { host, log: null, loaded: NOTHING_LOADED };
}

/** The log is read by an engine that nobody watches, which is quicker; the other one takes over its state. */
async function load(options: WorkerOptions, log: IndexedDbLog): Promise<{ state: EngineState; loaded: LoadReport }> {
  const start = performance.now();
  const engine = new Engine(engineOptions(options, wallClock()(), null));
  const loader = engine.loader();
  await log.read((bytes) => {
    loader.feed(bytes);
  });
  const { commands, validBytes, tornBytes } = loader.finish();
  const state = engine.capture();
  // The reader wrote no log, which is a setting too; that of the engine that follows is its own.
  const config = new Map([...state.config].filter(([name]) => name !== 'appendonly'));
  const milliseconds = performance.now() - start;
  return { state: { ...state, config }, loaded: { commands, bytes: validBytes, milliseconds, tornBytes } };
}

/** Storage that is denied leaves an engine without a memory; a log that is damaged is left as it is, and that is said. */
function whyNotKept(error: unknown): SaveState {
  const why = inWords(error);
  if (error instanceof LogDamage || error instanceof LogGap) {
    return { kind: 'failed', why: `the stored log is damaged (${why}); it is left as it is, and nothing new is kept` };
  }
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  return { kind: 'memory', why: isFull ? why : `the browser gives no storage: ${why}` };
}
