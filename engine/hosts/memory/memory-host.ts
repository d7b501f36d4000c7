import { Engine, type Connection, type Recorder } from '../../api.ts';
import { FileLog } from '../../persistence/file-log.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { ManualClock } from './manual-clock.ts';

export interface MemoryHostOptions {
  readonly seed?: number;
  readonly clock?: ManualClock;
  readonly disk?: FaultyDisk;
  readonly config?: Readonly<Record<string, string>>;
  readonly recorder?: Recorder | null;
}

/** A client of a memory host, with everything it was answered. */
export class MemoryClient {
  /** One character for each byte. */
  received = '';
  isClosed = false;
  private readonly host: MemoryHost;
  private readonly connection: Connection;

  constructor(host: MemoryHost) {
    this.host = host;
    this.connection = host.engine.connect(
      (bytes) => {
        for (const byte of bytes) this.received += String.fromCharCode(byte);
      },
      {
        address: '127.0.0.1:0',
        localAddress: '127.0.0.1:0',
        close: () => {
          this.isClosed = true;
        },
      },
    );
  }

  /** Sends text, a byte for each character, and ends the turn. */
  send(text: string): void {
    this.host.turn(() => {
      this.connection.receive(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    });
  }

  /** Sends a command and returns what was answered to it by the end of the turn. */
  call(...argv: readonly string[]): string {
    const before = this.received.length;
    this.send(`*${argv.length}\r\n${argv.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    return this.received.slice(before);
  }
}

/**
 * An engine with a clock turned by hand and a disk that fails on demand, all in memory and the same every time. Reads
 * the disk's log at the start, as a server does, and throws when it is damaged.
 */
export class MemoryHost {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly disk: FaultyDisk;
  readonly log: FileLog;
  /** Why the log cannot be written, `null` when it can. */
  logFailure: string | null = null;
  syncedOffset = 0;

  constructor(options: MemoryHostOptions = {}) {
    this.clock = options.clock ?? new ManualClock();
    const content = (options.disk ?? new FaultyDisk()).content();
    const log = {
      append: (bytes: Uint8Array, isDurable: boolean) => this.log.append(bytes, isDurable),
      readAll: () => this.log.readAll(),
    };
    this.engine = new Engine({
      host: { seed: options.seed ?? 1, log },
      nowMs: this.clock.nowMs,
      config: { appendonly: 'yes', 'enable-debug-command': 'yes', ...options.config },
      recorder: options.recorder ?? null,
    });
    const validBytes = load(this.engine, content);
    this.disk =
      validBytes === content.length && options.disk ? options.disk : new FaultyDisk(content.slice(0, validBytes));
    this.log = new FileLog({
      file: this.disk,
      offset: validBytes,
      policy: () => this.engine.config.text('appendfsync'),
      nowMs: () => this.clock.passedMs,
      onSynced: (offset) => {
        this.syncedOffset = offset;
        this.engine.logSynced(offset);
      },
      onFailed: (why) => {
        this.logFailure = why;
        this.engine.logFailed(why);
      },
    });
  }

  connect(): MemoryClient {
    return new MemoryClient(this);
  }

  turn(work: () => void): void {
    this.engine.setTime(this.clock.nowMs);
    work();
    this.engine.endTurn();
  }

  /** Lets time pass in steps of a tenth of a second, as a host's timer does. */
  wait(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.advance(Math.min(100, left));
      this.engine.tick(this.clock.nowMs);
      this.log.tick();
    }
  }
}

/** Returns how many bytes of the log are whole commands. */
function load(engine: Engine, content: Uint8Array): number {
  const loader = engine.loader();
  loader.feed(content);
  return loader.finish().validBytes;
}
