/** The deadlines: a tree in which no deadline is earlier than its parent's, so that the next to expire is at the top. */
import type { EngineStep, Models } from '../../engine/models.ts';
import type { DeadlineHeapModel } from '../../engine/structures/deadline-heap.steps.ts';
import type { Diagram, Focus } from './contract.ts';
import { keyOf, timeLeft } from './entries.ts';
import { elide, MONO_RATIO, sameTarget, type AnyGlyph, type Part, type Scene, type Target } from './scene.ts';
import { nothing } from './text.ts';

/** No node is narrower than this, and from level to level there is so much: what has no room is told in words. */
const LEAST_SLOT = 76;
const LEAST_PITCH = 62;
const MOST_LEVELS = 5;
/** As wide as this, a node has its key and its time side by side; narrower, the time stands under the key. */
const WIDE_SLOT = 150;
const INDEX_WIDTH = 26;
const TIME_WIDTH = 76;

export const heapDiagram: Diagram = {
  kind: 'deadline-heap',
  title: 'Deadlines',
  layout,
  shows: (step: EngineStep) => step.structure === 'deadline-heap',
};

/** A node of the tree and where it stands. */
interface Node {
  readonly position: number;
  readonly item: DeadlineHeapModel[number];
  /** Its middle, its upper edge. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isWide: boolean;
}

function layout(models: Models, focus: Focus): Scene {
  const heap = models.heaps[focus.db] ?? [];
  const { unit, width, height } = focus;
  if (heap.length === 0) {
    const text = 'No key expires. EXPIRE gives one a deadline.';
    return { width, height, glyphs: nothing(text, width, unit), rasters: [] };
  }
  const nodes = nodesOf(heap, focus);
  const lit = touched(focus);
  const glyphs: AnyGlyph[] = nodes.flatMap((node) => {
    const parent = node.position === 0 ? undefined : nodes[(node.position - 1) >> 1];
    const branch = parent ? [branchGlyph(parent, node)] : [];
    return [...branch, ...nodeGlyphs(node, models, focus, lit.has(node.position))];
  });
  const hidden = heap.length - nodes.length;
  if (hidden > 0) {
    const text = `and ${hidden.toLocaleString('en')} more below`;
    const place = { x: width - 6, y: height - 10 * unit, fontSize: 14 * unit, anchor: 'end' } as const;
    glyphs.push({ shape: 'label', key: 'heap/more', tone: 'muted', text, ...place });
  }
  return { width, height, glyphs, rasters: [] };
}

/** As many whole levels as there is room for. */
function nodesOf(heap: DeadlineHeapModel, { width, height, unit }: Focus): Node[] {
  const wanted = Math.floor(Math.log2(heap.length)) + 1;
  const most = Math.min(
    MOST_LEVELS,
    Math.floor(Math.log2(Math.max(1, width / (LEAST_SLOT * unit)))) + 1,
    Math.max(1, Math.floor(height / (LEAST_PITCH * unit))),
  );
  const levels = Math.min(wanted, most);
  const below = wanted > levels ? 24 * unit : 0;
  const pitch = Math.min(96 * unit, (height - below) / levels);
  // The whole tree is told one way: what stands beside a key on one level does not stand under it on the next.
  const isWide = width / 2 ** (levels - 1) >= WIDE_SLOT * unit;
  return heap.slice(0, 2 ** levels - 1).map((item, position) => {
    const level = Math.floor(Math.log2(position + 1));
    const slot = width / 2 ** level;
    return {
      position,
      item,
      x: (position + 2 - 2 ** level - 0.5) * slot,
      y: 6 + level * pitch,
      width: Math.min(slot - 10 * unit, (isWide ? 210 : 118) * unit),
      height: Math.min((isWide ? 34 : 48) * unit, pitch - 14 * unit),
      isWide,
    };
  });
}

function branchGlyph(parent: Node, node: Node): AnyGlyph {
  return {
    shape: 'arrow',
    key: `branch/${node.position}`,
    tone: 'muted',
    line: [parent.x, parent.y + parent.height, node.x, node.y],
    isDown: true,
    hasHead: true,
  };
}

/** Its index in the array, its key, and how long it has still to live. */
function nodeGlyphs(node: Node, models: Models, focus: Focus, isLit: boolean): AnyGlyph[] {
  const { position, item, isWide } = node;
  const { unit } = focus;
  const target: Target = { kind: 'entry', ref: item.owner };
  const entry = models.tables[focus.db]?.entries.get(item.owner);
  const left = item.deadlineMs - focus.nowMs;
  const tone = isLit ? 'active' : left <= 0 ? 'expired' : 'plain';
  const fontSize = 14 * unit;
  const [x, indexWidth, timeWidth] = [node.x - node.width / 2, INDEX_WIDTH * unit, isWide ? TIME_WIDTH * unit : 0];
  const keyWidth = node.width - indexWidth - timeWidth;
  const room = Math.max(1, Math.floor((keyWidth - 8 * unit) / (fontSize * MONO_RATIO)));
  const parts: Part[] = [
    { width: indexWidth, text: String(position), tone: 'muted' },
    { width: keyWidth, text: elide(entry ? keyOf(entry) : '?', room), tone: 'key' },
  ];
  if (isWide) parts.push({ width: timeWidth, text: '', tone: 'expired' });
  const keyHeight = isWide ? node.height : Math.round(node.height / 2);
  const shared = {
    ...({ shape: 'cell', tone, x, width: node.width, isLit, isDashed: left <= 0, target, fontSize } as const),
    title: `position ${position}: ${entry ? keyOf(entry) : 'an entry'} expires at ${new Date(item.deadlineMs).toISOString()}`,
    from: [x, node.y + 40] as const,
  };
  const standing = { isSelected: sameTarget(focus.selected, target), isFocused: sameTarget(focus.focused, target) };
  const clock = { shape: 'badge', tone: 'expired', icon: 'clock', text: timeLeft(left), fontSize: 13 * unit } as const;
  const key = `deadline-badge/${item.owner}`;
  const glyphs: AnyGlyph[] = [
    { ...shared, ...standing, key: `deadline/${item.owner}`, y: node.y, height: keyHeight, parts },
  ];
  if (isWide) {
    const at = { x: x + node.width - timeWidth + 16 * unit, y: node.y + node.height / 2 };
    return [...glyphs, { ...clock, ...at, key }];
  }
  const under = { y: node.y + keyHeight, height: node.height - keyHeight };
  const time: Part = { width: node.width, text: '', tone: 'expired' };
  glyphs.push({ ...shared, ...under, key: `deadline-time/${item.owner}`, parts: [time] });
  return [...glyphs, { ...clock, x: x + indexWidth / 2, y: under.y + under.height / 2, key }];
}

/** The positions that the present beat is about. */
function touched(focus: Focus): Set<number> {
  const positions = new Set<number>();
  for (const step of focus.spotlight.steps) {
    if (step.structure !== 'deadline-heap') continue;
    if (step.kind === 'append' || step.kind === 'update') positions.add(step.position);
    if (step.kind === 'swap') positions.add(step.a).add(step.b);
    if (step.kind === 'compare') positions.add(step.parent).add(step.child);
  }
  return positions;
}
