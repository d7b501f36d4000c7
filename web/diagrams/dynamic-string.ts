/** One string as it lies in its block: the length, the bytes, and the room that is left to grow into. */
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import type { Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Cell } from './scene.ts';
import { fitting } from './text.ts';

/** The length stands in front of the bytes, in as many bytes itself. */
const LENGTH_BYTES = 4;

/** `bytes`: as many of the string's as are known, from the first on. */
export function stringPiece(string: StringModel, bytes: Uint8Array, area: Area, focus: Focus): Piece {
  const { unit } = focus;
  const side = 27 * unit;
  const left = area.x + 50 * unit;
  const across = Math.max(4, Math.floor((area.width - 50 * unit - 4) / side / 4) * 4);
  const top = area.y + 72 * unit;
  const lines = Math.max(1, Math.floor((area.y + area.height - top) / (side + 8 * unit)));
  const shown = Math.min(string.capacity, across * lines);
  const glyphs: AnyGlyph[] = gauge(string, area, focus);
  for (let at = 0; at < shown; at++) {
    const x = left + (at % across) * side;
    const y = top + Math.floor(at / across) * (side + 8 * unit);
    glyphs.push(byteCell(string, bytes, at, { x, y, width: side - 2, height: side - 2 }, focus));
    if (at % across === 0) {
      const label = { shape: 'label', tone: 'muted', fontSize: 13 * unit, isMono: true, anchor: 'end' } as const;
      glyphs.push({ ...label, key: `offset/${at}`, x: left - 10 * unit, y: y + side / 2, text: String(at) });
    }
  }
  return { glyphs, isCut: shown < string.capacity, bottom: top + Math.ceil(shown / across) * (side + 8 * unit) };
}

/** The whole block in one line: how much of it is used. */
function gauge(string: StringModel, area: Area, { unit }: Focus): AnyGlyph[] {
  const total = area.width;
  const share = (bytes: number): number => (bytes / (string.capacity + LENGTH_BYTES)) * total;
  const box = { shape: 'cell', y: area.y, height: 22 * unit, fontSize: 12 * unit } as const;
  const head = share(LENGTH_BYTES);
  const used = share(string.length);
  const spare = string.capacity - string.length;
  const cells: Cell[] = [
    {
      ...box,
      key: 'gauge/length',
      tone: 'plain',
      x: area.x,
      width: head,
      parts: [{ width: head, text: '', tone: 'plain' }],
      title: 'the length',
    },
    {
      ...box,
      key: 'gauge/used',
      tone: 'value',
      x: area.x + head,
      width: used,
      parts: [{ width: used, text: '', tone: 'value' }],
      title: `${string.length} bytes`,
    },
    {
      ...box,
      key: 'gauge/spare',
      tone: 'free',
      x: area.x + head + used,
      width: total - head - used,
      parts: [{ width: total - head - used, text: '', tone: 'free' }],
      isHatched: spare > 0,
      title: `${spare} bytes to spare`,
    },
  ];
  const [long, capacity] = [string.length.toLocaleString('en'), string.capacity.toLocaleString('en')];
  const growth = spare === 0 ? 'no room to grow' : `room for ${spare.toLocaleString('en')} more`;
  const words = fitting(
    [`length ${long}, capacity ${capacity}: ${growth}`, `length ${long}, ${growth}`, `${long} of ${capacity} bytes`],
    total,
    15 * unit,
  );
  return [
    ...cells.filter((cell) => cell.width > 0.5),
    {
      shape: 'label',
      key: 'gauge/words',
      tone: 'muted',
      x: area.x,
      y: area.y + 42 * unit,
      text: words,
      fontSize: 15 * unit,
    },
  ];
}

function byteCell(string: StringModel, bytes: Uint8Array, at: number, box: Area, focus: Focus): Cell {
  const isUsed = at < string.length;
  const byte = bytes[at];
  const character = byte === undefined ? '' : byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  const isFresh = focus.spotlight.steps.some(
    (step) =>
      step.structure === 'dynamic-string' &&
      step.kind === 'write' &&
      step.ref === string.ref &&
      at >= step.at &&
      isUsed,
  );
  const tone = isFresh ? 'active' : isUsed ? 'value' : 'free';
  return {
    shape: 'cell',
    key: `byte/${at}`,
    tone,
    ...box,
    fontSize: 14 * focus.unit,
    parts: [{ width: box.width, text: isUsed ? character : '', tone }],
    isLit: isFresh,
    isFaint: !isUsed,
    isHatched: !isUsed,
    title: isUsed
      ? `byte ${at}${byte === undefined ? '' : `: ${byte.toString(16).padStart(2, '0')}`}`
      : `byte ${at}: to spare`,
  };
}
