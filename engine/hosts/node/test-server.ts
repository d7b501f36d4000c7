/** What the tests of this host share: servers on free ports in folders of their own, and a client of bare bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { startServer, type RunningServer } from './server.ts';
import { settingsFrom } from './settings.ts';

export interface TestServer extends RunningServer {
  readonly dir: string;
  /** Everything the server had to say. */
  readonly said: string[];
  /** Resolves once a client's SHUTDOWN has ended it. */
  readonly ended: Promise<Error | null>;
}

const folders: string[] = [];

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  folders.push(dir);
  return dir;
}

export function removeTemporaryFolders(): void {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has an address');
  return address.port;
}

/** Starts a server in this process. Flags come as on the command line. */
export async function startTestServer(...flags: string[]): Promise<TestServer> {
  const dir = flags.includes('--dir') ? (flags[flags.indexOf('--dir') + 1] ?? '') : temporaryFolder();
  const said: string[] = [];
  let onEnd: (problem: Error | null) => void = () => undefined;
  const ended = new Promise<Error | null>((resolve) => (onEnd = resolve));
  const ports = ['--port', String(await freePort()), '--http-port', '0'];
  const settings = settingsFrom([...ports, '--dir', dir, ...flags], {
    cwd: dir,
    read: () => {
      throw new Error('no file is read in a test');
    },
  });
  const server = await startServer({
    settings,
    pageDirectory: join(dir, 'dist'),
    // Few, so that what a test does goes past their end.
    stretchPages: 2,
    say: (sentence) => said.push(sentence),
    onShutdown: (problem) => {
      onEnd(problem);
    },
  });
  return Object.assign(server, { dir, said, ended });
}

/** A connection of bare bytes, one character for each. */
export class Wire {
  received = '';
  isEnded = false;
  error: Error | null = null;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    socket.on('end', () => (this.isEnded = true));
    socket.on('close', () => (this.isEnded = true));
    socket.on('error', (error) => (this.error = error));
  }

  static async open(port: number, host = '127.0.0.1'): Promise<Wire> {
    const socket = connect({ port, host, allowHalfOpen: true });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Waits until so much has come in as is expected here, or the connection ended, or too long; returns what came. */
  async take(expected: number | string, patienceMs = 5000): Promise<string> {
    const length = typeof expected === 'string' ? expected.length : expected;
    await this.until(() => this.received.length >= length || this.isEnded, patienceMs);
    const taken = this.received;
    this.received = '';
    return taken;
  }

  async ends(patienceMs = 5000): Promise<boolean> {
    await this.until(() => this.isEnded, patienceMs);
    return this.isEnded;
  }

  close(): void {
    this.socket.destroy();
  }

  private async until(holds: () => boolean, patienceMs: number): Promise<void> {
    const endMs = performance.now() + patienceMs;
    while (!holds() && performance.now() < endMs) await sleep(1);
  }
}

export function request(...argv: readonly string[]): string {
  return `*${argv.length}\r\n${argv.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
