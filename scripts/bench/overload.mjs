// Two thousand clients that only hang on and fifty that are busy, for a minute; somebody says PING all the while, and waits.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { median, printTable } from './figures.mjs';
import { contenders } from './servers.mjs';

const IDLE = 2000;
const BUSY = 50;
const PING_EVERY_MS = 10;
const PROMISED_MS = 50;
/** In rounds too short to matter, so that the busy ones do now this, now that. */
const BUSY_COMMANDS = 'set,get,incr,lpush,rpop,sadd,hset,zadd,lrange_100,mset';

/** Clients that say something once and then nothing more. */
async function hangOn(port) {
  const sockets = [];
  for (let i = 0; i < IDLE; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('PING\r\n');
    await once(socket, 'data');
    sockets.push(socket);
  }
  return sockets;
}

/** The busy ones, again and again until they are told to stop. */
function keepBusy(port) {
  const flags = ['-p', port, '-c', BUSY, '-n', 1_000_000, '-r', 100_000, '-d', 64, '-t', BUSY_COMMANDS, '-l', '-q'];
  const child = spawn('redis-benchmark', flags.map(String), { stdio: 'ignore' });
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

/** How long each PING took, in milliseconds, from when it should have been said: who is late says it late, and that counts. */
async function pings(port, seconds) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const times = [];
  const end = performance.now() + seconds * 1000;
  for (let due = performance.now(); due < end; due += PING_EVERY_MS) {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    socket.write('PING\r\n');
    await once(socket, 'data');
    times.push(performance.now() - due);
  }
  socket.destroy();
  return times.sort((a, b) => a - b);
}

async function measure(server, seconds) {
  const idle = await hangOn(server.port);
  const stop = keepBusy(server.port);
  await sleep(500);
  const times = await pings(server.port, seconds);
  await stop();
  const left = idle.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
  for (const socket of idle) socket.destroy();
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { pings: times.length, median: median(times), p99: at(0.99), worst: times.at(-1), left };
}

export async function benchOverload({ seconds }) {
  const make = await contenders();
  const found = {};
  for (const name of ['vitrine', 'redis']) {
    const server = await make[name](['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxclients', '4000']);
    try {
      found[name] = await measure(server, seconds);
    } finally {
      await server.stop();
    }
  }
  const ms = (value) => value.toFixed(2);
  printTable(
    [`${IDLE} idle, ${BUSY} busy, ${seconds} s`, 'PINGs', 'median ms', 'p99 ms', 'worst ms', 'idle ones left'],
    Object.entries(found).map(([name, { pings: count, left, ...figures }]) => [
      name,
      count,
      ms(figures.median),
      ms(figures.p99),
      ms(figures.worst),
      left,
    ]),
  );
  const { p99 } = found.vitrine;
  console.log(`promised: p99 below ${PROMISED_MS} ms; it is ${p99 < PROMISED_MS ? 'kept' : 'BROKEN'}`);
}
