/** A quicklist: a chain of nodes, and below each the pack of elements that it carries. */
import type { Models } from '../../engine/models.ts';
import type { CompressedBlockModel } from '../../engine/structures/compressed.steps.ts';
import type { PackModel } from '../../engine/structures/listpack.steps.ts';
import type { ListNodeModel } from '../../engine/structures/linked-list.steps.ts';
import type { QuickListModel } from '../../engine/structures/quicklist.steps.ts';
import { counted, windowOf, type Piece, type Shown } from './arranging.ts';
import { compressedPiece } from './compressed-block.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { linkGlyphs, nodeCell } from './linked-nodes.ts';
import { elementsOf, packPiece, usedBytes, type Element } from './pack.ts';
import type { AnyGlyph, Cell } from './scene.ts';
import { fitting } from './text.ts';

const NODE_HEIGHT = 32;
/** Between two nodes, for two arrows and their heads. */
const BETWEEN = 42;
/** No node is narrower; so many nodes fit side by side. */
const LEAST_WIDTH = 118;
/** A node alone need not be as wide as the page. */
const MOST_WIDTH = 340;
/** From a node down to its pack. */
const DROP = 26;
/** More nodes than this have no strip of their own. */
const STRIP_NODES = 240;

export function packOf(models: Models, node: ListNodeModel, focus: Focus): PackModel | undefined {
  const said = node.payload[0] ?? 0;
  return models.listpacks.get(focus.spotlight.value.moved.get(said) ?? said);
}

/** The compressed pack of a node, where it is kept so: its other word says how many elements are in it. */
export function blockOf(models: Models, { payload: [ref = 0, count = 0] }: ListNodeModel): CompressedBlockModel | null {
  return count === 0 ? null : (models.compressed.get(ref) ?? null);
}

export function quicklistPiece(models: Models, list: QuickListModel, area: Area, focus: Focus, name: string): Piece {
  const { unit } = focus;
  const { nodes } = list.nodes;
  if (nodes.length === 0) return { glyphs: [], bottom: area.y };
  const room = Math.max(1, Math.floor((area.width + BETWEEN * unit) / ((LEAST_WIDTH + BETWEEN) * unit)));
  const shown = windowOf(nodes.length, room, litNode(models, list, focus));
  const isCut = shown.some((one) => 'hidden' in one);
  const strip = isCut && area.height >= 150 * unit ? stripGlyphs(models, list, area, focus, shown, name) : [];
  const top = area.y + (strip.length > 0 ? 30 * unit : 0);
  const each = (area.width - (shown.length - 1) * BETWEEN * unit) / shown.length;
  const width = shown.length === 1 ? Math.min(each, MOST_WIDTH * unit) : each;
  const glyphs: AnyGlyph[] = [...strip];
  let bottom = top + NODE_HEIGHT * unit;
  let isShort = isCut;
  let lines = 0;
  let before: Cell | null = null;
  const seen = new Map<string, number>();
  shown.forEach((one, column) => {
    const box = { x: area.x + column * (each + BETWEEN * unit), y: top, width, height: NODE_HEIGHT * unit };
    const node = 'at' in one ? nodes[one.at] : undefined;
    if (!node || !('at' in one)) {
      glyphs.push(...gapGlyphs('hidden' in one ? one.hidden : 0, box, name, unit));
      before = null;
      return;
    }
    const pack = packOf(models, node, focus);
    const block = blockOf(models, node);
    const words = block ? closedWords(node, block, width, unit) : nodeWords(pack, width, unit);
    const cell = nodeCell(node.ref, words, box, { isFirst: one.at === 0, isLast: one.at === nodes.length - 1 }, focus);
    if (before) glyphs.push(...linkGlyphs(before, cell, node.ref, cell.isLit === true, unit));
    glyphs.push(cell);
    before = cell;
    // A lone pack has the whole width, whatever its node is.
    const place: Area = {
      x: box.x,
      y: top + (NODE_HEIGHT + DROP) * unit,
      width: shown.length === 1 ? area.width : width,
      height: area.y + area.height - top - (NODE_HEIGHT + DROP) * unit,
    };
    const piece = loadPiece(pack, block, place, focus, name, seen);
    if (!piece) return;
    glyphs.push(dropArrow(node.ref, box, place, unit), ...piece.glyphs);
    bottom = Math.max(bottom, piece.bottom);
    isShort ||= piece.isCut === true;
    lines = Math.max(lines, piece.lines ?? 0);
  });
  return { glyphs, bottom, lines, isCut: isShort };
}

/** What hangs below a node: its elements, or the block that they are compressed into. */
function loadPiece(
  pack: PackModel | undefined,
  block: CompressedBlockModel | null,
  place: Area,
  focus: Focus,
  name: string,
  seen: Map<string, number>,
): Piece | null {
  if (block) return compressedPiece(block, place, focus, true);
  if (!pack) return null;
  const elements: Element[] = elementsOf(pack, name, 'elements', seen);
  return packPiece(pack, place, focus, { name, holds: 'elements', isBare: true }, elements);
}

/** The place of the node that the present beat is about, or whose pack is; -1 for none. */
function litNode(models: Models, list: QuickListModel, focus: Focus): number {
  const { nodes } = list.nodes;
  for (const step of [...focus.spotlight.steps].reverse()) {
    let found = -1;
    if (step.structure === 'linked-list' || step.structure === 'quicklist') {
      if ('node' in step) found = nodes.findIndex(({ ref }) => ref === step.node);
    } else if (step.structure === 'listpack' && 'ref' in step) {
      found = nodes.findIndex((node) => packOf(models, node, focus)?.ref === step.ref);
    } else if (step.structure === 'compressed') {
      found = nodes.findIndex((node) => blockOf(models, node)?.ref === step.ref);
    }
    if (found >= 0) return found;
  }
  const { selected, focused } = focus;
  const looked = focused ?? selected;
  return looked?.kind === 'part' ? nodes.findIndex(({ ref }) => looked.name === `node/${ref}`) : -1;
}

function nodeWords(pack: PackModel | undefined, width: number, unit: number): { text: string; title: string } {
  if (!pack) return { text: 'no pack', title: 'a node without a pack yet' };
  const [count, bytes] = [pack.elements.length, usedBytes(pack)];
  const wordings = [
    `${counted(count, 'element')}, ${bytes} bytes`,
    `${count} in ${bytes} B`,
    `${count}, ${bytes} B`,
    String(count),
  ];
  // In the fixed pitch of cells, which is wider than the interface's own.
  const text = fitting(wordings, ((width - 48 * unit) * 14) / 17, 14 * unit);
  return { text, title: `a node; its pack has ${counted(count, 'element')} in ${counted(bytes, 'byte')}` };
}

function closedWords(
  node: ListNodeModel,
  { before, after }: CompressedBlockModel,
  width: number,
  unit: number,
): { text: string; title: string } {
  const count = node.payload[1] ?? 0;
  const wordings = [`${counted(count, 'element')}, compressed`, counted(count, 'element'), String(count)];
  const text = fitting(wordings, ((width - 48 * unit) * 14) / 17, 14 * unit);
  const title = `a node; ${counted(count, 'element')} of ${counted(before, 'byte')} are compressed into ${after}`;
  return { text, title };
}

function dropArrow(ref: number, node: Area, pack: Area, unit: number): AnyGlyph {
  const x = node.x + 30 * unit;
  return {
    shape: 'arrow',
    key: `pack/${ref}`,
    tone: 'muted',
    line: [x, node.y + node.height + 2, x, pack.y - 3],
    hasHead: true,
  };
}

/** Nodes for which there is no room: the links lead on to them and come back from them. */
function gapGlyphs(hidden: number, box: Area, name: string, unit: number): AnyGlyph[] {
  const middle = box.y + box.height / 2;
  const key = `${name}/nodes/${Math.round(box.x)}`;
  const wordings = [`… ${counted(hidden, 'more node')} …`, `… ${hidden} more …`, `… ${hidden}`];
  const text = fitting(wordings, box.width, 14 * unit);
  const [reach, apart] = [(BETWEEN - 6) * unit, 6 * unit];
  const link = { shape: 'arrow', tone: 'muted', isDashed: true, hasHead: true } as const;
  const ends = [
    [box.x - BETWEEN * unit + 2, box.x - BETWEEN * unit + reach],
    [box.x + box.width + BETWEEN * unit - reach, box.x + box.width + BETWEEN * unit - 3],
  ] as const;
  return [
    {
      shape: 'label',
      key,
      tone: 'muted',
      x: box.x + box.width / 2,
      y: middle,
      text,
      fontSize: 14 * unit,
      anchor: 'middle',
    },
    ...ends.flatMap(([from, to], at): AnyGlyph[] => [
      { ...link, key: `${key}/on/${at}`, line: [from, middle - apart, to, middle - apart] },
      { ...link, key: `${key}/back/${at}`, line: [to, middle + apart, from, middle + apart] },
    ]),
  ];
}

/** All nodes at once, each as high as its pack is full: which of them stand below is framed. */
function stripGlyphs(
  models: Models,
  list: QuickListModel,
  area: Area,
  focus: Focus,
  shown: readonly Shown[],
  name: string,
): AnyGlyph[] {
  const { nodes } = list.nodes;
  if (nodes.length > STRIP_NODES) return [];
  const { unit } = focus;
  const width = Math.min(26 * unit, area.width / nodes.length);
  const height = 16 * unit;
  const visible = new Set(shown.flatMap((one) => ('at' in one ? [one.at] : [])));
  const most = Math.max(1, ...nodes.map((node) => packOf(models, node, focus)?.capacity ?? 0));
  return nodes.map((node, at): AnyGlyph => {
    const pack = packOf(models, node, focus);
    const block = blockOf(models, node);
    const share = Math.max(
      3 * unit,
      Math.min(height, (height * (block?.after ?? (pack ? usedBytes(pack) : 0))) / most),
    );
    const own = Math.max(1, width - Math.min(3, width / 4));
    return {
      shape: 'cell',
      key: `${name}/strip/${node.ref}`,
      tone: visible.has(at) ? 'value' : 'muted',
      x: area.x + at * width,
      y: area.y + height - share,
      width: own,
      height: share,
      fontSize: 12 * unit,
      parts: [{ width: own, text: '', tone: visible.has(at) ? 'value' : 'muted' }],
      isFaint: !visible.has(at),
      isHatched: block !== null,
      target: { kind: 'part', name: `node/${node.ref}` },
      title: `node ${at} of ${nodes.length}: ${counted(block ? (node.payload[1] ?? 0) : (pack?.elements.length ?? 0), 'element')}`,
    };
  });
}
