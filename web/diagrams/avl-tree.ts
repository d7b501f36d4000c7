/** An AVL tree: what comes before a node to its left, what comes after to its right, and how high each side is. */
import type { AvlTreeModel, NodeModel } from '../../engine/structures/avl-tree.steps.ts';
import { counted, type Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { elide, MONO_RATIO, sameTarget, type AnyGlyph, type Part, type Target } from './scene.ts';
import { fitting } from './text.ts';
import { scoreText, textOf } from './value-at.ts';

const LEAST_SLOT = 76;
/** From level to level with the heights under each node, and without. */
const ROOMY_PITCH = 62;
const LEAST_PITCH = 42;
const MOST_PITCH = 104;
const MOST_LEVELS = 5;
const CELL = 30;
const LOW_CELL = 26;
/** Wide enough for the rank, the member and the score side by side. */
const WIDE = 132;

interface Place {
  readonly node: NodeModel;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** The part of the picture's width that it and all below it have. */
  readonly slot: number;
  readonly parent: Place | null;
  readonly rank: number;
  /** Entered, and hung nowhere yet. */
  readonly isLoose: boolean;
  /** Stands on the lowest level that there is room for. */
  readonly isLowest: boolean;
}

export function avlTreePiece(tree: AvlTreeModel, area: Area, focus: Focus): Piece {
  const { unit } = focus;
  const root = tree.nodes.get(tree.root);
  const first = root ?? [...tree.nodes.values()][0];
  if (!first) return { glyphs: [], bottom: area.y };
  const room = Math.min(
    MOST_LEVELS,
    Math.floor(Math.log2(Math.max(1, area.width / (LEAST_SLOT * unit)))) + 1,
    Math.max(1, Math.floor(area.height / (LEAST_PITCH * unit))),
  );
  const { top, above } = topOf(tree, first, room, focus);
  const sky = above > 0 ? 24 * unit : 0;
  const fresh = freshNode(tree, focus);
  const levels = Math.min(room, Math.max(heightOf(tree, top.ref, room), fresh ? depthOf(tree, top.ref, focus) + 2 : 0));
  const pitch = Math.min(MOST_PITCH * unit, (area.height - sky) / levels);
  const isRoomy = pitch >= ROOMY_PITCH * unit;
  const places = placesOf(tree, top, { ...area, y: area.y + sky }, levels, pitch, focus);
  const loose = fresh && loosePlace(fresh, places, area, pitch, levels, focus);
  const glyphs = [...places, ...(loose ? [loose] : [])].flatMap((place) => nodeGlyphs(tree, place, isRoomy, focus));
  if (above > 0) glyphs.push(skyLabel(above, area, unit));
  const isCut = places.length < tree.nodes.size - (loose ? 1 : 0);
  return { glyphs, isCut, bottom: Math.max(...places.map(({ y }) => y)) + (isRoomy ? CELL + 20 : LOW_CELL) * unit };
}

function skyLabel(above: number, area: Area, unit: number): AnyGlyph {
  const text = above === 1 ? 'one level above' : `${above} levels above`;
  const place = { x: area.x + area.width / 2, y: area.y + 8 * unit, fontSize: 14 * unit, anchor: 'middle' } as const;
  return { shape: 'label', key: 'tree/above', tone: 'muted', text: `↑ ${text}`, ...place };
}

/** Of a tree too high for the picture, the part that what is looked at lies in. */
function topOf(tree: AvlTreeModel, root: NodeModel, room: number, focus: Focus): { top: NodeModel; above: number } {
  const { spotlight, selected, focused } = focus;
  const looked = [focused, selected].find((target) => target?.kind === 'part');
  const wanted =
    looked?.kind === 'part'
      ? Number(/^tower\/(\d+)/.exec(looked.name)?.[1])
      : (freshNode(tree, focus) ? 0 : lastTouched(spotlight.steps)) || (spotlight.value.path.at(-1)?.element ?? 0);
  const line: NodeModel[] = [];
  for (let at = tree.nodes.get(wanted); at && line.length < 64; at = tree.nodes.get(at.parent)) line.unshift(at);
  if (line[0]?.ref !== root.ref || line.length < room) return { top: root, above: 0 };
  // What is looked at stands on the last level but one, so that its children are seen too.
  const above = Math.max(0, line.length - Math.max(1, room - 1));
  return { top: line[above] ?? root, above };
}

function lastTouched(steps: Focus['spotlight']['steps']): number {
  for (const step of [...steps].reverse()) {
    if (step.structure !== 'avl-tree') continue;
    if (step.kind === 'hang') return step.child || step.parent;
    if ('element' in step) return step.element;
  }
  return 0;
}

function heightOf(tree: AvlTreeModel, ref: number, most: number): number {
  const node = tree.nodes.get(ref);
  if (!node || most === 0) return 0;
  return 1 + Math.max(heightOf(tree, node.left, most - 1), heightOf(tree, node.right, most - 1));
}

const sizeOf = (tree: AvlTreeModel, ref: number): number => tree.nodes.get(ref)?.size ?? 0;

/** How many elements come before a node, by the sizes on the way to the root. */
function rankOf(tree: AvlTreeModel, node: NodeModel): number {
  let rank = sizeOf(tree, node.left);
  let [at, guard] = [node, 64];
  for (let parent = tree.nodes.get(at.parent); parent && guard > 0; parent = tree.nodes.get(at.parent), guard--) {
    if (parent.right === at.ref) rank += sizeOf(tree, parent.left) + 1;
    at = parent;
  }
  return rank;
}

function placesOf(
  tree: AvlTreeModel,
  top: NodeModel,
  area: Area,
  levels: number,
  pitch: number,
  { unit }: Focus,
): Place[] {
  const places: Place[] = [];
  const visit = (ref: number, level: number, column: number, parent: Place | null): void => {
    const node = tree.nodes.get(ref);
    if (!node || level >= levels) return;
    const slot = area.width / 2 ** level;
    const place: Place = {
      ...{ node, parent, isLoose: false, isLowest: level === levels - 1, rank: rankOf(tree, node) },
      slot,
      x: area.x + (column + 0.5) * slot,
      y: area.y + level * pitch,
      width: Math.min(slot - 8 * unit, 190 * unit),
    };
    places.push(place);
    visit(node.left, level + 1, column * 2, place);
    visit(node.right, level + 1, column * 2 + 1, place);
  };
  visit(top.ref, 0, 0, null);
  return places;
}

/** The node that was entered and hangs nowhere yet. */
function freshNode(tree: AvlTreeModel, { spotlight }: Focus): NodeModel | null {
  const step = spotlight.steps.findLast(
    (one) => one.structure === 'avl-tree' && (one.kind === 'enter' || one.kind === 'hang'),
  );
  return step?.structure === 'avl-tree' && step.kind === 'enter' ? (tree.nodes.get(step.element) ?? null) : null;
}

/** How far below the top the search for a place has ended; -1 when there was none. */
function depthOf(tree: AvlTreeModel, top: number, { spotlight }: Focus): number {
  let depth = 0;
  let at = tree.nodes.get(spotlight.value.path.at(-1)?.element ?? 0);
  if (!at) return -1;
  for (; at && at.ref !== top; at = tree.nodes.get(at.parent)) depth++;
  return depth;
}

/** It stands where the search for its place has ended; where there is no room, nowhere. */
function loosePlace(
  node: NodeModel,
  places: readonly Place[],
  area: Area,
  pitch: number,
  levels: number,
  { unit, spotlight }: Focus,
): Place | null {
  if (places.some((place) => place.node.ref === node.ref)) return null;
  const last = spotlight.value.path.at(-1);
  const parent = places.find((place) => place.node.ref === last?.element);
  const loose = { node, parent: null, rank: -1, isLoose: true, isLowest: false };
  if (!parent && last) return null;
  if (!parent)
    return {
      ...loose,
      slot: area.width,
      x: area.x + area.width / 2,
      y: area.y,
      width: Math.min(area.width, 190 * unit),
    };
  const slot = parent.slot / 2;
  const level = Math.round(Math.log2(area.width / slot));
  if (level >= levels) return null;
  const x = parent.x + ((last?.way === 'left' ? -1 : 1) * slot) / 2;
  return { ...loose, slot, x, y: parent.y + pitch, width: Math.min(slot - 8 * unit, 190 * unit) };
}

function nodeGlyphs(tree: AvlTreeModel, place: Place, isRoomy: boolean, focus: Focus): AnyGlyph[] {
  const { node, x, y, width, parent, isLoose } = place;
  const { unit, spotlight } = focus;
  const target: Target = { kind: 'part', name: `tower/${node.ref}` };
  const visited = spotlight.value.path.findIndex(({ element }) => element === node.ref);
  const isNow = spotlight.steps.some((step) => isAbout(step, node.ref));
  const tone = isNow || visited >= 0 ? 'active' : 'key';
  const [left, height] = [x - width / 2, (isRoomy ? CELL : LOW_CELL) * unit];
  const glyphs: AnyGlyph[] = [];
  if (parent) {
    const wentHere = spotlight.value.path.some(
      ({ element, way }) => element === parent.node.ref && way === (parent.node.left === node.ref ? 'left' : 'right'),
    );
    glyphs.push({
      shape: 'arrow',
      key: `branch/${node.ref}`,
      tone: wentHere ? 'active' : 'muted',
      line: [parent.x, parent.y + height + (isRoomy ? BALANCE_HEIGHT : 1) * unit, x, y],
      isDown: true,
      isLit: wentHere,
      hasHead: true,
    });
  }
  glyphs.push({
    shape: 'cell',
    key: `entry/${node.ref}`,
    tone,
    ...{ x: left, y, width, height, fontSize: 14 * unit, target },
    parts: partsOf(place, tone, unit),
    isLit: isNow,
    isDashed: isLoose,
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
    title: `${textOf(node.member, node.length)}: score ${scoreText(node.score)}, rank ${place.rank}; its subtree has ${counted(node.size, 'node')} and is ${node.height} high`,
    from: [left, y - 40 * unit],
  });
  if (!isLoose && isRoomy) glyphs.push(...balanceGlyphs(tree, place, focus));
  return glyphs;
}

const BALANCE_HEIGHT = 20;

function partsOf({ node, width, rank }: Place, tone: 'active' | 'key', unit: number): Part[] {
  const pitch = 14 * unit * MONO_RATIO;
  const score = elide(scoreText(node.score), 7);
  const isWide = width >= WIDE * unit;
  const rankWidth = isWide && rank >= 0 ? Math.max(26 * unit, String(rank).length * pitch + 12 * unit) : 0;
  const scoreWidth = Math.min(width * 0.45, score.length * pitch + 14 * unit);
  const memberWidth = width - rankWidth - scoreWidth;
  const member = elide(textOf(node.member, node.length), Math.max(1, Math.floor((memberWidth - 8 * unit) / pitch)));
  const parts: Part[] = [
    { width: memberWidth, text: member, tone },
    { width: scoreWidth, text: elide(score, Math.max(1, Math.floor((scoreWidth - 4 * unit) / pitch))), tone: 'value' },
  ];
  return rankWidth > 0 ? [{ width: rankWidth, text: String(rank), tone: 'muted' }, ...parts] : parts;
}

/** How high each side is, and what lies below where there is no room for it. */
function balanceGlyphs(
  tree: AvlTreeModel,
  { node, x, y, width, isLowest }: Place,
  { unit, spotlight }: Focus,
): AnyGlyph[] {
  const [left, right] = [node.left, node.right].map((ref) => tree.nodes.get(ref)?.height ?? 0) as [number, number];
  const lean = left - right;
  const isRotated = spotlight.steps.some(
    (step) => step.structure === 'avl-tree' && step.kind === 'rotate' && step.element === node.ref,
  );
  const under = { shape: 'label', x, anchor: 'middle', fontSize: 12 * unit } as const;
  const hidden = isLowest ? node.size - 1 : 0;
  if (hidden > 0) {
    const text = fitting([`+ ${hidden.toLocaleString('en')} below`, `+${hidden}`], width, under.fontSize);
    return [{ ...under, key: `balance/${node.ref}`, tone: 'muted', y: y + (CELL + 10) * unit, text }];
  }
  if (left + right === 0) return [];
  const way = lean > 0 ? `leans left by ${lean}` : lean < 0 ? `leans right by ${-lean}` : 'even';
  const short = lean > 0 ? `left by ${lean}` : lean < 0 ? `right by ${-lean}` : 'even';
  const text = fitting(
    [`${left} | ${right} high: ${way}`, `${left} | ${right}: ${short}`, `${left} | ${right}`],
    width,
    under.fontSize,
  );
  const tone = isRotated || Math.abs(lean) > 1 ? 'active' : 'muted';
  return [{ ...under, key: `balance/${node.ref}`, tone, isStrong: tone === 'active', y: y + (CELL + 10) * unit, text }];
}

function isAbout(step: Focus['spotlight']['steps'][number], ref: number): boolean {
  if (step.structure !== 'avl-tree') return false;
  if (step.kind === 'hang') return step.child === ref;
  return step.kind !== 'measure' && 'element' in step && step.element === ref;
}
