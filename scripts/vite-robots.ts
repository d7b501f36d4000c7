import type { Plugin } from 'vite';

const TEXT = 'User-agent: *\nAllow: /\n';

/** Search engines may read everything. Without this file a static host may answer with the page itself, which is no such list. */
export function robots(): Plugin {
  return {
    name: 'vitrine:robots',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'robots.txt', source: TEXT });
    },
  };
}
