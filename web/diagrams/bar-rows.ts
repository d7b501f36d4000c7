/** Figures as bars, one below the other: what is counted in front, the bar, and the figure itself behind it. */
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Tone } from './scene.ts';
import { fitting, textWidth } from './text.ts';

export interface BarRow {
  readonly label: string;
  readonly value: number;
  /** The figure in words. */
  readonly text: string;
  /** What a bar of full length would be; the highest value of all where it is not said. */
  readonly most?: number;
}

const MOST_PITCH = 30;
/** In closer rows not every one is written at. */
const LEAST_PITCH = 17;

export function barRows(name: string, rows: readonly BarRow[], tone: Tone, area: Area, unit: number): AnyGlyph[] {
  const pitch = Math.min(MOST_PITCH * unit, area.height / Math.max(1, rows.length));
  // Bars of less than two pixels are none.
  if (pitch < 3) return [];
  const fontSize = 14 * unit;
  const every = Math.ceil((LEAST_PITCH * unit) / pitch);
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => textWidth(text, fontSize)));
  const labels = Math.min(area.width * 0.3, widest(rows.map(({ label }) => label)) + 8 * unit);
  const figures = Math.min(area.width * 0.4, widest(rows.map(({ text }) => text)) + 10 * unit);
  const room = area.width - labels - figures;
  const highest = Math.max(1, ...rows.map(({ value }) => value));
  return rows.flatMap(({ label, value, text, most }, at): AnyGlyph[] => {
    const y = area.y + at * pitch;
    const height = Math.max(2, pitch - Math.min(6 * unit, pitch / 3));
    const width = value === 0 ? 0 : Math.max(1.5, (room * value) / (most ?? highest));
    const line = { shape: 'label', tone: 'muted', y: y + height / 2, fontSize } as const;
    const bar: AnyGlyph[] = [
      {
        ...({ shape: 'cell', key: `${name}/bar/${label}`, tone, y, height, width, fontSize: 12 * unit } as const),
        ...{ x: area.x + labels, parts: [{ width, text: '', tone }], title: `${label}: ${text}` },
      },
    ];
    const words: AnyGlyph[] = [
      { ...line, key: `${name}/label/${label}`, x: area.x, text: fitting([label], labels - 4, fontSize) },
      {
        ...line,
        key: `${name}/figure/${label}`,
        // Between close rows a figure has no room but behind all bars.
        x: area.x + labels + (every > 1 ? room : width) + 8 * unit,
        text: fitting([text, value.toLocaleString('en')], figures - 8 * unit, fontSize),
      },
    ];
    // Counted from the last row, which is the longest in most of these pictures.
    const isWritten = (rows.length - 1 - at) % every === 0;
    return [...(width > 0 ? bar : []), ...(isWritten ? words : [])];
  });
}
