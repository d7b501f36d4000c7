/**
 * A hash table: that of the keys, or one inside a value. Left, how a key becomes the number of a bucket; right, the buckets and their chains. While
 * a resize is under way the old and the new table stand side by side, and entries go over from one to the other.
 */
import type { Overview } from '../../engine/hosts/browser/protocol.ts';
import { isInCollection } from '../../engine/keyspace/collections.steps.ts';
import { databaseOf, type EngineStep, type Models } from '../../engine/models.ts';
import { explainHash, hashText } from '../../engine/structures/hash-functions.steps.ts';
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import { counted } from './arranging.ts';
import type { Diagram, Focus } from './contract.ts';
import { keyOf, keyWords, valueOf } from './entries.ts';
import { hashColumn, HASH_NAMES, type Area, type Working } from './hash-column.ts';
import { lensGlyphs } from './lens.ts';
import { monoWidth, type AnyGlyph, type Raster, type Scene } from './scene.ts';
import { bucketKey, cellHeight, rowGlyphs, rowPitch, type Subject, type TableView } from './table-rows.ts';
import { tableOutline } from './table-outline.ts';
import { gridFor, tableRaster, tileGlyphs } from './table-tiles.ts';
import { fitting, paragraph } from './text.ts';

/** Beyond so many glyphs the browser no longer moves them smoothly. */
const MOST_GLYPHS = 2000;
/** In smaller tiles no entry could be told from another. */
const LEAST_TILE = 11;
const COLUMN_WIDTH = 188;
const GUTTER = 40;
/** The key count and the meter below the working, and what the working and its hint need above them. */
const FACTS_HEIGHT = 66;
const LEAST_COLUMN = 200;
const HINT_HEIGHT = 44;
/** Narrower than this, the working stands above the table instead of beside it. */
const NARROW = 500;

export const hashTableDiagram: Diagram = {
  kind: 'hash-table',
  title: 'Table',
  layout,
  shows: (step: EngineStep) => step.structure === 'hash-table' && !isInCollection(step),
  summary(models, focus) {
    const table = models.tables[focus.db];
    if (!table) return 'Hash table';
    const [{ size }, next] = table.tables;
    const resizing = next.size > 0 ? `, being moved to ${next.size} buckets` : '';
    return `Hash table: ${counted(table.entries.size, 'key')} in ${size} buckets${resizing}`;
  },
  overview: {
    layout: overviewScene,
    summary: ({ keys, tables: [table] }) =>
      `Hash table: ${counted(keys, 'key')} in ${(table?.size ?? 0).toLocaleString('en')} buckets`,
  },
  outline(models, focus) {
    const table = models.tables[focus.db];
    const name = (entry: EntryModel): string => `${keyOf(entry)}, ${valueOf(models, entry) ?? 'no value yet'}`;
    return table ? tableOutline(table, name, 'Buckets of the table', 'key') : { label: 'No table', rows: [] };
  },
};

function layout(models: Models, focus: Focus): Scene {
  const table = models.tables[focus.db];
  if (!table) return { width: focus.width, height: focus.height, glyphs: [], rasters: [] };
  const owns: Subject['owns'] = (step) => step.structure === 'hash-table' && databaseOf(step) === focus.db;
  return tableScene({ table, owns, words: keyWords(models, focus.db), noun: 'key' }, focus);
}

/** A table in the whole of a picture; the light falls on it as on that of the keys. */
export function tableScene(subject: Subject, focus: Focus): Scene {
  const { table } = subject;
  const empty: Scene = { width: focus.width, height: focus.height, glyphs: [], rasters: [] };
  const { unit } = focus;
  const isNarrow = focus.width < NARROW * unit;
  const work = workingOf(table, focus);
  const side: Area = { x: 4, y: 0, width: isNarrow ? focus.width - 8 : COLUMN_WIDTH * unit, height: focus.height };
  const strip = isNarrow ? narrowStrip(work, subject, side, unit) : null;
  const right: Area = isNarrow
    ? { x: 4, y: 28 * unit, width: focus.width - 8, height: focus.height - 30 * unit }
    : {
        x: side.width + GUTTER * unit,
        y: 0,
        width: focus.width - side.width - GUTTER * unit - 4,
        height: focus.height,
      };
  const { glyphs, rasters } = tables(subject, focus, right);
  if (strip) return { ...empty, glyphs: [...strip, ...glyphs], rasters };
  // In a low picture the working needs all the height there is.
  const above = focus.height - FACTS_HEIGHT * unit;
  const hasFacts = above >= (work ? LEAST_COLUMN : HINT_HEIGHT) * unit;
  const column = work
    ? hashColumn(work, { ...side, height: hasFacts ? above : focus.height - 4 * unit }, unit)
    : { glyphs: [], exit: null };
  const hint = work || table.entries.size === 0 ? [] : workHint(side, subject.noun, unit);
  const arrow = column.exit ? arrowToBucket(column.exit, glyphs, table, focus, right.x) : [];
  return {
    ...empty,
    glyphs: [...(hasFacts ? facts(subject, side, unit) : []), ...hint, ...column.glyphs, ...arrow, ...glyphs],
    rasters,
  };
}

/** Where a working will stand, how to get one. */
function workHint(area: Area, noun: string, unit: number): AnyGlyph[] {
  return [`Click a ${noun} to see`, 'how its bucket is found.'].map((text, line) => ({
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

/** One line above a narrow table: the working, as far as it has come, and how full the table is. */
function narrowStrip(work: Working | null, { table, noun }: Subject, area: Area, unit: number): AnyGlyph[] {
  const fontSize = 14 * unit;
  const y = 13 * unit;
  const text = work ? workInShort(work) : '';
  const count = counted(table.entries.size, noun);
  const room = area.width - (text === '' ? 0 : monoWidth(text, fontSize) + 12 * unit);
  const fact = fitting([`${count}, load ${load(table).toFixed(2)}`, count, ''], room, fontSize);
  const glyphs: AnyGlyph[] = [];
  if (text !== '') {
    const words = { text, fontSize, isMono: true, isStrong: true };
    glyphs.push({ shape: 'label', key: 'hash/strip', tone: 'active', x: area.x, y, ...words });
  }
  if (fact !== '') {
    const x = text === '' ? area.x : area.x + area.width;
    const anchor = text === '' ? 'start' : 'end';
    glyphs.push({ shape: 'label', key: 'facts/count', tone: 'muted', x, y, text: fact, fontSize, anchor });
  }
  return glyphs;
}

function workInShort(work: Working): string {
  if (!work.isHashed) {
    const { after } = explainHash(work.hashName, work.key)[work.rounds - 1] ?? {};
    if (after === undefined) return HASH_NAMES[work.hashName];
    const number = work.hashName === 'sum' ? String(after) : hashText(after);
    return `${number} after ${work.rounds} byte${work.rounds === 1 ? '' : 's'}`;
  }
  const hash = (work.hash >>> 0).toString(16).padStart(8, '0');
  return work.size > 0 ? `${hash} & ${work.size - 1} = ${(work.hash & (work.size - 1)) >>> 0}` : hash;
}

function load(table: HashTableModel): number {
  const size = table.tables[1].size || table.tables[0].size;
  return size === 0 ? 0 : table.entries.size / size;
}

/** How full the table is, always in sight. */
function facts({ table, noun }: Subject, area: Area, unit: number): AnyGlyph[] {
  const size = table.tables[1].size || table.tables[0].size;
  if (size === 0) return [];
  const full = Math.min(1, load(table));
  const y = area.height - 20 * unit;
  const width = 120 * unit;
  const line = { shape: 'label', tone: 'muted', fontSize: 14 * unit } as const;
  return [
    {
      ...line,
      key: 'facts/count',
      x: area.x,
      y: y - 26 * unit,
      text: `${counted(table.entries.size, noun)} in ${size} buckets`,
    },
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

function tables(subject: Subject, focus: Focus, area: Area): Drawn {
  const { table } = subject;
  const { unit } = focus;
  const [old, next] = table.tables;
  const isResizing = next.size > 0;
  if (old.size === 0) return { glyphs: noTable(area, subject.noun, unit), rasters: [] };
  const headed = 24 * unit;
  const body = { ...area, y: area.y + headed, height: area.height - headed };
  const views = isResizing
    ? splitForResize(subject, focus, body)
    : [{ ...subject, which: 0 as const, focus, area: body }];
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
  const shared = [...titles, ...lensGlyphs(subject, focus, { ...body, height: lens })];
  const grids = lowered.map(({ which, area }) => gridFor(table.tables[which].size, area, 1.3));
  const isSeen = grids.every(({ width, height }) => Math.min(width, height) >= LEAST_TILE);
  if (isSeen && old.size + next.size + 2 * table.entries.size <= MOST_GLYPHS) {
    const tiles = lowered.flatMap((view, at) => tileGlyphs(view, grids[at] ?? gridFor(1, view.area, 1)));
    return { glyphs: [...shared, ...tiles], rasters: [] };
  }
  return { glyphs: shared, rasters: lowered.map((view) => rasterOf(view)) };
}

function noTable(area: Area, noun: string, unit: number): readonly AnyGlyph[] {
  const text = `No ${noun} yet, and so no table: it is made when the first ${noun} comes.`;
  const { x, width, height } = area;
  return paragraph({
    key: 'nothing',
    tone: 'muted',
    x,
    y: area.y + Math.min(60 * unit, height * 0.3),
    width,
    text,
    fontSize: 16 * unit,
  });
}

/** In how many columns the buckets fit as rows, 0 when they do not. */
function columnsFor(view: TableView): number {
  const { size } = view.table.tables[view.which];
  const { unit } = view.focus;
  for (const columns of [1, 2]) {
    const isWide = view.area.width / columns >= (columns === 1 ? 130 : 230) * unit;
    if (isWide && view.area.height / Math.ceil(size / columns) >= Math.max(24, 22 * unit)) return columns;
  }
  return 0;
}

function splitForResize(subject: Subject, focus: Focus, area: Area): TableView[] {
  const gap = 26 * focus.unit;
  // Half each, throughout the resize: only what moves is to move.
  const left = (area.width - gap) / 2;
  return [
    { ...subject, which: 0, focus, area: { ...area, x: area.x + 12 * focus.unit, width: left - 12 * focus.unit } },
    { ...subject, which: 1, focus, area: { ...area, x: area.x + left + gap, width: area.width - gap - left } },
  ];
}

function heading(view: TableView, isResizing: boolean, y: number): AnyGlyph {
  const { size, used } = view.table.tables[view.which];
  const fontSize = 14 * view.focus.unit;
  const count = size.toLocaleString('en');
  const which = view.which === 0 ? 'Old' : 'New';
  const held = view.which === 0 ? `${used} left` : used === 1 ? '1 entry' : `${used} entries`;
  const wordings = isResizing
    ? [
        `${which} table: ${count} buckets, ${held}`,
        `${which}: ${count} buckets, ${held}`,
        `${which}: ${count}, ${held}`,
        `${which}: ${count}`,
      ]
    : [`Table: ${count} buckets`];
  return {
    shape: 'label',
    key: `heading/${size}`,
    tone: isResizing ? 'migrating' : 'muted',
    x: view.area.x,
    y,
    text: fitting(wordings, view.area.width, fontSize, isResizing),
    fontSize,
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
  const lengths = Uint8Array.from(chains, (chain) => Math.min(255, chain.length));
  return tableRaster(lengths, size, view.which, view.which === 0 ? view.table.rehashCursor : -1, view.area);
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
  const { unit, width } = focus;
  const shown = overview.tables.flatMap((table, which) =>
    table.size > 0 ? [{ table, which: which === 1 ? (1 as const) : (0 as const) }] : [],
  );
  const [first] = shown;
  const isResizing = shown.length > 1;
  const held = `${overview.keys.toLocaleString('en')} keys`;
  const size = first && !isResizing ? ` in ${first.table.size.toLocaleString('en')} buckets` : '';
  const text = `${held}${size}: the stronger the colour, the longer the chain.`;
  const words = { text, x: 4, y: 14 * unit, width: width - 8, fontSize: 15 * unit };
  const legend = paragraph({ key: 'overview/text', tone: 'plain', ...words });
  const titlesY = (17 + 21 * legend.length) * unit;
  const top = isResizing ? titlesY + 16 * unit : titlesY - 4 * unit;
  const area: Area = { x: 4, y: top, width: width - 8, height: Math.max(1, focus.height - top - 4 * unit) };
  const each = (area.width - 20 * (shown.length - 1)) / Math.max(1, shown.length);
  const rasters = shown.map(({ table, which }, at) => {
    const place = { ...area, x: area.x + at * (each + 20), width: each };
    return tableRaster(table.chainLengths, table.size, which, which === 0 ? overview.rehashCursor : -1, place);
  });
  const titles = shown.map(({ table, which }, at): AnyGlyph => {
    const place = { x: area.x + at * (each + 20), y: titlesY, fontSize: 14 * unit };
    const count = table.size.toLocaleString('en');
    const name = which === 0 ? 'Old' : 'New';
    const wordings = [`${name} table: ${count} buckets`, `${name}: ${count} buckets`, `${name}: ${count}`];
    const title = fitting(wordings, each, place.fontSize, true);
    const tone = 'migrating';
    return { shape: 'label', key: `heading/${table.size}`, tone, text: title, isStrong: true, ...place };
  });
  return { width, height: focus.height, glyphs: isResizing ? [...legend, ...titles] : legend, rasters };
}
