// Lessons as modules: `import lesson from './11-fnv-1a.md'` gives a lesson as data, `…md?facts` what its list entry needs.
// A lesson with a mistake stops the build with its file and line.
import { relative } from 'node:path';
import type { Plugin } from 'vite';

import type { LessonFacts } from '../web/lessons/lesson.ts';
import { buildLesson } from './lesson-build.ts';

export function lessons(): Plugin {
  let root = '';
  return {
    name: 'vitrine:lessons',
    configResolved(config) {
      root = config.root;
    },
    transform: {
      order: 'pre',
      filter: { id: /\/lessons\/[^/]+\/[^/]+\.md(\?facts)?$/ },
      async handler(code, id) {
        const [file = '', query] = id.split('?');
        const lesson = await buildLesson(relative(root, file).replaceAll('\\', '/'), code);
        const { path, slug, chapter, number, title, summary } = lesson;
        const facts: LessonFacts = { path, slug, chapter, number, title, summary };
        return {
          code: `export default ${JSON.stringify(query === 'facts' ? facts : lesson)};`,
          map: null,
          moduleType: 'js',
        };
      },
    },
  };
}
