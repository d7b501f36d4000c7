// Habits of the house that no linter knows. Each is cheap to keep and dear to find broken later.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { expect, test } from 'vitest';

import { nodeIsRecentEnough, root } from './ensure-install.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const { devDependencies, dependencies, engines, bin, files } = JSON.parse(read('package.json'));

function* under(folder) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* under(path);
    else yield path.replaceAll('\\', '/');
  }
}
const sources = ['engine', 'web', 'scripts', 'e2e', 'lessons'].flatMap((folder) => [...under(folder)]);

test('every dependency is pinned to one version, and none is needed to run the server', () => {
  const loose = Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
  expect(dependencies).toBeUndefined();
});

test('the lock file names no address to download from, so that it works behind any registry', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"');
});

test('what package.json says of Node is what the scripts ask for', () => {
  expect(engines.node).toBe('^20.19.0 || >=22.12.0');
  expect(nodeIsRecentEnough(process.versions.node)).toBe(true);
});

test('the package holds the built page and the built server, and its command is that server', () => {
  expect(files).toEqual(['dist', 'dist-server']);
  expect(bin).toEqual({ vitrine: 'dist-server/vitrine.js' });
});

test('files are named in kebab-case; components in PascalCase with their tests, papers in capitals', () => {
  const wellNamed = /^(?:[a-z0-9.-]+|[A-Z][A-Za-z0-9]*(?:\.svelte|(?:\.browser)?\.test\.ts)|[A-Z]+\.md)$/;
  expect(sources.filter((path) => !wellNamed.test(basename(path)))).toEqual([]);
});

test('no test is skipped, put off or run alone', () => {
  const asides = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fixme|fails)\b/;
  const found = sources.filter((path) => /\.test\.(ts|mjs)$/.test(path) && asides.test(read(path)));
  expect(found).toEqual([]);
});

test('every script that package.json names is there', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = Object.values(scripts).flatMap((line) => line.match(/scripts\/[\w-]+\.mjs/g) ?? []);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
