/** The moment in which a value is written over from one encoding into another: both stand there, and its elements go over. */
import type { Models } from '../../engine/models.ts';
import { below, type Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph } from './scene.ts';
import { fitting } from './text.ts';
import type { ValueView } from './value-at.ts';

/** Both are drawn from this height on. */
const LEAST_HEIGHT = 250;

/** Draws a value; `doneBefore`: so many of its elements stand in the new structure already. */
export type Draw = (models: Models, view: ValueView, area: Area, focus: Focus, doneBefore: number) => Piece;

export function conversionPiece(
  models: Models,
  before: ValueView,
  after: ValueView | null,
  area: Area,
  focus: Focus,
  draw: Draw,
): Piece {
  const { unit } = focus;
  // In a low picture there is room for one of them: where it goes to, once that is there.
  if (after && area.height < LEAST_HEIGHT * unit) return draw(models, after, area, focus, 0);
  const refs = after ? refsOf(after) : [];
  const each = before.kind === 'intset' ? 1 : 2;
  const top: Area = { ...area, height: Math.max(34 * unit, area.height * (after ? 0.3 : 0.6)) };
  const old = draw(models, before, top, focus, refs.length * each);
  const from = before.kind === 'intset' ? 'intset' : 'listpack';
  const wordings = after
    ? [`The ${from} is written over, element by element:`, 'is written over into']
    : [
        `The ${from} takes no more. What it holds is written over into another structure.`,
        `The ${from} takes no more.`,
      ];
  const words: AnyGlyph = {
    ...({ shape: 'label', key: 'conversion', tone: 'migrating', isStrong: true, fontSize: 15 * unit } as const),
    ...{ x: area.x, y: old.bottom + 20 * unit, text: fitting(wordings, area.width, 15 * unit, true) },
  };
  if (!after) return { glyphs: [...old.glyphs, words], rasters: old.rasters ?? [], bottom: old.bottom + 30 * unit };
  const place = below(area, old.bottom + 32 * unit, 6 * unit);
  const fresh = draw(models, after, place, focus, 0);
  const places = elementPlaces(old.glyphs);
  const came = fresh.glyphs.map((glyph): AnyGlyph => {
    const ref = glyph.shape === 'cell' ? Number(/^entry\/(\d+)$/.exec(glyph.key)?.[1] ?? -1) : -1;
    const start = places[refs.indexOf(ref) * each];
    return glyph.shape === 'cell' && start ? { ...glyph, from: start } : glyph;
  });
  return {
    glyphs: [...old.glyphs, words, ...came],
    rasters: [...(old.rasters ?? []), ...(fresh.rasters ?? [])],
    bottom: fresh.bottom,
  };
}

/** What stands in the new structure, in the order in which it came. */
function refsOf(view: ValueView): number[] {
  return view.kind === 'table' || view.kind === 'sorted' ? [...view.table.entries.keys()] : [];
}

/** Where the elements of the old block stand, in their order. */
function elementPlaces(glyphs: readonly AnyGlyph[]): (readonly [number, number])[] {
  return glyphs.flatMap((glyph) =>
    glyph.shape === 'cell' && glyph.target?.kind === 'part' ? [[glyph.x, glyph.y] as const] : [],
  );
}
