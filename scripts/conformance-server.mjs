// A real redis-server of our own on a free loopback port, and byte connections to it: shared by the conformance recorders.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { giveUp } from './ensure-install.mjs';
import { findRedis, noRedis } from './ensure-redis.mjs';
import { freePort } from './free-port.mjs';

/** Replies are recorded from this line of versions; another one has other texts. */
const SERIES = '7.0.';
/** In the server's own folder. */
const SOCKET = 'redis.sock';

export function requireRedis() {
  const version = findRedis({ install: true });
  if (!version) giveUp(noRedis);
  if (!version.startsWith(SERIES))
    giveUp(`The transcripts follow Redis ${SERIES}x; the redis-server found here is ${version}.`);
  return version;
}

/** Starts a server with the given settings over the usual ones; `stop()` ends it and removes its folder. */
export async function startRedis(settings = {}) {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'conformance-'));
  const all = {
    port,
    bind: '127.0.0.1',
    unixsocket: SOCKET,
    dir,
    save: '',
    appendonly: 'no',
    'enable-debug-command': 'yes',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('Ready to accept connections')) resolve();
    });
    child.on('exit', () => reject(new Error(`redis-server did not start:\n${said}`)));
  });
  return {
    port,
    socket: join(dir, SOCKET),
    async stop() {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(dir, { recursive: true });
    },
  };
}

/** A connection whose arrivals pile up in `received`, one character per byte. */
export async function openWire(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const wire = {
    received: '',
    closed: false,
    send: (bytes) => socket.write(bytes, 'latin1'),
    close: () => socket.destroy(),
  };
  socket.on('data', (chunk) => (wire.received += chunk.toString('latin1')));
  socket.on('close', () => (wire.closed = true));
  socket.on('error', () => (wire.closed = true));
  await once(socket, 'connect');
  return Object.assign(wire, { address: `127.0.0.1:${socket.localPort}` });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Returns when the server has done all that was sent before: it answers commands in the order in which they reached
 * it, one turn of its event loop after the other, so that a few round trips on another connection are a barrier.
 */
export async function barrier(control, trips = 3) {
  for (let trip = 0; trip < trips; trip++) {
    control.received = '';
    control.send('PING\r\n');
    while (control.received !== '+PONG\r\n') {
      if (control.closed) throw new Error('the server closed the control connection');
      await turn();
    }
  }
  await turn();
  await turn();
}
