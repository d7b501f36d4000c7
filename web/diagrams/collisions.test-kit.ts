/** For tests: what of a picture cannot be read, because it lies over something else or outside. */
import { monoWidth, type AnyGlyph, type Cell, type Scene } from './scene.ts';
import { textWidth } from './text.ts';

export const cells = (scene: Scene): Cell[] => scene.glyphs.filter((glyph) => glyph.shape === 'cell');

interface Box {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a text's letters are. */
function letters(glyph: Exclude<AnyGlyph, Cell | { shape: 'arrow' }>): Box {
  const { key, fontSize, text } = glyph;
  const isMono = glyph.shape === 'label' && glyph.isMono === true;
  const isStrong = glyph.shape === 'label' && glyph.isStrong === true;
  const width = isMono ? monoWidth(text, fontSize) : textWidth(text, fontSize, isStrong);
  const anchor = glyph.shape === 'label' ? (glyph.anchor ?? 'start') : 'start';
  const left =
    glyph.shape === 'badge' ? fontSize * 0.95 : anchor === 'end' ? -width : anchor === 'middle' ? -width / 2 : 0;
  return { key, x: glyph.x + left, y: glyph.y - fontSize * 0.4, width, height: fontSize * 0.8 };
}

/** Texts that lie over each other or leave the picture or their cell, and cells that are nothing. */
export function collisions(scene: Scene): string[] {
  const full = cells(scene).filter((cell) => cell.parts.some(({ text }) => text !== '') && !cell.isFaint);
  const texts = scene.glyphs.flatMap((glyph) =>
    (glyph.shape === 'label' || glyph.shape === 'badge') && glyph.text !== '' ? [letters(glyph)] : [],
  );
  // A deadline's time stands in its cell.
  const labels = texts.filter(({ key }) => !/^(ttl|deadline-badge)\//.test(key));
  const boxes: readonly Box[] = [...full, ...labels];
  const outside = [...full, ...texts].filter(
    ({ x, y, width, height }) => x < 0 || y < 0 || x + width > scene.width + 0.5 || y + height > scene.height + 0.5,
  );
  const over = boxes.flatMap((a, at) =>
    boxes
      .slice(at + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => `${a.key} over ${b.key}`),
  );
  const tooLong = cells(scene).flatMap(({ key, parts, fontSize }) =>
    parts
      .filter(({ text, width }) => monoWidth(text, fontSize) > width + 0.5)
      .map(({ text }) => `${key} too small for ${text}`),
  );
  const nothing = cells(scene).filter(({ width, height }) => !(width > 0 && height > 0));
  return [
    ...outside.map(({ key }) => `${key} outside`),
    ...over,
    ...tooLong,
    ...nothing.map(({ key }) => `${key} is nothing`),
  ];
}
