// `npm run bench`: how fast it is, always beside something else on the same machine, in turns, and in medians. It
// prints ratios and asserts nothing: absolute times mean nothing on a machine that one does not know.
//
//   npm run bench                      all sections
//   npm run bench -- tcp aof           some of: in-process types trace tcp aof overload
//   npm run bench -- tcp --all         every command of redis-benchmark that the server has
//   npm run bench -- tcp --keys 1000000        among so many keys (100000)
//   npm run bench -- --rounds 3        fewer rounds (5)
//   npm run bench -- overload --seconds 10    for a shorter time (60)
import { performance } from 'node:perf_hooks';

import { readCommandLine } from './command-line.mjs';
import { ensureInstalled, giveUp } from './ensure-install.mjs';

const sections = {
  'in-process': async (options) => (await import('./bench/in-process.mjs')).benchStructures(options),
  types: async (options) => (await import('./bench/types.mjs')).benchTypes(options),
  trace: async (options) => (await import('./bench/in-process.mjs')).benchTrace(options),
  tcp: async (options) => (await import('./bench/tcp.mjs')).benchTcp(options),
  aof: async (options) => (await import('./bench/load.mjs')).benchLoad(options),
  overload: async (options) => (await import('./bench/overload.mjs')).benchOverload(options),
};

const {
  words,
  all: isAll = false,
  ...asked
} = readCommandLine(
  import.meta.url,
  { all: { type: 'boolean' }, keys: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
  { allowPositionals: true },
);
const rounds = Number(asked.rounds ?? 5);
const keys = Number(asked.keys ?? 100_000);
const seconds = Number(asked.seconds ?? 60);
const unknown = words.find((word) => !Object.hasOwn(sections, word));
if (unknown !== undefined)
  giveUp(`There is no section "${unknown}". Choose among: ${Object.keys(sections).join(', ')}.`);
if (!(rounds >= 1 && seconds >= 1 && keys >= 1)) giveUp('--keys, --rounds and --seconds want a number of at least 1.');

ensureInstalled();
for (const name of words.length > 0 ? words : Object.keys(sections)) {
  const start = performance.now();
  console.log(`\n── ${name} ──`);
  await sections[name]({ rounds, isAll, keys, seconds });
  console.log(`(${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
