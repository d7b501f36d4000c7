/** How much room the interface's own words need, so that a layout can choose words that fit without asking a browser. */
import type { AnyGlyph, Label, Tone } from './scene.ts';
import { elide } from './scene.ts';

/** Widths of Source Sans 3 in hundredths of its size, rounded up a little; the bold of labels is wider by a sixteenth. */
const WIDTHS: readonly (readonly [characters: string, width: number])[] = [
  [" '.,:;ijl|", 27],
  ['!()[]{}-frt/"', 36],
  ['Icsxyz?*EFLJT', 50],
  ['wOQDGHNUV', 72],
  ['MWm%@&', 85],
];
const OTHERWISE = 56;
const STRONG = 1.06;
const widthOf = new Map(WIDTHS.flatMap(([characters, width]) => [...characters].map((one) => [one, width])));

export function textWidth(text: string, fontSize: number, isStrong = false): number {
  let hundredths = 0;
  for (const character of text) {
    const isForeign = (character.codePointAt(0) ?? 0) > 0x24f;
    hundredths += widthOf.get(character) ?? (isForeign ? 100 : OTHERWISE);
  }
  return (hundredths / 100) * fontSize * (isStrong ? STRONG : 1);
}

/** The first of several wordings that fits; where none does, the shortest, cut short. */
export function fitting(wordings: readonly string[], room: number, fontSize: number, isStrong = false): string {
  const found = wordings.find((wording) => textWidth(wording, fontSize, isStrong) <= room);
  if (found !== undefined) return found;
  const shortest = wordings.at(-1) ?? '';
  let cells = shortest.length;
  while (cells > 1 && textWidth(elide(shortest, cells), fontSize, isStrong) > room) cells--;
  return elide(shortest, cells);
}

interface Paragraph {
  readonly key: string;
  readonly tone: Tone;
  readonly x: number;
  /** The middle of the first line. */
  readonly y: number;
  readonly width: number;
  readonly text: string;
  readonly fontSize: number;
}

/** A sentence in as many lines as it needs. */
export function paragraph({ key, tone, x, y, width, text, fontSize }: Paragraph): readonly Label[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, fontSize) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line, at) => ({
    shape: 'label',
    key: at === 0 ? key : `${key}/${at}`,
    tone,
    x,
    y: y + at * fontSize * 1.4,
    text: line,
    fontSize,
  }));
}

/** What a panel says while there is nothing to show in it. */
export function nothing(text: string, width: number, unit: number): readonly AnyGlyph[] {
  return paragraph({ key: 'nothing', tone: 'muted', x: 4, y: 60 * unit, width: width - 8, text, fontSize: 16 * unit });
}
