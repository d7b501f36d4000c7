// Builds the page (dist/, a static site) and the companion server (dist-server/vitrine.js, one file).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cachePath, ensureInstalled, giveUp, root } from './ensure-install.mjs';

export const serverBundle = join(root, 'dist-server', 'vitrine.js');

const sources = [
  ...['engine', 'web', 'lessons'],
  ...['index.html', 'package.json', 'package-lock.json'],
  ...['vite.config.ts', 'vite.server.config.ts', 'svelte.config.js', 'tsconfig.base.json'],
];

function* files(path) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* files(child);
    else if (!/\.(test|bench)\.ts$/.test(entry.name)) yield child;
  }
}

/** One hash over all that a build reads. Times of change say nothing after a checkout, so contents are compared. */
function sourceHash() {
  const hash = createHash('sha256');
  // The build's own plugins: what else lies in scripts/ runs around a build and not in it.
  const plugins = readdirSync(join(root, 'scripts')).filter((name) => /^(vite|lesson)-[\w-]+\.m?[jt]s$/.test(name));
  const folders = sources.filter((name) => !name.includes('.') && existsSync(join(root, name)));
  const single = sources.filter((name) => name.includes('.') && existsSync(join(root, name)));
  const all = [
    ...folders.flatMap((name) => [...files(join(root, name))]),
    ...single.map((name) => join(root, name)),
    ...plugins.map((name) => join(root, 'scripts', name)),
  ];
  for (const path of all) {
    const contents = readFileSync(path);
    hash.update(`${path.slice(root.length)} ${contents.length}\n`).update(contents);
  }
  return hash.digest('hex');
}

function vite(...parameters) {
  const cli = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const result = spawnSync(process.execPath, [cli, 'build', '--logLevel', 'warn', ...parameters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) giveUp('The build failed; what is wrong is said above.');
}

export function build() {
  const hash = sourceHash();
  console.log('Building the page and the server …');
  vite();
  vite('--config', 'vite.server.config.ts');
  chmodSync(serverBundle, 0o755);
  writeFileSync(cachePath('built'), hash);
}

/** Builds unless what lies in dist/ was built from these very sources. */
export function buildIfStale() {
  const stamp = cachePath('built');
  const there = [serverBundle, join(root, 'dist', 'index.html'), stamp].every((path) => existsSync(path));
  if (!there || readFileSync(stamp, 'utf8') !== sourceHash()) build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  build();
}
