// Replays the transcripts over TCP and shows the differences. Without a port it starts a real redis-server for each
// file, which proves that the transcripts still say what that server says; nothing is rewritten.
// Usage: node scripts/conformance-replay.mjs [--port 6380] [part-of-a-file-name …]
import { readFile, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runnerImport } from 'vite';

import { requireRedis, startRedis } from './conformance-server.mjs';
import { root } from './ensure-install.mjs';

const folder = join(root, 'engine/conformance/transcripts');
const load = async (path) => (await runnerImport(join(root, path), { configFile: false, logLevel: 'error' })).module;
const { casesOf, serverSettings } = await load('engine/conformance/transcript.ts');
const { describeDifference, parseAll, replayAll } = await load('engine/conformance/replay.ts');

function transportTo(port) {
  return {
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', noDelay: true });
        const wire = {
          send: (bytes) => socket.write(bytes),
          close: () => socket.destroy(),
          onbytes: null,
          onclose: null,
        };
        socket.on('data', (bytes) => wire.onbytes?.(bytes));
        socket.on('close', () => wire.onclose?.());
        socket.on('error', reject);
        socket.on('connect', () => resolve(wire));
      }),
    wait: (ms) => sleep(ms),
    patience: () => sleep(2000, undefined, { ref: false }),
  };
}

const words = process.argv.slice(2);
const portAt = words.indexOf('--port');
const port = portAt < 0 ? undefined : Number(words.splice(portAt, 2)[1]);
if (port === undefined) requireRedis();
const names = (await readdir(folder)).filter((name) => words.length === 0 || words.some((part) => name.includes(part)));
const files = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
);
let cases = 0;
let differences = 0;
for (const transcript of parseAll(files)) {
  const settings = serverSettings(transcript);
  if (port !== undefined && Object.keys(settings).length > 0) {
    console.log(`${transcript.name} left out: it needs a server with other settings`);
    continue;
  }
  const redis = port === undefined ? await startRedis(settings) : undefined;
  const found = await replayAll(transportTo(redis?.port ?? port), [transcript]);
  await redis?.stop();
  cases += casesOf(transcript).length;
  differences += found.length;
  for (const difference of found) console.log(describeDifference(difference));
}
console.log(`${cases} cases replayed, ${differences} differences`);
process.exitCode = differences > 0 ? 1 : 0;
