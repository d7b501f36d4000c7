/** Nodes of a doubly linked list in a row: each says who stands before it and who behind. */
import type { EngineStep } from '../../engine/models.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { elide, MONO_RATIO, sameTarget, type AnyGlyph, type Cell, type Target } from './scene.ts';

/** The two links of a node, in front of and behind what it carries. */
const LINK_WIDTH = 20;

export interface NodeWords {
  readonly text: string;
  readonly title: string;
}

function nodeKey(ref: number): string {
  return `node/${ref}`;
}

/** A node's box: a dot or nobody, its load, a dot or nobody. */
export function nodeCell(
  ref: number,
  words: NodeWords,
  box: Area,
  ends: { readonly isFirst: boolean; readonly isLast: boolean },
  focus: Focus,
): Cell {
  const { unit } = focus;
  const target: Target = { kind: 'part', name: nodeKey(ref) };
  const isLit = focus.spotlight.steps.some((step) => isAbout(step, ref));
  const tone = isLit ? 'active' : 'plain';
  const link = LINK_WIDTH * unit;
  const room = Math.max(1, Math.floor((box.width - 2 * link - 8 * unit) / (14 * unit * MONO_RATIO)));
  return {
    shape: 'cell',
    key: nodeKey(ref),
    tone,
    ...box,
    fontSize: 14 * unit,
    isLit,
    parts: [
      { width: link, text: ends.isFirst ? '∅' : '•', tone: 'muted' },
      { width: box.width - 2 * link, text: elide(words.text, room), tone: isLit ? 'active' : 'plain' },
      { width: link, text: ends.isLast ? '∅' : '•', tone: 'muted' },
    ],
    target,
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
    title: words.title,
    from: [box.x, box.y - 40 * unit],
  };
}

/** The two arrows between neighbours: from one's link to the other, and back a little lower. */
export function linkGlyphs(left: Cell, right: Cell, ref: number, isLit: boolean, unit: number): AnyGlyph[] {
  const [from, to] = [left.x + left.width, right.x];
  const middle = left.y + left.height / 2;
  const apart = 6 * unit;
  const shared = { shape: 'arrow', tone: isLit ? 'active' : 'muted', isLit, hasHead: true } as const;
  return [
    { ...shared, key: `next/${ref}`, line: [from + 2, middle - apart, to - 2, middle - apart] },
    { ...shared, key: `previous/${ref}`, line: [to - 2, middle + apart, from + 2, middle + apart] },
  ];
}

/** Whether a step is about a node: visits it, links it in, gives it a load. */
function isAbout(step: EngineStep, ref: number): boolean {
  if (step.structure === 'linked-list') return step.kind !== 'unlink' && step.kind !== 'carry' && step.node === ref;
  if (step.structure !== 'quicklist') return false;
  return 'node' in step && (step.node === ref || ('next' in step && step.next === ref));
}
