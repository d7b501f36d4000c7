/** A real redis-server that nobody else talks to, over a Unix socket, which is quicker than a port. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { CONTROL } from '../exceptions.ts';
import { encodeCommand } from '../quoting.ts';
import { BEGINNING, type Link, type Oracle } from './sides.ts';

/** A round trip for each turn of the server's loop that something sent before may still need. */
const TRIPS = 3;

interface WokenLink extends Link {
  wake: (() => void) | null;
}

export class RealServer implements Oracle {
  private readonly path: string;
  private control: WokenLink | null = null;

  static async at(path: string): Promise<RealServer> {
    const server = new RealServer(path);
    server.control = await server.connect();
    await server.ask([['CLIENT', 'SETNAME', CONTROL]]);
    return server;
  }

  private constructor(path: string) {
    this.path = path;
  }

  async connect(): Promise<WokenLink> {
    const socket = connect({ path: this.path });
    const link: WokenLink = {
      ...{ received: '', isClosed: false, wake: null },
      send: (bytes) => void socket.write(bytes, 'latin1'),
      close: () => void socket.destroy(),
    };
    socket.setEncoding('latin1');
    socket.on('data', (bytes: string) => {
      link.received += bytes;
      link.wake?.();
    });
    const ended = (): void => {
      link.isClosed = true;
      link.wake?.();
    };
    socket.on('close', ended);
    socket.on('error', ended);
    await once(socket, 'connect');
    return link;
  }

  async news(link: Link, patienceMs: number): Promise<void> {
    const woken = link as WokenLink;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      woken.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    woken.wake = null;
  }

  async barrier(): Promise<void> {
    for (let trip = 0; trip < TRIPS; trip++) await this.ask([['PING']]);
    // What the server has sent to the others by then has reached this process, and is read in its next turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async reset(): Promise<void> {
    await this.ask([
      ...[
        ['CLIENT', 'KILL', 'TYPE', 'normal'],
        ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
      ],
      ...[['FLUSHALL'], ['CONFIG', 'RESETSTAT']],
      ...BEGINNING,
    ]);
  }

  close(): void {
    this.control?.close();
  }

  private async ask(lines: readonly (readonly string[])[]): Promise<void> {
    const { control } = this;
    if (control === null || control.isClosed) throw new Error('the real server has ended the control connection');
    control.received = '';
    control.send(lines.map(encodeCommand).join(''));
    while (control.received.split('\r\n').length <= lines.length) {
      if (control.isClosed) throw new Error('the real server has ended the control connection');
      await this.news(control, 10_000);
    }
  }
}
