// Kills the server in the middle of its work, again and again, and looks whether everything that it had answered is
// there afterwards.
//
//   node scripts/kill-cycles.mjs             200 kills
//   node scripts/kill-cycles.mjs 50 7        so many, and what the writers do by this seed
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { bundle } from './bundle.mjs';
import { readCommandLine } from './command-line.mjs';
import { ensureInstalled, giveUp } from './ensure-install.mjs';
import { freePort } from './free-port.mjs';

const WRITERS = 4;
/** Steps that a writer may have under way at once. */
const AHEAD = 20;
const LONGEST_LIFE_MS = 80;

const request = (...argv) => `*${argv.length}\r\n${argv.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

async function startServer(program, dir, port) {
  const flags = ['--port', String(port), '--http-port', '0', '--dir', dir];
  const child = spawn(process.execPath, [program, ...flags, '--appendonly', 'yes', '--appendfsync', 'always'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('redis-cli -p')) resolve();
    });
    child.stderr.on('data', (text) => (said += text));
    child.on('exit', () => reject(new Error(`the server did not start again:\n${said}`)));
  });
  await ready;
  child.removeAllListeners('exit');
  return child;
}

/** A connection with a promise of its end, whatever ends it: that a killed server resets it is no failure of ours. */
function openSocket(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.on('close', resolve)) };
}

/** Asks in one go and returns the replies as lines; only for integers and short strings. */
async function ask(port, commands) {
  const { socket, closed } = openSocket(port);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.end(commands.map((argv) => request(...argv)).join(''));
  await closed;
  return text.split('\r\n').filter((line) => line !== '' && !line.startsWith('$'));
}

/**
 * A step sets a key of its own, counts, and moves two numbers in one transaction. Its last answer, EXEC's, answers for
 * the whole step; whatever was answered must survive.
 */
function step(writer, number) {
  return (
    request('SET', `${writer}:${number}`, `value-${number}`) +
    request('INCR', `${writer}:count`) +
    request('MULTI') +
    request('INCR', `${writer}:left`) +
    request('INCR', `${writer}:right`) +
    request('EXEC')
  );
}

const REPLIES_A_STEP = /\*2\r\n:\d+\r\n:\d+\r\n/g;

async function write(port, writer, facts) {
  const { socket, closed } = openSocket(port);
  let pending = '';
  const more = () => {
    while (facts.sent - facts.answered < AHEAD && !socket.destroyed) socket.write(step(writer, facts.sent++));
  };
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    let end = 0;
    for (const match of pending.matchAll(REPLIES_A_STEP)) {
      facts.answered++;
      end = match.index + match[0].length;
    }
    pending = pending.slice(end);
    more();
  });
  more();
  await closed;
}

/** What is not as it was promised. */
async function check(port, writers) {
  const problems = [];
  for (const [writer, facts] of writers.entries()) {
    const names = ['count', 'left', 'right'].map((name) => `${writer}:${name}`);
    const [count, left, right] = (
      await ask(
        port,
        names.map((name) => ['INCRBY', name, '0']),
      )
    ).map((line) => Number(line.slice(1)));
    if (left !== right) problems.push(`writer ${writer}: a transaction was split, ${left} and ${right}`);
    if (count < facts.answered || left < facts.answered) {
      problems.push(`writer ${writer}: ${facts.answered} steps were answered, ${count} and ${left} are there`);
    }
    if (count > facts.sent || left > count)
      problems.push(`writer ${writer}: ${count} and ${left} of ${facts.sent} sent`);
    const keys = Array.from({ length: count - facts.checked }, (_, i) => `${writer}:${facts.checked + i}`);
    const values =
      keys.length > 0
        ? await ask(
            port,
            keys.map((key) => ['GET', key]),
          )
        : [];
    const wrong = keys.findIndex((key, i) => values[i] !== `value-${key.split(':')[1]}`);
    if (wrong >= 0) problems.push(`writer ${writer}: key ${keys[wrong]} is ${values[wrong]}`);
    // What was not answered may be there or not; the next life goes on from what is.
    facts.kept = left;
    facts.checked = count;
    if (left < count)
      await ask(port, [
        ['SET', `${writer}:left`, String(count)],
        ['SET', `${writer}:right`, String(count)],
      ]);
    facts.sent = count;
    facts.answered = count;
  }
  return problems;
}

/** Returns what went wrong; nothing, if the promise is kept. */
export async function killCycles({ program, cycles, seed = Date.now() % 1e9, onCycle }) {
  let state = seed;
  const chance = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-kill-'));
  const port = await freePort();
  const writers = Array.from({ length: WRITERS }, () => ({ sent: 0, answered: 0, checked: 0, kept: 0 }));
  const problems = [];
  try {
    for (let cycle = 0; cycle < cycles && problems.length === 0; cycle++) {
      const server = await startServer(program, dir, port);
      problems.push(...(await check(port, writers)).map((problem) => `cycle ${cycle}, seed ${seed}: ${problem}`));
      const work = writers.map((facts, writer) => write(port, writer, facts));
      await sleep(chance() * LONGEST_LIFE_MS);
      server.kill('SIGKILL');
      await once(server, 'exit');
      await Promise.all(work);
      const sum = (fact) => writers.reduce((total, facts) => total + facts[fact], 0);
      onCycle?.(cycle, { answered: sum('answered'), sent: sum('sent'), kept: sum('kept') });
    }
    const server = await startServer(program, dir, port);
    problems.push(...(await check(port, writers)).map((problem) => `at the end, seed ${seed}: ${problem}`));
    server.kill('SIGKILL');
    await once(server, 'exit');
  } finally {
    rmSync(dir, { recursive: true });
  }
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { words } = readCommandLine(import.meta.url, {}, { allowPositionals: true });
  const [cycles = 200, seed] = words.map(Number);
  if (!(cycles >= 1) || Number.isNaN(seed)) giveUp('Say how many kills, and perhaps a seed: two numbers.');
  ensureInstalled();
  const program = await bundle('engine/hosts/node/main.ts', { name: 'kill-cycles' });
  const problems = await killCycles({
    program,
    cycles,
    ...(seed === undefined ? {} : { seed }),
    onCycle: (cycle, { answered, sent }) => {
      if ((cycle + 1) % 20 === 0) console.log(`${cycle + 1} kills: ${answered} steps answered of ${sent} sent`);
    },
  });
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? `${cycles} kills: nothing that was answered is lost` : 'the promise was broken');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
