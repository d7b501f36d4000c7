// Runs the scripts in engine/conformance/transcripts against a real redis-server and rewrites the replies in place.
// Usage: npm run conformance:record [-- part-of-a-file-name …]
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { barrier, openWire, requireRedis, startRedis } from './conformance-server.mjs';
import { ensureInstalled, root } from './ensure-install.mjs';

const folder = join(root, 'engine/conformance/transcripts');
const PATIENCE_MS = 5000;

const { runnerImport } = await import('vite').catch(() => {
  ensureInstalled();
  return import('vite');
});
const load = async (path) => (await runnerImport(join(root, path), { configFile: false, logLevel: 'error' })).module;
const { bytesToSend, casesOf, parseTranscript, printTranscript, serverSettings } = await load(
  'engine/conformance/transcript.ts',
);
const { refresh } = await load('engine/conformance/expectation.ts');
const { decodeReply } = await load('engine/conformance/reply.ts');

/** All complete replies that a wire has received; incomplete ones are waited for, and shown raw if they never end. */
async function takeReplies(wire, control) {
  const replies = [];
  const deadline = Date.now() + PATIENCE_MS;
  while (wire.received !== '') {
    const decoded = decodeReply(wire.received);
    if (decoded) {
      replies.push(decoded.reply);
      wire.received = wire.received.slice(decoded.end);
    } else if (wire.closed || Date.now() > deadline) {
      replies.push({ kind: 'raw', text: wire.received });
      wire.received = '';
    } else {
      await barrier(control);
    }
  }
  return replies;
}

async function recordSend(item, run) {
  const wire = run.wires.get(item.client) ?? (await openWire(run.port));
  run.wires.set(item.client, wire);
  wire.send(bytesToSend(item.inputs, run.captures));
  item.happenings = await collect(item, run);
}

/** What the clients have seen since the last line, the speaker first. */
async function collect(item, run) {
  await barrier(run.control);
  const happenings = [];
  const clients = [...run.wires.keys()].sort((a, b) => Number(b === item.client) - Number(a === item.client) || a - b);
  for (const client of clients) {
    const wire = run.wires.get(client);
    const before = item.happenings.filter((happening) => happening.client === client && happening.kind === 'reply');
    const replies = await takeReplies(wire, run.control);
    for (const [i, reply] of replies.filter((one) => !isOwnTrace(one, run.control)).entries()) {
      happenings.push({ client, line: 0, kind: 'reply', node: refresh(before[i]?.node, reply, run.captures) });
    }
    if (wire.closed) {
      happenings.push({ client, line: 0, kind: 'closed' });
      run.wires.delete(client);
    }
  }
  if (!happenings.some((happening) => happening.client === item.client)) {
    happenings.unshift({ client: item.client, line: 0, kind: 'nothing' });
  }
  return happenings;
}

async function recordCase(scene, run) {
  run.wires = new Map();
  run.captures = new Map();
  run.control.send('FLUSHALL\r\n');
  await turnUntilFlushed(run.control);
  for (const item of scene.items) {
    if (item.kind === 'send') await recordSend(item, run).catch((error) => run.complain(item.line, error));
    else if (item.kind === 'wait') await sleep(item.ms);
    else if (item.kind === 'hang-up') {
      run.wires.get(item.client)?.close();
      run.wires.delete(item.client);
      await sleep(5);
    }
  }
  for (const wire of run.wires.values()) wire.close();
  await barrier(run.control);
}

/** Whether a client that watches all calls was shown one of the recorder's own. */
function isOwnTrace({ kind, text }, control) {
  return kind === 'line' && text.includes(` ${control.address}] `);
}

async function turnUntilFlushed(control) {
  while (!control.received.endsWith('+OK\r\n')) await new Promise((resolve) => setImmediate(resolve));
}

async function recordFile(name, complaints) {
  const path = join(folder, name);
  const text = await readFile(path, 'utf8');
  const transcript = parseTranscript(name, text);
  const redis = await startRedis(serverSettings(transcript));
  const complain = (line, error) => complaints.push(`${name}:${line}: ${error.message}`);
  try {
    const run = { port: redis.port, control: await openWire(redis.port), complain };
    for (const scene of casesOf(transcript)) await recordCase(scene, run);
    run.control.close();
  } finally {
    await redis.stop();
  }
  const recorded = printTranscript(transcript);
  if (recorded !== text) await writeFile(path, recorded);
  return { cases: casesOf(transcript).length, changed: recorded !== text };
}

const version = requireRedis();
const wanted = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => name.endsWith('.transcript')).sort();
const chosen = names.filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const complaints = [];
let cases = 0;
for (const name of chosen) {
  const recorded = await recordFile(name, complaints).catch((error) => {
    complaints.push(error.message.startsWith(name) ? error.message : `${name}: ${error.stack}`);
    return { cases: 0, changed: false };
  });
  cases += recorded.cases;
  if (recorded.changed) console.log(`${name} changed`);
}
for (const complaint of complaints) console.error(complaint);
console.log(
  `${cases} cases of ${chosen.length} transcripts recorded from redis-server ${version}; ${complaints.length} complaints`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;
