// Random sessions to the engine and to a real redis-server, whose replies must be equal.
// Usage: npm run differential [-- --commands 1000000 --seed 1 --groups list,set]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

import { requireRedis, startRedis } from './conformance-server.mjs';
import { giveUp, root } from './ensure-install.mjs';

const { values } = parseArgs({
  options: { commands: { type: 'string' }, seed: { type: 'string' }, groups: { type: 'string' } },
});
const commands = Number(values.commands ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(commands) || !Number.isInteger(seed)) giveUp('--commands and --seed take whole numbers.');

requireRedis();
const { bundle } = await import('./bundle.mjs');
const program = await bundle('engine/conformance/differential/index.ts', { name: 'differential' });
const { RealServer, describe, run, smallest } = await import(pathToFileURL(program).href);

/** The transcript fails with the other tests from now on, until what it shows is mended. */
async function keep(session, small) {
  const path = `engine/conformance/transcripts/found-${session}.transcript`;
  await writeFile(join(root, path), small.transcript);
  console.log(`\nMade small:\n${describe(small.difference)}\n\n${small.transcript}\nKept as ${path}.`);
}

const redis = await startRedis();
const server = await RealServer.at(redis.socket);
const startMs = Date.now();
let told = 0;
try {
  const found = await run(server, {
    ...{ commands, seed },
    ...(values.groups ? { groups: values.groups.split(',') } : {}),
    onProgress: (progress) => {
      if (progress.commands < told + 100_000) return;
      told = progress.commands;
      console.log(`${progress.commands} commands, ${((Date.now() - startMs) / 1000).toFixed(0)} s`);
    },
  });
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  console.log(
    `${found.commands} commands in ${found.sessions} sessions from seed ${seed} on, ` +
      `${found.replies} replies compared, ${seconds} s: ${found.difference ? 'a difference' : 'no difference'}`,
  );
  if (found.difference) {
    process.exitCode = 1;
    console.log(`\nSession ${found.seed}:\n${describe(found.difference)}`);
    const small = await smallest(server, `Session ${found.seed} of the differential test`, found.moves);
    if (small === null) console.log('\nPlayed again, it does not differ.');
    else await keep(found.seed, small);
  }
} finally {
  server.close();
  await redis.stop();
}
