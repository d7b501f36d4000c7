/** The Node host's engine and log, put together as its server does, on a file system and a clock that are ours. */
import { Engine, type Connection, type Recorder } from '../api.ts';
import { fromBytes, toBytes } from '../conformance/quoting.ts';
import type { FaultyFiles } from '../hosts/memory/faulty-files.ts';
import type { ManualClock } from '../hosts/memory/manual-clock.ts';
import { LogDirectory } from '../hosts/node/log-directory.ts';
import { FileLog } from '../persistence/file-log.ts';
import { ascii } from '../memory/bytes.ts';
import { bytesOf, type Turn } from './workload.ts';

export const DIRECTORY = '/data';
export const LOG_PATH = '/data/appendonlydir/appendonly.aof.1.incr.aof';
const LOCK_PATH = '/data/appendonlydir/vitrine.lock';

export type Policy = 'always' | 'everysec' | 'no';

export interface NodeLifeOptions {
  readonly files: FaultyFiles;
  readonly clock: ManualClock;
  readonly seed: number;
  readonly config: Readonly<Record<string, string>>;
  readonly recorder?: Recorder | null;
}

const TICK_MS = 100;
/** A sync of a slow disk takes so long. */
const SLOW_SYNC_MS = 700;
export const REFUSED = '-MISCONF Errors writing to the AOF file: ';

export class NodeLife {
  readonly engine: Engine;
  readonly files: FaultyFiles;
  /** Why the log cannot be written, `null` when it can. */
  failure: string | null = null;
  /** All that was said to its clients since it was last taken, a character a byte. */
  received = '';
  /** What the engine gave to the log in this life. */
  readonly appended: Uint8Array[] = [];
  /** The length of the log with all that was appended. */
  offset: number;

  private readonly options: NodeLifeOptions;
  private readonly log: FileLog;
  private readonly directory: LogDirectory;
  private readonly clients = new Map<number, { readonly connection: Connection; isClosed: boolean }>();
  private syncEndsMs = Infinity;

  /** Throws when the log cannot be used. */
  constructor(options: NodeLifeOptions) {
    const { files, clock } = options;
    this.options = options;
    this.files = files;
    this.engine = new Engine({
      host: {
        seed: options.seed,
        log: {
          append: (bytes, isDurable) => {
            this.appended.push(bytes.slice());
            this.offset += bytes.length;
            return this.log.append(bytes, isDurable);
          },
          readAll: () => this.log.readAll(),
        },
      },
      nowMs: clock.nowMs,
      config: { appendonly: 'yes', 'enable-debug-command': 'yes', ...options.config },
      recorder: options.recorder ?? null,
    });
    this.directory = new LogDirectory(this.engine, {
      ...{ dir: DIRECTORY, dirName: 'appendonlydir', fileName: 'appendonly.aof', cutsTornEnd: true, files },
      say: () => undefined,
    });
    this.offset = this.directory.offset;
    this.log = new FileLog({
      file: this.directory.file,
      offset: this.offset,
      policy: () => this.engine.config.text('appendfsync'),
      nowMs: () => clock.passedMs,
      onSynced: (offset) => {
        this.engine.logSynced(offset);
      },
      onFailed: (why) => {
        this.failure = why;
        this.engine.logFailed(why);
      },
    });
  }

  /** Plays a turn to its end, replies and all. */
  async play({ client, lines, pauseMs }: Turn): Promise<void> {
    this.engine.setTime(this.options.clock.nowMs);
    this.connectionOf(client).receive(toBytes(bytesOf(lines, (other) => this.connectionOf(other).id)));
    this.engine.endTurn();
    await settled();
    if (pauseMs > 0) await this.wait(pauseMs);
  }

  /** Lets time pass, as the server's timer tells it. */
  async wait(ms: number): Promise<void> {
    const { clock, files } = this.options;
    for (let left = ms; left > 0; left -= TICK_MS) {
      clock.advance(Math.min(TICK_MS, left));
      this.engine.tick(clock.nowMs);
      if (files.isSyncing && this.syncEndsMs === Infinity) this.syncEndsMs = clock.passedMs + SLOW_SYNC_MS;
      if (clock.passedMs >= this.syncEndsMs) {
        files.finishSync();
        this.syncEndsMs = Infinity;
      }
      await settled();
      this.log.tick();
      await settled();
    }
  }

  takeReceived(): string {
    const { received } = this;
    this.received = '';
    return received;
  }

  /** What the log would give when it is read now. */
  readAll(): Uint8Array {
    return this.log.readAll();
  }

  /** Writes and syncs everything, or throws. */
  finish(): void {
    this.engine.endTurn();
    this.log.finish();
    this.directory.close();
  }

  private connectionOf(client: number): Connection {
    const known = this.clients.get(client);
    if (known?.isClosed === false) return known.connection;
    const made = {
      isClosed: false,
      connection: this.engine.connect((bytes) => void (this.received += fromBytes(bytes)), {
        address: `127.0.0.1:${40_000 + client}`,
        localAddress: '127.0.0.1:6380',
        close: () => (made.isClosed = true),
      }),
    };
    this.clients.set(client, made);
    return made.connection;
  }
}

/** What was promised is kept or broken by then, and who waited for it has gone on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 6; i++) await Promise.resolve();
}

/** After a death the lock is that of a process which is no more. */
export function orphanLock(files: FaultyFiles): void {
  if (files.exists(LOCK_PATH)) files.put(LOCK_PATH, ascii('999999 1'));
}
