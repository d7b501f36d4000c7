// Essays as modules: `import essay from './listpack.ts?essay'` gives the top comment of a source file as data, without a
// line of its code.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Plugin } from 'vite';

import { buildEssay } from './essay-build.ts';

export function essays(): Plugin {
  let root = '';
  return {
    name: 'vitrine:essays',
    enforce: 'pre',
    configResolved(config) {
      root = config.root;
    },
    load: {
      filter: { id: /\/engine\/.+\.ts\?essay$/ },
      async handler(id) {
        const [file = ''] = id.split('?');
        this.addWatchFile(file);
        const path = relative(root, file).replaceAll('\\', '/');
        const source = await readFile(file, 'utf8');
        const essay = buildEssay(path, source);
        return { code: `export default ${JSON.stringify(essay)};`, map: null, moduleType: 'js' };
      },
    },
  };
}
