import { address } from '../memory/arena.steps.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { changed, released, resized } from './block-models.ts';

export const intsetSteps = declareSteps('intset', 10, {
  /** The number at a place was held against the one that is looked for, which is lower (-1), the same (0) or higher (1). */
  compare: observe('ref', 'at', 'order'),
  /** An empty set of two-byte integers was made. */
  create: mutate('ref', 'capacity'),
  /** A set like another one was made. */
  copy: mutate('from', 'ref', 'capacity'),
  /** Every integer was written anew in more bytes. */
  widen: mutate('ref', 'width'),
  /** An integer, in its two halves, was put at a place; those from there on moved up. */
  insert: mutate('ref', 'at', 'high', 'low'),
  /** The integer at a place was taken out, and those behind moved down. */
  remove: mutate('ref', 'at'),
  /** The set went to a block of another size. */
  resize: mutate('from', 'to', 'capacity'),
  /** The set's block was given back. */
  release: mutate('ref'),
});

export type IntsetStep = StepOf<typeof intsetSteps>;
export type IntsetProbe = ProbeOf<typeof intsetSteps>;

/** Bytes before the first integer: how wide each is, and how many there are. */
export const INTSET_HEADER_BYTES = 8;
export const NARROWEST_BYTES = 2;

export interface IntsModel {
  readonly ref: number;
  readonly capacity: number;
  /** Bytes of each integer: 2, 4 or 8. */
  readonly width: number;
  /** The integers in ascending order, written out, because eight bytes are more than a JavaScript number can hold. */
  readonly values: readonly string[];
}

/** Every set there is, by its ref. */
export type IntsetModel = ReadonlyMap<number, IntsModel>;

export const emptyIntsetModel: IntsetModel = new Map();

/** An integer of 64 bits, given as two halves, in decimal. */
export function int64Text(high: number, low: number): string {
  if (high === low >> 31) return String(low);
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}

export function applyIntsetStep(model: IntsetModel, step: IntsetStep): IntsetModel {
  switch (step.kind) {
    case 'compare':
      return model;
    case 'create': {
      const { ref, capacity } = step;
      return new Map(model).set(ref, { ref, capacity, width: NARROWEST_BYTES, values: [] });
    }
    case 'copy':
      return changed(model, step.from, (set) => ({ ...set, ref: step.ref, capacity: step.capacity }));
    case 'widen':
      return changed(model, step.ref, (set) => ({ ...set, width: step.width }));
    case 'insert':
      return changed(model, step.ref, (set) => spliced(set, step.at, 0, int64Text(step.high, step.low)));
    case 'remove':
      return changed(model, step.ref, (set) => spliced(set, step.at, 1));
    case 'resize':
      return resized(model, step);
    case 'release':
      return released(model, step.ref);
  }
}

function spliced(set: IntsModel, at: number, count: number, ...put: readonly string[]): IntsModel {
  return { ...set, values: [...set.values.slice(0, at), ...put, ...set.values.slice(at + count)] };
}

export function describeIntsetStep(step: IntsetStep, model: IntsetModel): string {
  const text = (ref: number, at: number): string => model.get(ref)?.values[at] ?? 'an integer';
  switch (step.kind) {
    case 'compare': {
      const here = text(step.ref, step.at);
      if (step.order === 0) return `${here}, at place ${step.at}, is what is looked for.`;
      return `What is looked for is ${step.order < 0 ? 'less' : 'more'} than ${here} at place ${step.at}.`;
    }
    case 'create':
      return `An empty intset is made at ${address(step.ref)}, in a block of ${step.capacity} bytes.`;
    case 'copy':
      return `The intset at ${address(step.from)} is copied to ${address(step.ref)}.`;
    case 'widen': {
      const before = model.get(step.ref)?.width ?? NARROWEST_BYTES;
      return `${before} bytes are too few for what comes: every integer is written anew in ${step.width} bytes.`;
    }
    case 'insert':
      return `${int64Text(step.high, step.low)} goes to place ${step.at} of the intset, so that all stay in order.`;
    case 'remove':
      return `${text(step.ref, step.at)} leaves the intset; what is behind moves up.`;
    case 'resize':
      return `The intset goes from ${address(step.from)} to ${address(step.to)}, into a block of ${step.capacity} bytes.`;
    case 'release':
      return `The intset at ${address(step.ref)} is no longer needed; its block is given back.`;
  }
}
