// Random sessions to the engine and to a real redis-server, whose replies must be equal.
//
//   npm run differential                              100,000 commands, another seed each time
//   npm run differential -- --commands 1000000        so many
//   npm run differential -- --seed 1                  those that were played with this seed
//   npm run differential -- --groups list,set         some groups of commands alone
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { readCommandLine } from './command-line.mjs';
import { requireRedis, startRedis } from './conformance-server.mjs';
import { giveUp, root } from './ensure-install.mjs';

const values = readCommandLine(import.meta.url, {
  commands: { type: 'string' },
  seed: { type: 'string' },
  groups: { type: 'string' },
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
const done = { commands: 0, replies: 0, sessions: 0 };
let unrepeatable = 0;
let told = 0;
try {
  for (let next = seed; done.commands < commands && process.exitCode === undefined;) {
    const found = await run(server, {
      ...{ commands: commands - done.commands, seed: next },
      ...(values.groups ? { groups: values.groups.split(',') } : {}),
      onProgress: (progress) => tell(done.commands + progress.commands),
    });
    for (const name of Object.keys(done)) done[name] += found[name];
    next = found.seed + 1;
    if (found.difference) await look(found);
  }
  console.log(
    `${done.commands} commands in ${done.sessions} sessions from seed ${seed} on, ${done.replies} replies compared, ` +
      `${seconds()} s; ${process.exitCode ? 'a difference' : 'no difference'}` +
      (unrepeatable > 0 ? `, though ${unrepeatable} were seen that did not come again` : ''),
  );
} finally {
  server.close();
  await redis.stop();
}

function seconds() {
  return ((Date.now() - startMs) / 1000).toFixed(0);
}

function tell(total) {
  if (total < told + 100_000) return;
  told = total;
  console.log(`${total} commands, ${seconds()} s`);
}

/** Makes a difference small and ends the run. One that does not come again is told, and counted. */
async function look(found) {
  console.log(`\nSession ${found.seed}:\n${describe(found.difference)}`);
  const small = await smallest(server, `Session ${found.seed} of the differential test`, found.moves);
  if (small === null) {
    console.log('\nPlayed again, it does not differ.');
    unrepeatable++;
    return;
  }
  process.exitCode = 1;
  await keep(found.seed, small);
}
