import { address } from '../memory/arena.steps.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const compressedSteps = declareSteps('compressed', 18, {
  /** So many bytes were compressed into a block of their own, where they are so many. */
  compress: mutate('ref', 'before', 'after'),
  /** The bytes of a block were made what they were, elsewhere; the block stays. */
  decompress: observe('ref', 'before', 'after'),
  /** The block was given back. */
  release: mutate('ref'),
});

export type CompressedStep = StepOf<typeof compressedSteps>;
export type CompressedProbe = ProbeOf<typeof compressedSteps>;

export interface CompressedBlockModel {
  readonly ref: number;
  readonly before: number;
  readonly after: number;
}

/** Every compressed block, by its ref. */
export type CompressedModel = ReadonlyMap<number, CompressedBlockModel>;

export const emptyCompressedModel: CompressedModel = new Map();

export function applyCompressedStep(model: CompressedModel, step: CompressedStep): CompressedModel {
  switch (step.kind) {
    case 'compress':
      return new Map(model).set(step.ref, { ref: step.ref, before: step.before, after: step.after });
    case 'decompress':
      return model;
    case 'release': {
      const blocks = new Map(model);
      blocks.delete(step.ref);
      return blocks;
    }
  }
}

export function describeCompressedStep(step: CompressedStep): string {
  switch (step.kind) {
    case 'compress':
      return `${step.before} bytes are compressed into ${step.after}, at ${address(step.ref)}: ${saved(step)} are saved.`;
    case 'decompress':
      return `The ${step.before} bytes at ${address(step.ref)} are made ${step.after} again.`;
    case 'release':
      return `The compressed block at ${address(step.ref)} is no longer needed, and is given back.`;
  }
}

function saved({ before, after }: { readonly before: number; readonly after: number }): string {
  return `${Math.round((1 - after / before) * 100)} %`;
}
