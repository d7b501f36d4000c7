import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { removeTemporaryFolders, request, startTestServer, Wire, type TestServer } from './test-server.ts';

let server: TestServer;
const wires: Wire[] = [];

beforeAll(async () => {
  server = await startTestServer('--enable-debug-command', 'yes');
});
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close();
});
afterAll(() => {
  server.stop();
  removeTemporaryFolders();
});

async function open(port = server.port, host?: string): Promise<Wire> {
  const wire = await Wire.open(port, host);
  wires.push(wire);
  return wire;
}

async function answer(text: string, expected: string): Promise<void> {
  const wire = await open();
  wire.send(text);
  expect(await wire.take(expected)).toBe(expected);
}

test('a command is answered, and so is the next one', async () => {
  const wire = await open();
  wire.send(request('SET', 'tcp:a', '1'));
  expect(await wire.take('+OK\r\n')).toBe('+OK\r\n');
  wire.send(request('GET', 'tcp:a'));
  expect(await wire.take('$1\r\n1\r\n')).toBe('$1\r\n1\r\n');
});

test('commands that come a byte at a time are the same commands', async () => {
  const wire = await open();
  const text = request('SET', 'tcp:b', 'two\r\nlines') + request('GET', 'tcp:b') + 'PING\r\n';
  for (const byte of text) {
    wire.send(byte);
    await sleep(0);
  }
  const expected = '+OK\r\n$10\r\ntwo\r\nlines\r\n+PONG\r\n';
  expect(await wire.take(expected)).toBe(expected);
});

test('a pipeline of ten thousand is answered in order', async () => {
  const wire = await open();
  wire.send(Array.from({ length: 10_000 }, (_, i) => request('ECHO', String(i))).join(''));
  const expected = Array.from({ length: 10_000 }, (_, i) => `$${String(i).length}\r\n${i}\r\n`).join('');
  expect(await wire.take(expected, 20_000)).toBe(expected);
});

test('a value of sixteen megabytes goes in and comes out', async () => {
  const wire = await open();
  const value = 'x'.repeat(16 * 1024 * 1024);
  wire.send(request('SET', 'tcp:large', value));
  expect(await wire.take('+OK\r\n', 20_000)).toBe('+OK\r\n');
  wire.send(request('GET', 'tcp:large') + request('DEL', 'tcp:large'));
  const expected = `$${value.length}\r\n${value}\r\n:1\r\n`;
  expect((await wire.take(expected, 20_000)) === expected).toBe(true);
});

test('a client that has said its last word still gets its answers', async () => {
  const wire = await open();
  wire.socket.end(request('SET', 'tcp:half', '1') + request('GET', 'tcp:half'), 'latin1');
  expect(await wire.take('+OK\r\n$1\r\n1\r\n')).toBe('+OK\r\n$1\r\n1\r\n');
  expect(await wire.ends()).toBe(true);
});

test('a client that breaks off in the middle of a command disturbs nobody', async () => {
  const other = await open();
  for (let i = 0; i < 20; i++) {
    const wire = await open();
    wire.send('*3\r\n$3\r\nSET\r\n$7\r\ntcp:cut\r\n$100\r\nabc');
    await sleep(1);
    wire.socket.resetAndDestroy();
    other.send(request('PING'));
    expect(await other.take('+PONG\r\n')).toBe('+PONG\r\n');
  }
  other.send(request('EXISTS', 'tcp:cut'));
  expect(await other.take(':0\r\n')).toBe(':0\r\n');
});

test('QUIT is answered, and what follows it is not run', async () => {
  const wire = await open();
  wire.send(request('QUIT') + request('SET', 'tcp:after-quit', '1'));
  expect(await wire.ends()).toBe(true);
  expect(wire.received).toBe('+OK\r\n');
  await answer(request('EXISTS', 'tcp:after-quit'), ':0\r\n');
});

const malformed: readonly [string, string, string][] = [
  ['an absurd count', '*3000000000\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['a count that is no number', '*banana\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['a length below zero', '*1\r\n$-1\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
  ['an absurd length', '*1\r\n$99999999999\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
  ['an array in an array', '*1\r\n*1\r\n$4\r\nPING\r\n', "-ERR Protocol error: expected '$', got '*'\r\n"],
  ['a quote that is not closed', 'SET a "b\r\n', '-ERR Protocol error: unbalanced quotes in request\r\n'],
  ['a line without an end', 'x'.repeat(70_000), '-ERR Protocol error: too big inline request\r\n'],
];

for (const [what, sent, reply] of malformed) {
  test(`${what} is refused in the protocol's words, the connection ended, and the rest not run`, async () => {
    const wire = await open();
    wire.send(sent);
    // In a packet of its own where the first line has an end, so that the order does not depend on how they travel.
    expect(await wire.ends()).toBe(true);
    expect(wire.received === reply || (wire.received === '' && wire.error !== null)).toBe(true);
    await answer(request('PING'), '+PONG\r\n');
  });
}

test('a declared size takes no memory before its bytes come', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const some = await Promise.all(Array.from({ length: 50 }, () => open()));
  for (const wire of some) wire.send('*1000000\r\n$500000000\r\nabc');
  await sleep(100);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
});

const browsers: readonly [string, string][] = [
  ['POST', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\r\nSET tcp:browser 1\r\n'],
  ['a Host: line', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nSET tcp:browser 1\r\n'],
];

for (const [what, sent] of browsers) {
  test(`${what} from a browser ends the connection, and nothing behind it is run`, async () => {
    const wire = await open();
    wire.send(sent);
    expect(await wire.ends()).toBe(true);
    await answer(request('EXISTS', 'tcp:browser'), ':0\r\n');
  });
}

test("a TLS client's hello does no harm", async () => {
  const wire = await open();
  wire.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + '\x00'.repeat(500) + '\r\n');
  await sleep(20);
  await answer(request('PING'), '+PONG\r\n');
});

test('a client that does not read is not read from, and its memory stays bounded', async () => {
  const filler = await open();
  filler.send(request('SET', 'tcp:unread', 'x'.repeat(100_000)));
  await filler.take('+OK\r\n');
  const greedy = await open();
  greedy.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  // 400 MB of answers, were they all made.
  for (let i = 0; i < 400; i++) greedy.send(request('GET', 'tcp:unread').repeat(10));
  await sleep(300);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 1024 * 1024);
  await answer(request('PING'), '+PONG\r\n');
  greedy.socket.resume();
  const length = 4000 * `$100000\r\n${'x'.repeat(100_000)}\r\n`.length;
  let got = 0;
  greedy.socket.on('data', (chunk) => (got += chunk.length));
  greedy.received = '';
  for (let i = 0; i < 1000 && got < length; i++) {
    await sleep(10);
    greedy.received = '';
  }
  expect(got).toBeGreaterThan(length * 0.9);
});

test('a listener that does not read is sent away before its messages fill the memory', async () => {
  const admin = await open();
  admin.send(request('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 4mb 0 0'));
  await admin.take('+OK\r\n');
  const listener = await open();
  listener.send(request('SUBSCRIBE', 'tcp:news'));
  await listener.take(1);
  listener.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  const message = request('PUBLISH', 'tcp:news', 'x'.repeat(100_000));
  let listeners = '';
  for (let i = 0; i < 400 && listeners !== ':0\r\n'; i++) {
    admin.send(message);
    listeners = await admin.take(4);
  }
  expect(listeners).toBe(':0\r\n');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
  await answer(request('PING'), '+PONG\r\n');
  admin.send(request('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60'));
  await admin.take('+OK\r\n');
});

test('one packet that asks for a gigabyte is answered piece by piece, to a client that reads', async () => {
  const wire = await open();
  wire.send(request('SET', 'tcp:big', 'x'.repeat(1_000_000)));
  await wire.take('+OK\r\n');
  let got = 0;
  wire.socket.removeAllListeners('data');
  wire.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  wire.send(request('GET', 'tcp:big').repeat(1000) + request('ECHO', 'the end'));
  await sleep(300);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
  let last = '';
  wire.socket.on('data', (chunk) => {
    got += chunk.length;
    last = (last + chunk.subarray(-20).toString('latin1')).slice(-20);
  });
  wire.socket.resume();
  const length = 1000 * (1_000_000 + '$1000000\r\n\r\n'.length) + '$7\r\nthe end\r\n'.length;
  for (let i = 0; i < 2000 && got < length; i++) await sleep(5);
  expect(got).toBe(length);
  expect(last).toMatch(/\$7\r\nthe end\r\n$/);
});

test('two thousand idle clients are held, and one that works is answered', async () => {
  const idle: Wire[] = [];
  for (let i = 0; i < 20; i++) idle.push(...(await Promise.all(Array.from({ length: 100 }, () => open()))));
  expect(idle).toHaveLength(2000);
  const wire = await open();
  for (let i = 0; i < 200; i++) {
    wire.send(request('PING'));
    expect(await wire.take('+PONG\r\n')).toBe('+PONG\r\n');
  }
});

test('one client more than maxclients is told so and sent away', async () => {
  const small = await startTestServer('--maxclients', '2');
  try {
    const first = await open(small.port);
    const second = await open(small.port);
    for (const wire of [first, second]) {
      wire.send(request('PING'));
      expect(await wire.take('+PONG\r\n')).toBe('+PONG\r\n');
    }
    const third = await open(small.port);
    expect(await third.ends()).toBe(true);
    expect(third.received).toBe('-ERR max number of clients reached\r\n');
    first.close();
    await sleep(50);
    const fourth = await open(small.port);
    fourth.send(request('PING'));
    expect(await fourth.take('+PONG\r\n')).toBe('+PONG\r\n');
  } finally {
    small.stop();
  }
});

test('an idle client is sent away after the timeout', async () => {
  const strict = await startTestServer('--timeout', '1');
  try {
    const wire = await open(strict.port);
    wire.send(request('PING'));
    await wire.take('+PONG\r\n');
    expect(await wire.ends()).toBe(true);
  } finally {
    strict.stop();
  }
});

test('keys expire on the wall clock without being touched', async () => {
  const wire = await open();
  wire.send(request('SET', 'tcp:short', '1', 'PX', '50') + request('DBSIZE'));
  const before = await wire.take('+OK\r\n:1\r\n');
  await sleep(400);
  wire.send(request('DBSIZE'));
  const count = Number(/:(\d+)\r\n$/.exec(before)?.[1]);
  expect(await wire.take(':0\r\n')).toBe(`:${count - 1}\r\n`);
});

test('SHUTDOWN ends the server cleanly', async () => {
  const brief = await startTestServer();
  const wire = await open(brief.port);
  wire.send(request('SHUTDOWN', 'NOSAVE'));
  expect(await wire.ends()).toBe(true);
  expect(await brief.ended).toBe(null);
  await expect(Wire.open(brief.port)).rejects.toThrow(/ECONNREFUSED/);
});

test('a port that is taken is said in a sentence', async () => {
  await expect(startTestServer('--port', String(server.port))).rejects.toThrow(
    `127.0.0.1:${server.port} is taken by another program. Choose another one with --port, or 0 to do without.`,
  );
});

const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address !== undefined && !address.internal && address.family === 'IPv4')?.address;

test.runIf(outside !== undefined)('without a password nobody outside this machine is served', async () => {
  const address = outside ?? '';
  const open0 = await startTestServer('--bind', '127.0.0.1', address);
  try {
    const wire = await open(open0.port, address);
    wire.send(request('SET', 'tcp:outside', '1'));
    expect(await wire.ends()).toBe(true);
    expect(wire.received === '' || wire.received.startsWith('-DENIED ')).toBe(true);
    const inside = await open(open0.port);
    inside.send(request('EXISTS', 'tcp:outside') + request('CONFIG', 'SET', 'protected-mode', 'no'));
    expect(await inside.take(':0\r\n+OK\r\n')).toBe(':0\r\n+OK\r\n');
    const allowed = await open(open0.port, address);
    allowed.send(request('PING'));
    expect(await allowed.take('+PONG\r\n')).toBe('+PONG\r\n');
  } finally {
    open0.stop();
  }
});
