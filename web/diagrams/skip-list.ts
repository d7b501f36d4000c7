/** A skip list: towers in the order of their scores, one row a level, every link with its span and the score it leads to. */
import type { LinkModel, SkipListModel, TowerModel } from '../../engine/structures/skip-list.steps.ts';
import type { Move } from '../value-light.ts';
import { below, counted, type Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import {
  elide,
  MONO_RATIO,
  sameTarget,
  type AnyGlyph,
  type Cell,
  type Raster,
  type Target,
  type Tone,
} from './scene.ts';
import { squares } from './table-tiles.ts';
import { fitting } from './text.ts';
import { scoreText, textOf } from './value-at.ts';

/** From tower to tower, at least and at most. */
const LEAST_PITCH = 74;
const MOST_PITCH = 118;
const LEAST_LEVEL = 22;
const MOST_LEVEL = 44;
/** Where there is hardly any room. */
const LOWEST_LEVEL = 15;
/** The member, the score under it, and the air around them; in a low picture the member alone. */
const FOOT = 82;
const LOW_FOOT = 34;
const NOBODY = 0;

interface Column {
  /** 0 is the head. */
  readonly ref: number;
  readonly tower: TowerModel | null;
  readonly x: number;
  /** Hung into no level yet, or no more. */
  readonly isLoose: boolean;
}

interface Grid {
  readonly columns: readonly Column[];
  readonly cellWidth: number;
  readonly top: number;
  readonly levels: number;
  readonly levelPitch: number;
  readonly cellHeight: number;
  /** The upper edge of the members. */
  readonly foot: number;
  readonly hasScores: boolean;
}

interface Order {
  readonly order: readonly number[];
  /** Those that hang on no level, yet or any more. */
  readonly loose: ReadonlySet<number>;
}

/** All elements in order; those that hang nowhere stand where the search for their place has ended. */
export function inOrder(index: SkipListModel, path: readonly Move[]): Order {
  const order: number[] = [];
  for (let at = index.head[0]?.forward ?? NOBODY; at !== NOBODY && order.length <= index.towers.size;) {
    order.push(at);
    at = index.towers.get(at)?.links[0]?.forward ?? NOBODY;
  }
  if (order.length === index.towers.size) return { order, loose: new Set() };
  const known = new Set(order);
  const behind = path.at(-1)?.element ?? NOBODY;
  const loose = [...index.towers.keys()].filter((ref) => !known.has(ref));
  order.splice(order.indexOf(behind) + 1, 0, ...loose);
  return { order, loose: new Set(loose) };
}

export function skipListPiece(index: SkipListModel, area: Area, focus: Focus): Piece {
  const { unit, spotlight } = focus;
  if (index.towers.size === 0) return { glyphs: [], bottom: area.y };
  const path = spotlight.value.path;
  const { order, loose } = inOrder(index, path);
  const room = Math.max(2, Math.floor(area.width / (LEAST_PITCH * unit)) - 1);
  const isCut = order.length > room;
  const overview = isCut && area.height > 250 * unit ? overviewOf(index, order, area, unit) : null;
  const body = overview ? below(area, overview.bottom, 12 * unit) : area;
  const shown = isCut ? chosen(index, order, room, focus) : order;
  const grid = gridOf(index, shown, loose, body, focus);
  const steps = trail(path);
  const glyphs: AnyGlyph[] = [];
  for (const column of grid.columns) glyphs.push(...columnGlyphs(index, grid, column, steps, focus));
  for (let level = 0; level < grid.levels; level++) glyphs.push(...levelGlyphs(index, grid, level, steps, focus));
  glyphs.push(...backGlyphs(grid, unit));
  const bottom = grid.foot + (grid.hasScores ? FOOT - 30 : LOW_FOOT - 6) * unit;
  return { glyphs: [...(overview?.glyphs ?? []), ...glyphs], rasters: overview?.rasters ?? [], bottom, isCut };
}

/** Where there is no room for all: what is looked at, the ends, and then the highest towers, which are the express stops. */
function chosen(index: SkipListModel, order: readonly number[], room: number, focus: Focus): number[] {
  const { spotlight, selected, focused } = focus;
  const wanted = new Set<number>();
  const want = (ref: number | undefined): void => {
    if (ref !== undefined && ref !== NOBODY && wanted.size < room && index.towers.has(ref)) wanted.add(ref);
  };
  for (const looked of [focused, selected])
    if (looked?.kind === 'part') want(Number(/^tower\/(\d+)/.exec(looked.name)?.[1]));
  for (const step of spotlight.steps) if (step.structure === 'skip-list' && 'element' in step) want(step.element);
  // A search ends right before what it looks for.
  const end = spotlight.value.path.at(-1)?.element;
  if (end !== undefined) want((end === NOBODY ? index.head : index.towers.get(end)?.links)?.[0]?.forward);
  for (const { element } of [...spotlight.value.path].reverse()) want(element);
  const [first] = order;
  want(first);
  want(order.at(-1));
  const highest = [...order].sort(
    (a, b) => (index.towers.get(b)?.links.length ?? 0) - (index.towers.get(a)?.links.length ?? 0),
  );
  // Of towers of one height those that stand apart: from the front on.
  for (const ref of highest) want(ref);
  return order.filter((ref) => wanted.has(ref));
}

function gridOf(
  index: SkipListModel,
  shown: readonly number[],
  loose: ReadonlySet<number>,
  area: Area,
  focus: Focus,
): Grid {
  const { unit } = focus;
  const all = Math.max(1, index.head.length, ...shown.map((ref) => index.towers.get(ref)?.links.length ?? 1));
  // In a low picture the highest levels, where hardly anybody is, are left out.
  const levels = Math.max(1, Math.min(all, Math.floor((area.height - LOW_FOOT * unit) / (LOWEST_LEVEL * unit))));
  const pitch = Math.min(MOST_PITCH * unit, area.width / (shown.length + 1));
  const cellWidth = pitch * 0.62;
  const hasScores = (area.height - FOOT * unit) / levels >= LEAST_LEVEL * unit;
  const room = (area.height - (hasScores ? FOOT : LOW_FOOT) * unit) / levels;
  const levelPitch = Math.max(LOWEST_LEVEL * unit, Math.min(MOST_LEVEL * unit, room));
  const columns = [NOBODY, ...shown].map((ref, at): Column => ({
    ref,
    tower: index.towers.get(ref) ?? null,
    x: area.x + at * pitch,
    isLoose: loose.has(ref),
  }));
  const cellHeight = Math.min(26 * unit, levelPitch - (levelPitch < 20 * unit ? 1 : 4) * unit);
  const foot = area.y + levels * levelPitch + 4 * unit;
  return { columns, cellWidth, top: area.y, levels, levelPitch, cellHeight, foot, hasScores };
}

/** Which links were gone along and which levels stood upon, by `ref/level`. */
interface Trail {
  readonly links: ReadonlySet<string>;
  readonly stands: ReadonlySet<string>;
}

function trail(path: readonly Move[]): Trail {
  const [links, stands] = [new Set<string>(), new Set<string>()];
  let at = NOBODY;
  const [first] = path;
  if (first) stands.add(`${NOBODY}/${first.level}`);
  for (const { element, level, way } of path) {
    if (way === 'along') links.add(`${at}/${level}`);
    stands.add(`${element}/${level}`);
    if (way === 'down' && level > 0) stands.add(`${element}/${level - 1}`);
    at = element;
  }
  return { links, stands };
}

function yOf(grid: Grid, level: number): number {
  return grid.top + (grid.levels - 1 - level) * grid.levelPitch;
}

/** A tower with its member at the foot, or the head. */
function columnGlyphs(index: SkipListModel, grid: Grid, column: Column, steps: Trail, focus: Focus): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const { tower, ref, x, isLoose } = column;
  const links = ref === NOBODY ? index.head : (tower?.links ?? []);
  const isNow = spotlight.steps.some(
    (step) => step.structure === 'skip-list' && 'element' in step && step.element === ref && ref !== NOBODY,
  );
  const glyphs: AnyGlyph[] = links.slice(0, grid.levels).map((link, level): Cell => {
    const isStood = steps.stands.has(`${ref}/${level}`);
    const tone: Tone = isStood ? 'active' : 'plain';
    const next = index.towers.get(link.forward);
    const room = Math.max(1, Math.floor((grid.cellWidth - 8 * unit) / (13 * unit * MONO_RATIO)));
    const text = next ? elide(scoreText(next.score), room) : '∅';
    return {
      shape: 'cell',
      key: `level/${ref}/${level}`,
      tone,
      x,
      y: yOf(grid, level),
      width: grid.cellWidth,
      height: grid.cellHeight,
      fontSize: Math.max(11, Math.min(13 * unit, grid.cellHeight - 3)),
      parts: [{ width: grid.cellWidth, text, tone: isStood ? 'active' : next ? 'value' : 'muted' }],
      isLit: isStood,
      isDashed: isLoose,
      title: next
        ? `level ${level}: the next is ${textOf(next.member, next.length)} with the score ${scoreText(next.score)}, ${counted(link.span, 'element')} on`
        : `level ${level}: nobody comes behind`,
      from: [x, yOf(grid, level) - 30 * unit],
    };
  });
  if (ref === NOBODY) {
    glyphs.push({
      shape: 'label',
      key: 'head',
      tone: 'muted',
      x: x + grid.cellWidth / 2,
      y: grid.foot + 13 * unit,
      text: 'head',
      fontSize: 14 * unit,
      anchor: 'middle',
    });
    return glyphs;
  }
  if (tower) glyphs.push(memberCell(tower, grid, x, isLoose, isNow, focus));
  if (tower && grid.hasScores) glyphs.push(scoreCell(tower, grid, x, isLoose, isNow, focus));
  return glyphs;
}

/** The member has the same glyph as in the table of the members: it is one record. */
function memberCell(tower: TowerModel, grid: Grid, x: number, isLoose: boolean, isNow: boolean, focus: Focus): Cell {
  const { unit } = focus;
  const target: Target = { kind: 'part', name: `tower/${tower.ref}` };
  const member = textOf(tower.member, tower.length);
  const width = grid.cellWidth;
  const room = Math.max(1, Math.floor((width - 8 * unit) / (14 * unit * MONO_RATIO)));
  const tone = isNow ? 'active' : 'key';
  return {
    shape: 'cell',
    key: `entry/${tower.ref}`,
    tone,
    ...{ x, y: grid.foot, width, height: 26 * unit, fontSize: 14 * unit },
    parts: [{ width, text: elide(member, room), tone }],
    isLit: isNow,
    isDashed: isLoose,
    target,
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
    title: `${member}: score ${scoreText(tower.score)}, a tower of ${counted(tower.links.length, 'level')}`,
    from: [x, grid.foot + 40 * unit],
  };
}

function scoreCell(tower: TowerModel, grid: Grid, x: number, isLoose: boolean, isNow: boolean, { unit }: Focus): Cell {
  const width = grid.cellWidth;
  const room = Math.max(1, Math.floor((width - 8 * unit) / (14 * unit * MONO_RATIO)));
  return {
    shape: 'cell',
    key: `score/${tower.ref}`,
    tone: isNow ? 'active' : 'value',
    ...{ x, y: grid.foot + 26 * unit, width, height: 24 * unit, fontSize: 14 * unit },
    parts: [{ width, text: elide(scoreText(tower.score), room), tone: 'value' }],
    isDashed: isLoose,
    from: [x, grid.foot + 66 * unit],
  };
}

/** The links of one level from left to right; over elements for which there was no room they are broken. */
function levelGlyphs(index: SkipListModel, grid: Grid, level: number, steps: Trail, { unit }: Focus): AnyGlyph[] {
  const glyphs: AnyGlyph[] = [];
  const columnOf = new Map(grid.columns.map((column) => [column.ref, column]));
  const y = yOf(grid, level) + grid.cellHeight / 2;
  for (const { ref, tower, x, isLoose } of grid.columns) {
    const links = ref === NOBODY ? index.head : (tower?.links ?? []);
    if (links.length <= level || isLoose) continue;
    let link: LinkModel | undefined = links[level];
    let span = link?.span ?? 0;
    let isOver = false;
    let isLit = steps.links.has(`${ref}/${level}`);
    for (
      let guard = index.towers.size;
      link && link.forward !== NOBODY && !columnOf.has(link.forward) && guard > 0;
      guard--
    ) {
      isOver = true;
      isLit ||= steps.links.has(`${link.forward}/${level}`);
      link = index.towers.get(link.forward)?.links[level];
      span += link?.span ?? 0;
    }
    const to = link ? columnOf.get(link.forward) : undefined;
    const from = x + grid.cellWidth;
    if (!to || to.ref === NOBODY) {
      if (isOver) glyphs.push(linkOut(`link/${level}/${ref}`, from, y, isLit, unit));
      continue;
    }
    glyphs.push({
      shape: 'arrow',
      key: `link/${level}/${ref}`,
      tone: isLit ? 'active' : 'muted',
      line: [from + 2, y, to.x - 3, y],
      isLit,
      isDashed: isOver,
      hasHead: true,
    });
    const text = span.toLocaleString('en');
    glyphs.push({
      shape: 'label',
      key: `span/${level}/${ref}`,
      tone: isLit ? 'active' : 'muted',
      // Where the next column begins the line may pass over one that is lower; its own gap is always free.
      x: from + (grid.columns[1] ? Math.min(to.x - from, pitchOf(grid) - grid.cellWidth) : 40) / 2 - 2 * unit,
      y: y - 9 * unit,
      text,
      fontSize: 12 * unit,
      isMono: true,
      isStrong: isLit,
      anchor: 'middle',
    });
  }
  return glyphs;
}

/** A link to an element that is not shown, nor any behind it on this level. */
function linkOut(key: string, from: number, y: number, isLit: boolean, unit: number): AnyGlyph {
  const line = [from + 2, y, from + 22 * unit, y] as const;
  return { shape: 'arrow', key, tone: isLit ? 'active' : 'muted', line, isLit, isDashed: true, hasHead: true };
}

function pitchOf({ columns: [first, second], cellWidth }: Grid): number {
  return first && second ? second.x - first.x : cellWidth;
}

/** Backwards from each member to the one before it. */
function backGlyphs(grid: Grid, unit: number): AnyGlyph[] {
  const y = grid.foot + 13 * unit;
  return grid.columns.flatMap(({ tower, x, isLoose }): AnyGlyph[] => {
    if (!tower || isLoose) return [];
    const to = grid.columns.find(({ ref }) => ref === tower.backward && ref !== NOBODY);
    if (!to) return [];
    return [
      {
        shape: 'arrow',
        key: `back/${tower.ref}`,
        tone: 'muted',
        line: [x - 2, y, to.x + grid.cellWidth + 3, y],
        isDashed: true,
        hasHead: true,
      },
    ];
  });
}

/** Every element as a square, the stronger the higher its tower. */
function overviewOf(
  index: SkipListModel,
  order: readonly number[],
  area: Area,
  unit: number,
): { glyphs: AnyGlyph[]; rasters: Raster[]; bottom: number } {
  const heights = order.map((ref) => index.towers.get(ref)?.links.length ?? 0);
  const most = heights.reduce((highest, height) => Math.max(highest, height), 2);
  const top = area.y + 22 * unit;
  const place = { x: area.x, y: top, width: area.width, height: Math.min(64 * unit, area.height * 0.2) };
  const raster = squares('towers', heights, place, { tone: 'key', most, largest: Math.round(14 * unit) });
  const count = order.length.toLocaleString('en');
  const wordings = [
    `All ${count} elements in order: the stronger the colour, the higher the tower. Below, some of them.`,
    `All ${count} in order, the stronger the higher; below, some of them.`,
    `All ${count}; below, some of them.`,
  ];
  const text = fitting(wordings, area.width, 14 * unit);
  const legend: AnyGlyph = {
    shape: 'label',
    key: 'towers/text',
    tone: 'muted',
    x: area.x,
    y: area.y + 9 * unit,
    text,
    fontSize: 14 * unit,
  };
  return { glyphs: [legend], rasters: [raster], bottom: top + raster.rows * raster.side };
}
