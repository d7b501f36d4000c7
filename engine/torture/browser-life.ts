/** The page's worker, put together as it is there, over a storage that remembers what it has been. */
import type { Engine } from '../api.ts';
import { fromBytes, toBytes } from '../conformance/quoting.ts';
import { FaultyStorage, type Disk, type Operation } from '../hosts/browser/faulty-storage.ts';
import type { LogChange } from '../hosts/browser/log-storage.ts';
import { openHost, type OpenHost } from '../hosts/browser/open-host.ts';
import type { SaveState } from '../hosts/browser/protocol.ts';
import type { ManualTimers } from './manual-timers.ts';
import type { Policy } from './node-life.ts';
import { bytesOf, type Turn } from './workload.ts';

/** What was kept before an operation. */
export function copyOf({ records, end, epoch }: Disk): Disk {
  return { records: new Map(records), end, epoch };
}

/** Counts its operations, and knows the change that came last. */
export class CountingStorage extends FaultyStorage {
  operations = 0;
  /** What an operation was asked to write, by its number. */
  readonly changes = new Map<number, LogChange>();
  private coming: LogChange | null = null;

  override async write(change: LogChange): Promise<void> {
    this.coming = change;
    await super.write(change);
  }

  /** The number of the operation that begins. */
  count(operation: Operation): number {
    const n = this.operations++;
    if (operation === 'write' && this.coming !== null) this.changes.set(n, this.coming);
    return n;
  }
}

export class BrowserLife {
  readonly storage: CountingStorage;
  readonly engine: Engine;
  received = '';
  private readonly open: OpenHost;
  private readonly timers: ManualTimers;
  private readonly states: readonly SaveState[];
  private readonly clients = new Map<number, { id: number; isClosed: boolean }>();

  private constructor(open: OpenHost, storage: CountingStorage, timers: ManualTimers, states: readonly SaveState[]) {
    this.open = open;
    this.storage = storage;
    this.timers = timers;
    this.states = states;
    // The page has no door to the engine, and needs none. Who compares memory with the log looks in by the window.
    this.engine = open.host['engine'];
  }

  /** `null` when it never comes so far. */
  static async begin(storage: CountingStorage, policy: Policy, timers: ManualTimers): Promise<BrowserLife | null> {
    const states: SaveState[] = [];
    let open: OpenHost | null = null;
    const config = { appendonly: 'yes', appendfsync: policy, 'enable-debug-command': 'yes' };
    const opening = openHost(
      { seed: 1, hashName: 'fnv1a', storeName: 'torture', config },
      (message) => {
        if (message.type === 'save') states.push(message.state);
      },
      storage,
    ).then((opened) => (open = opened));
    await timers.settle();
    if (open === null) return null;
    await opening;
    return new BrowserLife(open, storage, timers, states);
  }

  /** How things are with what is kept, as the page says it. */
  get saved(): SaveState | undefined {
    return this.states.at(-1);
  }

  /** The length of the log with what waits. */
  get offset(): number {
    return this.engine['log'].end;
  }

  async play({ client, lines, pauseMs }: Turn): Promise<void> {
    const bytes = toBytes(bytesOf(lines, (other) => this.connected(other).id));
    this.open.host.receive(this.connected(client).id, bytes);
    await this.timers.settle();
    if (pauseMs > 0) await this.timers.advance(pauseMs);
  }

  takeReceived(): string {
    const { received } = this;
    this.received = '';
    return received;
  }

  /** Keeps what waits, unless the storage never answers. */
  async flush(): Promise<void> {
    void this.open.log?.flush();
    await this.timers.settle();
  }

  close(): void {
    this.open.host.close();
    this.storage.close();
  }

  private connected(client: number): { id: number; isClosed: boolean } {
    const known = this.clients.get(client);
    if (known?.isClosed === false) return known;
    const made = { id: 0, isClosed: false };
    made.id = this.open.host.connect({
      send: (bytes) => void (this.received += fromBytes(bytes)),
      close: () => (made.isClosed = true),
    });
    this.clients.set(client, made);
    return made;
  }
}
