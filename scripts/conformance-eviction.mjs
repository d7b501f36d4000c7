// Records engine/conformance/eviction-figures.json from a real redis-server: when half of the keys have been evicted, how
// many of those that went are of the half that should have gone. `npm run conformance:record` does not run it; it takes long.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openWire, requireRedis, startRedis } from './conformance-server.mjs';
import { root } from './ensure-install.mjs';

const file = join(root, 'engine/conformance/eviction-figures.json');
const KEYS = 4000;
const ROUNDS = 3;
const SAMPLES = [1, 3, 5, 10];
const POLICIES = ['allkeys-lru', 'volatile-lru', 'allkeys-lfu', 'volatile-lfu', 'volatile-ttl', 'allkeys-random'];

const version = requireRedis();
const server = await startRedis({ maxmemory: '0' });
const wire = await openWire(server.port);

function request(words) {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Sends a command and waits for its reply, which is one line or one string. */
async function ask(...words) {
  wire.received = '';
  wire.send(Buffer.from(request(words.map(String)), 'latin1'));
  for (;;) {
    const lineEnd = wire.received.indexOf('\r\n');
    if (lineEnd >= 0) {
      const line = wire.received.slice(0, lineEnd);
      if (line[0] === '-') throw new Error(`${words[0]}: ${line}`);
      if (line[0] !== '$') return line.slice(1);
      const length = Number(line.slice(1));
      if (wire.received.length >= lineEnd + 4 + length)
        return length < 0 ? null : wire.received.slice(lineEnd + 2, lineEnd + 2 + length);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function usedMemory() {
  return Number(/used_memory:(\d+)/.exec(await ask('INFO', 'memory'))[1]);
}

/** Key 0 should go first, the last key last. Returns the share of the first half among the half that went. */
async function round(policy, samples) {
  await ask('CONFIG', 'SET', 'maxmemory', '0');
  await ask('FLUSHALL');
  await ask('CONFIG', 'SET', 'maxmemory-policy', policy);
  await ask('CONFIG', 'SET', 'maxmemory-samples', samples);
  await ask('CONFIG', 'SET', 'lfu-decay-time', '0');
  await ask('SET', 'template', 'x'.repeat(100));
  const payload = await ask('DUMP', 'template');
  await ask('DEL', 'template');
  for (let i = 0; i < KEYS; i++) {
    const ttl = policy === 'volatile-ttl' ? 1_000_000 + i * 1000 : policy.startsWith('volatile') ? 10_000_000 : 0;
    const use = policy.endsWith('lfu') ? ['FREQ', Math.floor((i * 256) / KEYS)] : ['IDLETIME', (KEYS - i) * 10];
    await ask('RESTORE', `key:${i}`, ttl, payload, ...use);
  }
  while (Number(await ask('DBSIZE')) > KEYS / 2) {
    await ask('CONFIG', 'SET', 'maxmemory', (await usedMemory()) - 2000);
    await ask('PING');
  }
  let early = 0;
  for (let i = 0; i < KEYS / 2; i++) if ((await ask('EXISTS', `key:${i}`)) === '0') early++;
  return early / (KEYS - Number(await ask('DBSIZE')));
}

const shares = {};
for (const policy of POLICIES) {
  shares[policy] = {};
  for (const samples of SAMPLES) {
    let total = 0;
    for (let left = ROUNDS; left > 0; left--) total += await round(policy, samples);
    shares[policy][samples] = Number((total / ROUNDS).toFixed(4));
    process.stdout.write(`${policy} ${samples}: ${shares[policy][samples]}\n`);
  }
}
await writeFile(file, `${JSON.stringify({ version, keys: KEYS, shares }, null, 2)}\n`);
await server.stop();
process.exit(0);
