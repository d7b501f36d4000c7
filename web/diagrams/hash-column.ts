/** From a key to the number of a bucket: the hash round by round, then the bits that the mask keeps. */
import { explainHash, hashText, type HashName, type HashRound } from '../../engine/structures/hash-functions.steps.ts';
import { printable } from './entries.ts';
import type { AnyGlyph, Cell } from './scene.ts';

export interface Working {
  readonly hashName: HashName;
  readonly key: Uint8Array;
  readonly hash: number;
  /** How many bytes have gone in. */
  readonly rounds: number;
  readonly isHashed: boolean;
  /** Of the table that is looked into. */
  readonly size: number;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const HASH_NAMES: Readonly<Record<HashName, string>> = {
  sum: 'Sum of bytes',
  fnv1a: 'FNV-1a',
  murmur3: 'Murmur3',
  halfsiphash: 'HalfSipHash',
};

/** Where the arrow to the bucket begins, and the glyphs. */
export interface Column {
  readonly glyphs: readonly AnyGlyph[];
  readonly exit: readonly [x: number, y: number] | null;
}

export function hashColumn(work: Working, area: Area, unit: number): Column {
  const rounds = explainHash(work.hashName, work.key);
  const lineHeight = 25 * unit;
  const glyphs: AnyGlyph[] = [];
  const right = area.x + area.width;
  let y = area.y + 12 * unit;
  const label = (
    key: string,
    x: number,
    text: string,
    more: Partial<Extract<AnyGlyph, { shape: 'label' }>> = {},
  ): void => {
    glyphs.push({ shape: 'label', key, tone: 'muted', x, y, text, fontSize: 14 * unit, ...more });
  };
  label('hash/name', area.x, HASH_NAMES[work.hashName], { isStrong: true, tone: 'plain' });
  if (rounds.length > 0) {
    const start = work.hashName === 'fnv1a' ? '811c9dc5' : '0';
    label('hash/start', right, start, { anchor: 'end', isMono: true });
  }
  y += lineHeight;
  const room = Math.max(1, Math.floor((area.height - 100 * unit) / lineHeight));
  for (const at of window(rounds.length, work.rounds, room)) {
    const round = rounds[at];
    if (at < 0 || !round) label('hash/gap', area.x + 9 * unit, '⋮', { tone: 'muted' });
    else glyphs.push(...roundGlyphs(work, round, at, { x: area.x, y, width: area.width, height: lineHeight }, unit));
    y += lineHeight;
  }
  if (rounds.length === 0) {
    glyphs.push(...wholeKey(work, { x: area.x, y, width: area.width, height: lineHeight }, unit));
    y += lineHeight;
  }
  if (!work.isHashed || work.size === 0) return { glyphs, exit: null };
  y += 10 * unit;
  return mask(work, { ...area, y }, unit, glyphs);
}

/** Which rounds are shown when there is no room for all: the first, and those around the present one. */
function window(count: number, present: number, room: number): number[] {
  if (count <= room) return Array.from({ length: count }, (_, at) => at);
  const last = Math.min(count - 1, Math.max(room - 1, present - 1));
  if (room < 3) return Array.from({ length: room }, (_, at) => last - room + 1 + at);
  const tail = Array.from({ length: room - 2 }, (_, at) => last - (room - 3) + at);
  return [0, -1, ...tail];
}

function roundGlyphs(work: Working, round: HashRound, at: number, area: Area, unit: number): AnyGlyph[] {
  const isPresent = !work.isHashed && at === work.rounds - 1;
  const isDone = at < work.rounds;
  const character = round.byte > 0x20 && round.byte < 0x7f ? String.fromCharCode(round.byte) : '·';
  const side = 22 * unit;
  const cell: Cell = {
    shape: 'cell',
    key: `hash/byte/${at}`,
    tone: isPresent ? 'active' : 'key',
    x: area.x,
    y: area.y - side / 2,
    width: side,
    height: side,
    fontSize: 14 * unit,
    parts: [{ width: side, text: character, tone: isPresent ? 'active' : 'key' }],
    isLit: isPresent,
  };
  const hex = round.byte.toString(16).padStart(2, '0');
  const glyphs: AnyGlyph[] = [
    cell,
    {
      shape: 'label',
      key: `hash/hex/${at}`,
      tone: 'muted',
      x: area.x + 32 * unit,
      y: area.y,
      text: hex,
      fontSize: 13 * unit,
      isMono: true,
    },
  ];
  if (isDone) {
    glyphs.push({
      shape: 'label',
      key: `hash/after/${at}`,
      tone: isPresent ? 'active' : at === work.rounds - 1 ? 'plain' : 'muted',
      x: area.x + area.width,
      y: area.y,
      text: work.hashName === 'sum' ? String(round.after) : hashText(round.after),
      fontSize: 14 * unit,
      isMono: true,
      isStrong: at === work.rounds - 1,
      anchor: 'end',
    });
  }
  return glyphs;
}

/** For functions that take words and not bytes: what goes in, and what comes out. */
function wholeKey(work: Working, area: Area, unit: number): AnyGlyph[] {
  const text = printable(work.key.slice(0, 10));
  const shared = { shape: 'label', y: area.y, fontSize: 14 * unit, isMono: true } as const;
  return [
    { ...shared, key: 'hash/whole', tone: 'key', x: area.x, text: work.key.length > 10 ? `${text}…` : text },
    {
      ...shared,
      key: 'hash/result',
      tone: 'plain',
      x: area.x + area.width,
      text: hashText(work.hash),
      anchor: 'end',
      isStrong: true,
    },
  ];
}

function mask(work: Working, area: Area, unit: number, glyphs: AnyGlyph[]): Column {
  const kept = Math.log2(work.size);
  const bits = (work.hash >>> 0).toString(2).padStart(32, '0');
  const fontSize = 15 * unit;
  const pitch = fontSize * 0.6;
  const shown = Math.min(32, Math.max(8, kept + 3));
  const dim = `…${bits.slice(32 - shown, 32 - kept)}`;
  const boxX = area.x + dim.length * pitch + 2 * unit;
  const boxWidth = kept * pitch + 12 * unit;
  const height = 26 * unit;
  const y = area.y + height / 2;
  const bucket = String((work.hash & (work.size - 1)) >>> 0);
  glyphs.push(
    { shape: 'label', key: 'mask/dim', tone: 'muted', x: area.x, y, text: dim, fontSize, isMono: true },
    {
      shape: 'cell',
      key: 'mask/kept',
      tone: 'active',
      x: boxX,
      y: area.y,
      width: boxWidth,
      height,
      fontSize,
      parts: [{ width: boxWidth, text: bits.slice(32 - kept), tone: 'active' }],
      isLit: true,
      title: `hash & ${work.size - 1}`,
    },
    {
      shape: 'label',
      key: 'mask/bucket',
      tone: 'active',
      x: boxX + boxWidth + 10 * unit,
      y,
      text: `= ${bucket}`,
      fontSize,
      isMono: true,
      isStrong: true,
    },
    {
      shape: 'label',
      key: 'mask/why',
      tone: 'muted',
      x: area.x,
      y: y + 26 * unit,
      text: `& ${work.size - 1} keeps ${kept} bits`,
      fontSize: 14 * unit,
    },
  );
  return { glyphs, exit: [boxX + boxWidth + 14 * unit + (bucket.length + 2) * pitch, y] };
}
