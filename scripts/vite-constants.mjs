/**
 * What a module never assigns again stays a constant in the bundle, a class as well. Bundlers write `var` in its place, which may
 * change as far as V8 knows: it is then read, and what it is asked anew, each time it is used. See decision 0030.
 * @returns {import('vite').Plugin}
 */
export function constants() {
  return {
    name: 'constants',
    config: () => ({ build: { rolldownOptions: { output: { topLevelVar: false } } } }),
    // Of a class a `var` is made whatever the setting says.
    renderChunk: (code) => ({ code: code.replace(/^var ([\w$]+) = class\b/gm, 'const $1 = class'), map: null }),
  };
}
