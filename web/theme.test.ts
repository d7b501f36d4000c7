import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { rgb } from './diagrams/raster.ts';

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8');

function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return new Map(Array.from(block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g), ([, name, colour]) => [name, colour]));
}

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = rgb(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const meanings = ['key', 'value', 'active', 'migrating', 'expired'];
const texts = [
  ...['paper', 'paper-2'].flatMap((ground) => ['ink', 'ink-2', ...meanings].map((text) => [text, ground])),
  ...meanings.map((meaning) => [meaning, `${meaning}-fill`]),
  ...meanings.map((meaning) => ['ink', `${meaning}-fill`]),
  ['paper', 'ink'],
];
const strokes = ['paper', 'paper-2'].flatMap((ground) =>
  ['line', 'accent', ...meanings].map((stroke) => [stroke, ground]),
);

describe.each([
  ['light', tokens(':root')],
  ['dark', new Map([...tokens(':root'), ...tokens(":root[data-theme='dark']")])],
])('the %s theme', (_, theme) => {
  const colour = (name: string): string => theme.get(name) ?? expect.fail(`no colour --${name}`);

  it.each(texts)('writes %s on %s at 4.5:1 or more', (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(strokes)('draws %s on %s at 3:1 or more', (stroke, ground) => {
    expect(contrast(colour(stroke), colour(ground))).toBeGreaterThanOrEqual(3);
  });
});

it('knows the contrast of black and white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});
