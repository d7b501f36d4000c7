import { describe, expect, it } from 'vitest';

import { inert, shownGrapheme } from './inert.ts';

describe('inert text', () => {
  it('is what it was when it was harmless', () => {
    expect(inert('ERR no such key: café, 日本, 👨‍👩‍👧\n  next')).toBe('ERR no such key: café, 日本, 👨‍👩‍👧\n  next');
  });

  it('spells out what would act', () => {
    expect(inert('\x1b]0;t\x07 \u009b \u202e \r\n \r \ud800')).toBe(
      '\\x1b]0;t\\x07 \\x9b \\u{202e} \n \\x0d \\u{d800}',
    );
  });
});

describe('a typed character', () => {
  it('shows as itself, or spelled out when it is a control', () => {
    expect(['a', 'é', '👨‍👩‍👧', '\x1b', '\t', '\u202e', '\x7f'].map(shownGrapheme)).toEqual([
      'a',
      'é',
      '👨‍👩‍👧',
      '^[',
      '^I',
      '\\u{202e}',
      '\\x7f',
    ]);
  });
});
