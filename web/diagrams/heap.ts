/** The deadlines: a tree in which no deadline is earlier than its parent's, so that the next to expire is at the top. */
import type { EngineStep, Models } from '../../engine/models.ts';
import type { Diagram, Focus } from './contract.ts';
import { keyOf, timeLeft } from './entries.ts';
import { elide, sameTarget, type AnyGlyph, type Part, type Scene, type Target } from './scene.ts';

/** Five levels of a tree; what lies below is told in words. */
const MOST = 31;

export const heapDiagram: Diagram = {
  kind: 'deadline-heap',
  title: 'Deadlines',
  layout,
  shows: (step: EngineStep) => step.structure === 'deadline-heap',
};

function layout(models: Models, focus: Focus): Scene {
  const heap = models.heaps[focus.db] ?? [];
  const { unit, width, height } = focus;
  if (heap.length === 0) {
    const text = 'No key expires. EXPIRE gives one a deadline.';
    const label: AnyGlyph = {
      shape: 'label',
      key: 'nothing',
      tone: 'muted',
      x: 4,
      y: 60 * unit,
      text,
      fontSize: 16 * unit,
    };
    return { width, height, glyphs: [label], rasters: [] };
  }
  const shown = heap.slice(0, width < 560 * unit ? 7 : MOST);
  const levels = Math.floor(Math.log2(shown.length)) + 1;
  const pitch = Math.min(100 * unit, (height - 40 * unit) / levels);
  const glyphs: AnyGlyph[] = [];
  const lit = touched(focus);
  shown.forEach((item, position) => {
    const level = Math.floor(Math.log2(position + 1));
    const inLevel = 2 ** level;
    const slot = width / inLevel;
    const x = (position + 1 - inLevel + 0.5) * slot;
    const y = 30 * unit + level * pitch;
    const target: Target = { kind: 'entry', ref: item.owner };
    const entry = models.tables[focus.db]?.entries.get(item.owner);
    const timeWidth = slot >= 120 * unit ? 68 * unit : 0;
    const boxWidth = Math.min(slot - 6, 164 * unit);
    const boxHeight = Math.min(36 * unit, pitch - 24 * unit);
    const fontSize = (slot >= 90 * unit ? 15 : 12) * unit;
    const left = item.deadlineMs - focus.nowMs;
    const isLit = lit.has(position);
    const room = Math.floor((boxWidth - timeWidth - 10) / (fontSize * 0.6));
    const parts: Part[] = [
      { width: boxWidth - timeWidth, text: room >= 2 ? elide(entry ? keyOf(entry) : '?', room) : '', tone: 'key' },
    ];
    if (timeWidth > 0) parts.push({ width: timeWidth, text: '', tone: 'expired' });
    if (position > 0) glyphs.push(branch(position, x, y, width, pitch, boxHeight));
    glyphs.push({
      shape: 'cell',
      key: `deadline/${item.owner}`,
      tone: isLit ? 'active' : left <= 0 ? 'expired' : 'plain',
      x: x - boxWidth / 2,
      y,
      width: boxWidth,
      height: boxHeight,
      fontSize,
      parts,
      isLit,
      isDashed: left <= 0,
      target,
      isSelected: sameTarget(focus.selected, target),
      isFocused: sameTarget(focus.focused, target),
      title: `position ${position}: ${entry ? keyOf(entry) : 'an entry'} expires at ${new Date(item.deadlineMs).toISOString()}`,
      from: [x - boxWidth / 2, y + 40],
    });
    if (timeWidth > 0) {
      glyphs.push({
        shape: 'badge',
        key: `deadline-badge/${item.owner}`,
        tone: 'expired',
        icon: 'clock',
        x: x + boxWidth / 2 - timeWidth + 13 * unit,
        y: y + boxHeight / 2,
        text: timeLeft(left),
        fontSize: 13 * unit,
      });
    }
    glyphs.push({
      shape: 'label',
      key: `position/${position}`,
      tone: 'muted',
      x: x - boxWidth / 2,
      y: y - 9 * unit,
      text: String(position),
      fontSize: 12 * unit,
      isMono: true,
    });
  });
  const hidden = heap.length - shown.length;
  if (hidden > 0) {
    const text = `${hidden} more below`;
    glyphs.push({
      shape: 'label',
      key: 'heap/more',
      tone: 'muted',
      x: width - 6,
      y: height - 10 * unit,
      text,
      fontSize: 14 * unit,
      anchor: 'end',
    });
  }
  return { width, height, glyphs, rasters: [] };
}

function branch(position: number, x: number, y: number, width: number, pitch: number, boxHeight: number): AnyGlyph {
  const parent = (position - 1) >> 1;
  const inLevel = 2 ** Math.floor(Math.log2(parent + 1));
  const parentX = (parent + 1 - inLevel + 0.5) * (width / inLevel);
  return {
    shape: 'arrow',
    key: `branch/${position}`,
    tone: 'muted',
    line: [parentX, y - pitch + boxHeight, x, y],
    isDown: true,
  };
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
