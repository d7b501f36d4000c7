import { address } from '../memory/arena.steps.ts';
import { declareSteps, mutate, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const dynamicStringSteps = declareSteps('dynamic-string', 3, {
  /** A string was made, in a block of its own or in its owner's. */
  create: mutate('ref', 'capacity', 'length', 'head:bytes'),
  /** Bytes were written into the string; `head` is how it begins now. */
  write: mutate('ref', 'at', 'length', 'head:bytes'),
  /** The string had no room left and went to a larger block. */
  grow: mutate('from', 'to', 'capacity'),
  /** The string is none any more; its block, if it had one, was given back. */
  release: mutate('ref'),
});

export type DynamicStringStep = StepOf<typeof dynamicStringSteps>;
export type DynamicStringProbe = ProbeOf<typeof dynamicStringSteps>;

export interface StringModel {
  readonly ref: number;
  readonly length: number;
  readonly capacity: number;
  /** The first bytes, `PREVIEW_BYTES` at most. */
  readonly head: Uint8Array;
}

/** Every string there is, by its ref. */
export type DynamicStringModel = ReadonlyMap<number, StringModel>;

export const emptyDynamicStringModel: DynamicStringModel = new Map();

export function applyDynamicStringStep(model: DynamicStringModel, step: DynamicStringStep): DynamicStringModel {
  const strings = new Map(model);
  switch (step.kind) {
    case 'create':
      return strings.set(step.ref, { ref: step.ref, length: step.length, capacity: step.capacity, head: step.head });
    case 'write': {
      const before = strings.get(step.ref);
      return before ? strings.set(step.ref, { ...before, length: step.length, head: step.head }) : model;
    }
    case 'grow': {
      const before = strings.get(step.from);
      if (!before) return model;
      strings.delete(step.from);
      return strings.set(step.to, { ...before, ref: step.to, capacity: step.capacity });
    }
    case 'release':
      strings.delete(step.ref);
      return strings;
  }
}

export function describeDynamicStringStep(step: DynamicStringStep, model: DynamicStringModel): string {
  switch (step.kind) {
    case 'create':
      return `A string of ${step.length} bytes is written at ${address(step.ref)}, where ${step.capacity} would fit.`;
    case 'write': {
      const before = model.get(step.ref)?.length ?? 0;
      const change =
        before === step.length
          ? `It stays ${before} bytes long.`
          : `It is ${step.length} bytes long now, not ${before}.`;
      return `The string at ${address(step.ref)} is written from byte ${step.at} on. ${change}`;
    }
    case 'grow':
      return `The string outgrows its block and is copied from ${address(step.from)} to ${address(step.to)}, with room for ${step.capacity} bytes.`;
    case 'release':
      return `The string at ${address(step.ref)} is no longer needed.`;
  }
}
