/**
 * A value of more elements than a picture holds: what the engine counts of it, drawn as bars and squares. No figure is an
 * estimate, and a sentence says what stands for what.
 */
import type { LargeValue, Overview, ValueOverview } from '../../engine/hosts/browser/protocol.ts';
import { below, counted } from './arranging.ts';
import type { Focus, Outline, OverviewDiagram } from './contract.ts';
import type { Area } from './hash-column.ts';
import { elide, monoWidth, type AnyGlyph, type Cell } from './scene.ts';
import { nothing } from './text.ts';
import { textOf } from './value-at.ts';
import { nounOf, sentence, shapeGlyphs } from './value-shapes.ts';

const HEAD_HEIGHT = 32;

export const valueOverview: OverviewDiagram = {
  layout(overview, focus) {
    const { unit, width, height } = focus;
    const value = shownValue(overview, focus);
    if (!value) {
      const text = 'With so many keys the table alone is drawn: none of them stands for more than a string.';
      return { width, height, glyphs: nothing(text, width, unit), rasters: [] };
    }
    const head = headGlyphs(overview, value, focus);
    const area: Area = { x: 4, y: 0, width: width - 8, height: height - 4 };
    const words = sentence(
      'value/words',
      [wordsOf(value), shortWords(value)],
      below(area, (10 + HEAD_HEIGHT) * unit, 22 * unit),
      unit,
    );
    const body = 'shape' in value ? shapeGlyphs(value, below(area, words.bottom, 10 * unit), unit) : { glyphs: [] };
    return { width, height, glyphs: [...head, ...words.glyphs, ...body.glyphs], rasters: body.rasters ?? [] };
  },
  summary(overview, focus) {
    const value = shownValue(overview, focus);
    return value ? `The value of ${nameOf(value)}: ${wordsOf(value)}` : 'No value of more than one place';
  },
  outline(overview): Outline {
    return {
      label: 'The largest values; Enter: what one looks like',
      rows: overview.values.map((value) => ({
        target: { kind: 'entry', ref: value.entry },
        name: `${nameOf(value)}, ${value.type}, ${counted(value.elements, 'element')}`,
        entries: [],
      })),
    };
  },
};

/** The one that was asked for, as far as it is known yet. */
function shownValue({ values }: Overview, { whole, opened, followed }: Focus): LargeValue | ValueOverview | undefined {
  const asked = opened ?? (followed || values[0]?.entry);
  if (whole && whole.entry === asked) return whole;
  return values.find(({ entry }) => entry === asked) ?? whole ?? values[0];
}

function nameOf({ key, keyLength }: LargeValue): string {
  return textOf(key, keyLength);
}

function wordsOf(value: LargeValue | ValueOverview): string {
  const kept = `A ${value.type === 'zset' ? 'sorted set' : value.type} of ${counted(value.elements, nounOf(value))}`;
  const where = value.db === 0 ? '' : ` in database ${value.db}`;
  const bytes = 'bytes' in value ? ` that takes ${counted(value.bytes, 'byte')}` : '';
  return `${kept}${where}, kept as ${value.encoding}${bytes}.`;
}

const TYPES: Readonly<Record<string, string>> = { list: 'List', set: 'Set', zset: 'Sorted set', hash: 'Hash' };

function shortWords(value: LargeValue | ValueOverview): string {
  const bytes = 'bytes' in value ? `, ${counted(value.bytes, 'byte')}` : '';
  return `${TYPES[value.type] ?? value.type}, ${value.encoding}${bytes}`;
}

/** The largest values by their keys, the one that is shown among them. */
function headGlyphs(overview: Overview, value: LargeValue, focus: Focus): AnyGlyph[] {
  const { unit, width } = focus;
  const isShown = ({ db, entry }: LargeValue): boolean => db === value.db && entry === value.entry;
  const named = overview.values.some(isShown) ? overview.values : [value, ...overview.values];
  const fontSize = 15 * unit;
  const glyphs: AnyGlyph[] = [];
  let x = 4;
  for (const one of [...named].sort((a, b) => Number(isShown(b)) - Number(isShown(a)))) {
    const key = elide(nameOf(one), 14);
    const count = one.elements.toLocaleString('en');
    const parts = [
      { width: monoWidth(key, fontSize) + 18 * unit, text: key, tone: 'key' as const },
      { width: monoWidth(count, fontSize) + 18 * unit, text: count, tone: 'value' as const },
    ];
    const own = parts.reduce((sum, part) => sum + part.width, 0);
    if (x > 4 && x + own > width - 4) break;
    const cell: Cell = {
      ...({ shape: 'cell', key: `large/${one.db}/${one.entry}`, tone: 'key', y: 10 } as const),
      ...{ x, width: own, height: HEAD_HEIGHT * unit, fontSize, parts, isFaint: !isShown(one) },
      target: { kind: 'entry', ref: one.entry },
      isFocused: focus.focused?.kind === 'entry' && focus.focused.ref === one.entry,
      title: `${nameOf(one)}: ${counted(one.elements, nounOf(one))}`,
    };
    glyphs.push(cell);
    if (isShown(one)) glyphs.push(stem(x + own / 2, 10 + HEAD_HEIGHT * unit, unit));
    x += own + 14 * unit;
  }
  return glyphs;
}

function stem(x: number, top: number, unit: number): AnyGlyph {
  return {
    shape: 'arrow',
    key: 'value/stem',
    tone: 'muted',
    line: [x, top + 2, x, top + 17 * unit],
    hasHead: true,
  };
}
