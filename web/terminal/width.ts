/**
 * How many cells of the terminal a character takes. The line editor must agree with the terminal to the cell, or the
 * cursor drifts: so there is one measure, and the Terminal gives this same one to xterm.
 */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader takes for one character, whatever it is made of. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The width of one code point that stands alone. */
export function pointWidth(point: number): 0 | 1 | 2 {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return 0;
  if (point < 0x300) return point === 0xad ? 0 : 1;
  const character = String.fromCodePoint(point);
  if (ZERO_WIDTH.test(character)) return 0;
  return isWide(point) || EMOJI.test(character) ? 2 : 1;
}

/** What the width of a character depends on besides itself: a small number that the next character is measured after. */
export type Context = 0 | 1 | 2;
const PLAIN: Context = 0;
const AFTER_JOINER: Context = 1;
const AFTER_REGIONAL: Context = 2;

export interface Measured {
  /** The width of the whole cell so far, when the character joins the one before it. */
  readonly width: 0 | 1 | 2;
  readonly joins: boolean;
  readonly context: Context;
}

/** Measures a code point after the one before it: combining marks, joined emoji and flags share a cell with it. */
export function measure(point: number, before: { width: number; context: Context } | null): Measured {
  const alone = pointWidth(point);
  const regional = point >= 0x1f1e6 && point <= 0x1f1ff;
  const context =
    point === 0x200d ? AFTER_JOINER : regional && before?.context !== AFTER_REGIONAL ? AFTER_REGIONAL : PLAIN;
  if (!before || before.width === 0) return { width: alone, joins: false, context };
  const presentation = point === 0xfe0f;
  const modifier = point >= 0x1f3fb && point <= 0x1f3ff;
  const paired = regional && before.context === AFTER_REGIONAL;
  const joined = before.context === AFTER_JOINER && alone === 2;
  if (alone !== 0 && !paired && !joined && !(modifier && before.width === 2))
    return { width: alone, joins: false, context };
  const width = presentation || paired ? 2 : Math.max(before.width, alone);
  return { width: width as 0 | 1 | 2, joins: true, context };
}

/** The cells that a text takes on one line. */
export function textWidth(text: string): number {
  let cells = 0;
  let before: { width: number; context: Context } | null = null;
  for (const character of text) {
    const measured = measure(character.codePointAt(0) ?? 0, before);
    cells += measured.joins ? measured.width - (before?.width ?? 0) : measured.width;
    before = measured;
  }
  return cells;
}

const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
const EMOJI = /\p{Emoji_Presentation}/u;

/** First and last of each block whose characters fill two cells (East Asian Width: wide and fullwidth). */
const WIDE = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0xa4cf], [0xa960, 0xa97c],
  [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6b], [0xff01, 0xff60], [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08], [0x1aff0, 0x1b2fb], [0x20000, 0x3fffd],
] as const; // prettier-ignore

function isWide(point: number): boolean {
  return point >= 0x1100 && WIDE.some(([first, last]) => point >= first && point <= last);
}
