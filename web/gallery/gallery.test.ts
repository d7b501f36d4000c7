import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { buildEssay } from '../../scripts/essay-build.ts';
import { diagramOf, rehearse, sceneOf } from '../../scripts/gallery-rehearsal.ts';
import { DIAGRAMS } from '../diagrams/all.ts';
import { collisions } from '../diagrams/collisions.test-kit.ts';
import type { Scene } from '../diagrams/scene.ts';
import { beatAt } from './moments.ts';
import { STRUCTURES } from './structures.ts';

/** Width, height and size of type: a screen, a low one, telephones, a cover, a lecture hall. */
const SIZES = [
  [760, 420, 1],
  [760, 300, 1],
  [340, 300, 1],
  [328, 170, 1],
  [336, 216, 1],
  [1100, 640, 1.5],
] as const;

const ALL = STRUCTURES.flatMap((structure) =>
  structure.states.map((state) => [structure.slug, state.name, structure, state] as const),
);

/** A scene in few words, for people to compare. */
function inShort(scene: Scene): string[] {
  return scene.glyphs.flatMap((glyph) => {
    if (glyph.shape === 'arrow') return [];
    const text = glyph.shape === 'cell' ? glyph.parts.map((part) => part.text).join('|') : glyph.text;
    const isLit = 'isLit' in glyph && glyph.isLit ? ' lit' : '';
    return text === ''
      ? []
      : [`${glyph.shape} ${glyph.tone} ${Math.round(glyph.x)} ${Math.round(glyph.y)} “${text}”${isLit}`];
  });
}

describe('the gallery', () => {
  it.each(ALL)('%s, %s: the engine takes every command', (_slug, _name, _structure, state) => {
    expect(rehearse(state).errors).toEqual([]);
  });

  it.each(ALL)(
    '%s, %s: nothing lies over anything else, or outside, at any size and at any step',
    (_slug, _name, structure, state) => {
      const rehearsed = rehearse(state);
      const { beats, steps } = rehearsed;
      const last = beatAt(beats, steps, state.at);
      // Every step at one size, the place where the film halts at all of them.
      for (const [width, height, unit] of SIZES) {
        const scene = sceneOf(structure, state, { width, height, unit }, rehearsed, last);
        expect(collisions(scene), `${width} × ${height} at ${unit}`).toEqual([]);
      }
      for (let shown = 0; shown <= beats.length; shown++)
        for (const [width, height, unit] of [SIZES[0], SIZES[3]]) {
          const scene = sceneOf(structure, state, { width, height, unit }, rehearsed, shown);
          expect(collisions(scene), `step ${shown}, ${width} × ${height}`).toEqual([]);
          expect(new Set(scene.glyphs.map(({ key }) => key)).size, `names at step ${shown}`).toBe(scene.glyphs.length);
          expect(scene.glyphs.length, `glyphs at step ${shown}`).toBeLessThanOrEqual(2100);
        }
    },
  );

  it.each(ALL.filter(([, name]) => name !== 'large'))('%s, %s: looks as it did', (_slug, _name, structure, state) => {
    expect(inShort(sceneOf(structure, state, { width: 760, height: 420, unit: 1 }))).toMatchSnapshot();
  });

  it('shows every diagram but the log, which has no structure of its own', () => {
    const shown = new Set(ALL.map(([, , structure, state]) => diagramOf(structure, state).kind));
    expect(DIAGRAMS.filter(({ kind }) => !shown.has(kind)).map(({ kind }) => kind)).toEqual(['log']);
  });

  it.each(STRUCTURES.map((structure) => [structure.slug, structure] as const))(
    '%s has an essay with all its parts',
    (_, { source }) => {
      const { title, sections } = buildEssay(source, readFileSync(source, 'utf8'));
      expect(title).not.toBe('');
      const names = sections.map(({ name }) => name);
      expect(names).toEqual(['Problem', 'Idea', 'Complexity', 'Invariants', 'Unlike Redis', 'Read next']);
      for (const { name, blocks } of sections) expect(blocks.length, name).toBeGreaterThan(0);
    },
  );

  it.each(STRUCTURES.map((structure) => [structure.slug, structure] as const))(
    '%s can be made in a playground that has other settings and keys of its own',
    (_, { open }) => {
      expect(rehearse({ name: 'open', film: open }).errors).toEqual([]);
      const touched = open.filter((line) => !line.startsWith('CONFIG SET')).map((line) => line.split(' ')[1]);
      for (const key of touched) expect(key).toMatch(/^gallery:/);
    },
  );
});
