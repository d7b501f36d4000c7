import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { root } from './ensure-install.mjs';
import { contentSecurityPolicy, xtermUnderPolicy } from './vite-inert-page.mjs';

const rewrite = (code) =>
  xtermUnderPolicy().transform.handler.call(
    {
      error(message) {
        throw new Error(message);
      },
    },
    code,
  ).code;

test('the policy allows nothing unsafe, no foreign address and no inline code', () => {
  const [meta] = contentSecurityPolicy().transformIndexHtml.handler();
  expect(meta.attrs['http-equiv']).toBe('Content-Security-Policy');
  expect(meta.injectTo).toBe('head-prepend');
  expect(meta.attrs.content).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
  expect(meta.attrs.content).toContain("default-src 'none'");
  expect(meta.attrs.content).toContain("require-trusted-types-for 'script'");
});

test('the installed xterm is rewritten until it makes no style element and no style attribute', () => {
  const code = rewrite(readFileSync(join(root, 'node_modules/@xterm/xterm/lib/xterm.mjs'), 'utf8'));
  expect(code).not.toContain('createElement("style")');
  expect(code).not.toContain('setAttribute("style"');
  expect(code.match(/=adoptedStyle\(/g)).toHaveLength(3);
});

test('an xterm that no longer looks as expected stops the build', () => {
  expect(() => rewrite('export class Terminal {}')).toThrow(/xterm has changed/);
});
