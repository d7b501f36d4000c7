import { describe, expect, it } from 'vitest';

import { graphemes, textWidth } from './width.ts';

describe('the cells of a text', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本語', 6],
    ['ﾊﾟ', 2],
    ['Ａ', 2],
    ['한글', 4],
    ['\u1112\u1161\u11ab', 2],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['👍🏽', 2],
    ['🇫🇷', 2],
    ['🇫🇷🇩🇪', 4],
    ['❤', 1],
    ['❤️', 2],
    ['ก็', 1],
    ['', 0],
  ])('%s takes %i', (text, cells) => {
    expect(textWidth(text)).toBe(cells);
  });
});

it('graphemes are what a reader takes for characters', () => {
  expect(graphemes('e\u0301👨‍👩‍👧🇫🇷x')).toEqual(['e\u0301', '👨‍👩‍👧', '🇫🇷', 'x']);
});
