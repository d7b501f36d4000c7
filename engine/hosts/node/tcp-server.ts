/**
 * RESP over TCP. Sockets are read as they come and written once a turn. What a client sends is the engine's to judge;
 * here it is only kept from taking more than its share: who does not read what was asked for is not read from either.
 */
import { createServer, Socket, type Server } from 'node:net';

import type { Connection, Engine } from '../../api.ts';
import { ascii } from '../../memory/bytes.ts';
import { isLoopback } from './addresses.ts';
import type { Loop } from './loop.ts';

/** Above this many bytes that a client has not taken, no more of its commands are read. */
const PAUSE_ABOVE_BYTES = 1024 * 1024;
/** How long an ended connection may take over its last bytes. */
const LINGER_MS = 5000;

const NOTHING = new Uint8Array(0);

const DENIED = ascii(
  '-DENIED Protected mode: the server listens beyond this machine and no password is set, so only connections from this ' +
    'machine itself are taken. To change that, set a password (--requirepass), or switch the protection off ' +
    '(--protected-mode no, or CONFIG SET protected-mode no from this machine).\r\n',
);

export class TcpServer {
  private readonly engine: Engine;
  private readonly loop: Loop;
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  constructor(engine: Engine, loop: Loop) {
    this.engine = engine;
    this.loop = loop;
  }

  /** Rejects when the address is not to be had. */
  listen(host: string, port: number): Promise<void> {
    // With this mark 'drain' comes only to those who were waited for.
    const options = { allowHalfOpen: true, noDelay: true, highWaterMark: PAUSE_ABOVE_BYTES };
    const server = createServer(options, (socket) => {
      this.accept(socket);
    });
    const backlog = this.engine.config.number('tcp-backlog');
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog, ipv6Only: host.includes(':') }, () => {
        server.off('error', reject);
        // Later errors are about single connections that could not be accepted, out of file handles above all.
        server.on('error', () => undefined);
        this.servers.push(server);
        resolve();
      });
    });
  }

  /** Takes no more connections and ends those that are there, after their last replies. */
  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) end(socket);
  }

  private accept(accepted: Socket): void {
    const input: Input = { take: null };
    const socket = readingIntoShared(accepted, input);
    // A reset or a broken pipe; 'close' follows, and is all that the engine needs to know.
    socket.on('error', () => undefined);
    if (this.isDenied(socket)) {
      socket.write(DENIED);
      end(socket);
      return;
    }
    const keepAliveMs = this.engine.config.number('tcp-keepalive') * 1000;
    if (keepAliveMs > 0) socket.setKeepAlive(true, keepAliveMs);
    this.sockets.add(socket);
    this.loop.turn();
    const connection = this.engine.connect((bytes) => send(socket, bytes), {
      address: `${socket.remoteAddress}:${socket.remotePort}`,
      localAddress: `${socket.localAddress}:${socket.localPort}`,
      close: () => {
        end(socket);
      },
      drop: () => {
        socket.destroy();
      },
      pendingBytes: () => socket.writableLength,
      isFull: () => socket.writableLength > PAUSE_ABOVE_BYTES,
    });
    this.serve(socket, connection, input);
  }

  private serve(socket: Socket, connection: Connection, input: Input): void {
    const { loop } = this;
    input.take = (chunk, length) => {
      loop.turn();
      connection.receive(chunk, length);
    };
    socket.on('drain', () => {
      loop.turn();
      connection.receive(NOTHING);
      if (socket.writableLength <= PAUSE_ABOVE_BYTES) socket.resume();
    });
    // The other side has nothing more to say, and still gets what it asked for: the end waits for the turn's.
    socket.on('end', () => {
      setImmediate(() => {
        connection.close();
      });
    });
    socket.on('close', () => {
      this.sockets.delete(socket);
      connection.close();
    });
  }

  private isDenied(socket: Socket): boolean {
    const { config } = this.engine;
    return (
      config.isOn('protected-mode') && config.text('requirepass') === '' && !isLoopback(socket.remoteAddress ?? '')
    );
  }
}

/** Who takes what a socket has read; nobody while the connection is being made. */
interface Input {
  take: ((chunk: Uint8Array, length: number) => void) | null;
}

/** One buffer for whatever any socket reads: the engine takes what it needs during the call. */
const SHARED = new Uint8Array(64 * 1024);

/**
 * Lets a socket read into the shared buffer instead of one of its own for every piece, which costs a tenth of the
 * server's time. Node offers that (`onread`) for the sockets one makes, not for those one accepts, so an accepted
 * socket's handle is given to one made here. Where there is no such handle, pieces come as they always do.
 */
function readingIntoShared(accepted: Socket, input: Input): Socket {
  const { _handle: handle } = accepted as Socket & { _handle?: object | null };
  if (!handle) {
    accepted.on('data', (chunk: Buffer) => input.take?.(chunk, chunk.length));
    accepted.resume();
    return accepted;
  }
  Object.assign(accepted, { _handle: null });
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: SHARED,
      callback: (length: number) => {
        input.take?.(SHARED, length);
        return true;
      },
    },
  };
  return new Socket(options);
}

/** True when some of the bytes are still to be sent, and must stay as they are until then. */
function send(socket: Socket, bytes: Uint8Array): boolean {
  if (socket.destroyed) return false;
  socket.write(bytes);
  const left = socket.writableLength;
  if (left > PAUSE_ABOVE_BYTES) socket.pause();
  return left > 0;
}

function end(socket: Socket): void {
  if (socket.destroyed) return;
  socket.destroySoon();
  setTimeout(() => {
    socket.destroy();
  }, LINGER_MS).unref();
}
