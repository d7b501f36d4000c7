// Bundles a program of the engine, for a test that needs a process or for a bench, optionally rewritten on the way.
import { mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'vite';

import { cachePath, root } from './ensure-install.mjs';
import { constants } from './vite-constants.mjs';

/**
 * Returns the path of the bundle.
 * @param {string} entry a TypeScript file, from the root
 * @param {{ name: string, plugins?: import('vite').Plugin[] }} options
 */
export async function bundle(entry, { name, plugins = [] }) {
  // The server looks for package.json in the folder above its own.
  const home = cachePath(join('bundles', name));
  const outDir = join(home, 'program');
  mkdirSync(outDir, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    // As the server is built: what is measured here must be what runs there.
    plugins: [constants(), ...plugins],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'program.js', codeSplitting: false } },
    },
  });
  return join(outDir, 'program.js');
}
