import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

import { expect, test } from '@playwright/test';

const subPath = '/some/one/vitrine/';
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A host that knows nothing of Vitrine: files in a folder, under a path that the build was never told. */
function staticHost(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === subPath ? 'index.html' : pathname.slice(subPath.length);
    const path = join('dist', name);
    if (!pathname.startsWith(subPath) || pathname.includes('..') || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
    response.end(readFileSync(path));
  });
}

test('the built page works under a sub-path of a plain static host, and its own policy is never broken', async ({
  page,
}) => {
  const host = staticHost();
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const { port } = host.address() as AddressInfo;
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy broken: ${event.violatedDirective} at ${event.sourceFile}:${event.lineNumber}`);
    });
  });

  await page.goto(`http://127.0.0.1:${port}${subPath}`);
  await expect(page.locator('.xterm-rows').first()).toContainText('>');
  await page.waitForLoadState('networkidle');
  expect(complaints).toEqual([]);
  expect(await (await page.request.get('robots.txt')).text()).toContain('Allow: /');
  host.closeAllConnections();
  host.close();
});

test('markup, script text and foreign workers from data are turned away', async ({ page }) => {
  await page.goto('./');
  await expect(page.locator('.xterm-rows').first()).toContainText('>');
  const ran = await page.evaluate(() => {
    const attempts: Record<string, () => unknown> = {
      markup: () => (document.body.innerHTML = '<img src="x" onerror="document.title = \'ran\'">'),
      'script text': () => (document.createElement('script').text = "document.title = 'ran'"),
      'a foreign worker': () => new Worker('https://vitrine.invalid/worker.js'),
      'a foreign script': () => (document.createElement('script').src = 'https://vitrine.invalid/script.js'),
    };
    return Object.entries(attempts).flatMap(([name, attempt]) => {
      try {
        attempt();
        return [name];
      } catch {
        // Being refused is what is hoped for.
        return [];
      }
    });
  });
  expect(ran).toEqual([]);
  await expect(page).not.toHaveTitle('ran');
});
