/** An intset: integers in ascending order in one block, all as wide as the widest needs. */
import type { IntsModel } from '../../engine/structures/intset.steps.ts';
import { heldKey } from '../value-light.ts';
import { counted, verdict, windowOf, type Piece, type Shown } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { monoWidth, sameTarget, type AnyGlyph, type Part, type Target } from './scene.ts';

const CELL = 34;
/** Under the cells stand their bytes and their places; in little room their places alone. */
const PITCH = 74;
const TIGHT_PITCH = 54;

/** The bytes of an integer as they lie in memory, the lowest first. */
function integerBytes(value: string, width: number): string {
  let left = BigInt.asUintN(width * 8, BigInt(value));
  return Array.from({ length: width }, () => {
    const byte = Number(left & 255n);
    left >>= 8n;
    return byte.toString(16).padStart(2, '0');
  }).join(' ');
}

interface Arrangement {
  readonly hasBytes: boolean;
  readonly width: number;
  readonly pitch: number;
  readonly shown: readonly Shown[];
}

/** `doneBefore`: so many integers have been written elsewhere already. */
export function intsetPiece(set: IntsModel, area: Area, focus: Focus, name: string, doneBefore = 0): Piece {
  const { unit } = focus;
  const header = headerParts(set, unit);
  const lead = header.reduce((sum, { width }) => sum + width, 0);
  const fontSize = 14 * unit;
  const lit = litPlace(set, focus);
  const arranged = (hasBytes: boolean): Arrangement => {
    // As wide as the bytes are that are written under them, so that wider integers are wider to look at.
    const bytes = hasBytes ? monoWidth('00 '.repeat(set.width).trim(), 12 * unit) + 14 * unit : 0;
    const widest = set.values.reduce((most, value) => Math.max(most, value.length), 3);
    const width = Math.max(bytes, monoWidth('0'.repeat(widest), fontSize) + 16 * unit);
    const pitch = (hasBytes ? PITCH : TIGHT_PITCH) * unit;
    const across = Math.max(1, Math.floor(area.width / width));
    const lines = Math.max(1, Math.floor((area.height + (pitch - CELL * unit) / 2) / pitch));
    const room = Math.max(3, lines * across - Math.ceil(lead / width));
    return { hasBytes, width, pitch, shown: windowOf(set.values.length, room, lit) };
  };
  const roomy = arranged(true);
  const { hasBytes, width, pitch, shown } = roomy.shown.length < set.values.length ? arranged(false) : roomy;
  const glyphs: AnyGlyph[] = [
    {
      ...({ shape: 'cell', tone: 'muted', key: `${name}/header`, fontSize: 13 * unit, parts: header } as const),
      ...{ x: area.x, y: area.y, width: lead, height: CELL * unit },
      isLit: focus.spotlight.steps.some((step) => step.structure === 'intset' && step.kind === 'widen'),
      title: `the first 8 bytes of the block: each integer takes ${set.width} bytes, and there are ${set.values.length}`,
    },
  ];
  const excluded = outOfRange(set, focus);
  let x = area.x + lead;
  let line = 0;
  for (const one of shown) {
    if (x + width > area.x + area.width + 0.5) {
      x = area.x;
      line++;
    }
    const y = area.y + line * pitch;
    if ('hidden' in one) glyphs.push(gapLabel(name, one.hidden, x, y, unit));
    else
      glyphs.push(
        ...integerGlyphs(
          set,
          one.at,
          { x, y, width, height: CELL * unit },
          focus,
          name,
          excluded(one.at),
          one.at < doneBefore,
          hasBytes,
        ),
      );
    x += width;
  }
  const isCut = shown.some((one) => 'hidden' in one);
  return { glyphs, isCut, lines: line + 1, bottom: area.y + line * pitch + (CELL + (hasBytes ? 32 : 18)) * unit };
}

function headerParts(set: IntsModel, unit: number): Part[] {
  return [`width ${set.width}`, `count ${set.values.length}`].map((text) => ({
    text,
    width: monoWidth(text, 13 * unit) + 18 * unit,
    tone: 'muted',
  }));
}

function litPlace(set: IntsModel, focus: Focus): number {
  const step = focus.spotlight.steps.findLast((one) => one.structure === 'intset' && 'at' in one);
  return step?.structure === 'intset' && 'at' in step && step.ref === set.ref ? step.at : -1;
}

/** Which places a search has ruled out: what is lower than an integer that was too low, or higher than one too high. */
function outOfRange(set: IntsModel, focus: Focus): (at: number) => boolean {
  let [lowest, highest] = [0, set.values.length - 1];
  for (const [key, order] of focus.spotlight.value.held) {
    const [ref = '', at = ''] = key.split('/');
    if (Number(ref) !== set.ref) continue;
    if (order > 0) lowest = Math.max(lowest, Number(at) + 1);
    if (order < 0) highest = Math.min(highest, Number(at) - 1);
  }
  const isSearching = focus.spotlight.step?.structure === 'intset' && focus.spotlight.step.kind === 'compare';
  return (at) => isSearching && (at < lowest || at > highest);
}

function gapLabel(name: string, hidden: number, x: number, y: number, unit: number): AnyGlyph {
  return {
    shape: 'label',
    key: `${name}/gap/${Math.round(x)}/${Math.round(y)}`,
    tone: 'muted',
    x: x + 8 * unit,
    y: y + (CELL / 2) * unit,
    text: `… ${hidden}`,
    fontSize: 14 * unit,
  };
}

function integerGlyphs(
  set: IntsModel,
  at: number,
  box: Area,
  focus: Focus,
  name: string,
  isExcluded: boolean,
  isDone: boolean,
  hasBytes: boolean,
): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const value = set.values[at] ?? '';
  const key = `${name}/int/${value}`;
  const target: Target = { kind: 'part', name: key };
  const held = spotlight.value.held.get(heldKey(set.ref, at));
  const isPresent =
    spotlight.step?.structure === 'intset' && spotlight.step.kind === 'compare' && spotlight.step.at === at;
  const isNew = spotlight.steps.some(
    (step) => step.structure === 'intset' && step.kind === 'insert' && step.ref === set.ref && step.at === at,
  );
  const isLit = isNew || held === 0 || (isPresent && spotlight.step?.id !== undefined);
  const tone = isLit ? 'active' : isDone ? 'migrating' : 'key';
  const words = { shape: 'label', tone: 'muted', fontSize: 12 * unit, isMono: true, anchor: 'middle' } as const;
  const middle = box.x + box.width / 2;
  const glyphs: AnyGlyph[] = [
    {
      ...({ shape: 'cell', key, tone, ...box, fontSize: 14 * unit, isLit, target } as const),
      parts: [{ width: box.width, text: value, tone: isExcluded ? 'muted' : tone }],
      isFaint: isExcluded,
      isDashed: isDone,
      isSelected: sameTarget(focus.selected, target),
      isFocused: sameTarget(focus.focused, target),
      title: `place ${at}: ${value}, ${counted(set.width, 'byte')}`,
      from: [box.x, box.y - 40 * unit],
    },
    { ...words, key: `${key}/place`, x: middle, y: box.y + (CELL + (hasBytes ? 24 : 9)) * unit, text: String(at) },
  ];
  if (hasBytes)
    glyphs.push({
      ...words,
      key: `${key}/bytes`,
      x: middle,
      y: box.y + (CELL + 9) * unit,
      text: integerBytes(value, set.width),
    });
  if (held !== undefined) glyphs.push(verdict(key, held === 0, box.x + box.width, box.y, unit));
  return glyphs;
}
