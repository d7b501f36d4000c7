import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { root } from './ensure-install.mjs';

const SCRIPTS = ['bench', 'differential', 'kill-cycles', 'torture'];

function run(script, ...words) {
  return spawnSync(process.execPath, [join(root, 'scripts', `${script}.mjs`), ...words], { encoding: 'utf8' });
}

test.each(SCRIPTS)('%s --help says how it is used, and does nothing else', (script) => {
  const { status, stdout, stderr } = run(script, '--help');
  expect(stdout).toMatch(
    new RegExp(`^ +(npm run|node scripts/)${script === 'kill-cycles' ? '' : ' '}${script}\\b`, 'm'),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(SCRIPTS)('%s says in a sentence what it does not know, and how it is used', (script) => {
  const { status, stdout, stderr } = run(script, '--colour', 'blue');
  expect(stderr).toContain("Unknown option '--colour'");
  expect(stderr).toContain(script);
  expect(stderr).not.toContain('    at ');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
