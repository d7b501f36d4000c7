// The covers of the gallery as a module: one small picture a structure, drawn from the models of a real engine when the
// site is built. What is lost in it is only what a picture that stands still has no use for: titles and targets.
import type { Plugin } from 'vite';

import type { AnyGlyph, Scene } from '../web/diagrams/scene.ts';
import { STRUCTURES } from '../web/gallery/structures.ts';
import { sceneOf } from './gallery-rehearsal.ts';

const MODULE = 'virtual:gallery-covers';
/** As wide as a telephone has room for. */
const COVER = { width: 336, height: 216, unit: 1 };

export function galleryCovers(): Plugin {
  return {
    name: 'vitrine:gallery-covers',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(covers())};` : undefined),
  };
}

function covers(): Record<string, Scene> {
  return Object.fromEntries(
    STRUCTURES.map((structure) => {
      const state = structure.states.find(({ name }) => name === structure.cover);
      if (!state) throw new Error(`${structure.slug} has no state “${structure.cover}”`);
      return [structure.slug, plain(sceneOf(structure, state, COVER))];
    }),
  );
}

function plain({ width, height, glyphs, rasters }: Scene): Scene {
  return {
    ...{ width, height },
    glyphs: glyphs.map((glyph): AnyGlyph => {
      if (glyph.shape !== 'cell') return rounded(glyph);
      const { shape, key, tone, x, y, width, height, fontSize, isLit, isDashed, isHatched, isFaint } = glyph;
      const parts = glyph.parts.map((part) => ({ ...part, width: round(part.width) }));
      const cell = { shape, key, tone, x, y, width, height, fontSize, parts };
      return rounded({ ...cell, ...given({ isLit, isDashed, isHatched, isFaint }) });
    }),
    rasters: rasters.map((raster) => ({ ...raster, values: Array.from(raster.values) })),
  };
}

/** Only what is so: an absent mark is left out. */
function given(marks: Readonly<Record<string, boolean | undefined>>): Record<string, true> {
  return Object.fromEntries(Object.entries(marks).flatMap(([name, is]) => (is ? [[name, true as const]] : [])));
}

function rounded<Glyph extends AnyGlyph>(glyph: Glyph): Glyph {
  return Object.fromEntries(
    Object.entries(glyph).flatMap(([name, value]: [string, unknown]) => {
      if (value === false || value === undefined) return [];
      if (Array.isArray(value) && name === 'line') return [[name, (value as number[]).map(round)]];
      return [[name, typeof value === 'number' ? round(value) : value]];
    }),
  ) as unknown as Glyph;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
