import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { contentSecurityPolicy, xtermUnderPolicy } from './scripts/vite-inert-page.mjs';
import { essays } from './scripts/vite-essays.ts';
import { galleryCovers } from './scripts/vite-gallery.ts';
import { lessons } from './scripts/vite-lessons.ts';
import { robots } from './scripts/vite-robots.ts';

export default defineConfig({
  // Relative addresses: the built page works under any sub-path of any static host.
  base: './',
  plugins: [svelte(), lessons(), essays(), galleryCovers(), robots(), contentSecurityPolicy(), xtermUnderPolicy()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // An inlined asset would be a `data:` address, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
});
