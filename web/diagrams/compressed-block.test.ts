import { describe, expect, it } from 'vitest';

import { rehearse, sceneOf } from '../../scripts/gallery-rehearsal.ts';
import { structureOf } from '../gallery/structures.ts';
import { cells } from './collisions.test-kit.ts';
import type { AnyGlyph, Scene } from './scene.ts';

function pictureOf(slug: string, shown?: number): { scene: Scene; kinds: string[] } {
  const structure = structureOf(slug) ?? expect.fail(slug);
  const state = structure.states.find(({ name }) => name === 'compressed') ?? expect.fail('a compressed one');
  const rehearsed = rehearse(state);
  const { beats, steps } = rehearsed;
  const scene = sceneOf(structure, state, { width: 760, height: 420, unit: 1 }, rehearsed, shown ?? beats.length);
  return { scene, kinds: beats.map(({ main }) => `${steps[main]?.structure} ${steps[main]?.kind}`) };
}

const saying = (glyphs: readonly AnyGlyph[], key: RegExp): string[] =>
  glyphs.flatMap((glyph) => (glyph.shape === 'label' && key.test(glyph.key) ? [glyph.text] : []));

describe('what is kept compressed', () => {
  it('is a hatched bar as long as its share of what it was, with both lengths and their ratio in words', () => {
    const { scene } = pictureOf('dynamic-string');
    const [before] = cells(scene).filter(({ key }) => /^packed\/\d+\/before$/.test(key));
    const [after] = cells(scene).filter(({ key }) => /^packed\/\d+\/after$/.test(key));
    const [words = ''] = saying(scene.glyphs, /^packed\/\d+\/words\/0$/);
    const [, was = 0, is = 0] = (/: (\d+) bytes into (\d+)/.exec(words) ?? []).map(Number);
    expect(was).toBeGreaterThan(is);
    expect((after?.width ?? 0) / (before?.width ?? 1)).toBeCloseTo(is / was, 5);
    expect([before?.isDashed, after?.isHatched]).toEqual([true, true]);
    expect(saying(scene.glyphs, /^packed\/\d+\/words\/1$/)).toEqual([`The ratio is ${(was / is).toFixed(1)} : 1.`]);
  });

  it('hangs below the inner nodes of a list, whose ends are plain', () => {
    const { scene } = pictureOf('quicklist', 0);
    expect(
      cells(scene)
        .filter(({ key }) => /^node\//.test(key))
        .map(({ parts }) => parts[1]?.text),
    ).toEqual([
      expect.stringMatching(/^\d+ in \d+ B$/),
      '16 elements',
      '16 elements',
      expect.stringMatching(/^\d+ in \d+ B$/),
    ]);
    expect(cells(scene).filter(({ key }) => /\/after$/.test(key)).length).toBe(2);
    expect(saying(scene.glyphs, /words\/\d$/).join(' ')).toMatch(/compressed/);
  });

  it('lights up when it is made plain for use, and when it is compressed again', () => {
    const { kinds } = pictureOf('quicklist');
    const litAt = (kind: string): string[] => {
      const at = kinds.indexOf(kind);
      expect(at, kind).toBeGreaterThanOrEqual(0);
      const lit = cells(pictureOf('quicklist', at + 1).scene).filter(({ isLit }) => isLit);
      return lit.map(({ key }) => key.replace(/\d+/, 'ref'));
    };
    expect(litAt('compressed decompress')).toContain('packed/ref/after');
    expect(litAt('compressed compress')).toContain('node/ref');
  });
});
