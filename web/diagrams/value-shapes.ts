/** The parts of the overview of one value: nodes, chains, levels, each as bars or squares under a sentence of their figures. */
import type { LargeValue, TableShape, ValueOverview } from '../../engine/hosts/browser/protocol.ts';
import { below, counted } from './arranging.ts';
import { barRows, type BarRow } from './bar-rows.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Raster } from './scene.ts';
import { squares, tableRaster } from './table-tiles.ts';
import { fitting, paragraph } from './text.ts';

type Shape = ValueOverview['shape'];
type QuickListShape = Omit<Extract<Shape, { kind: 'quicklist' }>, 'kind'>;
type SortedShape = Extract<Shape, { kind: 'sorted' }>;

/** A bar narrower than this cannot be told from the next. */
const LEAST_BAR = 4;
const MOST_BAR = 26;
/** Wider than this, bars and squares stand side by side. */
const WIDE = 560;
/** Of the room below the keys, so much may be words. */
const WORDS_SHARE = 0.17;

interface Drawn {
  readonly glyphs: readonly AnyGlyph[];
  readonly rasters?: readonly Raster[];
}

/** What an element is called. */
export function nounOf({ type }: LargeValue): string {
  return type === 'hash' ? 'field' : type === 'list' ? 'element' : 'member';
}

/** The first wording that leaves most of the room to the picture; where none does, the last. */
export function sentence(
  key: string,
  wordings: readonly string[],
  area: Area,
  unit: number,
): { glyphs: readonly AnyGlyph[]; bottom: number } {
  const fontSize = 15 * unit;
  const y = area.y + 12 * unit;
  const made = wordings.map((text) =>
    paragraph({ key, tone: 'plain', x: area.x, y, width: area.width, text, fontSize }),
  );
  const most = Math.max(1, Math.floor((area.height * WORDS_SHARE) / (fontSize * 1.4)));
  const lines = made.find(({ length }) => length <= most) ?? made.at(-1) ?? [];
  return { glyphs: lines, bottom: y + (lines.length - 1) * fontSize * 1.4 + 10 * unit };
}

export function shapeGlyphs(value: ValueOverview, area: Area, unit: number): Drawn {
  const { shape } = value;
  switch (shape.kind) {
    case 'quicklist':
      return quicklistGlyphs(shape, area, unit);
    case 'table':
      return tableGlyphs(shape, nounOf(value), area, unit);
    case 'sorted':
      return sortedGlyphs(shape, area, unit);
    case 'block': {
      const text = `It lies in one block: ${counted(shape.used, 'byte')} of ${shape.capacity.toLocaleString('en')} are in use.`;
      const words = sentence('shape/words', [text, share(shape)], area, unit);
      const row: BarRow = { label: 'block', value: shape.used, most: shape.capacity, text: share(shape) };
      return {
        glyphs: [...words.glyphs, ...barRows('block', [row], 'value', below(area, words.bottom, 10 * unit), unit)],
      };
    }
  }
}

function share({ used, capacity }: { readonly used: number; readonly capacity: number }): string {
  return `${Math.round((used / capacity) * 100)} % full`;
}

/** Body and squares: beside each other where there is the width for it, else one below the other. */
function halves(area: Area, unit: number): readonly [Area, Area] {
  if (area.width >= WIDE * unit) {
    const width = area.width * 0.46;
    const gap = 28 * unit;
    return [
      { ...area, width },
      { ...area, x: area.x + width + gap, width: area.width - width - gap },
    ];
  }
  const height = area.height * 0.6;
  return [
    { ...area, height },
    { ...area, y: area.y + height + 8 * unit, height: area.height - height - 8 * unit },
  ];
}

/** Squares under a line that says what one is. */
function explained(
  key: string,
  wordings: readonly string[],
  area: Area,
  unit: number,
  make: (area: Area) => Raster,
): Drawn {
  const fontSize = 14 * unit;
  const text = fitting(wordings, area.width, fontSize);
  const place = below(area, area.y + 18 * unit, 4 * unit);
  if (place.height < 12 * unit) return { glyphs: [] };
  const y = area.y + 9 * unit;
  return {
    glyphs: [{ shape: 'label', key: `${key}/text`, tone: 'muted', x: area.x, y, text, fontSize }],
    rasters: [make(place)],
  };
}

function quicklistGlyphs({ counts, bytes, before }: QuickListShape, area: Area, unit: number): Drawn {
  const total = sum(bytes);
  const most = bytes.reduce((a, b) => Math.max(a, b), 1);
  const closed = before.reduce((found, length) => found + (length > 0 ? 1 : 0), 0);
  const average = Math.round(total / Math.max(1, counts.length));
  const nodes = `${counted(counts.length, 'node')} of ${counted(average, 'byte')} on average; the fullest has ${most.toLocaleString('en')}.`;
  const packed = closed === 0 ? '' : ` ${packedWords(bytes, before, closed)}`;
  const words = sentence(
    'shape/words',
    [`${nodes}${packed}`, `${counted(counts.length, 'node')}.${packed}`, counted(counts.length, 'node')],
    area,
    unit,
  );
  const body = below(area, words.bottom, 8 * unit);
  const width = Math.min(MOST_BAR * unit, body.width / Math.max(1, counts.length));
  if (width < LEAST_BAR) {
    const strength = Uint8Array.from(bytes, (one) => Math.max(1, Math.round((one / most) * 255)));
    const wordings = [
      'A square is a node, in their order: the stronger the colour, the fuller.',
      'Nodes: the stronger, the fuller.',
    ];
    const drawn = explained('nodes', wordings, body, unit, (place) =>
      squares('nodes', strength, place, { tone: 'value', most: 255, largest: Math.round(14 * unit) }),
    );
    return { ...drawn, glyphs: [...words.glyphs, ...drawn.glyphs] };
  }
  return { glyphs: [...words.glyphs, ...nodeBars({ counts, bytes, before }, most, width, body, unit)] };
}

function packedWords(bytes: Int32Array, before: Int32Array, closed: number): string {
  const was = sum(before);
  const is = bytes.reduce((total, one, at) => total + ((before[at] ?? 0) > 0 ? one : 0), 0);
  const verb = closed === 1 ? 'is' : 'are';
  return `${closed.toLocaleString('en')} ${verb} compressed: ${was.toLocaleString('en')} bytes into ${is.toLocaleString('en')}.`;
}

/** A bar a node. */
function nodeBars(
  { counts, bytes, before }: QuickListShape,
  most: number,
  width: number,
  area: Area,
  unit: number,
): AnyGlyph[] {
  const fontSize = 14 * unit;
  const height = Math.min(190 * unit, area.height - 30 * unit);
  if (height < 16 * unit) return [];
  const own = Math.max(1, width - Math.min(3, width / 4));
  const foot = area.y + height;
  const bars = Array.from(bytes, (used, at): AnyGlyph => {
    const isClosed = (before[at] ?? 0) > 0;
    const high = Math.max(2, (height * used) / most);
    const packed = isClosed ? `, ${(before[at] ?? 0).toLocaleString('en')} before they were compressed` : '';
    return {
      ...({ shape: 'cell', key: `node/${at}`, tone: 'value', fontSize: 12 * unit } as const),
      ...{ x: area.x + at * width, y: foot - high, width: own, height: high, isHatched: isClosed },
      parts: [{ width: own, text: '', tone: 'value' }],
      title: `node ${at} of ${bytes.length}: ${counted(counts[at] ?? 0, 'element')} in ${counted(used, 'byte')}${packed}`,
    };
  });
  const hatched = before.some((length) => length > 0) ? ' Hatched: compressed.' : '';
  const wordings = [
    `A bar is a node, from the first to the last: as high as its pack has bytes.${hatched}`,
    `A bar is a node, as high as its pack has bytes.${hatched}`,
    `Nodes and their bytes.${hatched}`,
    'Nodes and their bytes.',
  ];
  const text = fitting(wordings, area.width, fontSize);
  return [
    ...bars,
    { shape: 'label', key: 'nodes/text', tone: 'muted', x: area.x, y: foot + 18 * unit, text, fontSize },
  ];
}

/** How full a table is and how long its chains are, from the longest wording to the shortest. */
function loadWords({ tables }: TableShape, noun: string): readonly string[] {
  const used = tables.reduce((all, table) => all + table.used, 0);
  const [old, next] = tables;
  const isResizing = next !== undefined && next.size > 0;
  const size = isResizing ? next.size : (old?.size ?? 0);
  const from = isResizing ? `, being moved from ${(old?.size ?? 0).toLocaleString('en')}` : '';
  const longest = lengthsOf({ tables }).length - 1;
  const load = `load ${(used / Math.max(1, size)).toFixed(2)}`;
  const buckets = `${size.toLocaleString('en')} buckets`;
  return [
    `${counted(used, noun)} in ${buckets}${from}: ${load}, the longest chain has ${longest}.`,
    `${buckets}, ${load}, longest chain ${longest}`,
  ];
}

/** How many buckets have a chain so long, by its length. */
function lengthsOf({ tables }: Pick<TableShape, 'tables'>): number[] {
  const counts: number[] = [];
  for (const { chainLengths } of tables)
    for (const length of chainLengths) {
      while (counts.length <= length) counts.push(0);
      counts[length] = (counts[length] ?? 0) + 1;
    }
  return counts;
}

function tableGlyphs(shape: TableShape, noun: string, area: Area, unit: number): Drawn {
  const words = sentence('shape/words', loadWords(shape, noun), area, unit);
  const [left, right] = halves(below(area, words.bottom, 8 * unit), unit);
  const lengths = lengthsOf(shape);
  const rows = lengths.map((count, length): BarRow => {
    const label = length === 0 ? 'empty' : `${length} in it`;
    return { label, value: count, text: counted(count, 'bucket') };
  });
  const bars = barRows('chain', rows, 'key', left, unit);
  const shown = shape.tables.flatMap((table, which) =>
    table.size > 0 ? [{ table, which: which === 1 ? 1 : 0 } as const] : [],
  );
  const each = (right.width - 14 * (shown.length - 1)) / Math.max(1, shown.length);
  const wordings = ['A square is a bucket: the stronger, the longer its chain.', 'Buckets: the stronger, the longer.'];
  const drawn = shown.map(({ table, which }, at) =>
    explained(
      `chains/${which}`,
      shown.length > 1 ? [which === 0 ? 'The old table' : 'The new table'] : wordings,
      { ...right, x: right.x + at * (each + 14), width: each },
      unit,
      (place) => ({
        ...tableRaster(table.chainLengths, table.size, which, which === 0 ? shape.rehashCursor : -1, place),
        table: null,
      }),
    ),
  );
  return {
    glyphs: [...words.glyphs, ...bars, ...drawn.flatMap(({ glyphs }) => glyphs)],
    rasters: drawn.flatMap(({ rasters }) => rasters ?? []),
  };
}

function sortedGlyphs({ index, table }: SortedShape, area: Area, unit: number): Drawn {
  const finding = `By its name a member is found in a hash table: ${loadWords(table, 'member')[0] ?? ''}`;
  if (index.kind === 'avl-tree') {
    const { depths } = index;
    const count = depths.reduce((all, one) => all + one, 0);
    const least = Math.ceil(Math.log2(count + 1));
    const high = `The AVL tree is ${counted(depths.length, 'level')} high`;
    const lowest = `${high}; with so many members it could not be lower than ${least}.`;
    const words = sentence('shape/words', [`${lowest} ${finding}`, lowest, `${high}.`], area, unit);
    const rows = depths.map((nodes, depth): BarRow => ({
      label: depth === 0 ? 'root' : `depth ${depth}`,
      value: nodes,
      text: counted(nodes, 'node'),
    }));
    return { glyphs: [...words.glyphs, ...barRows('depth', rows, 'key', below(area, words.bottom, 8 * unit), unit)] };
  }
  const { heights } = index;
  const levels = levelsOf(heights);
  const has = `The skip list has ${counted(levels.length, 'level')}`;
  const quarter = `${has}, each with about a quarter of the members of the one below it.`;
  const words = sentence('shape/words', [`${quarter} ${finding}`, quarter, `${has}.`], area, unit);
  const [left, right] = halves(below(area, words.bottom, 8 * unit), unit);
  const rows = levels
    .map((members, level): BarRow => ({ label: `level ${level}`, value: members, text: counted(members, 'member') }))
    .reverse();
  const wordings = [
    'A square is a member, in order: the stronger, the higher its tower.',
    'Members: the stronger, the higher.',
  ];
  const towers = explained('towers', wordings, right, unit, (place) =>
    squares('towers', heights, place, {
      tone: 'key',
      most: Math.max(2, levels.length),
      largest: Math.round(14 * unit),
    }),
  );
  return {
    glyphs: [...words.glyphs, ...barRows('level', rows, 'key', left, unit), ...towers.glyphs],
    rasters: towers.rasters ?? [],
  };
}

/** How many towers reach each level. */
function levelsOf(heights: Uint8Array): number[] {
  const levels: number[] = [];
  for (const height of heights) for (let level = 0; level < height; level++) levels[level] = (levels[level] ?? 0) + 1;
  return levels;
}

function sum(numbers: Int32Array): number {
  return numbers.reduce((total, one) => total + one, 0);
}
