import { expect, test } from 'vitest';

import { parseEventKinds, printEventKinds } from './events.ts';

test('the letters of kinds are read in any order and written in one', () => {
  const written = (text: string): string => printEventKinds(parseEventKinds(text) ?? -1);
  expect(written('')).toBe('');
  expect(written('mnKg')).toBe('gnKm');
  expect(written('zhsl$gEK')).toBe('g$lshzKE');
  expect(written('d$xtezhslg')).toBe('A');
  expect(written('KEAK')).toBe('AKE');
});

test('a letter that stands for no kind is none', () => {
  expect(parseEventKinds('KEq')).toBeNull();
  expect(parseEventKinds('a')).toBeNull();
});
