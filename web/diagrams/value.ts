/** The value of one key in whatever structure keeps it: the key as it stands in its bucket, and its value unfolded below. */
import { address } from '../../engine/memory/arena.steps.ts';
import { FIRST_COLLECTION_ID, isInCollection } from '../../engine/keyspace/collections.steps.ts';
import { databaseOf, type EngineStep, type Models } from '../../engine/models.ts';
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import { isInside, type TableLight } from '../value-light.ts';
import { shifted, type Piece } from './arranging.ts';
import { avlTreePiece } from './avl-tree.ts';
import { bitmapPiece } from './bitmap.ts';
import { isAboutBits } from './bits-line.ts';
import type { Diagram, Focus, Lens } from './contract.ts';
import { compressedPiece } from './compressed-block.ts';
import { conversionPiece, type Draw } from './conversion.ts';
import { stringPiece } from './dynamic-string.ts';
import { keyWords, type EntryWords } from './entries.ts';
import type { Area } from './hash-column.ts';
import { tableScene } from './hash-table.ts';
import { hyperLogLogPiece } from './hyperloglog.ts';
import { intsetPiece } from './intset.ts';
import { packPiece } from './pack.ts';
import { quicklistPiece } from './quicklist.ts';
import { elide, monoWidth, type AnyGlyph, type Cell, type Scene } from './scene.ts';
import { isSketch } from './sketch.ts';
import { skipListPiece } from './skip-list.ts';
import { bucketCell, entryGlyphs, entryParts, type Detail, type Subject, type TableView } from './table-rows.ts';
import { fitting, nothing } from './text.ts';
import { collectionAt, scoreText, textOf, valueAt, type ValueView } from './value-at.ts';
import { outlineOf } from './value-outline.ts';
import { valueOverview } from './value-overview.ts';
import { BACK, isCollection } from './value-type.ts';
import { valueWords } from './value-words.ts';

export const valueDiagram: Diagram = {
  kind: 'value',
  title: 'Value',
  layout,
  shows: (step: EngineStep) => isInside(step) || step.structure === 'dynamic-string',
  summary(models, focus) {
    const shown = shownValue(models, focus);
    return shown ? `The value of ${shown.name}, ${valueWords(shown.view)[0] ?? ''}` : 'No value';
  },
  lenses(models, focus) {
    const view = shownValue(models, focus)?.view ?? null;
    const shown = lensOf(view, focus);
    return lensesOf(view).map((lens) => ({ ...lens, isShown: lens.kind === shown }));
  },
  overview: valueOverview,
  outline(models, focus) {
    const shown = shownValue(models, focus);
    return outlineOf(models, shown?.view ?? null, shown?.name ?? '', focus, shown ? lensOf(shown.view, focus) : '');
  },
};

/** Which key's value is shown. */
interface ShownValue {
  readonly entry: EntryModel;
  readonly name: string;
  readonly view: ValueView | null;
}

/** What was opened by hand, or what happens follows, or else the last key with more than a string. */
function shownEntry(models: Models, focus: Focus): EntryModel | null {
  const entries = models.tables[focus.db]?.entries;
  if (!entries) return null;
  const asked = entries.get(focus.opened ?? 0) ?? entries.get(focus.followed);
  if (asked) return asked;
  const all = [...entries.values()];
  return (
    all.findLast(isCollection) ??
    all.findLast((entry) => valueAt(models, entry)?.kind === 'string') ??
    all.at(-1) ??
    null
  );
}

function shownValue(models: Models, focus: Focus): ShownValue | null {
  const entry = shownEntry(models, focus);
  if (!entry) return null;
  return { entry, name: textOf(entry.key, entry.keyLength), view: valueAt(models, entry, focus.spotlight.value.moved) };
}

function lensesOf(view: ValueView | null): readonly Omit<Lens, 'isShown'>[] {
  const [bytes, bits] = [
    { kind: 'bytes', title: 'Bytes' },
    { kind: 'bits', title: 'Bits' },
  ];
  switch (view?.kind) {
    case 'string': {
      const { head, length } = view.string;
      return isSketch(head, length) ? [{ kind: 'sketch', title: 'Registers' }, bytes, bits] : [bytes, bits];
    }
    case 'sorted':
      return [
        { kind: 'order', title: 'Order' },
        { kind: 'members', title: 'Members' },
      ];
    default:
      return [];
  }
}

/** The lens that was chosen, or the one that what happens asks for. */
function lensOf(view: ValueView | null, focus: Focus): string {
  const lenses = lensesOf(view);
  const chosen = lenses.find(({ kind }) => kind === focus.lens);
  if (chosen) return chosen.kind;
  if (view?.kind === 'string' && lenses[0]?.kind === 'bytes' && isAboutBits(focus.line)) return 'bits';
  return lenses[0]?.kind ?? '';
}

function layout(models: Models, focus: Focus): Scene {
  const { unit, width, height } = focus;
  const shown = shownValue(models, focus);
  if (!shown) {
    const text = 'No key yet, and so no value. RPUSH, HSET, SADD or ZADD makes one with a structure of its own.';
    return { width, height, glyphs: nothing(text, width, unit), rasters: [] };
  }
  const head = headline(models, shown, focus);
  const top = head.bottom + 22 * unit;
  const area: Area = { x: 4, y: top, width: width - 8, height: Math.max(40, height - top - 4) };
  const { conversion } = focus.spotlight.value;
  const known: Focus = focus.bytes?.entry === shown.entry.ref ? focus : { ...focus, bytes: null };
  const isConverting = conversion?.entry === shown.entry.ref && shown.view !== null;
  const body = isConverting
    ? conversionPiece(models, shown.view, collectionAt(models, conversion.id), area, known, draw)
    : shown.view
      ? large(models, shown.view, area, known)
      : empty('Its value is still to be made.', area, unit);
  return { width, height, glyphs: [...head.glyphs, ...body.glyphs], rasters: body.rasters ?? [] };
}

/** What is small is drawn larger, as long as all of it still has room and on no more lines. */
const SCALES = [1.45, 1.2];

function large(models: Models, view: ValueView, area: Area, focus: Focus): Piece {
  const usual = draw(models, view, area, focus, 0);
  const lowest = area.y + area.height;
  const fits = (piece: Piece): boolean =>
    piece.isCut !== true && piece.bottom <= lowest && (piece.lines ?? 0) <= (usual.lines ?? 0);
  // What has no room as it is need not be tried larger.
  const scales = usual.isCut === true || keepsSize(view, focus) ? [] : SCALES;
  const larger = scales.map((scale) => draw(models, view, area, { ...focus, unit: focus.unit * scale }, 0));
  const piece = larger.find(fits) ?? usual;
  return {
    ...piece,
    glyphs: [...piece.glyphs, ...noteGlyphs(noteOf(view, lensOf(view, focus)), piece.bottom, area, focus.unit)],
  };
}

/** A table finds its own size, and so does a field of registers. */
function keepsSize(view: ValueView, focus: Focus): boolean {
  const lens = lensOf(view, focus);
  return view.kind === 'table' || lens === 'members' || lens === 'sketch' || lens === 'bits';
}

/** What the signs in a picture mean, the longest wording first. */
function noteOf(view: ValueView, lens: string): readonly string[] {
  switch (view.kind) {
    case 'compressed':
      return [
        'What is hatched lies in memory; the rest is what was saved. Whoever reads it gets a plain copy made elsewhere.',
        'Hatched is what lies in memory, the rest was saved.',
      ];
    case 'listpack':
      return [
        'Each element lies there as it is sent: $ and its length, its bytes. Behind it stands how long all of that is.',
        'Each lies there as it is sent; behind it stands its length.',
      ];
    case 'intset':
      return ['Under each integer its bytes, the lowest first, and its place.', 'Under each its bytes and its place.'];
    case 'quicklist':
      return ['A node knows the one before and the one behind it. Below it hangs the pack of its elements.'];
    case 'sorted':
      if (lens === 'members') return [];
      return view.index.kind === 'skip-list'
        ? ['In each link the score that it leads to; above the arrow how many elements on that is.']
        : ['In front of each member its rank; below it how high its left and its right side are.'];
    default:
      return [];
  }
}

function noteGlyphs(wordings: readonly string[], bottom: number, area: Area, unit: number): AnyGlyph[] {
  const y = bottom + 26 * unit;
  if (wordings.length === 0 || y + 12 * unit > area.y + area.height) return [];
  const fontSize = 14 * unit;
  const text = fitting(wordings, area.width, fontSize);
  if (text.endsWith('…')) return [];
  return [{ shape: 'label', key: 'value/note', tone: 'muted', x: area.x, y, text, fontSize }];
}

/** How the key is spelled, the first way that fits. */
const SPELLINGS: readonly Detail[] = [
  { key: 22, value: 12, isTight: false },
  { key: 12, value: 10, isTight: false },
  { key: 10, value: 8, isTight: true },
];

/** The key's own bucket and entry, the same glyphs as in the table: that is where the value hangs. */
function headline(models: Models, { entry, view }: ShownValue, focus: Focus): Piece {
  const { unit } = focus;
  const table = models.tables[focus.db];
  if (!table) return { glyphs: [], bottom: 0 };
  const owns: Subject['owns'] = (step) => step.structure === 'hash-table' && databaseOf(step) === focus.db;
  const which = table.tables[1].chains.some((chain) => chain.includes(entry.ref)) ? 1 : 0;
  const bucket = table.tables[which].chains.findIndex((chain) => chain.includes(entry.ref));
  const area: Area = { x: 4, y: 10, width: focus.width - 8, height: 32 * unit };
  const row: TableView = { table, owns, words: keyWords(models, focus.db), noun: 'key', which, focus, area };
  const box = { ...area, width: 36 * unit };
  const glyphs: AnyGlyph[] = [];
  const middle = area.y + area.height / 2;
  if (bucket >= 0) {
    const cell = bucketCell(row, bucket, box, 14 * unit);
    glyphs.push({
      ...cell,
      target: { kind: 'part', name: BACK },
      isSelected: false,
      title: `bucket ${bucket}: back to the table`,
    });
    const line = [box.x + box.width + 2, middle, box.x + box.width + 19 * unit, middle] as const;
    glyphs.push({ shape: 'arrow', key: `link/${entry.ref}`, tone: 'muted', line, hasHead: true });
  }
  const x = box.x + box.width + 22 * unit;
  const room = focus.width - x - 6;
  const fitted = SPELLINGS.map((detail) => entryParts(row, entry, detail, 15 * unit));
  const cell = fitted.find(({ width }) => width <= room) ?? fitted.at(-1);
  if (!cell) return { glyphs, bottom: area.y + area.height };
  glyphs.push(...entryGlyphs(row, entry.ref, cell, { x, y: area.y, width: 0, height: area.height }, 15 * unit));
  // From the part that says the value down to what it is.
  const key = cell.parts[0]?.width ?? 0;
  const stem = x + key + (cell.parts[1]?.width ?? 0) / 2;
  const foot = area.y + area.height;
  glyphs.push({
    shape: 'arrow',
    key: 'value/stem',
    tone: 'muted',
    line: [stem, foot + 2, stem, foot + 19 * unit],
    hasHead: true,
  });
  glyphs.push(...besideKey(view, table, x + cell.width + 16 * unit, middle, focus));
  return { glyphs, bottom: foot };
}

/** Beside the key, what its value is; while the key is being looked up, how its bucket is found. */
function besideKey(view: ValueView | null, table: HashTableModel, x: number, y: number, focus: Focus): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const fontSize = 14 * unit;
  const { step } = spotlight;
  if (step?.structure === 'hash-table') {
    // Of a sorted set its table of members is not in the picture, unless one asks for it.
    const isInner = isInCollection(step) && view?.kind === 'sorted' && lensOf(view, focus) === 'order';
    const text = isInner
      ? lookUp(spotlight.value.inner, view.table, true)
      : databaseOf(step) === focus.db
        ? lookUp(spotlight, table, false)
        : '';
    if (text !== '' && monoWidth(text, fontSize) <= focus.width - x - 6)
      return [
        { shape: 'label', key: 'value/words', tone: 'active', x, y, text, fontSize, isMono: true, isStrong: true },
      ];
  }
  const text = fitting([...valueWords(view)], focus.width - x - 6, fontSize);
  return text === '' || text === '…'
    ? []
    : [{ shape: 'label', key: 'value/words', tone: 'muted', x, y, text, fontSize }];
}

/** How a key finds its bucket, in short; a member of a sorted set is named, too. */
function lookUp(
  { subject, rounds, isHashed, table: which }: TableLight,
  table: HashTableModel,
  isNamed: boolean,
): string {
  if (!subject) return '';
  const name = isNamed ? `${elide(textOf(subject.key, subject.key.length), 12)}: ` : '';
  if (!isHashed) return `${name}${rounds} of ${subject.key.length} bytes hashed`;
  const hash = (subject.hash >>> 0).toString(16).padStart(8, '0');
  const { size } = table.tables[which];
  return `${name}${hash}${size > 0 ? ` & ${size - 1} = ${(subject.hash & (size - 1)) >>> 0}` : ''}`;
}

const draw: Draw = (models, view, area, focus, doneBefore) => {
  const name = 'value';
  const { unit } = focus;
  switch (view.kind) {
    case 'number':
      return numberPiece(view.value, area, focus);
    case 'string': {
      const { string } = view;
      const bytes = bytesOf(string, focus.bytes?.bytes ?? null);
      const lens = lensOf(view, focus);
      if (lens === 'sketch') return hyperLogLogPiece(string, bytes, area, focus);
      return lens === 'bits' ? bitmapPiece(string, bytes, area, focus) : stringPiece(string, bytes, area, focus);
    }
    case 'compressed':
      return compressedPiece(view.block, area, focus);
    case 'listpack':
      return packPiece(view.pack, area, focus, { name, holds: view.holds, doneBefore });
    case 'intset':
      return intsetPiece(view.set, area, focus, name, doneBefore);
    case 'quicklist':
      if (view.list.nodes.nodes.length === 0) return empty('The list has no node yet.', area, unit);
      return quicklistPiece(models, view.list, area, focus, name);
    case 'table':
      return innerTable(
        view.id,
        view.table,
        wordsOf(models, view, focus),
        view.holds === 'fields' ? 'field' : 'member',
        area,
        focus,
      );
    case 'sorted': {
      if (lensOf(view, focus) === 'members')
        return innerTable(view.id, view.table, wordsOf(models, view, focus), 'member', area, focus);
      const isEmpty = view.index.kind === 'skip-list' ? view.index.towers.size === 0 : view.index.nodes.size === 0;
      if (isEmpty) return empty('Nothing is in the order yet.', area, unit);
      return view.index.kind === 'skip-list'
        ? skipListPiece(view.index, area, focus)
        : avlTreePiece(view.index, area, focus);
    }
  }
};

/** What is known of a string's bytes: how it begins is always fresh, the rest may be from before the command. */
function bytesOf({ head, length }: StringModel, asked: Uint8Array | null): Uint8Array {
  if (asked === null || length <= head.length) return head;
  if (asked.length < length && isSketch(asked, asked.length)) return asked;
  const bytes = asked.slice();
  bytes.set(head.slice(0, bytes.length));
  return bytes;
}

function empty(text: string, area: Area, unit: number): Piece {
  const y = area.y + 10 * unit;
  const glyph: AnyGlyph = { shape: 'label', key: 'nothing', tone: 'muted', x: area.x, y, text, fontSize: 16 * unit };
  return { glyphs: [glyph], bottom: y + 10 * unit };
}

function numberPiece(value: number | null, area: Area, { unit }: Focus): Piece {
  const text = value === null ? 'a number of 64 bits' : String(value);
  const width = Math.min(area.width, text.length * 9.6 * unit + 30 * unit);
  const cell: Cell = {
    ...({ shape: 'cell', key: 'value/number', tone: 'value', fontSize: 16 * unit } as const),
    ...{ x: area.x + 58 * unit, y: area.y, width, height: 34 * unit, parts: [{ width, text, tone: 'value' }] },
  };
  return { glyphs: [cell], bottom: area.y + 34 * unit };
}

/** A table inside the value, under the light that falls on it. */
function innerTable(
  id: number,
  table: HashTableModel,
  words: EntryWords,
  noun: string,
  area: Area,
  focus: Focus,
): Piece {
  const { inner } = focus.spotlight.value;
  const isWorking = focus.spotlight.steps.some((step) => step.structure === 'hash-table' && step.id === id);
  const subject: Subject = { table, words, noun, owns: (step) => step.structure === 'hash-table' && step.id === id };
  const scene = tableScene(subject, {
    ...focus,
    width: area.width + 8,
    height: area.height,
    spotlight: { ...focus.spotlight, ...inner, step: isWorking ? focus.spotlight.step : null },
  });
  const glyphs = shifted(scene.glyphs, area.x - 4, area.y).map((glyph) => renamed(glyph, id));
  const rasters = scene.rasters.map((raster) => ({ ...raster, x: raster.x + area.x - 4, y: raster.y + area.y }));
  return { glyphs, rasters, bottom: area.y + area.height };
}

/** Buckets of another table than the keys' are other things; entries are told apart by their records. */
function renamed(glyph: AnyGlyph, id: number): AnyGlyph {
  return glyph.key.startsWith('entry/') ? glyph : { ...glyph, key: `${id - FIRST_COLLECTION_ID}/${glyph.key}` };
}

function wordsOf(models: Models, view: ValueView, focus: Focus): EntryWords {
  const deadline = (): null => null;
  if (view.kind === 'table' && view.holds === 'fields') {
    const { moved } = focus.spotlight.value;
    return {
      deadline,
      value: ({ payload: [said = 0] }) => {
        const string = models.strings.get(moved.get(said) ?? said);
        return string ? textOf(string.head, string.length) : said === 0 ? null : address(said);
      },
    };
  }
  if (view.kind === 'sorted') {
    const scores = view.index.kind === 'skip-list' ? view.index.towers : view.index.nodes;
    return {
      deadline,
      value: ({ ref }) => {
        const found = scores.get(ref);
        return found ? scoreText(found.score) : null;
      },
    };
  }
  return { deadline, value: () => undefined };
}
