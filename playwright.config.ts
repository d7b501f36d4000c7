import { defineConfig } from '@playwright/test';

import { findBrowser, launchOptions } from './scripts/find-browser.mjs';
import { freePort } from './scripts/free-port.mjs';

// The runner reads this file once for itself and once in every worker; all must speak of the same server.
process.env.VITRINE_E2E_PORT ??= String(await freePort());
const page = `http://127.0.0.1:${process.env.VITRINE_E2E_PORT}/`;
const browser = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  testMatch: /[.](e2e|test)[.]ts$/,
  outputDir: 'test-results',
  // A journey that passes at the second try has found something: it is named at the end, and fails on one's own machine.
  retries: process.env.CI ? 2 : 0,
  workers: process.env.CI ? 1 : 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: page,
    trace: 'off',
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 720 },
    launchOptions: browser ? launchOptions(browser) : {},
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
  webServer: {
    // The built page, as a visitor gets it: with its policy, from the companion server.
    command: `node scripts/start.mjs --port 0 --http-port ${process.env.VITRINE_E2E_PORT}`,
    url: page,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  },
});
