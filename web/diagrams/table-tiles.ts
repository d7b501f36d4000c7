/** A table of more buckets than there is room for rows: a grid of tiles, the entries inside them. */
import type { AnyGlyph, Cell, Raster } from './scene.ts';
import { elide, sameTarget, targetKey, type Target } from './scene.ts';
import { keyOf } from './entries.ts';
import type { Area } from './hash-column.ts';
import { bucketCell, entryTitle, type TableView } from './table-rows.ts';

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 3;
/** Beside the first bucket of each row stands its number, where tiles are too small to hold one. */
const ROW_LABEL = 40;

/** The grid whose tiles come closest to a comfortable shape; columns are a power of two, so that rows begin round. */
export function gridFor(size: number, area: Area, shape: number): Grid {
  let best: Grid | null = null;
  for (let columns = 1; columns <= size; columns *= 2) {
    const rows = Math.ceil(size / columns);
    const width = area.width / columns;
    const height = Math.min(area.height / rows, 74);
    const isCloser =
      !best || Math.abs(Math.log(width / height / shape)) < Math.abs(Math.log(best.width / best.height / shape));
    if (isCloser) best = { columns, rows, width, height };
  }
  return best ?? { columns: 1, rows: 1, width: area.width, height: area.height };
}

export function tileGlyphs(view: TableView, grid: Grid): AnyGlyph[] {
  const { table, which, area, focus } = view;
  const isRoomy = grid.width >= 54 * focus.unit && grid.height >= 38 * focus.unit;
  const left = isRoomy ? 0 : ROW_LABEL * focus.unit;
  const width = isRoomy ? grid.width : (area.width - left) / grid.columns;
  const labelled = Math.ceil((15 * focus.unit) / grid.height);
  const glyphs: AnyGlyph[] = [];
  for (let bucket = 0; bucket < table.tables[which].size; bucket++) {
    const column = bucket % grid.columns;
    const row = Math.floor(bucket / grid.columns);
    const box = {
      x: area.x + left + column * width,
      y: area.y + row * grid.height,
      width: width - GAP,
      height: grid.height - GAP,
    };
    glyphs.push(...(isRoomy ? roomyTile(view, bucket, box) : smallTile(view, bucket, box)));
    if (!isRoomy && column === 0 && row % labelled === 0) {
      glyphs.push({
        shape: 'label',
        key: `row/${table.tables[which].size}/${row}`,
        tone: 'muted',
        x: area.x + left - 7,
        y: box.y + box.height / 2,
        text: String(bucket),
        fontSize: 12 * focus.unit,
        isMono: true,
        anchor: 'end',
      });
    }
  }
  return glyphs;
}

function tileFrame(view: TableView, bucket: number, box: Area): Cell {
  return {
    ...bucketCell(view, bucket, box, 12 * view.focus.unit),
    parts: [{ width: box.width, text: '', tone: 'plain' }],
    isFaint: true,
  };
}

function roomyTile(view: TableView, bucket: number, box: Area): AnyGlyph[] {
  const { unit } = view.focus;
  const chain = view.table.tables[view.which].chains[bucket] ?? [];
  const glyphs: AnyGlyph[] = [tileFrame(view, bucket, box)];
  const lineHeight = 17 * unit;
  const top = 16 * unit;
  const room = Math.max(1, Math.floor((box.height - top - 2) / lineHeight));
  const shown = chain.length > room ? chain.slice(0, room) : chain;
  const more = chain.length - shown.length;
  glyphs.push({
    shape: 'label',
    key: `index/${view.table.tables[view.which].size}/${bucket}`,
    tone: 'muted',
    x: box.x + 5,
    y: box.y + top / 2 + 1,
    text: more > 0 ? `${bucket}  +${more}` : String(bucket),
    fontSize: 12 * unit,
    isMono: true,
  });
  shown.forEach((ref, at) => {
    const size = { width: box.width - 8, height: lineHeight - 2 };
    const entry = view.table.entries.get(ref);
    const text = entry ? elide(keyOf(entry), Math.floor((size.width - 6) / (12 * unit * 0.6))) : '';
    glyphs.push(pill(view, ref, { x: box.x + 4, y: box.y + top + at * lineHeight, ...size }, text));
  });
  return glyphs;
}

function smallTile(view: TableView, bucket: number, box: Area): AnyGlyph[] {
  const chain = view.table.tables[view.which].chains[bucket] ?? [];
  const glyphs: AnyGlyph[] = [tileFrame(view, bucket, box)];
  const side = Math.max(3, Math.min(9, box.width - 4, box.height - 4));
  const across = Math.max(1, Math.floor((box.width - 2) / (side + 2)));
  const down = Math.max(1, Math.floor((box.height - 2) / (side + 2)));
  chain.slice(0, across * down).forEach((ref, at) => {
    const x = box.x + 3 + (at % across) * (side + 2);
    const y = box.y + 3 + Math.floor(at / across) * (side + 2);
    glyphs.push(pill(view, ref, { x, y, width: side, height: side }, ''));
  });
  return glyphs;
}

function pill(view: TableView, ref: number, box: Area, text: string): Cell {
  const { focus } = view;
  const entry = view.table.entries.get(ref);
  const target: Target = { kind: 'entry', ref };
  const step = focus.spotlight.step;
  const isPresent = step?.structure === 'hash-table' && 'entry' in step && step.entry === ref && view.owns(step);
  const compared = focus.spotlight.compared.get(ref);
  const deadline = entry ? view.words.deadline(entry) : null;
  const isOver = deadline !== null && deadline <= focus.nowMs;
  const tone =
    isPresent && step.kind === 'move'
      ? 'migrating'
      : isPresent || compared !== undefined
        ? 'active'
        : isOver
          ? 'expired'
          : 'key';
  return {
    shape: 'cell',
    key: `entry/${ref}`,
    tone,
    ...box,
    fontSize: 12 * focus.unit,
    parts: [{ width: box.width, text, tone }],
    isLit: isPresent || compared === true,
    isDashed: isOver,
    target,
    mark: focus.marks.get(targetKey(target)),
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
    title: entry ? entryTitle(view, entry) : '',
    from: [box.x, box.y - 40],
  };
}

/** So long a chain has as strong a colour as a longer one. */
const LONGEST_CHAIN = 4;

/** One square a bucket, or for several buckets when there are more of them than pixels. */
export function tableRaster(
  chainLengths: ArrayLike<number>,
  size: number,
  which: 0 | 1,
  movedBelow: number,
  area: Area,
): Raster {
  const raster = squares(`raster/${size}`, chainLengths, area, { tone: 'key', most: LONGEST_CHAIN });
  const each = size / raster.values.length;
  return { ...raster, movedBelow: movedBelow < 0 ? -1 : Math.floor(movedBelow / each), table: which };
}

/** One square a value in as large squares as there is room for; where not even pixels suffice, the highest of several. */
export function squares(
  key: string,
  values: ArrayLike<number>,
  area: Area,
  { tone, most, largest = Infinity }: Pick<Raster, 'tone' | 'most'> & { readonly largest?: number },
): Raster {
  let each = 1;
  let side = largestSide(values.length, area);
  while (side < 1 && each < values.length) {
    each *= 2;
    side = largestSide(Math.ceil(values.length / each), area);
  }
  side = Math.max(1, Math.min(largest, side));
  const columns = Math.max(1, Math.floor(area.width / side));
  let shown = values;
  if (each > 1) {
    const highest = new Uint8Array(Math.ceil(values.length / each));
    for (let at = 0; at < values.length; at++) {
      const square = Math.floor(at / each);
      highest[square] = Math.max(highest[square] ?? 0, values[at] ?? 0);
    }
    shown = highest;
  }
  const rows = Math.ceil(shown.length / columns);
  return { key, x: area.x, y: area.y, columns, rows, side, values: shown, most, tone, movedBelow: -1, table: null };
}

/** The largest whole side of squares of which so many fit; 0 when not even single pixels do. */
function largestSide(count: number, area: Area): number {
  let side = Math.floor(Math.sqrt((Math.max(0, area.width) * Math.max(0, area.height)) / Math.max(1, count)));
  while (side > 0 && Math.floor(area.width / side) * Math.floor(area.height / side) < count) side--;
  return side;
}
