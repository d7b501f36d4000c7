// The code that a first visit waits for: the page's entry with all that it imports at once, the terminal, and the worker
// that holds the engine. What is fetched later (a lesson, a source file) is not in it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const manifestPath = 'dist/.vite/manifest.json';
if (!existsSync(manifestPath)) throw new Error('There is no build to weigh: run `npm run build` first.');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));

function withImports(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const imported of manifest[key].imports ?? []) withImports(imported, seen);
  return seen;
}

const page = [...withImports('index.html')].map((key) => `dist/${manifest[key].file}`);

const assets = (pattern) =>
  readdirSync('dist/assets')
    .filter((name) => pattern.test(name))
    .map((name) => `dist/assets/${name}`);

// Three parts that come side by side. Each has its own limit, so that none can grow behind another's back.
export default [
  { name: 'the page: stage, timeline and shell', path: page, gzip: true, limit: '82 kB' },
  { name: 'the terminal', path: assets(/^Terminal.*\.js$/), gzip: true, limit: '98 kB' },
  { name: 'the engine in its worker', path: assets(/worker.*\.js$/), gzip: true, limit: '142 kB' },
];
