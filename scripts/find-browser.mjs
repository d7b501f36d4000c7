// Which browser the tests drive. A browser that is there may still not start (a missing library, a sandbox), so the
// choice is made by launching. It is kept under node_modules/.cache and only looked at again when it stops working.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cachePath, giveUp, root } from './ensure-install.mjs';

/** @typedef {{ name: string, executablePath?: string, channel?: string, args: string[] }} Browser */

const isRoot = process.getuid?.() === 0;
// Chromium's sandbox refuses to run as root, which is what a container usually is. /dev/shm is small there too.
const args = isRoot ? ['--no-sandbox', '--disable-dev-shm-usage'] : [];

const namesOnPath = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'brave-browser',
];

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return folders.map((folder) => join(folder, name + suffix)).find((path) => existsSync(path));
}

function* candidates() {
  const given = process.env.CHROMIUM_PATH;
  if (given) yield { name: `CHROMIUM_PATH (${given})`, executablePath: given, args };
  yield { name: "Playwright's own Chromium", channel: 'chromium', args };
  for (const name of namesOnPath) {
    const path = onPath(name);
    if (path) yield { name: path, executablePath: path, args };
  }
  for (const channel of ['chrome', 'msedge']) yield { name: `the installed ${channel}`, channel, args };
}

/** Playwright's launch options for a browser that was found. */
export function launchOptions(browser) {
  const { executablePath, channel } = browser;
  return { args: browser.args, ...(executablePath && { executablePath }), ...(channel && { channel }) };
}

async function launches(browser) {
  const { chromium } = await import('playwright');
  try {
    const running = await chromium.launch({ ...launchOptions(browser), timeout: 30_000 });
    await running.close();
    return true;
  } catch {
    // Not being able to start is the answer to the question that is asked here; the next candidate is tried.
    return false;
  }
}

async function firstThatLaunches() {
  for (const browser of candidates()) if (await launches(browser)) return browser;
  return undefined;
}

function run(command, parameters, environment = {}) {
  console.log(`$ ${command} ${parameters.join(' ')}`);
  const result = spawnSync(command, parameters, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    timeout: 600_000,
  });
  return result.status === 0;
}

/** On Debian and its children, as root: installs a package. Says whether it is there afterwards. */
export function aptInstall(name) {
  if (!isRoot || !onPath('apt-get')) return false;
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  // A fresh container knows of no package before the first update; elsewhere a failing mirror need not matter.
  run('apt-get', ['update', '-qq'], quiet);
  return run(
    'apt-get',
    ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-qq', '--no-install-recommends', name],
    quiet,
  );
}

/**
 * The browser to test with, or undefined.
 * @param {{ install?: boolean }} [options] install: may download one or ask the system for one
 * @returns {Promise<Browser | undefined>}
 */
export async function findBrowser({ install = false } = {}) {
  const cache = cachePath('browser.json');
  if (existsSync(cache)) {
    const { browser, chromiumPath } = JSON.parse(readFileSync(cache, 'utf8'));
    const sameWish = chromiumPath === (process.env.CHROMIUM_PATH ?? '');
    if (
      sameWish &&
      (install ? await launches(browser) : !browser.executablePath || existsSync(browser.executablePath))
    ) {
      return browser;
    }
    rmSync(cache);
  }
  let browser = await firstThatLaunches();
  if (!browser && install) {
    console.log('No browser that starts was found; getting one for the tests …');
    const cli = join(root, 'node_modules', 'playwright', 'cli.js');
    const download = spawnSync(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
      cwd: root,
      encoding: 'utf8',
    });
    if (download.status === 0) browser = await firstThatLaunches();
    else console.log("Playwright's own Chromium could not be downloaded.");
    if (!browser && aptInstall('chromium')) browser = await firstThatLaunches();
  }
  if (browser) {
    writeFileSync(cache, JSON.stringify({ browser, chromiumPath: process.env.CHROMIUM_PATH ?? '' }));
  }
  return browser;
}

export const noBrowser =
  'The tests need Chromium, Chrome or Edge, and none was found that starts, nor could one be installed. ' +
  'Install one (on Debian or Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to its executable.';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await findBrowser({ install: true });
  if (!browser) giveUp(noBrowser);
  console.log(browser.executablePath ?? browser.channel);
}
