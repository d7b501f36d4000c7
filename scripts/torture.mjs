// `npm run torture`: whether what is promised of the log, of damaged files and of replay holds at the promised figures.
// Hours of bad luck in half an hour; `npm test` plays a small share of it.
//
//   npm run torture                                   all: faults, damage, seeds
//   npm run torture -- --only damage --rounds 1000    one of them, so many of it
//   npm run torture -- --seed 7                       others than with seed 1
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { readCommandLine } from './command-line.mjs';
import { ensureInstalled, giveUp, root } from './ensure-install.mjs';

/** The figures that are promised. */
const PROMISED = { faults: 500, damage: 100_000, seeds: 10_000 };
/** Nothing takes so long: who is not done by then is not going to be. */
const HANGS_AFTER_MS = 120_000;
const SECOND_CHANCE_MS = 10_000;
const TELL_EVERY_MS = 15_000;
/** After so many failures of a part there is enough to do. */
const MOST_FAILURES = 20;

/** In a thread of its own, so that somebody is left to notice when it hangs. */
async function work({ program, part, seed, rounds }) {
  const { damageTrials, faultTrials, seedTrials } = await import(pathToFileURL(program).href);
  let sum = 0;
  const onHash = (hash) => {
    for (const letter of hash) sum = (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0;
  };
  const trials = {
    faults: () =>
      faultTrials(
        seed,
        Array.from({ length: rounds + 1 }, (_, n) => n),
      ),
    damage: () => damageTrials(seed, rounds),
    seeds: () => seedTrials(seed, rounds, onHash),
  };
  const outcomes = {};
  let done = 0;
  let failures = 0;
  for (const trial of trials[part]()) {
    parentPort.postMessage({ kind: 'begins', kept: trial.kept, done });
    let outcome = 'FAILED';
    try {
      outcome = await trial.play();
    } catch (error) {
      parentPort.postMessage({ kind: 'failed', kept: trial.kept, why: error.message });
      if (++failures === MOST_FAILURES) break;
    }
    done++;
    const group = (outcomes[trial.group] ??= {});
    group[outcome] = (group[outcome] ?? 0) + 1;
  }
  parentPort.postMessage({ kind: 'done', done, failures, outcomes, sum: part === 'seeds' ? sum : null });
}

/** Fails with the other tests from now on, until it is mended. */
function keep({ list, entry }) {
  const path = join(root, 'engine/torture/kept.json');
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  const isKnown = kept[list].some((other) => JSON.stringify(other) === JSON.stringify(entry));
  if (!isKnown) kept[list].push(entry);
  // Another run may be reading it.
  writeFileSync(`${path}.new`, `${JSON.stringify(kept, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  return `kept in engine/torture/kept.json as ${list} ${JSON.stringify(entry)}`;
}

function run(program, part, seed, rounds) {
  const startMs = Date.now();
  const seconds = () => `${((Date.now() - startMs) / 1000).toFixed(0)} s`;
  let told = startMs;
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { program, part, seed, rounds } });
    let present = null;
    const hangs = () => {
      console.error(`\nIt hangs: ${keep(present)}.`);
      void worker
        .terminate()
        .then(() => resolve({ part, done: 0, failures: 1, outcomes: {}, sum: null, seconds: seconds() }));
    };
    // A machine that slept wakes up to this first, and to the messages after it.
    let watch = null;
    const suspect = () => (watch = setTimeout(hangs, SECOND_CHANCE_MS));
    let watchedMs = 0;
    const begun = () => {
      watchedMs = Date.now();
      clearTimeout(watch);
      watch = setTimeout(suspect, HANGS_AFTER_MS);
    };
    begun();
    worker.on('message', (message) => {
      if (message.kind === 'begins') {
        present = message.kept;
        if (Date.now() - watchedMs > 1000) begun();
        if (Date.now() - told < TELL_EVERY_MS) return;
        told = Date.now();
        console.log(`${part}: ${message.done} done, ${seconds()}`);
      } else if (message.kind === 'failed') {
        console.error(`\n${message.why}\n(${keep(message.kept)})\n`);
      } else {
        clearTimeout(watch);
        resolve({ part, ...message, seconds: seconds() });
      }
    });
    worker.on('error', (error) => {
      clearTimeout(watch);
      console.error(error);
      resolve({ part, done: 0, failures: 1, outcomes: {}, sum: null, seconds: seconds() });
    });
  });
}

async function main() {
  const values = readCommandLine(import.meta.url, {
    seed: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
  });
  const seed = Number(values.seed ?? 1);
  if (!Number.isInteger(seed) || !(Number(values.rounds ?? 1) >= 1)) giveUp('--seed and --rounds take whole numbers.');
  if (values.only && !Object.hasOwn(PROMISED, values.only))
    giveUp(`There is no part "${values.only}". Choose among: ${Object.keys(PROMISED).join(', ')}.`);
  ensureInstalled();
  const { bundle } = await import('./bundle.mjs');
  const program = await bundle('engine/torture/parts.ts', { name: 'torture' });
  let failures = 0;
  const closing = [];
  for (const part of values.only ? [values.only] : Object.keys(PROMISED)) {
    console.log(`\n── ${part}, seed ${seed} ──`);
    const result = await run(program, part, seed, Number(values.rounds ?? PROMISED[part]));
    for (const [group, outcomes] of Object.entries(result.outcomes))
      console.log(
        `${group}: ${Object.entries(outcomes)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}`,
      );
    if (result.sum !== null) console.log(`the sum of all trace hashes: ${(result.sum >>> 0).toString(16)}`);
    failures += result.failures;
    closing.push(`${result.done} of ${part} in ${result.seconds}`);
  }
  console.log(`\n${closing.join(', ')}; ${failures === 0 ? 'every promise is kept' : `${failures} FAILED`}`);
  process.exitCode = failures === 0 ? 0 : 1;
}

if (isMainThread) await main();
else await work(workerData);
