// `npm run check`: everything that can be said about the code without running it, and a proof that the fences bite.
// `node scripts/check.mjs lint types` runs those alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { buildIfStale } from './build.mjs';
import { ensureInstalled, giveUp, root } from './ensure-install.mjs';

const bin = (...path) => [process.execPath, join(root, 'node_modules', ...path)];
const cache = join(root, 'node_modules', '.cache');
const tsc = (layer) => [
  ...[...bin('typescript', 'bin', 'tsc'), '--project', `tsconfig.${layer}.json`, '--incremental'],
  ...['--tsBuildInfoFile', join(cache, 'tsc', `${layer}.json`)],
];

/**
 * What svelte-check says of the page's own files. The stricter reading of indexes in tsconfig.web.json holds for the page
 * alone, and svelte-check reads what the page imports under the same rule; the engine has its own.
 */
function ownDiagnostics({ status, stdout, stderr, ...rest }) {
  const lines = stdout.split('\n').map((line) => /^\d+ (\{.*\})$/.exec(line)?.[1]);
  const found = lines.filter((line) => line !== undefined).map((line) => JSON.parse(line));
  if (status !== 0 && found.length === 0) return { ...rest, status, stdout, stderr };
  const own = found.filter(({ filename }) => !/^engine[\\/]/.test(filename));
  const told = own.map(({ type, filename, start, message }) => `${filename}:${start.line + 1} ${type} ${message}`);
  return { ...rest, status: own.length === 0 ? 0 : 1, stdout: told.join('\n'), stderr };
}

const checks = [
  {
    name: 'format',
    says: 'prettier would change nothing',
    runs: [[...bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  },
  {
    name: 'lint',
    says: 'eslint, with types',
    // Without a cache: with types, what is wrong in one file depends on others that may have changed.
    runs: [[...bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
  },
  {
    name: 'types',
    says: 'each layer knows only the names of its own platform',
    runs: ['engine', 'host-node', 'host-browser', 'tests'].map(tsc),
  },
  {
    name: 'page',
    says: 'svelte-check, over components and all that they use',
    runs: [
      [
        ...[...bin('svelte-check', 'bin', 'svelte-check'), '--tsconfig', './tsconfig.web.json'],
        ...['--fail-on-warnings', '--output', 'machine-verbose'],
      ],
    ],
    reads: ownDiagnostics,
  },
  {
    name: 'layers',
    says: 'each folder imports only what it may, and nothing in a circle',
    runs: [
      [
        ...bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.mjs',
        'engine',
        'web',
        'e2e',
      ],
    ],
  },
  {
    name: 'unused',
    says: 'no file, export or dependency that nothing uses',
    runs: [[...bin('knip', 'bin', 'knip.js'), '--no-progress']],
  },
  {
    name: 'size',
    says: "the first screen's code stays small",
    before: buildIfStale,
    runs: [[...bin('size-limit', 'bin.js')]],
    shows: true,
  },
  {
    name: 'gates',
    says: 'a planted fault makes its check fail',
    runs: [[process.execPath, join(root, 'scripts', 'prove-gates.mjs')]],
    shows: true,
  },
];

const asked = process.argv.slice(2);
const unknown = asked.find((word) => !checks.some((check) => check.name === word));
if (unknown) giveUp(`There is no check "${unknown}". Choose among: ${checks.map((check) => check.name).join(', ')}.`);

ensureInstalled();
const failed = [];
for (const { name, says, before, runs, shows, reads = (result) => result } of checks) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  before?.();
  const start = performance.now();
  // All of a check's runs are made, so that one look shows all there is to mend.
  const results = runs.map(([command, ...parameters]) =>
    reads(spawnSync(command, parameters, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })),
  );
  const wrong = results.filter((result) => result.status !== 0);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${wrong.length === 0 ? '✔' : '✘'} ${name}: ${says} (${seconds} s)`);
  for (const { stdout, stderr } of shows ? results : wrong) {
    const words = `${stdout ?? ''}${stderr ?? ''}`.trim();
    if (words) console.log(words.replace(/^/gm, '  '));
  }
  if (wrong.length > 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nEvery check holds.' : `\nNot holding: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
