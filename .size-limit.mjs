// The code that a first visit waits for: the page's entry with all that it imports at once, and the worker that holds
// the engine. What is fetched later (a lesson, the reference) is not in it.
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
const workers = readdirSync('dist/assets').filter((name) => /worker.*\.js$/.test(name));

export default [
  {
    name: 'first screen: page and engine',
    path: [...page, ...workers.map((name) => `dist/assets/${name}`)],
    gzip: true,
    limit: '150 kB',
  },
];
