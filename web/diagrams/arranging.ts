/** What layouts of values have in common: which of many things are shown, and where a piece of a picture goes. */
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Raster } from './scene.ts';

/** A piece of a picture, and how far down it reaches. */
export interface Piece {
  readonly glyphs: readonly AnyGlyph[];
  readonly rasters?: readonly Raster[];
  readonly bottom: number;
  /** There was not room for everything in full. */
  readonly isCut?: boolean;
  /** Of what runs from line to line as text does. */
  readonly lines?: number;
}

/** The place of something in a row, or so many that are left out. */
export type Shown = { readonly at: number } | { readonly hidden: number };

/**
 * Which of `count` things are shown in `room` places: all, or the first, the last and those around `wanted`, and a gap
 * wherever some are left out. `wanted` is -1 where nothing is looked at.
 */
export function windowOf(count: number, room: number, wanted: number): Shown[] {
  const places = Math.max(3, room);
  if (count <= places) return span(0, count);
  const upTo = places - 2;
  if (wanted < upTo) return [...span(0, upTo), { hidden: count - upTo - 1 }, { at: count - 1 }];
  if (wanted >= count - upTo) return [{ at: 0 }, { hidden: count - upTo - 1 }, ...span(count - upTo, count)];
  if (places < 5) return [{ hidden: wanted }, { at: wanted }, { hidden: count - wanted - 1 }];
  const around = places - 4;
  const from = Math.min(Math.max(1, wanted - Math.floor(around / 2)), count - 1 - around);
  const gaps = [from - 1, count - 1 - from - around] as const;
  const before: Shown[] = gaps[0] > 0 ? [{ at: 0 }, { hidden: gaps[0] }] : [{ at: 0 }];
  const after: Shown[] = gaps[1] > 0 ? [{ hidden: gaps[1] }, { at: count - 1 }] : [{ at: count - 1 }];
  return [...before, ...span(from, from + around), ...after];
}

function span(from: number, to: number): Shown[] {
  return Array.from({ length: to - from }, (_, at) => ({ at: from + at }));
}

/** The same glyphs elsewhere. */
export function shifted(glyphs: readonly AnyGlyph[], dx: number, dy: number): AnyGlyph[] {
  return glyphs.map((glyph) => {
    if (glyph.shape === 'arrow') {
      const [x1, y1, x2, y2] = glyph.line;
      const elbow = glyph.elbowX === undefined ? {} : { elbowX: glyph.elbowX + dx };
      return { ...glyph, line: [x1 + dx, y1 + dy, x2 + dx, y2 + dy] as const, ...elbow };
    }
    const moved = { ...glyph, x: glyph.x + dx, y: glyph.y + dy };
    return moved.shape === 'cell' && moved.from
      ? { ...moved, from: [moved.from[0] + dx, moved.from[1] + dy] as const }
      : moved;
  });
}

/** The mark on the corner of what was looked at: whether it was what is looked for. */
export function verdict(key: string, isFound: boolean, x: number, y: number, unit: number): AnyGlyph {
  return {
    shape: 'badge',
    key: `verdict/${key}`,
    tone: isFound ? 'active' : 'muted',
    icon: isFound ? 'tick' : 'cross',
    x: x - 4 * unit,
    y,
    text: '',
    fontSize: 13 * unit,
  };
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString('en')} ${many}`;
}

/** Below a piece, within the same area. */
export function below(area: Area, bottom: number, gap: number): Area {
  return { ...area, y: bottom + gap, height: Math.max(0, area.y + area.height - bottom - gap) };
}
