/**
 * Below the keys, while room is made: how memory stands to `maxmemory`, the candidates with what was read from each, and who
 * went. Among the keys those that were sampled are lit, and the one that goes is marked before it is gone.
 */
import { usedBytes } from '../../engine/memory/arena.steps.ts';
import type { Models } from '../../engine/models.ts';
import type { EvictionLight } from '../eviction-light.ts';
import { counted } from './arranging.ts';
import type { Diagram, Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { elide, monoWidth, type AnyGlyph, type Cell, type Part, type Scene } from './scene.ts';
import { fitting, textWidth } from './text.ts';
import { textOf } from './value-at.ts';

const ROW = 36;
const CELL = 26;
/** Of the height, so much may go to this. */
const SHARE = 0.42;
const LABEL = 84;
/** A key is told in so many characters. */
const KEY_CELLS = 8;

/** The same diagram with the strip below it while keys are evicted. */
export function withEviction(diagram: Diagram): Diagram {
  return {
    ...diagram,
    layout(models, focus) {
      const light = focus.spotlight.eviction;
      if (!light || light.limit === 0) return diagram.layout(models, focus);
      const { unit, width, height } = focus;
      const rows = Math.max(1, Math.min(3, Math.floor((height * SHARE) / (ROW * unit))));
      const strip = (rows * ROW + 4) * unit;
      const keys = diagram.layout(models, { ...focus, height: height - strip });
      const area: Area = { x: 4, y: height - strip + 4 * unit, width: width - 8, height: strip - 4 * unit };
      const below = stripGlyphs(models, light, area, rows, focus, placesOf(models, keys, focus));
      return { ...keys, height, glyphs: [...keys.glyphs.map((glyph) => shone(glyph, light, focus)), ...below] };
    },
  };
}

/** Where each key stands, by its text. */
function placesOf(models: Models, { glyphs }: Scene, { db }: Focus): ReadonlyMap<string, readonly [number, number]> {
  const places = new Map<string, readonly [number, number]>();
  const entries = models.tables[db]?.entries;
  for (const glyph of glyphs) {
    const entry = glyph.shape === 'cell' && glyph.target?.kind === 'entry' ? entries?.get(glyph.target.ref) : undefined;
    if (entry && glyph.shape === 'cell') places.set(textOf(entry.key, entry.keyLength), [glyph.x, glyph.y]);
  }
  return places;
}

/** An entry among the keys: sampled, or the one that goes. */
function shone(glyph: AnyGlyph, { sampled, chosen }: EvictionLight, { spotlight: { step } }: Focus): AnyGlyph {
  if (glyph.shape !== 'cell' || glyph.target?.kind !== 'entry' || step?.structure !== 'eviction') return glyph;
  const { ref } = glyph.target;
  if (ref === chosen)
    return { ...glyph, tone: 'expired', isLit: true, isDashed: true, parts: glyph.parts.map(toned('expired')) };
  if (!sampled.has(ref)) return glyph;
  return 'entry' in step && step.entry === ref
    ? { ...glyph, tone: 'active', isLit: true }
    : { ...glyph, tone: 'active' };
}

function toned(tone: Part['tone']): (part: Part) => Part {
  return (part) => ({ ...part, tone });
}

function stripGlyphs(
  models: Models,
  light: EvictionLight,
  area: Area,
  rows: number,
  focus: Focus,
  places: ReadonlyMap<string, readonly [number, number]>,
): AnyGlyph[] {
  const { unit } = focus;
  const row = (at: number): Area => ({ ...area, y: area.y + at * ROW * unit, height: CELL * unit });
  const hasPool = light.by === 'idle' || light.by === 'frequency';
  const kinds = [gaugeRow(models, light, row(0), unit)];
  if (rows > 2 && hasPool) kinds.push(candidatesRow(models, light, row(kinds.length), focus, places));
  if (rows > 1) kinds.push(goneRow(light, row(kinds.length), unit, places));
  return kinds.flat();
}

function label(key: string, text: string, { x, y, height }: Area, unit: number): AnyGlyph {
  const words = { text, fontSize: 14 * unit };
  return { shape: 'label', key: `evict/${key}`, tone: 'muted', x, y: y + height / 2, ...words };
}

/** As long as the bytes in use: up to the mark they may be, what is beyond it must go. */
function gaugeRow({ arena }: Models, { used: atFirst, limit }: EvictionLight, area: Area, unit: number): AnyGlyph[] {
  const used = usedBytes(arena);
  const left = area.x + LABEL * unit;
  const wordings = [
    `${counted(used, 'byte')} in use, maxmemory is ${limit.toLocaleString('en')}`,
    `${used.toLocaleString('en')} of ${limit.toLocaleString('en')} bytes`,
    `${used} / ${limit}`,
  ];
  const fontSize = 14 * unit;
  const room = area.width - LABEL * unit;
  const text = fitting(wordings, room * 0.62, fontSize);
  const whole = Math.max(40 * unit, room - textWidth(text, fontSize) - 16 * unit);
  const scale = (bytes: number): number => (whole * bytes) / Math.max(atFirst, used, limit, 1);
  const bar = { shape: 'cell', y: area.y + 5 * unit, height: area.height - 10 * unit, fontSize: 12 * unit } as const;
  const cell = (key: string, tone: Cell['tone'], x: number, width: number, title: string): Cell => ({
    ...bar,
    ...{ key: `evict/${key}`, tone, x, width, parts: [{ width, text: '', tone }], title },
  });
  const within = scale(Math.min(used, limit));
  const beyond = scale(Math.max(0, used - limit));
  const glyphs: AnyGlyph[] = [label('memory', 'Memory', area, unit)];
  glyphs.push(cell('used', 'muted', left, Math.max(1, within), `${counted(used, 'byte')} in use`));
  if (beyond > 0.5)
    glyphs.push({
      ...cell('beyond', 'expired', left + within, beyond, `${counted(used - limit, 'byte')} too many`),
      isHatched: true,
    });
  glyphs.push({
    ...cell('limit', 'plain', left + scale(limit) - 1, 3, `maxmemory: ${counted(limit, 'byte')}`),
    ...{ y: area.y, height: area.height, tone: 'active', parts: [{ width: 3, text: '', tone: 'active' }] },
  });
  const words = { text, fontSize, tone: used > limit ? 'expired' : 'plain' } as const;
  const y = area.y + area.height / 2;
  return [...glyphs, { shape: 'label', key: 'evict/words', x: left + whole + 14 * unit, y, ...words }];
}

/** The pool, the candidate that goes next at its right end. Where there is too little room, the others are left out. */
function candidatesRow(
  models: Models,
  { by }: EvictionLight,
  area: Area,
  focus: Focus,
  places: ReadonlyMap<string, readonly [number, number]>,
): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const { candidates } = models.eviction;
  const entered = new Set(
    spotlight.steps.flatMap((step) => (step.structure === 'eviction' && step.kind === 'enter' ? [step.at] : [])),
  );
  const fontSize = 14 * unit;
  const made = candidates.map(({ key, score, db }, at) => {
    const name = textOf(key, key.length);
    const figure = by === 'idle' ? `${score} s` : `×${255 - score}`;
    const isLit = entered.has(at);
    const texts = [elide(name, KEY_CELLS), figure];
    const parts = texts.map((text, which): Part => {
      const tone = isLit ? 'active' : which === 0 ? 'key' : 'muted';
      return { width: monoWidth(text, fontSize) + 14 * unit, text, tone };
    });
    return {
      key: `candidate/${db}/${name}`,
      name,
      parts,
      isLit,
      width: parts.reduce((sum, part) => sum + part.width, 0),
    };
  });
  const gap = 6 * unit;
  const moreWidth = 40 * unit;
  const first = firstThatFits(made, area.width - LABEL * unit, gap, moreWidth);
  let x = area.x + LABEL * unit;
  const glyphs: AnyGlyph[] = [label('pool', by === 'idle' ? 'Idle longest' : 'Least used', area, unit)];
  if (first > 0) {
    glyphs.push(label('pool/more', `+${first}`, { ...area, x }, unit));
    x += moreWidth;
  }
  const seen = new Map<string, number>();
  for (const { key, name, parts, isLit, width } of made.slice(first)) {
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    const look = { shape: 'cell', tone: isLit ? 'active' : 'key', fontSize } as const;
    const from = places.get(name);
    const title = `${name}: ${by === 'idle' ? 'idle for' : 'counter of use'} ${parts[1]?.text ?? ''}`;
    glyphs.push({
      ...look,
      ...{ key: `evict/${key}/${before}`, x, y: area.y, width, height: area.height, parts, isLit, title },
      ...(from ? { from } : {}),
    });
    x += width + gap;
  }
  return glyphs;
}

/** From which on all fit, the last ones being worth most; `more` is the room of the word for those left out. */
function firstThatFits(made: readonly { readonly width: number }[], room: number, gap: number, more: number): number {
  let left = room;
  let first = made.length;
  while (first > 0) {
    const need = (made[first - 1]?.width ?? 0) + gap;
    if (left - need < (first > 1 ? more : 0)) break;
    left -= need;
    first--;
  }
  return first;
}

/** Who went, the last at the right end. */
function goneRow(
  { gone }: EvictionLight,
  area: Area,
  unit: number,
  places: ReadonlyMap<string, readonly [number, number]>,
): AnyGlyph[] {
  const fontSize = 14 * unit;
  const gap = 14 * unit;
  const made = gone.map(({ key }, at) => {
    const name = textOf(key, key.length);
    const text = elide(name, KEY_CELLS);
    return { at, name, text, width: monoWidth(text, fontSize) + 18 * unit };
  });
  const glyphs: AnyGlyph[] = [label('gone', 'Evicted', area, unit)];
  let x = area.x + LABEL * unit;
  const first = firstThatFits(made, area.width - LABEL * unit, gap, 40 * unit);
  if (first > 0) {
    glyphs.push(label('gone/more', `+${first}`, { ...area, x }, unit));
    x += 40 * unit;
  }
  for (const { at, name, text, width } of made.slice(first)) {
    const from = places.get(name);
    const parts: Part[] = [{ width, text, tone: 'expired' }];
    glyphs.push({
      ...({ shape: 'cell', tone: 'expired', isDashed: true, fontSize } as const),
      ...{ key: `evict/gone/${at}`, x, y: area.y, width, height: area.height, parts, title: `${name} was evicted` },
      ...(from ? { from } : {}),
    });
    const badge = { shape: 'badge', tone: 'expired', icon: 'cross', text: '', fontSize: 13 * unit } as const;
    glyphs.push({ ...badge, key: `evict/gone/${at}/cross`, x: x + width - 2 * unit, y: area.y });
    x += width + gap;
  }
  if (gone.length === 0) glyphs.push(label('gone/none', 'no key yet', { ...area, x }, unit));
  return glyphs;
}
