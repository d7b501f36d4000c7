/** Puts the parts of the server together, and takes them down again in the order that loses nothing. */
import { randomBytes } from 'node:crypto';
import { arch, platform, release, totalmem } from 'node:os';

import { Engine, type AppendLog } from '../../api.ts';
import { FileLog } from '../../persistence/file-log.ts';
import { rewriteConfigFile } from './config-file.ts';
import { addressesOf, authority } from './addresses.ts';
import { HttpServer } from './http-server.ts';
import { LogDirectory } from './log-directory.ts';
import { Loop } from './loop.ts';
import type { Settings } from './settings.ts';
import { TcpServer } from './tcp-server.ts';
import { WallClock } from './wall-clock.ts';

export interface ServerOptions {
  readonly settings: Settings;
  /** Where the built page lies. */
  readonly pageDirectory: string;
  /** So many pages of memory lie in one piece, if the system gives that. */
  readonly stretchPages: number;
  say(sentence: string): void;
  /** The server has ended by itself: a client sent SHUTDOWN. */
  onShutdown?(problem: Error | null): void;
}

export interface RunningServer {
  readonly engine: Engine;
  /** 0 when switched off. */
  readonly port: number;
  readonly httpPort: number;
  /** The first address of each, as one writes it. */
  readonly address: string;
  readonly httpAddress: string;
  /** Writes and syncs the log, then ends every connection. Throws when the log could not be saved. */
  stop(): void;
}

/** The server cannot start, for a reason that is no fault of the program. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = new NodeServer(options);
  await server.start();
  return server;
}

class NodeServer implements RunningServer {
  readonly engine: Engine;
  port = 0;
  httpPort = 0;
  address = '';
  httpAddress = '';

  private readonly options: ServerOptions;
  private readonly clock = new WallClock();
  private readonly loop: Loop;
  private readonly tcp: TcpServer;
  private readonly http: HttpServer;
  private directory: LogDirectory | null = null;
  private log: FileLog | null = null;
  private isStopped = false;

  constructor(options: ServerOptions) {
    this.options = options;
    const { values, configFile } = options.settings;
    const isLogged = values.appendonly?.toLowerCase() === 'yes';
    // The file is opened once the ports are ours; until then nothing is appended.
    const log: AppendLog = {
      append: (bytes, isDurable) => this.log?.append(bytes, isDurable) ?? null,
      readAll: () => this.log?.readAll() ?? new Uint8Array(0),
    };
    this.engine = new Engine({
      nowMs: this.clock.nowMs(),
      config: values,
      facts: {
        os: `${platform()} ${release()} ${arch()}`,
        processId: process.pid,
        systemMemoryBytes: totalmem(),
        cpuSeconds: () => {
          const { user, system } = process.cpuUsage();
          return { user: user / 1e6, system: system / 1e6 };
        },
        tcpPort: Number(values.port ?? DEFAULT_PORT),
        executable: process.argv[1] ?? process.execPath,
        configFile,
        host: 'node',
      },
      host: {
        seed: randomBytes(4).readInt32LE(),
        log: isLogged ? log : undefined,
        sleep,
        clock: () => performance.now() * 1000,
        memory: { stretchPages: options.stretchPages },
        rewriteConfig: () => rewriteConfigFile(configFile, this.engine.config),
        shutdown: () => {
          this.shutDownSoon();
        },
      },
    });
    this.loop = new Loop(this.engine, this.clock);
    this.tcp = new TcpServer(this.engine, this.loop);
    this.http = new HttpServer(options.pageDirectory);
  }

  async start(): Promise<void> {
    const { config } = this.engine;
    try {
      // The ports go first: a second server started by mistake must not get as far as the first one's log.
      [this.port, this.address] = await this.listen(this.tcp, 'port');
      [this.httpPort, this.httpAddress] = await this.listen(this.http, 'http-port');
      if (config.isOn('appendonly')) this.openLog();
    } catch (error) {
      this.tcp.close();
      this.http.close();
      throw error;
    }
    this.loop.start(() => this.log?.tick());
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.loop.stop();
    this.engine.endTurn();
    try {
      this.log?.finish();
    } finally {
      this.tcp.close();
      this.http.close();
      this.directory?.close();
    }
  }

  /** The command that asks for it is still running; its turn is brought to an end first. */
  private shutDownSoon(): void {
    setImmediate(() => {
      let problem: Error | null = null;
      try {
        this.stop();
      } catch (error) {
        problem = error instanceof Error ? error : new Error(String(error));
      }
      this.options.onShutdown?.(problem);
    });
  }

  /** The port and the first address, or zero and nothing where it is switched off. */
  private async listen(server: TcpServer | HttpServer, setting: 'port' | 'http-port'): Promise<[number, string]> {
    const { config } = this.engine;
    const port = config.number(setting);
    let first = '';
    if (port === 0) return [0, first];
    for (const { host, isOptional } of addressesOf(config.text('bind'))) {
      try {
        await server.listen(host, port);
      } catch (error) {
        if (!(isOptional && isNotAvailable(error))) throw new CannotStart(listenSentence(error, host, port, setting));
        continue;
      }
      first ||= authority(host, port);
    }
    if (first === '') throw new CannotStart(`None of the addresses of --bind ${config.text('bind')} is to be had.`);
    return [port, first];
  }

  private openLog(): void {
    const { engine, options } = this;
    const { config } = engine;
    try {
      this.directory = new LogDirectory(engine, {
        dir: config.text('dir'),
        dirName: config.text('appenddirname'),
        fileName: config.text('appendfilename'),
        cutsTornEnd: config.isOn('aof-load-truncated'),
        say: (sentence) => {
          options.say(sentence);
        },
      });
    } catch (error) {
      // Of a damaged log, of a directory in use, of the system's refusals the message says all there is to say.
      throw new CannotStart(error instanceof Error ? error.message : String(error));
    }
    this.log = new FileLog({
      file: this.directory.file,
      offset: this.directory.offset,
      policy: () => config.text('appendfsync'),
      nowMs: () => performance.now(),
      onSynced: (offset) => {
        engine.logSynced(offset);
      },
      onFailed: (why) => {
        options.say(why === null ? 'The log can be written again.' : `The log cannot be written: ${why}`);
        engine.logFailed(why);
      },
    });
  }
}

const DEFAULT_PORT = 6380;

function isNotAvailable(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND';
}

function listenSentence(error: unknown, host: string, port: number, setting: string): string {
  const where = authority(host, port);
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${where} is taken by another program. Choose another one with --${setting}, or 0 to do without.`;
    case 'EACCES':
      return `${where} may not be listened on by this user. Choose a port above 1023 with --${setting}.`;
    case 'EADDRNOTAVAIL':
      return `This machine does not have the address ${host} of --bind.`;
    default:
      return `${where} cannot be listened on: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Stands still, and the whole server with it, as DEBUG SLEEP asks. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
