// A real redis-server, the oracle of the transcripts and the other side of the bench.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { giveUp } from './ensure-install.mjs';
import { aptInstall } from './find-browser.mjs';

const programs = ['redis-server', 'redis-cli', 'redis-benchmark'];

function version(program) {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? /v=(\d+\.\d+\.\d+)|\s(\d+\.\d+\.\d+)/.exec(result.stdout) : null;
}

/**
 * The version of the redis-server on the PATH, or undefined where there is none.
 * @param {{ install?: boolean }} [options] install: as root on Debian, may install it
 */
export function findRedis({ install = false } = {}) {
  const missing = () => programs.some((program) => !version(program));
  // Debian starts no service from a package installed in a container; on a real machine it would listen on 6379.
  if (missing() && install) aptInstall('redis-server');
  if (missing()) return undefined;
  const found = version('redis-server');
  return found?.[1] ?? found?.[2];
}

export const noRedis =
  'This needs a real redis-server with redis-cli and redis-benchmark on the PATH, to compare with. ' +
  'Install it (on Debian or Ubuntu: apt-get install redis-server; on a Mac: brew install redis).';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findRedis({ install: true });
  if (!found) giveUp(noRedis);
  console.log(`redis-server ${found}`);
}
