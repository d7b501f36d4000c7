/**
 * The keyspace as a hash table. Left, how a key becomes the number of a bucket; right, the buckets and their chains. While
 * a resize is under way the old and the new table stand side by side, and entries go over from one to the other.
 */
import type { Overview } from '../../engine/hosts/browser/protocol.ts';
import type { EngineStep, Models } from '../../engine/models.ts';
import type { HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import type { Diagram, Focus } from './contract.ts';
import { hashColumn, HASH_NAMES, type Area, type Working } from './hash-column.ts';
import { lensGlyphs } from './lens.ts';
import type { AnyGlyph, Raster, Scene } from './scene.ts';
import { bucketKey, cellHeight, rowGlyphs, rowPitch, type TableView } from './table-rows.ts';
import { gridFor, tableRaster, tileGlyphs } from './table-tiles.ts';

/** Beyond so many glyphs the browser no longer moves them smoothly. */
const MOST_GLYPHS = 2000;
const COLUMN_WIDTH = 188;
const GUTTER = 40;
/** Narrower than this, the working stands above the table instead of beside it. */
const NARROW = 500;

export const hashTableDiagram: Diagram = {
  kind: 'hash-table',
  title: 'Table',
  layout,
  shows: (step: EngineStep) => step.structure === 'hash-table',
};

function layout(models: Models, focus: Focus): Scene {
  const table = models.tables[focus.db];
  const empty: Scene = { width: focus.width, height: focus.height, glyphs: [], rasters: [] };
  if (!table) return empty;
  const { unit } = focus;
  const isNarrow = focus.width < NARROW * unit;
  const work = workingOf(table, focus);
  const side: Area = { x: 4, y: 0, width: isNarrow ? focus.width - 8 : COLUMN_WIDTH * unit, height: focus.height };
  const strip = isNarrow ? narrowStrip(work, table, side, unit) : null;
  const right: Area = isNarrow
    ? { x: 4, y: 58 * unit, width: focus.width - 8, height: focus.height - 62 * unit }
    : {
        x: side.width + GUTTER * unit,
        y: 0,
        width: focus.width - side.width - GUTTER * unit - 4,
        height: focus.height,
      };
  const { glyphs, rasters } = tables(models, table, focus, right);
  if (strip) return { ...empty, glyphs: [...strip, ...glyphs], rasters };
  // In a low picture the working needs all the height there is.
  const hasFacts = focus.height >= 250 * unit || !work;
  const column = work
    ? hashColumn(work, { ...side, height: focus.height - (hasFacts ? 74 : 4) * unit }, unit)
    : { glyphs: [], exit: null };
  const hint = work || table.entries.size === 0 ? [] : workHint(side, unit);
  const arrow = column.exit ? arrowToBucket(column.exit, glyphs, table, focus, right.x) : [];
  return {
    ...empty,
    glyphs: [...(hasFacts ? facts(table, side, unit) : []), ...hint, ...column.glyphs, ...arrow, ...glyphs],
    rasters,
  };
}

/** Where a working will stand, how to get one. */
function workHint(area: Area, unit: number): AnyGlyph[] {
  return ['Click a key to see', 'how its bucket is found.'].map((text, line) => ({
    ...({ shape: 'label', tone: 'muted', fontSize: 14 * unit, text } as const),
    key: `hash/hint/${line}`,
    x: area.x,
    y: area.y + (12 + 21 * line) * unit,
  }));
}

/** What the left column works out: the key of the present command, or else the one that is selected. */
function workingOf(table: HashTableModel, focus: Focus): Working | null {
  const { spotlight, selected } = focus;
  const size = table.tables[spotlight.table].size || table.tables[0].size;
  if (selected?.kind === 'entry') {
    const entry = table.entries.get(selected.ref);
    if (entry && entry.keyLength === entry.key.length) {
      const which = table.tables[1].chains.some((chain) => chain.includes(entry.ref)) ? 1 : 0;
      const { key, hash } = entry;
      return {
        hashName: table.hashName,
        key,
        hash,
        rounds: key.length,
        isHashed: true,
        size: table.tables[which].size,
      };
    }
  }
  if (!spotlight.subject) return null;
  const { key, hash } = spotlight.subject;
  return { hashName: table.hashName, key, hash, rounds: spotlight.rounds, isHashed: spotlight.isHashed, size };
}

function narrowStrip(work: Working | null, table: HashTableModel, area: Area, unit: number): AnyGlyph[] {
  const shared = { shape: 'label', x: area.x, fontSize: 14 * unit } as const;
  const count = table.entries.size === 1 ? '1 key' : `${table.entries.size} keys`;
  const facts: AnyGlyph = {
    ...shared,
    key: 'facts/count',
    tone: 'muted',
    y: 38 * unit,
    text: `${count}, load ${load(table).toFixed(2)}`,
  };
  if (!work) return [{ ...facts, y: 14 * unit }];
  const hash = (work.hash >>> 0).toString(16).padStart(8, '0');
  const bucket = (work.hash & (work.size - 1)) >>> 0;
  const text = !work.isHashed
    ? `${HASH_NAMES[work.hashName]}, byte ${work.rounds}`
    : work.size > 0
      ? `${hash} & ${work.size - 1} = ${bucket}`
      : hash;
  return [facts, { ...shared, key: 'hash/strip', tone: 'active', y: 14 * unit, text, isMono: true, isStrong: true }];
}

function load(table: HashTableModel): number {
  const size = table.tables[1].size || table.tables[0].size;
  return size === 0 ? 0 : table.entries.size / size;
}

/** How full the table is, always in sight. */
function facts(table: HashTableModel, area: Area, unit: number): AnyGlyph[] {
  const size = table.tables[1].size || table.tables[0].size;
  if (size === 0) return [];
  const full = Math.min(1, load(table));
  const y = area.height - 20 * unit;
  const width = 120 * unit;
  const keys = table.entries.size === 1 ? '1 key' : `${table.entries.size} keys`;
  const line = { shape: 'label', tone: 'muted', fontSize: 14 * unit } as const;
  return [
    { ...line, key: 'facts/count', x: area.x, y: y - 26 * unit, text: `${keys} in ${size} buckets` },
    {
      shape: 'cell',
      key: 'facts/meter',
      tone: 'muted',
      x: area.x,
      y: y - 5 * unit,
      width,
      height: 10 * unit,
      fontSize: 12 * unit,
      parts: [{ width, text: '', tone: 'free' }],
      title: 'at 1 the table grows',
    },
    {
      shape: 'cell',
      key: 'facts/level',
      tone: full >= 1 ? 'migrating' : 'key',
      x: area.x,
      y: y - 5 * unit,
      width: Math.max(1, width * full),
      height: 10 * unit,
      fontSize: 12 * unit,
      parts: [{ width: Math.max(1, width * full), text: '', tone: full >= 1 ? 'migrating' : 'key' }],
      isFaint: true,
      title: 'at 1 the table grows',
    },
    { ...line, key: 'facts/load', x: area.x + width + 10 * unit, y, text: `load ${load(table).toFixed(2)}` },
  ];
}

interface Drawn {
  readonly glyphs: readonly AnyGlyph[];
  readonly rasters: readonly Raster[];
}

function tables(models: Models, table: HashTableModel, focus: Focus, area: Area): Drawn {
  const { unit } = focus;
  const [old, next] = table.tables;
  const isResizing = next.size > 0;
  if (old.size === 0) return { glyphs: [nothing(area, unit)], rasters: [] };
  const headed = 26 * unit;
  const body = { ...area, y: area.y + headed, height: area.height - headed };
  const views = isResizing
    ? splitForResize(models, table, focus, body)
    : [{ models, table, which: 0 as const, focus, area: body }];
  const columns = views.map((view) => columnsFor(view));
  const isRows = columns.every((count) => count > 0);
  const titles = views.map((view) => heading(view, isResizing, area.y + 12 * unit));
  const cursor = isResizing && isRows ? cursorGlyphs(table, views[0]) : [];
  if (isRows)
    return {
      glyphs: [...titles, ...views.flatMap((view, at) => rowGlyphs(view, columns[at] ?? 1)), ...cursor],
      rasters: [],
    };

  const lens = 46 * unit;
  const lowered = views.map((view) => ({
    ...view,
    area: { ...view.area, y: view.area.y + lens, height: view.area.height - lens },
  }));
  const shared = [...titles, ...lensGlyphs(models, table, focus, { ...body, height: lens })];
  if (old.size + next.size + 2 * table.entries.size <= MOST_GLYPHS) {
    const tiles = lowered.flatMap((view) =>
      tileGlyphs(view, gridFor(view.table.tables[view.which].size, view.area, 1.3)),
    );
    return { glyphs: [...shared, ...tiles], rasters: [] };
  }
  return { glyphs: shared, rasters: lowered.map((view) => rasterOf(view)) };
}

function nothing(area: Area, unit: number): AnyGlyph {
  return {
    shape: 'label',
    key: 'nothing',
    tone: 'muted',
    x: area.x,
    y: area.y + 60 * unit,
    text: 'No key yet, and so no table: it is made when the first key comes.',
    fontSize: 16 * unit,
  };
}

/** In how many columns the buckets fit as rows, 0 when they do not. */
function columnsFor(view: TableView): number {
  const { size } = view.table.tables[view.which];
  const { unit } = view.focus;
  for (const columns of [1, 2]) {
    const isWide = view.area.width / columns >= (columns === 1 ? 150 : 230) * unit;
    if (isWide && view.area.height / Math.ceil(size / columns) >= 25 * unit) return columns;
  }
  return 0;
}

function splitForResize(models: Models, table: HashTableModel, focus: Focus, area: Area): TableView[] {
  const gap = 26 * focus.unit;
  // Half each, throughout the resize: only what moves is to move.
  const left = (area.width - gap) / 2;
  return [
    { models, table, which: 0, focus, area: { ...area, x: area.x + 12 * focus.unit, width: left - 12 * focus.unit } },
    { models, table, which: 1, focus, area: { ...area, x: area.x + left + gap, width: area.width - gap - left } },
  ];
}

function heading(view: TableView, isResizing: boolean, y: number): AnyGlyph {
  const { size, used } = view.table.tables[view.which];
  const isNarrow = view.area.width < 200 * view.focus.unit;
  const name = !isResizing ? 'Table' : `${view.which === 0 ? 'Old' : 'New'}${isNarrow ? '' : ' table'}`;
  const rest = isResizing
    ? `, ${used} ${view.which === 0 ? 'left' : isNarrow ? 'in' : used === 1 ? 'entry' : 'entries'}`
    : '';
  return {
    shape: 'label',
    key: `heading/${size}`,
    tone: isResizing ? 'migrating' : 'muted',
    x: view.area.x,
    y,
    text: isNarrow ? `${name}: ${size}${rest}` : `${name}: ${size} buckets${rest}`,
    fontSize: 14 * view.focus.unit,
    isStrong: isResizing,
  };
}

/** The bucket that moves next. */
function cursorGlyphs(table: HashTableModel, view: TableView | undefined): AnyGlyph[] {
  if (!view || table.rehashCursor < 0) return [];
  const { size } = table.tables[0];
  const columns = columnsFor(view);
  const rows = Math.ceil(size / columns);
  const { unit } = view.focus;
  const pitch = rowPitch(view.area.height / rows, unit);
  const at = Math.min(table.rehashCursor, size - 1);
  return [
    {
      shape: 'badge',
      key: 'cursor',
      tone: 'migrating',
      icon: 'cursor',
      x: view.area.x + Math.floor(at / rows) * (view.area.width / columns) - 10 * unit,
      y: view.area.y + (at % rows) * pitch + cellHeight(pitch, unit) / 2,
      text: '',
      fontSize: 14 * unit,
    },
  ];
}

function rasterOf(view: TableView): Raster {
  const { size, chains } = view.table.tables[view.which];
  const { spotlight } = view.focus;
  const lengths = Uint8Array.from(chains, (chain) => Math.min(255, chain.length));
  const lit = spotlight.table === view.which && spotlight.step !== null ? spotlight.bucket : -1;
  return tableRaster(lengths, size, view.which, view.which === 0 ? view.table.rehashCursor : -1, lit, view.area);
}

/** From the number that the mask gave to the bucket that it names: only where the line crosses nothing. */
function arrowToBucket(
  exit: readonly [number, number],
  glyphs: readonly AnyGlyph[],
  table: HashTableModel,
  focus: Focus,
  left: number,
): AnyGlyph[] {
  const { spotlight } = focus;
  const isAtWork = focus.selected === null && spotlight.bucket >= 0;
  if (!isAtWork || spotlight.step === null) return [];
  const key = bucketKey(table.tables[spotlight.table].size, spotlight.bucket);
  const bucket = glyphs.find((glyph) => glyph.key === key);
  if (bucket?.shape !== 'cell' || bucket.x > left + 20 * focus.unit) return [];
  const to = bucket.x - (table.rehashCursor >= 0 ? 22 * focus.unit : 4);
  return [
    {
      shape: 'arrow',
      key: 'mask/arrow',
      tone: 'active',
      line: [exit[0], exit[1], to, bucket.y + bucket.height / 2],
      elbowX: left - (GUTTER - 12) * focus.unit,
      isLit: true,
      hasHead: true,
    },
  ];
}

/** Too many keys to know each one: how long the chains are. */
export function overviewScene(overview: Overview, focus: Focus): Scene {
  const { unit } = focus;
  const area: Area = { x: 4, y: 34 * unit, width: focus.width - 8, height: focus.height - 38 * unit };
  const shown = overview.tables.flatMap((table, which) =>
    table.size > 0 ? [{ table, which: which === 1 ? (1 as const) : (0 as const) }] : [],
  );
  const width = (area.width - 20 * (shown.length - 1)) / Math.max(1, shown.length);
  const rasters = shown.map(({ table, which }, at) =>
    tableRaster(table.chainLengths, table.size, which, which === 0 ? overview.rehashCursor : -1, -1, {
      ...area,
      x: area.x + at * (width + 20),
      width,
    }),
  );
  const buckets = shown.map(({ table }) => table.size.toLocaleString('en')).join(' and ');
  const text = `${overview.keys.toLocaleString('en')} keys in ${buckets} buckets: the darker, the longer the chain.`;
  const label: AnyGlyph = {
    shape: 'label',
    key: 'overview/text',
    tone: 'plain',
    x: area.x,
    y: 14 * unit,
    text,
    fontSize: 15 * unit,
  };
  return { width: focus.width, height: focus.height, glyphs: [label], rasters };
}
