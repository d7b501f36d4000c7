/** A listpack: one block, the elements one behind the other, each as it is sent and with its length once more behind it. */
import {
  elementBytes,
  LISTPACK_HEADER_BYTES,
  type ElementModel,
  type PackModel,
} from '../../engine/structures/listpack.steps.ts';
import { heldKey } from '../value-light.ts';
import { counted, verdict, windowOf, type Piece, type Shown } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import {
  elide,
  MONO_RATIO,
  monoWidth,
  sameTarget,
  type AnyGlyph,
  type Cell,
  type Part,
  type Target,
  type Tone,
} from './scene.ts';
import { textWidth } from './text.ts';
import { textOf, type Holding } from './value-at.ts';

/** From line to line, with the offsets under the elements and without. */
const ROOMY_PITCH = 52;
const TIGHT_PITCH = 36;
const CELL = 30;
/** No element is narrower. */
const LEAST_WIDTH = 24;

/** How much of an element is written out, most first. */
interface Detail {
  /** In characters. */
  readonly text: number;
  /** Whether the length before the text and the length behind it are written too. */
  readonly isWhole: boolean;
}

const DETAILS: readonly Detail[] = [
  { text: 22, isWhole: true },
  { text: 12, isWhole: true },
  { text: 12, isWhole: false },
  { text: 6, isWhole: false },
];

export interface PackOptions {
  /** Begins the keys of the glyphs; the same as long as it is the same value, wherever its block lies. */
  readonly name: string;
  readonly holds: Holding;
  /** Inside something that says already what this is: no header, no room to spare. */
  readonly isBare?: boolean;
  /** Elements that have been written elsewhere already: all before this one. */
  readonly doneBefore?: number;
}

/** An element with its place in the block. */
export interface Element {
  readonly at: number;
  readonly offset: number;
  readonly element: ElementModel;
  /** The key of its glyph. */
  readonly key: string;
  readonly text: string;
}

/**
 * The elements with names that stay: a field's value is named by the field, everything else by what it says. Of several
 * that say the same, each is told by its number among them.
 */
export function elementsOf(pack: PackModel, name: string, holds: Holding, seen = new Map<string, number>()): Element[] {
  let offset = LISTPACK_HEADER_BYTES;
  let field = '';
  return pack.elements.map((element, at) => {
    const text = textOfElement(element);
    const isSecond = holds !== 'elements' && at % 2 === 1;
    const said = isSecond ? `of/${field}` : `el/${element.length}/${text}`;
    if (!isSecond) field = said;
    const before = seen.get(said) ?? 0;
    seen.set(said, before + 1);
    const placed = { at, offset, element, text, key: `${name}/${said}/${before}` };
    offset += elementBytes(element.length);
    return placed;
  });
}

/** Read once for each element: of a long list all of them are asked for at every step. */
const texts = new WeakMap<ElementModel, string>();

function textOfElement(element: ElementModel): string {
  const known = texts.get(element);
  if (known !== undefined) return known;
  const text = textOf(element.head, element.length);
  texts.set(element, text);
  return text;
}

export function usedBytes(pack: PackModel): number {
  return pack.elements.reduce((sum, { length }) => sum + elementBytes(length), LISTPACK_HEADER_BYTES);
}

interface Box {
  readonly item: Element;
  readonly parts: readonly Part[];
  readonly width: number;
}

/** Where a box or a gap stands: its line, and where on it. */
interface Placed {
  readonly what: Box | { readonly hidden: number };
  readonly line: number;
  readonly x: number;
}

export function packPiece(pack: PackModel, area: Area, focus: Focus, options: PackOptions, all?: Element[]): Piece {
  const { unit } = focus;
  const elements = all ?? elementsOf(pack, options.name, options.holds);
  const lead = options.isBare ? 0 : headerWidth(pack, unit);
  const lit = litElement(pack, elements, focus);
  const { placed, pitch, isCut } = arranged(elements, area, lead, options, lit, unit);
  const glyphs: AnyGlyph[] = options.isBare ? [] : [headerCell(pack, area, options, unit)];
  const isRoomy = pitch >= ROOMY_PITCH * unit;
  for (const [index, { what, line, x }] of placed.entries()) {
    const at = { x, y: area.y + line * pitch };
    if ('hidden' in what) glyphs.push(gap(what.hidden, at, `${options.name}/gap/${pack.ref}/${index}`, unit));
    else glyphs.push(...elementGlyphs(pack, what, at, focus, options, isRoomy));
  }
  const last = placed.at(-1);
  const line = last?.line ?? 0;
  if (!options.isBare) glyphs.push(...spare(pack, area, last, line * pitch + area.y, options, unit));
  const foot = isRoomy && !options.isBare ? 18 * unit : 0;
  return { glyphs, isCut, lines: line + 1, bottom: area.y + line * pitch + CELL * unit + foot };
}

/** The element that the present beat is about, or -1. */
function litElement(pack: PackModel, elements: readonly Element[], focus: Focus): number {
  const step = focus.spotlight.steps.findLast((one) => one.structure === 'listpack' && 'at' in one);
  if (step?.structure !== 'listpack' || !('at' in step) || step.ref !== pack.ref) return -1;
  return elements.findIndex(({ offset }) => offset >= step.at);
}

function headerWidth(pack: PackModel, unit: number): number {
  return headerParts(pack, unit).reduce((sum, { width }) => sum + width, 0);
}

function headerParts(pack: PackModel, unit: number): Part[] {
  return [`used ${usedBytes(pack)}`, `count ${pack.elements.length}`].map((text) => ({
    text,
    width: monoWidth(text, 13 * unit) + 18 * unit,
    tone: 'muted',
  }));
}

function headerCell(pack: PackModel, area: Area, { name }: PackOptions, unit: number): Cell {
  const parts = headerParts(pack, unit);
  return {
    shape: 'cell',
    key: `${name}/header`,
    tone: 'muted',
    x: area.x,
    y: area.y,
    width: headerWidth(pack, unit),
    height: CELL * unit,
    parts,
    fontSize: 13 * unit,
    title: `the first 8 bytes of the block: ${counted(usedBytes(pack), 'byte')} used, ${counted(pack.elements.length, 'element')}`,
  };
}

function boxOf(item: Element, { text: room, isWhole }: Detail, options: PackOptions, unit: number): Box {
  const fontSize = 14 * unit;
  const isSecond = options.holds !== 'elements' && item.at % 2 === 1;
  const tone: Tone = options.holds === 'elements' || isSecond ? 'value' : 'key';
  const text = elide(item.text, room);
  const parts: Part[] = [{ width: Math.max(LEAST_WIDTH * unit, monoWidth(text, fontSize) + 16 * unit), text, tone }];
  if (isWhole) {
    const back = String(elementBytes(item.element.length) - 1);
    parts.unshift({
      width: monoWidth(`$${item.element.length}`, fontSize) + 10 * unit,
      text: `$${item.element.length}`,
      tone: 'muted',
    });
    parts.push({ width: monoWidth(back, fontSize) + 10 * unit, text: back, tone: 'muted' });
  }
  return { item, parts, width: parts.reduce((sum, part) => sum + part.width, 0) };
}

/** As much of each element as fits, and where even the least does not, those at the ends and around the present one. */
function arranged(
  elements: readonly Element[],
  area: Area,
  lead: number,
  options: PackOptions,
  lit: number,
  unit: number,
): { placed: Placed[]; pitch: number; isCut: boolean } {
  // More than could be there if each were as narrow as can be: no need to measure them all.
  const most = (area.width / (LEAST_WIDTH * unit)) * Math.ceil((area.height + CELL * unit) / (TIGHT_PITCH * unit));
  for (const detail of elements.length > most ? [] : DETAILS) {
    const boxes = elements.map((item) => boxOf(item, detail, options, unit));
    if (boxes.some((box) => box.width > area.width + 0.5)) continue;
    const placed = flow(boxes, area, lead, options.holds !== 'elements');
    const lines = (placed.at(-1)?.line ?? 0) + 1;
    for (const pitch of options.isBare ? [TIGHT_PITCH] : [ROOMY_PITCH, TIGHT_PITCH])
      if (lines * pitch * unit <= area.height + (pitch - CELL) * unit)
        return { placed, pitch: pitch * unit, isCut: detail !== DETAILS[0] };
  }
  const narrow = Math.floor((area.width - 18 * unit) / (14 * unit * MONO_RATIO));
  const least: Detail = { text: Math.max(1, Math.min(6, narrow)), isWhole: false };
  const pitch = TIGHT_PITCH * unit;
  const width = Math.min(area.width, monoWidth('m'.repeat(least.text), 14 * unit) + 18 * unit);
  const lines = Math.max(1, Math.floor((area.height + 6 * unit) / pitch));
  const across = Math.max(1, Math.floor(area.width / width));
  const room = Math.max(1, lines * across - Math.ceil(lead / width));
  const first = Math.ceil(lead / width);
  const placed = within(elements.length, room, lit).map((one, index): Placed => {
    const at = index + first;
    const item = 'at' in one ? elements[one.at] : undefined;
    const what = item ? boxOf(item, least, options, unit) : { hidden: 'hidden' in one ? one.hidden : 0 };
    return { what, line: Math.floor(at / across), x: area.x + (at % across) * width };
  });
  return { placed, pitch, isCut: true };
}

/** Where there is hardly any room, one of the elements, or how many there are. */
function within(count: number, room: number, lit: number): Shown[] {
  if (count <= room || room >= 3) return windowOf(count, room, lit);
  return room === 2 ? [{ at: Math.max(0, lit) }, { hidden: count - 1 }] : [{ hidden: count }];
}

/** One behind the other, from line to line as words; what makes a pair stays on one line where that is long enough. */
function flow(boxes: readonly Box[], area: Area, lead: number, isPaired: boolean): Placed[] {
  let x = area.x + lead;
  let line = 0;
  return boxes.map((what, at) => {
    const second = isPaired && at % 2 === 0 ? (boxes[at + 1]?.width ?? 0) : 0;
    const wanted = what.width + second <= area.width ? what.width + second : what.width;
    if (x + wanted > area.x + area.width + 0.5 && x > area.x) {
      line++;
      x = area.x;
    }
    const placed = { what, line, x };
    x += what.width;
    return placed;
  });
}

function gap(hidden: number, at: { x: number; y: number }, key: string, unit: number): AnyGlyph {
  return {
    shape: 'label',
    key,
    tone: 'muted',
    x: at.x + 8 * unit,
    y: at.y + (CELL / 2) * unit,
    text: `… ${hidden.toLocaleString('en')}`,
    fontSize: 14 * unit,
  };
}

function elementGlyphs(
  pack: PackModel,
  { item, parts, width }: Box,
  { x, y }: { x: number; y: number },
  focus: Focus,
  options: PackOptions,
  isRoomy: boolean,
): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const held = spotlight.value.held.get(heldKey(pack.ref, item.offset));
  const isNew = spotlight.steps.some(
    (step) =>
      step.structure === 'listpack' &&
      (step.kind === 'insert' || step.kind === 'replace') &&
      step.ref === pack.ref &&
      step.at === item.offset,
  );
  const isLit = isNew || held === 0;
  const isDone = item.at < (options.doneBefore ?? 0);
  const target: Target = { kind: 'part', name: item.key };
  const tone: Tone = isLit
    ? 'active'
    : isDone
      ? 'migrating'
      : options.holds === 'elements' || item.at % 2 === 1
        ? 'value'
        : 'key';
  const what =
    options.holds === 'elements' ? `element ${item.at}` : item.at % 2 === 0 ? nouns(options)[0] : nouns(options)[1];
  const cell: Cell = {
    shape: 'cell',
    key: item.key,
    tone,
    x,
    y,
    width,
    height: CELL * unit,
    parts,
    fontSize: 14 * unit,
    isLit,
    isDashed: isDone,
    target,
    isSelected: sameTarget(focus.selected, target),
    isFocused: sameTarget(focus.focused, target),
    title: `${what}: ${item.text}, ${counted(item.element.length, 'byte')}; at offset ${item.offset} it takes ${elementBytes(item.element.length)} bytes`,
    from: [x, y - 36 * unit],
  };
  const glyphs: AnyGlyph[] = [cell];
  if (held !== undefined) glyphs.push(verdict(item.key, held === 0, x + width, y, unit));
  if (isRoomy && !options.isBare && textWidth(String(item.offset), 12 * unit) + 6 * unit < width)
    glyphs.push({
      shape: 'label',
      key: `${item.key}/offset`,
      tone: 'muted',
      x: x + 2 * unit,
      y: y + (CELL + 9) * unit,
      text: String(item.offset),
      fontSize: 12 * unit,
      isMono: true,
    });
  return glyphs;
}

/** What the first and the second of a pair are. */
export function nouns({ holds }: Pick<PackOptions, 'holds'>): readonly [string, string] {
  return holds === 'fields' ? ['field', 'value'] : ['member', 'score'];
}

/** The room that is left in the block. */
function spare(
  pack: PackModel,
  area: Area,
  last: Placed | undefined,
  y: number,
  { name }: PackOptions,
  unit: number,
): AnyGlyph[] {
  const left = pack.capacity - usedBytes(pack);
  const begin = last ? last.x + ('width' in last.what ? last.what.width : 70 * unit) : area.x + headerWidth(pack, unit);
  const text = `room ${left}`;
  const width = monoWidth(text, 13 * unit) + 18 * unit;
  if (left <= 0 || begin + width > area.x + area.width) return [];
  return [
    {
      shape: 'cell',
      key: `${name}/spare`,
      tone: 'free',
      x: begin,
      y,
      width,
      height: CELL * unit,
      // The hatching is around the words, not behind them.
      parts: [{ width, text, tone: 'free' }],
      fontSize: 13 * unit,
      isDashed: true,
      title: `${counted(left, 'byte')} of the block are not used`,
    },
  ];
}
