// The hash table beside a Map and beside chained objects, and what the film costs: each measured in a process of its own.
import { spawnSync } from 'node:child_process';

import { bundle } from '../bundle.mjs';
import { giveUp } from '../ensure-install.mjs';
import { median, printTable } from './figures.mjs';

function run(program, ...words) {
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

export async function benchTrace({ rounds }) {
  const normal = await bundle('engine/engine.bench.ts', { name: 'engine' });
  const stripped = await bundle('engine/engine.bench.ts', { name: 'engine-stripped', plugins: [withoutTrace()] });
  const rates = { 'no trace lines': [], 'nobody watches': [], 'film on': [] };
  for (let round = 0; round < rounds; round++) {
    rates['no trace lines'].push(run(stripped).rate);
    rates['nobody watches'].push(run(normal).rate);
    rates['film on'].push(run(normal, 'film').rate);
  }
  const [without, off, on] = Object.values(rates).map(median);
  const cost = (rate) => `${((without / rate - 1) * 100).toFixed(1)} %`;
  printTable(
    ['SET and GET in the engine', 'M commands/s', 'costs'],
    [
      ['no trace lines', without.toFixed(2), ''],
      ['nobody watches', off.toFixed(2), cost(off)],
      ['film on', on.toFixed(2), cost(on)],
    ],
  );
}
