/** The program as a process: how it starts, what it says when it cannot, and that no kill takes away what it answered. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { bundle } from '../../../scripts/bundle.mjs';
import { killCycles } from '../../../scripts/kill-cycles.mjs';
import { freePort, removeTemporaryFolders, request, temporaryFolder, Wire } from './test-server.ts';

let program = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  program = await bundle('engine/hosts/node/main.ts', { name: 'main-test' });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(removeTemporaryFolders);

interface Process {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves once this was said. */
  says(text: string): Promise<void>;
  /** The exit code. */
  readonly end: Promise<number | null>;
}

function run(flags: string[], input = '', cwd = temporaryFolder()): Process {
  const child = spawn(process.execPath, [program, ...flags], { stdio: 'pipe', cwd });
  children.push(child);
  let output = '';
  let wake: () => void = () => undefined;
  const take = (text: unknown): void => {
    output += String(text);
    wake();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.end(input);
  const end = once(child, 'close').then(([code]) => {
    wake();
    return code as number | null;
  });
  return {
    child,
    output: () => output,
    end,
    async says(text) {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended and said:\n${output}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

async function ask(port: number, text: string): Promise<string> {
  const wire = await Wire.open(port);
  wire.socket.end(text, 'latin1');
  await wire.ends();
  return wire.received;
}

test('it says its version and its help, and nothing else', async () => {
  for (const flag of ['-v', '--version']) {
    const asked = run([flag]);
    expect(await asked.end).toBe(0);
    expect(asked.output()).toMatch(/^Vitrine \d+\.\d+\.\d+\n$/);
  }
  for (const flag of ['-h', '--help']) {
    const asked = run([flag]);
    expect(await asked.end).toBe(0);
    expect(asked.output()).toContain('--appendfsync');
  }
});

test('it says where it listens, serves both, and ends cleanly when told to', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const [port, httpPort] = [await freePort(), await freePort()];
    const server = run(['--port', String(port), '--http-port', String(httpPort)]);
    await server.says('the log');
    expect(server.output()).toContain(`redis-cli -p ${port}`);
    expect(server.output()).toContain(`http://localhost:${httpPort}`);
    expect(await ask(port, 'PING\r\n')).toBe('+PONG\r\n');
    expect((await fetch(`http://127.0.0.1:${httpPort}/`)).status).toBe(200);
    server.child.kill(signal);
    expect(await server.end).toBe(0);
  }
});

test('settings come from the standard input too', async () => {
  const port = await freePort();
  const server = run(['-', '--http-port', '0'], `port ${port}\n`);
  await server.says('the log');
  expect(await ask(port, 'PING\r\n')).toBe('+PONG\r\n');
});

test('what keeps it from starting is one sentence and no stack', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const takenPort = String(typeof address === 'object' ? address?.port : '');
  const damaged = temporaryFolder();
  mkdirSync(join(damaged, 'appendonlydir'));
  writeFileSync(join(damaged, 'appendonlydir', 'appendonly.aof.manifest'), 'file a.aof seq 1 type i\n');
  writeFileSync(join(damaged, 'appendonlydir', 'a.aof'), 'no log at all\r\n');
  const port = String(await freePort());
  const cases: readonly [string[], string][] = [
    [['--port', takenPort, '--http-port', '0'], 'is taken by another program. Choose another one with --port'],
    [['--port', '0', '--http-port', takenPort], 'is taken by another program. Choose another one with --http-port'],
    [['--prot', '1'], 'there is no setting "prot"'],
    [['missing.conf'], 'cannot be read'],
    [['--port', port, '--http-port', '0', '--appendonly', 'yes', '--dir', damaged], 'at offset 0'],
    [['--port', port, '--http-port', '0', '--appendonly', 'yes', '--dir', '/nowhere'], 'There is no directory /nowhere'],
    [['--port', port, '--http-port', '0', '--bind', '203.0.113.7'], 'does not have the address 203.0.113.7'],
  ];
  for (const [flags, sentence] of cases) {
    const server = run(flags);
    expect([flags, await server.end]).toEqual([flags, 1]);
    expect(server.output()).toContain(sentence);
    expect(server.output()).not.toMatch(/^\s+at .+:\d+/m);
  }
  taken.close();
});

test('everything is in the log when it has ended, under every policy and by every way out', async () => {
  for (const policy of ['always', 'everysec', 'no']) {
    for (const way of ['SIGTERM', 'SHUTDOWN', 'SHUTDOWN NOSAVE', 'SHUTDOWN SAVE']) {
      const [port, dir] = [await freePort(), temporaryFolder()];
      const flags = ['--port', String(port), '--http-port', '0', '--appendonly', 'yes', '--appendfsync', policy];
      const server = run([...flags, '--dir', dir]);
      await server.says('the log');
      await ask(port, request('SET', 'key', 'x'.repeat(1000)));
      if (way === 'SIGTERM') server.child.kill(way);
      else await ask(port, request(...way.split(' ')));
      expect([way, await server.end]).toEqual([way, 0]);
      const log = readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1');
      expect(log).toBe(request('SELECT', '0') + request('SET', 'key', 'x'.repeat(1000)));
    }
  }
});

test('killed in the middle of its work ten times, it has lost nothing that it answered', async () => {
  let answered = 0;
  const problems = await killCycles({ program, cycles: 10, onCycle: (_, facts) => (answered = facts.answered) });
  expect(problems).toEqual([]);
  expect(answered).toBeGreaterThan(0);
}, 60_000);
