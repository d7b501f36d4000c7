import { describe, expect, it } from 'vitest';

import { hrefOf, parseRoute } from './router.ts';

describe('the address', () => {
  it.each([
    ['', { page: 'playground' }],
    ['#', { page: 'playground' }],
    ['#/', { page: 'playground' }],
    ['#/lessons', { page: 'lessons' }],
    ['#/lessons/', { page: 'lessons' }],
    ['#/lessons/02-hashing/11-fnv', { page: 'lesson', chapter: '02-hashing', lesson: '11-fnv' }],
    ['#/lessons/only-a-chapter', { page: 'unknown', path: 'lessons/only-a-chapter' }],
    ['#/gallery', { page: 'gallery' }],
    ['#/gallery/skip-list', { page: 'structure', slug: 'skip-list', state: null }],
    ['#/gallery/skip-list/a-few', { page: 'structure', slug: 'skip-list', state: 'a-few' }],
    ['#/gallery/a/b/c', { page: 'unknown', path: 'gallery/a/b/c' }],
    ['#/nowhere', { page: 'unknown', path: 'nowhere' }],
    ['#/lessons/a/b/c', { page: 'unknown', path: 'lessons/a/b/c' }],
  ] as const)('%s leads to its page', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('survives escapes that are none', () => {
    expect(parseRoute('#/lessons/%E0%A4%A/x')).toEqual({ page: 'lesson', chapter: '%E0%A4%A', lesson: 'x' });
  });

  it('of every route leads back to it', () => {
    for (const route of [
      { page: 'playground' },
      { page: 'lessons' },
      { page: 'lesson', chapter: 'a b', lesson: 'c/d' },
      { page: 'gallery' },
      { page: 'structure', slug: 'skip-list', state: null },
      { page: 'structure', slug: 'a/b', state: 'c d' },
    ] as const) {
      expect(parseRoute(hrefOf(route))).toEqual(route);
    }
  });
});
