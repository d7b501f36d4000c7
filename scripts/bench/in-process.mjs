// The hash table beside a Map and beside chained objects, and what the film costs: each measured in a process of its own.
import { spawnSync } from 'node:child_process';

import { bundle } from '../bundle.mjs';
import { giveUp } from '../ensure-install.mjs';
import { median, printTable } from './figures.mjs';

/** What a program measures, in a process of its own. */
export function run(program, ...words) {
  const result = spawnSync(process.execPath, ['--expose-gc', program, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (result.status !== 0) giveUp(`${program} ended with ${result.signal ?? result.status}.`);
  return JSON.parse(result.stdout);
}

const NAMES = { map: 'JavaScript Map', objects: 'chained objects', arena: 'arena, paged' };

export async function benchStructures({ rounds }) {
  const program = await bundle('engine/structures/hash-table.bench.ts', { name: 'hash-table' });
  const found = { map: [], objects: [], arena: [] };
  for (let round = 0; round < rounds; round++) for (const name in found) found[name].push(run(program, name));
  const of = (name, fact) => median(found[name].map((facts) => facts[fact]));
  printTable(
    ['a million keys', 'update M/s', 'get M/s', 'bytes a key', 'worst insert ms'],
    Object.keys(found).map((name) => [
      NAMES[name],
      of(name, 'updates').toFixed(2),
      of(name, 'gets').toFixed(2),
      of(name, 'bytes').toFixed(0),
      of(name, 'worstMs').toFixed(2),
    ]),
  );
  const ratio = (fact) => (of('arena', fact) / of('map', fact)).toFixed(2);
  console.log(
    `beside Map: update ${ratio('updates')}, get ${ratio('gets')}, worst insert 1/${(1 / ratio('worstMs')).toFixed(0)}`,
  );
}

// A trace line is one statement that begins with the probe, by the style of the house; blanks in its place keep the rest
// of the program as it was.
const TRACE_LINE = /^(\s*)(?:if \(this\.trace\) [^;]+;|this\.trace\?\.\w+\((?:[^()]|\([^()]*\))*\);)$/gm;

function withoutTrace() {
  let lines = 0;
  return {
    name: 'without-trace',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/engine\/.+\.ts$/.test(id)) return undefined;
      return { code: code.replace(TRACE_LINE, (_, indent) => (lines++, indent)), map: null };
    },
    buildEnd() {
      if (lines < 20) this.error(`only ${lines} trace lines were found: the style has changed`);
    },
  };
}

const VARIANTS = { without: 'no trace lines', off: 'nobody watches', film: 'film on' };

/** Prints a measure of the three builds, and what the trace lines cost in the second and the third. */
function printCosts(title, unit, found, facts) {
  const rows = Object.entries(VARIANTS).map(([variant, label]) => {
    const cells = facts.flatMap((fact) => {
      const [base, rate] = [found.without, found[variant]].map((runs) => median(runs.map((run) => run[fact])));
      return [rate.toFixed(2), variant === 'without' ? '' : `${((base / rate - 1) * 100).toFixed(1)} %`];
    });
    return [label, ...cells];
  });
  console.log(`\n${title}, ${unit}`);
  printTable(['', ...facts.flatMap((fact) => [fact, 'costs'])], rows);
}

async function measureVariants(entry, name, words, rounds) {
  const normal = await bundle(entry, { name });
  const stripped = await bundle(entry, { name: `${name}-stripped`, plugins: [withoutTrace()] });
  const found = { without: [], off: [], film: [] };
  for (let round = 0; round < rounds; round++) {
    found.without.push(run(stripped, words.off));
    found.off.push(run(normal, words.off));
    found.film.push(run(normal, words.film));
  }
  return found;
}

export async function benchTrace({ rounds }) {
  const table = await measureVariants(
    'engine/structures/hash-table.bench.ts',
    'hash-table',
    { off: 'arena', film: 'film' },
    rounds,
  );
  printCosts('the table, a million keys', 'M/s', table, ['updates', 'gets']);
  const engine = await measureVariants('engine/engine.bench.ts', 'engine', { off: '', film: 'film' }, rounds);
  printCosts('the whole engine, SET and GET by turns', 'M commands/s', engine, ['rate']);
}
