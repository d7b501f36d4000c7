// A fence that nobody has seen hold may be painted on the ground. In a copy of the project this plants one fault after
// another, and fails when the check that stands against it does not notice, or notices something else.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { root } from './ensure-install.mjs';

const modules = (...path) => join(root, 'node_modules', ...path);
const layers = [
  modules('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
  '--config',
  '.dependency-cruiser.mjs',
  'engine',
  'web',
];
const lint = (file) => [modules('eslint', 'bin', 'eslint.js'), file];
const types = (layer) => [modules('typescript', 'bin', 'tsc'), '--project', `tsconfig.${layer}.json`];

const faults = [
  {
    fault: 'a structure that imports a command',
    file: 'engine/structures/planted.ts',
    text: "import * as registry from '../commands/registry.ts';\nexport const planted = registry;\n",
    check: () => layers,
    notices: /error structures: engine\/structures\/planted\.ts/,
  },
  {
    fault: 'a page that runs the engine itself',
    file: 'web/planted.ts',
    text: "import * as engine from '../engine/engine.ts';\nexport const planted = engine;\n",
    check: () => layers,
    notices: /error web: web\/planted\.ts/,
  },
  {
    fault: 'a Date.now in the engine',
    file: 'engine/keyspace/planted.ts',
    text: 'export const planted = (): number => Date.now();\n',
    check: lint,
    notices: /Unexpected use of 'Date'[^\n]*no-restricted-globals/,
  },
  {
    fault: 'a Math.random in the engine',
    file: 'engine/structures/planted.ts',
    text: 'export const planted = (): number => Math.random();\n',
    check: lint,
    notices: /'Math\.random' is restricted[^\n]*no-restricted-properties/,
  },
  {
    fault: 'a timer in the engine',
    file: 'engine/commands/planted.ts',
    text: 'export const planted = (): void => void setTimeout(() => undefined, 1);\n',
    check: () => types('engine'),
    notices: /engine\/commands\/planted\.ts.*Cannot find name 'setTimeout'/,
  },
  {
    fault: 'a document in the worker',
    file: 'engine/hosts/browser/planted.ts',
    text: 'export const planted = (): string => document.title;\n',
    check: () => types('host-browser'),
    notices: /engine\/hosts\/browser\/planted\.ts.*Cannot find name 'document'/,
  },
];

const copy = mkdtempSync(join(tmpdir(), 'vitrine-gates-'));
const skipped = ['node_modules', '.git', 'dist', 'dist-server', 'coverage', 'test-results', 'playwright-report'];
for (const name of readdirSync(root)) {
  if (!skipped.includes(name)) cpSync(join(root, name), join(copy, name), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');

let missed = 0;
try {
  for (const { fault, file, text, check, notices } of faults) {
    const path = join(copy, file);
    if (existsSync(path)) throw new Error(`${file} exists; the fault has no place to be planted in`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const result = spawnSync(process.execPath, check(file), { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 });
    rmSync(path);
    // No one flag turns the colours of all three tools off, so their codes are taken out here.
    const words = `${result.stdout}${result.stderr}`.replace(/\u001b\[\d*m/g, '');
    const noticed = result.status !== 0 && notices.test(words);
    console.log(`${noticed ? 'noticed' : 'MISSED'}: ${fault}`);
    if (!noticed) {
      missed++;
      console.log(words);
    }
  }
} finally {
  rmSync(copy, { recursive: true });
}
process.exitCode = missed === 0 ? 0 : 1;
