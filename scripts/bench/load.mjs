// How long each server takes to start from a log of a million SETs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { median, printTable } from './figures.mjs';
import { contenders } from './servers.mjs';

const COMMANDS = 1_000_000;

function writeLog(dir) {
  const folder = join(dir, 'appendonlydir');
  mkdirSync(folder);
  const parts = ['*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'];
  for (let i = 0; i < COMMANDS; i++) {
    const key = `key:${String((i * 7919) % COMMANDS).padStart(12, '0')}`;
    parts.push(`*3\r\n$3\r\nSET\r\n$16\r\n${key}\r\n$8\r\nvalue-${String(i % 100).padStart(2, '0')}\r\n`);
  }
  writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), parts.join(''));
  writeFileSync(join(folder, 'appendonly.aof.manifest'), 'file appendonly.aof.1.incr.aof seq 1 type i\n');
}

export async function benchLoad({ rounds }) {
  const make = await contenders();
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-load-'));
  try {
    writeLog(dir);
    const times = { vitrine: [], redis: [], 'vitrine, nothing to load': [], 'redis, nothing to load': [] };
    const empty = mkdtempSync(join(dir, 'empty-'));
    for (let round = 0; round < rounds; round++) {
      for (const name of ['vitrine', 'redis']) {
        for (const [where, label] of [
          [dir, name],
          [empty, `${name}, nothing to load`],
        ]) {
          const start = performance.now();
          const server = await make[name](['--appendonly', 'yes', '--dir', where]);
          times[label].push(performance.now() - start);
          await server.stop();
          rmSync(join(empty, 'appendonlydir'), { recursive: true, force: true });
        }
      }
    }
    const ms = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
    const ours = ms.vitrine - ms['vitrine, nothing to load'];
    const theirs = ms.redis - ms['redis, nothing to load'];
    printTable(
      [`${COMMANDS / 1e6} M SETs`, 'ms to start', 'ms to load'],
      [
        ['vitrine', Math.round(ms.vitrine), Math.round(ours)],
        ['redis', Math.round(ms.redis), Math.round(theirs)],
      ],
    );
    console.log(`loads ${(theirs / ours).toFixed(1)} times as fast as redis-server`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
