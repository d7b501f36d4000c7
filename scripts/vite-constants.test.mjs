import { build } from 'vite';
import { expect, test } from 'vitest';

import { constants } from './vite-constants.mjs';

const SOURCES = {
  size: 'export const SIZE = Number(globalThis.size);',
  box: "import { SIZE } from 'size'; export class Box { size() { return SIZE; } }",
  main: "import { Box } from 'box'; export let made = 0; export const open = () => (made++, new Box());",
};

/** The sources as one program, as the server is built. */
async function bundled(plugins) {
  const sources = {
    name: 'sources',
    enforce: 'pre',
    resolveId: (id) => (id in SOURCES ? id : null),
    load: (id) => SOURCES[id] ?? null,
  };
  const { output } = await build({
    ...{ configFile: false, logLevel: 'silent', plugins: [sources, ...plugins] },
    ssr: { noExternal: true },
    build: { ssr: true, write: false, minify: false, rolldownOptions: { input: 'main' } },
  });
  return output[0].code;
}

test('a bundle has a module’s constants and classes as constants, and only what changes as a variable', async () => {
  const code = await bundled([constants()]);
  expect(code).toMatch(/^const SIZE = /m);
  expect(code).toMatch(/^const Box = class/m);
  expect(code).toMatch(/^let made = 0/m);
  expect(code).not.toMatch(/^var /m);
  // Without it they are variables: otherwise there is nothing to do, and it can go.
  expect(await bundled([])).toMatch(/^var SIZE = [^]*^var Box = class/m);
});
