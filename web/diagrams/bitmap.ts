/** A string looked at bit by bit: bit 0 is the highest of the first byte. */
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import { counted, type Piece } from './arranging.ts';
import { bitOf } from './bits-line.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph } from './scene.ts';
import { squares } from './table-tiles.ts';
import { fitting } from './text.ts';

/** The side of a bit that carries its figure. */
const MOST_SIDE = 30;
const LEAST_SIDE = 15;
const LEFT = 54;
const HEAD = 30;
/** With more bits than this, each is a square of the canvas. */
const MOST_CELLS = 1500;

export function bitmapPiece(string: StringModel, bytes: Uint8Array, area: Area, focus: Focus): Piece {
  const { unit } = focus;
  const count = string.length * 8;
  const lit = bitOf(focus.line);
  const ones = onesIn(bytes);
  const known = bytes.length < string.length ? ` in the first ${bytes.length.toLocaleString('en')} bytes` : '';
  const text = fitting(
    [
      `${counted(count, 'bit')} in ${counted(string.length, 'byte')}; ${ones.toLocaleString('en')} of them ${ones === 1 ? 'is' : 'are'} 1${known}`,
      `${counted(count, 'bit')}, ${ones.toLocaleString('en')} ${ones === 1 ? 'is' : 'are'} 1${known}`,
      `${ones.toLocaleString('en')} of ${count.toLocaleString('en')} are 1`,
    ],
    area.width,
    15 * unit,
  );
  const words: AnyGlyph = {
    shape: 'label',
    key: 'bits/words',
    tone: 'plain',
    x: area.x,
    y: area.y + 8 * unit,
    text,
    fontSize: 15 * unit,
  };
  const body: Area = { ...area, y: area.y + HEAD * unit, height: area.height - HEAD * unit };
  const grid = gridOf(Math.min(count, bytes.length * 8), body, unit);
  if (!grid) return manyBits(bytes, words, body, lit, focus);
  const glyphs: AnyGlyph[] = [words];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const row = Math.floor(bit / grid.across);
    const column = bit % grid.across;
    const x = body.x + LEFT * unit + column * grid.side + Math.floor(column / 8) * grid.apart;
    const y = body.y + row * grid.pitch;
    glyphs.push(bitCell(bytes, bit, { x, y, width: grid.side - 2, height: grid.side - 2 }, bit === lit, focus));
    if (column === 0)
      glyphs.push({
        ...({ shape: 'label', tone: 'muted', isMono: true, anchor: 'end', fontSize: 13 * unit } as const),
        ...{ key: `bits/row/${row}`, x: body.x + (LEFT - 10) * unit, y: y + grid.side / 2, text: String(bit) },
      });
  }
  const rows = Math.ceil((bytes.length * 8) / grid.across);
  return { glyphs, bottom: body.y + rows * grid.pitch };
}

interface BitGrid {
  readonly across: number;
  readonly side: number;
  readonly pitch: number;
  /** Between two bytes. */
  readonly apart: number;
}

/** As many whole bytes side by side as make the bits largest; `null` when they are too many to be written. */
function gridOf(count: number, area: Area, unit: number): BitGrid | null {
  if (count > MOST_CELLS) return null;
  const apart = 8 * unit;
  let best: BitGrid | null = null;
  for (let bytes = 8; bytes >= 1; bytes /= 2) {
    const rows = Math.max(1, Math.ceil(count / (bytes * 8)));
    const wide = (area.width - LEFT * unit - (bytes - 1) * apart) / (bytes * 8);
    const side = Math.floor(Math.min(MOST_SIDE * unit, wide, area.height / rows));
    if (side < LEAST_SIDE * unit || side <= (best?.side ?? 0)) continue;
    best = { across: bytes * 8, side, apart, pitch: Math.min(side + 8 * unit, area.height / rows) };
  }
  return best;
}

function bitCell(bytes: Uint8Array, bit: number, box: Area, isLit: boolean, focus: Focus): AnyGlyph {
  const byte = bytes[bit >> 3] ?? 0;
  const isOne = ((byte >> (7 - (bit & 7))) & 1) === 1;
  const tone = isLit ? 'active' : isOne ? 'value' : 'free';
  return {
    shape: 'cell',
    key: `bit/${bit}`,
    tone,
    ...box,
    fontSize: Math.min(13 * focus.unit, Math.max(12, box.height * 0.7)),
    parts: [{ width: box.width, text: isOne ? '1' : '0', tone: isLit ? 'active' : isOne ? 'value' : 'muted' }],
    isLit,
    isFaint: !isOne && !isLit,
    title: `bit ${bit} is ${isOne ? 1 : 0}, in byte ${bit >> 3}, which is ${byte.toString(16).padStart(2, '0')}`,
  };
}

function manyBits(bytes: Uint8Array, words: AnyGlyph, area: Area, lit: number, focus: Focus): Piece {
  const { unit } = focus;
  const bits = new Uint8Array(bytes.length * 8);
  for (let bit = 0; bit < bits.length; bit++) bits[bit] = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
  const field: Area = { ...area, height: area.height - 22 * unit };
  const raster = squares('bits', bits, field, { tone: 'value', most: 1, largest: Math.round(14 * unit) });
  const each = Math.ceil(bits.length / raster.values.length);
  const under = area.y + raster.rows * raster.side + 12 * unit;
  const of =
    each > 1
      ? `Each square is ${each} bits, strong when one of them is 1.`
      : 'Each square is a bit, strong when it is 1.';
  const text = fitting(
    [`${of} ${raster.columns * each} to a row.`, of, `${raster.columns * each} bits a row`],
    area.width,
    14 * unit,
  );
  const glyphs: AnyGlyph[] = [
    words,
    { shape: 'label', key: 'bits/field', tone: 'muted', x: area.x, y: under, text, fontSize: 14 * unit },
  ];
  if (lit >= 0 && lit < bits.length) {
    const square = Math.floor(lit / each);
    const side = Math.max(9 * unit, raster.side + 4);
    glyphs.push({
      ...({ shape: 'cell', key: 'bits/lit', tone: 'active', isLit: true, fontSize: 12 * unit } as const),
      x: raster.x + ((square % raster.columns) + 0.5) * raster.side - side / 2,
      y: raster.y + (Math.floor(square / raster.columns) + 0.5) * raster.side - side / 2,
      ...{ width: side, height: side, parts: [{ width: side, text: '', tone: 'active' }], title: `bit ${lit}` },
    });
  }
  return { glyphs, rasters: [raster], bottom: under + 8 * unit };
}

function onesIn(bytes: Uint8Array): number {
  let ones = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) ones++;
  return ones;
}
