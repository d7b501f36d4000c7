// The first step of `npm start`, `npm test` and `npm run check`: the dependencies that package-lock.json names are in
// node_modules. It imports nothing but Node, because in a fresh clone there is nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the script with a sentence for a person, where a stack would say less. */
export function giveUp(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

/** Where the scripts keep what they found out; gone with node_modules, and then found out again. */
export function cachePath(name) {
  const path = join(root, 'node_modules', '.cache', 'vitrine', name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Whether `version` (as in process.versions.node) is one that `engines` in package.json admits. */
export function nodeIsRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

function installedHash() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

/** Runs `npm ci` unless this very lock file has been installed here before. */
export function ensureInstalled() {
  if (!nodeIsRecentEnough(process.versions.node)) {
    giveUp(
      `Vitrine needs Node 20.19 or newer (or 22.12 or newer); this is Node ${process.versions.node}. ` +
        'Install a newer one from https://nodejs.org and run the command again.',
    );
  }
  const stamp = join(root, 'node_modules', '.cache', 'vitrine', 'installed');
  const hash = installedHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  if (matchesInstalledLock()) {
    writeFileSync(cachePath('installed'), hash);
    return;
  }
  console.log('Installing what package-lock.json names (once; it takes a minute) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.error)
    giveUp(`npm could not be started (${result.error.message}). It comes with Node; is it on the PATH?`);
  if (result.status !== 0) {
    giveUp(
      'npm ci failed; its own words are above. Most often the registry cannot be reached: check the network or proxy.',
    );
  }
  writeFileSync(cachePath('installed'), hash);
}

// A developer's own `npm install` leaves a copy of the lock in node_modules. Where it names the same packages there is
// nothing to install, and nothing of the developer's to throw away.
function matchesInstalledLock() {
  const copy = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(copy)) return false;
  const installed = JSON.parse(readFileSync(copy, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
