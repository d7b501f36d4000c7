/** What a diagram consists of, as plain data: glyphs that keep their identity by their key. Coordinates are CSS pixels. */

/** The fixed meanings. Each is a hue and a shape or pattern; see theme.css. */
export type Tone = 'plain' | 'muted' | 'key' | 'value' | 'active' | 'migrating' | 'expired' | 'free';

/** What a glyph stands for: what is picked, hovered and focused. */
export type Target =
  | { readonly kind: 'bucket'; readonly table: 0 | 1; readonly bucket: number }
  | { readonly kind: 'entry'; readonly ref: number }
  | { readonly kind: 'block'; readonly ref: number; readonly bytes: number }
  /** A part of a value, by the key of its glyph. */
  | { readonly kind: 'part'; readonly name: string };

/** How a glyph answers a prediction. */
export type Mark = 'right' | 'wrong' | 'picked';

interface Glyph {
  /** The same as long as it is the same thing. */
  readonly key: string;
  readonly tone: Tone;
}

/** A part of a cell, from left to right. */
export interface Part {
  readonly width: number;
  readonly text: string;
  readonly tone: Tone;
  /** `value` still to be written, and other parts that hold nothing yet. */
  readonly isEmpty?: boolean;
  /** Text begins at the left edge instead of standing in the middle. */
  readonly isLeft?: boolean;
}

export interface Cell extends Glyph {
  readonly shape: 'cell';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Part[];
  readonly fontSize: number;
  readonly isLit?: boolean;
  readonly isDashed?: boolean;
  readonly isHatched?: boolean;
  readonly isFaint?: boolean;
  readonly target?: Target;
  readonly mark?: Mark | undefined;
  readonly isSelected?: boolean;
  readonly isFocused?: boolean;
  /** In full, for the pointer that rests on it. */
  readonly title?: string;
  /** Where it comes from when it was not there before. */
  readonly from?: readonly [x: number, y: number];
}

export interface Arrow extends Glyph {
  readonly shape: 'arrow';
  /** From, to. Where the heights differ the line bends once, half-way. */
  readonly line: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly isLit?: boolean;
  readonly isDashed?: boolean;
  readonly hasHead?: boolean;
  /** Goes straight to this x, up or down there, and straight on: past whatever stands beside. */
  readonly elbowX?: number;
  /** Leaves downwards and arrives from above, as the branch of a tree. */
  readonly isDown?: boolean;
}

export interface Label extends Glyph {
  readonly shape: 'label';
  readonly x: number;
  /** The middle of the line. */
  readonly y: number;
  readonly text: string;
  readonly fontSize: number;
  readonly isMono?: boolean;
  readonly isStrong?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export type Icon = 'clock' | 'tick' | 'cross' | 'cursor';

export interface Badge extends Glyph {
  readonly shape: 'badge';
  readonly x: number;
  readonly y: number;
  readonly icon: Icon;
  readonly text: string;
  readonly fontSize: number;
}

export type AnyGlyph = Cell | Arrow | Label | Badge;

/** What is too much for glyphs: small squares, the stronger the colour the higher the value. Drawn on a canvas. */
export interface Raster {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
  /** The side of a square. */
  readonly side: number;
  /** By square. Of a table: how long the chain of the bucket is. */
  readonly values: ArrayLike<number>;
  /** From this value on the colour is the strongest. */
  readonly most: number;
  readonly tone: 'key' | 'value';
  /** Squares below this have moved on, -1 when none. */
  readonly movedBelow: number;
  /** Whose buckets the squares are; `null` where they stand for something else, which cannot be picked. */
  readonly table: 0 | 1 | null;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly glyphs: readonly AnyGlyph[];
  readonly rasters: readonly Raster[];
}

export const MONO_RATIO = 0.6;

export function sameTarget(a: Target | null | undefined, b: Target | null | undefined): boolean {
  return a != null && b != null && targetKey(a) === targetKey(b);
}

export function targetKey(target: Target): string {
  if (target.kind === 'bucket') return `bucket/${target.table}/${target.bucket}`;
  return target.kind === 'part' ? `part/${target.name}` : `${target.kind}/${target.ref}`;
}

/** The width of a text in the fixed pitch of keys and bytes. */
export function monoWidth(text: string, fontSize: number): number {
  return cells(text) * fontSize * MONO_RATIO;
}

/** Cuts a text so that it fits into so many cells, with an ellipsis. */
export function elide(text: string, room: number): string {
  if (isNarrow(text)) return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
  if (cells(text) <= room) return text;
  let cut = '';
  let used = 1;
  for (const { segment } of segmenter.segment(text)) {
    used += cells(segment);
    if (used > room) break;
    cut += segment;
  }
  return `${cut}…`;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters outside the fonts' own range are wider; counting them double keeps every text inside its cell. */
function cells(text: string): number {
  if (isNarrow(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text))
    width += (segment.codePointAt(0) ?? 0) > 0x24f && segment !== '…' ? 2 : 1;
  return width;
}

/** Whether every character is one cell and stands for itself: nearly every text, and nothing has to be segmented. */
function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x24f && text[at] !== '…') return false;
  return true;
}
