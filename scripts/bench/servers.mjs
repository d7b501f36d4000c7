// The two servers that are compared, each on a port and in a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bundle } from '../bundle.mjs';
import { giveUp, root } from '../ensure-install.mjs';
import { findRedis, noRedis } from '../ensure-redis.mjs';
import { freePort } from '../free-port.mjs';

/** How to start each: Vitrine from its sources as they are now, Redis from the PATH. */
export async function contenders() {
  const version = findRedis({ install: true });
  if (!version) giveUp(noRedis);
  const program = await bundle('engine/hosts/node/main.ts', { name: 'server' });
  return {
    vitrine: (flags) => start(process.execPath, [program, '--http-port', '0', ...flags], 'redis-cli -p'),
    redis: (flags) => start('redis-server', ['--save', '', ...flags], 'Ready to accept connections'),
    ceiling: () => start(process.execPath, [join(root, 'scripts/bench/ceiling.mjs')], 'Ready to accept connections'),
  };
}

async function start(program, flags, readyWord) {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-bench-'));
  const hasDir = flags.includes('--dir');
  const child = spawn(program, [...flags, '--port', String(port), ...(hasDir ? [] : ['--dir', dir])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes(readyWord)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}:\n${said}`)));
  });
  return {
    port,
    pid: child.pid,
    async stop() {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(dir, { recursive: true });
    },
  };
}
