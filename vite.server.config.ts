import { defineConfig } from 'vite';

import { constants } from './scripts/vite-constants.mjs';

/** The companion server: one file that needs Node and nothing else, so that `npx vitrine` installs no dependency. */
export default defineConfig({
  publicDir: false,
  plugins: [constants()],
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'engine/hosts/node/main.ts',
    outDir: 'dist-server',
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: { entryFileNames: 'vitrine.js', codeSplitting: false, banner: '#!/usr/bin/env node' },
    },
  },
});
