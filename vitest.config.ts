import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

import { findBrowser, launchOptions } from './scripts/find-browser.mjs';
import { essays } from './scripts/vite-essays.ts';
import { galleryCovers } from './scripts/vite-gallery.ts';
import { lessons } from './scripts/vite-lessons.ts';

// Quick when the choice is cached. Without any browser the unit tests still run, and the browser tests say what is missing.
const browser = await findBrowser();

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte(), lessons(), essays(), galleryCovers()],
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{engine,web,lessons}/**/*.test.ts', 'scripts/**/*.test.{ts,mjs}'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          // Random runs and transcripts over TCP share two cores with everything else on a small machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        plugins: [svelte(), lessons(), essays(), galleryCovers()],
        test: {
          name: 'browser',
          include: ['{engine,web}/**/*.browser.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            viewport: { width: 1280, height: 720 },
            screenshotFailures: false,
            provider: playwright(browser ? { launchOptions: launchOptions(browser) } : {}),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
