// `npm test`: installs what is missing, finds a browser, runs every test there is, and closes with one line over all of
// them. `node scripts/test.mjs unit browser e2e` chooses among the three.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

import { buildIfStale } from './build.mjs';
import { ensureInstalled, giveUp, root } from './ensure-install.mjs';
import { countPlaywright, countVitest, failuresOfPlaywright, failuresOfVitest } from './test-counts.mjs';

const kinds = ['unit', 'browser', 'e2e'];
const asked = process.argv.slice(2);
const unknown = asked.find((word) => !kinds.includes(word));
if (unknown) giveUp(`There are no "${unknown}" tests. Choose among: ${kinds.join(', ')}.`);
const chosen = asked.length > 0 ? asked : kinds;

ensureInstalled();
const { findBrowser, noBrowser } = await import('./find-browser.mjs');
const { findRedis } = await import('./ensure-redis.mjs');

// Both before anything runs, so that a machine without a browser hears of it in a second and not after ten minutes.
const browser = chosen.some((kind) => kind !== 'unit') ? await findBrowser({ install: true }) : undefined;
if (!browser && chosen.some((kind) => kind !== 'unit')) giveUp(noBrowser);
if (browser) console.log(`Browser for the tests: ${browser.name}`);
// The transcripts were recorded from a real server, so none is needed here. Where it is at hand, redis-cli joins in.
const redis = findRedis({ install: true });
console.log(
  redis ? `redis-cli ${redis} joins the clients that are tested.` : 'No redis-cli here; the other clients are tested.',
);

buildIfStale();

const reports = mkdtempSync(join(tmpdir(), 'vitrine-test-'));

/** Runs one runner and reads what it wrote. A runner that fails without a failed test (it crashed) counts as one. */
function run(name, parameters, environment, count, listFailures) {
  console.log(`\n── ${name} ──`);
  const report = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const result = spawnSync(process.execPath, parameters(report), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment(report) },
  });
  const read = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const counted = { ...(read ? count(read) : { passed: 0, failed: 0 }), failures: read ? listFailures(read) : [] };
  if (result.status !== 0 && counted.failed === 0) {
    console.error(
      `The ${name} tests ended with ${result.signal ?? `code ${result.status}`}, though no single test failed.`,
    );
    counted.failed = 1;
  }
  if (counted.passed + counted.failed === 0) {
    console.error(`There was no test among the ${name} tests.`);
    counted.failed = 1;
  }
  return counted;
}

const vitestProjects = chosen.filter((kind) => kind !== 'e2e');
const results = [];
for (const project of vitestProjects) {
  results.push(
    run(
      project,
      (report) => [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      () => ({}),
      countVitest,
      failuresOfVitest,
    ),
  );
}
if (chosen.includes('e2e')) {
  results.push(
    run(
      'e2e',
      () => [join(root, 'node_modules', '@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json'],
      (report) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
      countPlaywright,
      failuresOfPlaywright,
    ),
  );
}
rmSync(reports, { recursive: true });

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
// Once more at the end, for the reports above are thousands of lines.
for (const { where, message } of results.flatMap((result) => result.failures))
  console.log(`\nFailed: ${where.replace(root + sep, '')}\n${message.replaceAll(/^/gm, '    ')}`);
const repeated = results.reduce((sum, result) => sum + (result.repeated ?? 0), 0);
if (repeated > 0)
  console.log(`\n${repeated} of the journeys passed only when repeated; the list above calls them flaky.`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
