/** The program `vitrine`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { inlineMore } from './compiler.ts';
import { HELP } from './help.ts';
import { CannotStart, startServer, type RunningServer } from './server.ts';
import { settingsFrom, SettingsError, type Settings } from './settings.ts';

/** The bundle lies in `dist-server/`, beside `dist/` and below package.json. */
const packageDirectory = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * A gigabyte: the keys of most data sets. What does not fit into it lies behind it, page by page. Windows reckons memory when it is
 * promised, the others when it is written to.
 */
const STRETCH_PAGES = process.platform === 'win32' ? 0 : 1024;

function version(): string {
  const facts: unknown = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'));
  return typeof facts === 'object' && facts !== null && 'version' in facts ? String(facts.version) : '';
}

function readSettings(argv: readonly string[]): Settings {
  return settingsFrom(argv, {
    cwd: process.cwd(),
    read: (path) => readFileSync(path === '-' ? 0 : path, 'utf8'),
  });
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function stopOnSignals(server: RunningServer): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say(`${signal}: saving what is to be saved, and goodbye.`);
      try {
        server.stop();
      } catch (error) {
        giveUp(`The log could not be saved: ${messageOf(error)}`);
      }
      process.exit(0);
    });
  }
}

async function run(argv: readonly string[]): Promise<void> {
  inlineMore();
  const settings = readSettings(argv);
  for (const note of settings.notes) say(note);
  const server = await startServer({
    settings,
    pageDirectory: join(packageDirectory, 'dist'),
    stretchPages: STRETCH_PAGES,
    say,
    onShutdown: (problem) => {
      if (problem !== null) giveUp(`The log could not be saved: ${problem.message}`);
      say('SHUTDOWN: everything is saved. Goodbye.');
      process.exit(0);
    },
  });
  stopOnSignals(server);
  say(`Vitrine ${version()}`);
  if (server.httpPort > 0) say(`  the page     http://${server.httpAddress.replace('127.0.0.1', 'localhost')}`);
  if (server.port > 0) say(`  redis-cli    redis-cli -p ${server.port}     (${server.address})`);
  say(`  the log      ${describeLog(settings)}`);
}

function describeLog({ values }: Settings): string {
  if (values.appendonly?.toLowerCase() !== 'yes') return 'off; --appendonly yes keeps the data';
  return `${values.dir}, appendfsync ${values.appendfsync ?? 'everysec'}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const argv = process.argv.slice(2);
if (argv.includes('-v') || argv.includes('--version')) {
  say(`Vitrine ${version()}`);
} else if (argv.includes('-h') || argv.includes('--help')) {
  process.stdout.write(HELP);
} else {
  run(argv).catch((error: unknown) => {
    if (error instanceof SettingsError || error instanceof CannotStart) giveUp(error.message);
    throw error;
  });
}
