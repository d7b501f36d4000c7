import { address } from '../memory/arena.steps.ts';
import { utf8Decode } from '../memory/bytes.ts';
import { PREVIEW_BYTES, declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { changed, released, resized } from './block-models.ts';

export const listpackSteps = declareSteps('listpack', 7, {
  /** The element at an offset was held against bytes that are looked for. */
  compare: observe('ref', 'at', 'hit'),
  /** An empty pack was made. */
  create: mutate('ref', 'capacity'),
  /** A pack like another one was made. */
  copy: mutate('from', 'ref', 'capacity'),
  /** An element was put at an offset; what was there moved back. `head` is how it begins. */
  insert: mutate('ref', 'at', 'length', 'head:bytes'),
  /** The element at an offset became another one. */
  replace: mutate('ref', 'at', 'length', 'head:bytes'),
  /** So many elements from an offset on were taken out, and those behind moved up. */
  remove: mutate('ref', 'at', 'count'),
  /** The pack went to a block of another size. */
  resize: mutate('from', 'to', 'capacity'),
  /** The pack's block was given back. */
  release: mutate('ref'),
});

export type ListpackStep = StepOf<typeof listpackSteps>;
export type ListpackProbe = ProbeOf<typeof listpackSteps>;

/** Bytes before the first element: how many are used, and how many elements there are. */
export const LISTPACK_HEADER_BYTES = 8;

export interface ElementModel {
  readonly length: number;
  /** The first bytes, `PREVIEW_BYTES` at most. */
  readonly head: Uint8Array;
}

export interface PackModel {
  readonly ref: number;
  readonly capacity: number;
  readonly elements: readonly ElementModel[];
}

/** Every pack there is, by its ref. */
export type ListpackModel = ReadonlyMap<number, PackModel>;

export const emptyListpackModel: ListpackModel = new Map();

/** How many bytes an element of so many bytes takes: `$3`, line end, the bytes, line end, and its length once more. */
export function elementBytes(length: number): number {
  const size = 5 + String(length).length + length;
  return size + backLengthBytes(size);
}

/** Seven bits of the length go into each byte. */
export function backLengthBytes(size: number): number {
  if (size < 1 << 7) return 1;
  if (size < 1 << 14) return 2;
  if (size < 1 << 21) return 3;
  return size < 1 << 28 ? 4 : 5;
}

/** The place in the row of the element at an offset; past the last it is their number. */
function indexAt(pack: PackModel, at: number): number {
  let offset = LISTPACK_HEADER_BYTES;
  let index = 0;
  for (; index < pack.elements.length && offset < at; index++) offset += elementBytes(pack.elements[index].length);
  return index;
}

export function applyListpackStep(model: ListpackModel, step: ListpackStep): ListpackModel {
  switch (step.kind) {
    case 'compare':
      return model;
    case 'create':
      return new Map(model).set(step.ref, { ref: step.ref, capacity: step.capacity, elements: [] });
    case 'copy':
      return changed(model, step.from, (pack) => ({ ...pack, ref: step.ref, capacity: step.capacity }));
    case 'insert':
      return changed(model, step.ref, (pack) => spliced(pack, step.at, 0, { length: step.length, head: step.head }));
    case 'replace':
      return changed(model, step.ref, (pack) => spliced(pack, step.at, 1, { length: step.length, head: step.head }));
    case 'remove':
      return changed(model, step.ref, (pack) => spliced(pack, step.at, step.count));
    case 'resize':
      return resized(model, step);
    case 'release':
      return released(model, step.ref);
  }
}

function spliced(pack: PackModel, at: number, count: number, ...put: readonly ElementModel[]): PackModel {
  const index = indexAt(pack, at);
  const elements = [...pack.elements.slice(0, index), ...put, ...pack.elements.slice(index + count)];
  return { ...pack, elements };
}

/** An element as it is written in captions: its text, cut short where it is long. */
function elementText(element: ElementModel | undefined): string {
  if (!element) return 'an element';
  const text = utf8Decode(element.head).replace(/\p{C}/gu, '·');
  const cut = [...text].slice(0, 24).join('');
  return cut.length < text.length || element.length > PREVIEW_BYTES ? `“${cut}…”` : `“${cut}”`;
}

export function describeListpackStep(step: ListpackStep, model: ListpackModel): string {
  const text = (ref: number, at: number): string => {
    const pack = model.get(ref);
    return elementText(pack?.elements[indexAt(pack, at)]);
  };
  switch (step.kind) {
    case 'compare':
      return step.hit === 1
        ? `${text(step.ref, step.at)} is what is looked for.`
        : `${text(step.ref, step.at)} is something else: go on to the next.`;
    case 'create':
      return `An empty listpack is made at ${address(step.ref)}, in a block of ${step.capacity} bytes.`;
    case 'copy':
      return `The listpack at ${address(step.from)} is copied to ${address(step.ref)}.`;
    case 'insert': {
      const pack = model.get(step.ref);
      const isLast = !pack || indexAt(pack, step.at) === pack.elements.length;
      const where = isLast ? 'at the end of the listpack' : `into the listpack before ${text(step.ref, step.at)}`;
      return `${elementText(step)} goes ${where}.`;
    }
    case 'replace':
      return `${elementText(step)} takes the place of ${text(step.ref, step.at)} in the listpack.`;
    case 'remove': {
      const others = step.count === 1 ? '' : ` and the next ${step.count - 1}`;
      return `${text(step.ref, step.at)}${others} leave${step.count === 1 ? 's' : ''} the listpack; what is behind moves up.`;
    }
    case 'resize':
      return `The listpack goes from ${address(step.from)} to ${address(step.to)}, into a block of ${step.capacity} bytes.`;
    case 'release':
      return `The listpack at ${address(step.ref)} is no longer needed; its block is given back.`;
  }
}
