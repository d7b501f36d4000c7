/** The page's side of the engine: starts its worker, tells what happens in it, and opens connections to it. */
import type { Transport } from '../engine/client/transport.ts';
import type {
  Frame,
  KeyRecord,
  PageToWorker,
  PortMessage,
  ValueOverview,
  WorkerOptions,
  WorkerToPage,
} from '../engine/hosts/browser/protocol.ts';

type Message<Type extends WorkerToPage['type']> = Extract<WorkerToPage, { readonly type: Type }>;
type Told = 'ready' | 'steps' | 'keyframe' | 'save' | 'role' | 'forked' | 'failed';
type Answered = 'frame' | 'record' | 'overview' | 'forked';
type Listener = (message: WorkerToPage) => void;

/** How an engine in the page differs from one on a server, unless it is told otherwise. */
const PAGE_CONFIG: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  // So that a resize goes on only when a command touches the table, and each move can be watched.
  activerehashing: 'no',
  'enable-debug-command': 'yes',
};

/** A worker that has not said that it is ready after so long will not any more. */
const START_MS = 20_000;

interface Request {
  readonly resolve: (answer: WorkerToPage) => void;
  readonly reject: (error: Error) => void;
}

export class EngineClient {
  private readonly worker: Worker;
  private readonly listeners = new Map<Told, Set<Listener>>();
  private readonly requests = new Map<number, Request>();
  private readonly hangUps = new Set<(why: string) => void>();
  private readonly starting: ReturnType<typeof setTimeout>;
  private lastRequest = 0;
  /** Why nothing more will come, `null` while the engine lives. */
  private ended: string | null = null;

  constructor(options: Partial<WorkerOptions> = {}) {
    this.worker = new Worker(new URL('../engine/hosts/browser/worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }: MessageEvent<WorkerToPage>) => this.take(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(event.message ? `the engine stopped: ${event.message}` : "the engine's script could not be loaded");
    };
    this.worker.onmessageerror = () => this.fail('a message of the engine could not be read');
    document.addEventListener('visibilitychange', this.onVisibility);
    this.starting = setTimeout(() => this.fail('the engine did not start'), START_MS);
    const { seed = randomSeed(), hashName = 'fnv1a', storeName = null, config = {}, exhibit } = options;
    this.tell({
      type: 'start',
      options: { seed, hashName, storeName, config: { ...PAGE_CONFIG, ...config }, exhibit },
    });
  }

  /** Calls `listener` with every message of that type from now on; returns how to stop that. */
  on<Type extends Told>(type: Type, listener: (message: Message<Type>) => void): () => void {
    const set = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, set.add(listener as Listener));
    return () => set.delete(listener as Listener);
  }

  /** A new connection, as a terminal opens one. */
  connect(name: string): Transport {
    const { port1: port, port2 } = new MessageChannel();
    const transport: Transport = {
      send: (bytes) => {
        const own = bytes.slice();
        port.postMessage(own, [own.buffer]);
      },
      onbytes: null,
      onclose: null,
      close: () => {
        this.hangUps.delete(hangUp);
        port.postMessage({ closed: 'the client closed the connection' } satisfies PortMessage);
        port.close();
      },
    };
    const hangUp = (why: string): void => {
      this.hangUps.delete(hangUp);
      port.close();
      transport.onclose?.(why);
    };
    port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
      if (data instanceof Uint8Array) transport.onbytes?.(data);
      else hangUp(data.closed);
    };
    this.hangUps.add(hangUp);
    if (this.ended === null) this.tell({ type: 'connect', port: port2, name }, [port2]);
    // The caller has had no time yet to listen.
    else queueMicrotask(() => hangUp(this.ended ?? ''));
    return transport;
  }

  /** The picture right before a cause, and its steps; `null` when it lies too far back. */
  async frame(index: number): Promise<Frame | null> {
    return (await this.ask<'frame'>((request) => ({ type: 'frame', request, index }))).frame;
  }

  /** Where a key's bytes lie: now, or right before a cause. */
  async inspect(db: number, key: Uint8Array, index: number | null = null): Promise<KeyRecord | null> {
    return (await this.ask<'record'>((request) => ({ type: 'inspect', request, index, db, key }))).record;
  }

  /** How a value stands as a whole: now, or right before a cause. */
  async overview(db: number, entry: number, index: number | null = null): Promise<ValueOverview | null> {
    return (await this.ask<'overview'>((request) => ({ type: 'overview', request, index, db, entry }))).overview;
  }

  /** Goes back for good: cause `index` and all that came after it have not happened. */
  fork(index: number): Promise<Message<'forked'>> {
    return this.ask<'forked'>((request) => ({ type: 'fork', request, index }));
  }

  /** To the end of a branch that a fork has given up. */
  takeUp(branch: number): Promise<Message<'forked'>> {
    return this.ask<'forked'>((request) => ({ type: 'take up', request, branch }));
  }

  /** Makes this tab the one that holds the database, when the one that does is silent. */
  takeOver(): void {
    if (this.ended === null) this.tell({ type: 'take over' });
  }

  /** What waits to be kept should be kept now. Of itself this happens whenever the page is hidden, for it may not come back. */
  hide(): void {
    if (this.ended === null) this.tell({ type: 'hide' });
  }

  private readonly onVisibility = (): void => {
    if (document.visibilityState === 'hidden') this.hide();
  };

  close(): void {
    this.end('the engine was closed');
  }

  private tell(message: PageToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private ask<Type extends Answered>(make: (request: number) => PageToWorker): Promise<Message<Type>> {
    if (this.ended !== null) return Promise.reject(new Error(this.ended));
    const request = ++this.lastRequest;
    return new Promise((resolve, reject) => {
      this.requests.set(request, { resolve: (answer) => resolve(answer as Message<Type>), reject });
      this.tell(make(request));
    });
  }

  private take(message: WorkerToPage): void {
    switch (message.type) {
      case 'frame':
      case 'record':
      case 'overview':
      case 'forked':
        this.answer(message);
        break;
      case 'failed':
        this.fail(message.why);
        break;
      default:
        if (message.type === 'ready') clearTimeout(this.starting);
        this.announce(message);
    }
  }

  private answer(message: Message<Answered>): void {
    const request = this.requests.get(message.request);
    this.requests.delete(message.request);
    if (request) request.resolve(message);
    // Another tab has taken the engine back.
    else if (message.type === 'forked') this.announce(message);
  }

  private announce(message: WorkerToPage & { readonly type: Told }): void {
    for (const listener of this.listeners.get(message.type) ?? []) listener(message);
  }

  private fail(why: string): void {
    if (this.ended !== null) return;
    this.end(why);
    this.announce({ type: 'failed', why });
  }

  private end(why: string): void {
    this.ended ??= why;
    clearTimeout(this.starting);
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.worker.terminate();
    for (const { reject } of this.requests.values()) reject(new Error(why));
    this.requests.clear();
    for (const hangUp of [...this.hangUps]) hangUp(why);
  }
}

function randomSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Int32Array(1));
  return seed;
}
