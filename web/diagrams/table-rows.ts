/** A table of up to some dozens of buckets: the buckets below each other, every chain to the right of its bucket. */
import type { EngineStep } from '../../engine/models.ts';
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import type { Focus } from './contract.ts';
import { keyOf, timeLeft, type EntryWords } from './entries.ts';
import type { Area } from './hash-column.ts';
import {
  elide,
  monoWidth,
  sameTarget,
  targetKey,
  type AnyGlyph,
  type Cell,
  type Part,
  type Target,
  type Tone,
} from './scene.ts';

/** The table that is drawn: that of the keys, or one inside a value. */
export interface Subject {
  readonly table: HashTableModel;
  readonly words: EntryWords;
  /** What its entries are: keys, fields, members. */
  readonly noun: string;
  /** Whether a step of a hash table is one of this table. */
  owns(step: EngineStep): boolean;
}

export interface TableView extends Subject {
  readonly which: 0 | 1;
  readonly focus: Focus;
  readonly area: Area;
}

/** Buckets keep their identity when the new table takes the old one's place: they are named by the table's size. */
export function bucketKey(size: number, bucket: number): string {
  return `bucket/${size}/${bucket}`;
}

/** From row to row, given what there is for each: few buckets stand apart, many close together. */
export function rowPitch(room: number, unit: number): number {
  return Math.min(56 * unit, room);
}

export function cellHeight(pitch: number, unit: number): number {
  return Math.min(pitch - 5, 34 * unit);
}

export function rowGlyphs(view: TableView, columns: number): AnyGlyph[] {
  const { table, which, area, focus } = view;
  const { size, chains } = table.tables[which];
  const rows = Math.ceil(size / columns);
  const pitch = rowPitch(area.height / rows, focus.unit);
  const columnWidth = area.width / columns;
  const glyphs: AnyGlyph[] = [];
  for (let bucket = 0; bucket < size; bucket++) {
    const box = {
      x: area.x + Math.floor(bucket / rows) * columnWidth,
      y: area.y + (bucket % rows) * pitch,
      width: columnWidth - (columns > 1 ? 14 : 4) * focus.unit,
      height: cellHeight(pitch, focus.unit),
    };
    glyphs.push(...bucketRow(view, bucket, chains[bucket] ?? [], box));
  }
  return glyphs;
}

function bucketRow(view: TableView, bucket: number, chain: readonly number[], box: Area): AnyGlyph[] {
  const { unit } = view.focus;
  const indexWidth = 36 * unit;
  const head = bucketCell(view, bucket, { ...box, width: indexWidth }, 14 * unit);
  const glyphs: AnyGlyph[] = [head];
  const fitted = fitChain(view, chain, box.width - indexWidth);
  const { gap } = fitted;
  const middle = box.y + box.height / 2;
  let x = box.x + indexWidth;
  for (const { ref, cell } of fitted.cells) {
    const isLit = isCompared(view, ref);
    glyphs.push({
      shape: 'arrow',
      key: `link/${ref}`,
      tone: isLit ? 'active' : 'muted',
      line: [x + 2, middle, x + gap - 3, middle],
      isLit,
      hasHead: true,
    });
    x += gap;
    glyphs.push(...entryGlyphs(view, ref, cell, { x, y: box.y, width: 0, height: box.height }, 15 * unit));
    x += cell.width;
  }
  if (fitted.hidden > 0) {
    glyphs.push({
      shape: 'label',
      key: `more/${view.which}/${bucket}`,
      tone: 'muted',
      x: x + 6 * unit,
      y: middle,
      text: `+${fitted.hidden}`,
      fontSize: 14 * unit,
    });
  }
  return glyphs;
}

/** The cell with the number of a bucket. */
export function bucketCell(view: TableView, bucket: number, box: Area, fontSize: number): Cell {
  const { table, which, focus } = view;
  const target: Target = { kind: 'bucket', table: which, bucket };
  const { spotlight } = focus;
  const isLit = spotlight.step !== null && spotlight.table === which && spotlight.bucket === bucket;
  const hasMoved = which === 0 && bucket < table.rehashCursor;
  const tone: Tone = isLit ? 'active' : hasMoved ? 'migrating' : 'plain';
  const count = table.tables[which].chains[bucket]?.length ?? 0;
  return {
    shape: 'cell',
    key: bucketKey(table.tables[which].size, bucket),
    tone,
    x: box.x,
    y: box.y,
    width: box.width,
    height: box.height,
    fontSize,
    parts: [
      { width: box.width, text: String(bucket), tone: isLit ? 'active' : count === 0 || hasMoved ? 'muted' : 'plain' },
    ],
    isLit,
    isHatched: hasMoved,
    target,
    ...standing(focus, target),
    title: `bucket ${bucket}: ${hasMoved ? 'moved' : count === 1 ? '1 entry' : `${count} entries`}`,
  };
}

/** How a glyph stands to the viewer's hand. */
function standing(focus: Focus, target: Target): Pick<Cell, 'mark' | 'isSelected' | 'isFocused'> {
  return {
    mark: focus.marks.get(targetKey(target)),
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
  };
}

function isCompared(view: TableView, ref: number): boolean {
  return view.focus.spotlight.compared.has(ref);
}

/** An entry's cell before it has a place. */
interface EntryBox {
  readonly parts: readonly Part[];
  readonly width: number;
  /** The mark of its deadline, in its last part. */
  readonly ttl: { readonly text: string; readonly width: number } | null;
}

interface FittedEntry {
  readonly ref: number;
  readonly cell: EntryBox;
}

/** How much of an entry is written out. */
export interface Detail {
  /** In characters. */
  readonly key: number;
  readonly value: number;
  /** Little room around the texts, and of a deadline only its sign. */
  readonly isTight: boolean;
}

const DETAILS: readonly Detail[] = [
  { key: 16, value: 14, isTight: false },
  { key: 10, value: 8, isTight: false },
  { key: 10, value: 6, isTight: true },
  { key: 10, value: 0, isTight: true },
  { key: 5, value: 0, isTight: true },
];

interface FittedChain {
  readonly cells: readonly FittedEntry[];
  readonly gap: number;
  readonly hidden: number;
}

/** As much of each entry as fits: key and value, then short ones, then keys alone, then only the first few. */
function fitChain(view: TableView, chain: readonly number[], room: number): FittedChain {
  const { unit } = view.focus;
  let cells: FittedEntry[] = [];
  let gap = 0;
  for (const detail of DETAILS) {
    gap = (detail.isTight ? 15 : 22) * unit;
    cells = chain.flatMap((ref) => {
      const entry = view.table.entries.get(ref);
      return entry ? [{ ref, cell: entryParts(view, entry, detail, 15 * unit) }] : [];
    });
    if (widthOf(cells, gap) <= room) return { cells, gap, hidden: 0 };
  }
  const shown = [...cells];
  while (shown.length > 0 && widthOf(shown, gap) > room - 30 * unit) shown.pop();
  return { cells: shown, gap, hidden: cells.length - shown.length };
}

function widthOf(cells: readonly FittedEntry[], gap: number): number {
  return cells.reduce((sum, { cell }) => sum + cell.width + gap, 0);
}

/** The parts of an entry's cell: its key, its value, and room for the mark of its deadline. */
export function entryParts(view: TableView, entry: EntryModel, detail: Detail, fontSize: number): EntryBox {
  const { focus, words } = view;
  const pad = (detail.isTight ? 5 : 9) * focus.unit;
  const key = elide(keyOf(entry), detail.key);
  const parts: Part[] = [
    { width: monoWidth(key, fontSize) + 2 * pad, text: key, tone: 'key', isEmpty: entry.keyLength < 0 },
  ];
  const value = words.value(entry);
  if (detail.value > 0 && value !== undefined) {
    const text = value === null ? '' : elide(value, detail.value);
    const width = value === null ? 34 * focus.unit : monoWidth(text, fontSize) + 2 * pad;
    parts.push({ width, text, tone: 'value', isEmpty: value === null });
  }
  const deadline = words.deadline(entry);
  let ttl: EntryBox['ttl'] = null;
  if (deadline !== null) {
    const text = detail.isTight ? '' : timeLeft(deadline - focus.nowMs);
    ttl = { text, width: (detail.isTight ? 24 : 32 + text.length * 7.5) * focus.unit };
    parts.push({ width: ttl.width, text: '', tone: 'expired' });
  }
  return { parts, ttl, width: parts.reduce((sum, part) => sum + part.width, 0) };
}

export function entryGlyphs(
  view: TableView,
  ref: number,
  cell: EntryBox,
  at: Area,
  fontSize: number,
  name = `entry/${ref}`,
): AnyGlyph[] {
  const { words, table, focus } = view;
  const entry = table.entries.get(ref);
  if (!entry) return [];
  const target: Target = { kind: 'entry', ref };
  const compared = focus.spotlight.compared.get(ref);
  const deadline = words.deadline(entry);
  const isOver = deadline !== null && deadline <= focus.nowMs;
  const now = presentTone(view, ref);
  const tone = now ?? (compared === true ? 'active' : isOver ? 'expired' : 'key');
  const glyphs: AnyGlyph[] = [
    {
      shape: 'cell',
      key: name,
      tone,
      x: at.x,
      y: at.y,
      width: cell.width,
      height: at.height,
      fontSize,
      parts: cell.parts,
      isLit: now !== null || compared === true,
      isDashed: isOver,
      target,
      ...standing(focus, target),
      title: entryTitle(view, entry),
      from: [at.x, at.y - 46 * focus.unit],
    },
  ];
  if (cell.ttl) {
    glyphs.push({
      shape: 'badge',
      key: `ttl/${name}`,
      tone: 'expired',
      icon: 'clock',
      x: at.x + cell.width - cell.ttl.width + (cell.ttl.text === '' ? 12 : 15) * focus.unit,
      y: at.y + at.height / 2,
      text: cell.ttl.text,
      fontSize: 13 * focus.unit,
    });
  }
  if (compared !== undefined) {
    glyphs.push({
      shape: 'badge',
      key: `compared/${name}`,
      tone: compared ? 'active' : 'muted',
      icon: compared ? 'tick' : 'cross',
      x: at.x + cell.width - 4 * focus.unit,
      y: at.y,
      text: '',
      fontSize: 13 * focus.unit,
    });
  }
  return glyphs;
}

export function entryTitle({ words }: Subject, entry: EntryModel): string {
  const value = words.value(entry);
  return value === undefined ? keyOf(entry) : `${keyOf(entry)} → ${value ?? 'no value yet'}`;
}

/** The tone of an entry that the present beat is about, or `null`. */
function presentTone(view: TableView, ref: number): Tone | null {
  for (const step of view.focus.spotlight.steps) {
    if (
      step.structure === 'deadline-heap' &&
      (step.kind === 'append' ? step.owner === ref : ownsPosition(view, ref, step))
    )
      return 'expired';
    if (
      step.structure === 'dynamic-string' &&
      step.kind === 'write' &&
      view.table.entries.get(ref)?.payload[0] === step.ref
    )
      return 'active';
    if (step.structure !== 'hash-table' || !('entry' in step) || step.entry !== ref || !view.owns(step)) continue;
    if (step.kind === 'move') return 'migrating';
    return 'active';
  }
  return null;
}

function ownsPosition(
  view: TableView,
  ref: number,
  step: { readonly kind: string; readonly position?: number },
): boolean {
  return step.kind === 'update' && view.table.entries.get(ref)?.payload[2] === (step.position ?? -1) + 1;
}
