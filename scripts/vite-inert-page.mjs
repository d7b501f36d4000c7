// What keeps the built page inert to the data it shows: a strict Content Security Policy with Trusted Types, and the
// two things that a library and the platform need to live under it. Only the build has the policy: Vite's development
// server injects styles and reloads in ways that no strict policy lets through.

const directives = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  // `default` is the one below; Svelte makes its own for the markup of compiled templates.
  'trusted-types default svelte-trusted-html',
];

// `new Worker(url)` wants a TrustedScriptURL. The default policy lets through what the page was built with, files below
// the page's own folder, and turns everything else (markup, script text, foreign addresses) away by having no rule.
const defaultPolicy = `
const base = new URL('./', document.baseURI);
globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL(address) {
    const url = new URL(address, base);
    return url.origin === base.origin && url.pathname.startsWith(base.pathname) ? url.href : null;
  },
});
`;

const policyModule = 'virtual:default-policy';

/** Writes the policy into the built page's head, before anything that it governs. */
export function contentSecurityPolicy() {
  return {
    name: 'vitrine:content-security-policy',
    apply: 'build',
    resolveId: (id) => (id === policyModule ? `\0${policyModule}` : undefined),
    load: (id) => (id === `\0${policyModule}` ? defaultPolicy : undefined),
    transformIndexHtml: {
      order: 'pre',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: directives.join('; ') },
          injectTo: 'head-prepend',
        },
      ],
    },
    transform: {
      order: 'pre',
      filter: { id: /\/web\/main\.ts$/ },
      handler: (code) => ({ code: `import '${policyModule}';${code}`, map: null }),
    },
  };
}

// Stands in for a <style> element: the same three members that xterm uses, on a constructed sheet, which the policy
// allows because no markup can make one.
const adoptedStyle = `
function adoptedStyle(document) {
  const sheet = new CSSStyleSheet();
  const place = document.createElement('span');
  place.hidden = true;
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(place, 'textContent', { set: (css) => sheet.replaceSync(css) });
  place.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(place);
  };
  return place;
}
`;

// What is written, what takes its place, and how often it must occur: a newer xterm stops the build instead of passing.
const xtermRewrites = [
  {
    written: /([\w.]+)\.createElement\("style"\)/g,
    rewritten: (_, document) => `adoptedStyle(${document})`,
    times: 3,
  },
  {
    written: /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/g,
    rewritten: (_, element, declarations) => `${element}.style.cssText+=";"+${declarations}`,
    times: 1,
  },
];

/** xterm writes <style> elements and style attributes; in the build they become the equal calls that a strict policy allows. */
export function xtermUnderPolicy() {
  return {
    name: 'vitrine:xterm-under-policy',
    apply: 'build',
    transform: {
      filter: { id: /@xterm\/xterm\/lib\/xterm\.mjs$/ },
      handler(code) {
        let result = code;
        for (const { written, rewritten, times } of xtermRewrites) {
          const found = code.match(written)?.length ?? 0;
          if (found !== times) this.error(`xterm has changed: ${written} occurs ${found} times, not ${times}`);
          result = result.replace(written, rewritten);
        }
        return { code: adoptedStyle + result, map: null };
      },
    },
  };
}
