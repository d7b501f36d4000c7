// Bundles a program of the engine for a bench, optionally rewritten on the way.
import { mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'vite';

import { cachePath, root } from '../ensure-install.mjs';

/**
 * Returns the path of the bundle.
 * @param {string} entry a TypeScript file, from the root
 * @param {{ name: string, plugins?: import('vite').Plugin[] }} options
 */
export async function bundle(entry, { name, plugins = [] }) {
  // The server looks for package.json in the folder above its own.
  const home = cachePath(join('bench', name));
  const outDir = join(home, 'program');
  mkdirSync(outDir, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
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

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(numbers) {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}

/** Prints rows under a header, numbers to the right. */
export function printTable(header, rows) {
  const texts = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  for (const row of texts) {
    console.log(
      row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join('  '),
    );
  }
}
