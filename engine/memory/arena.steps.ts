import { declareSteps, mutate, type ProbeOf, type StepOf } from '../trace/steps.ts';

const PAGE_BYTES = 1024 * 1024;

export const arenaSteps = declareSteps('arena', 1, {
  /** A page was taken from the system. */
  page: mutate('page'),
  /** A run of a page was dedicated to blocks of one size. */
  slab: mutate('ref', 'blockBytes', 'blocks'),
  /** A block never used before was cut from its slab. */
  carve: mutate('ref', 'blockBytes'),
  /** A block came from the free list of its size. */
  reuse: mutate('ref', 'blockBytes'),
  /** A block went to the front of the free list of its size. */
  release: mutate('ref', 'blockBytes'),
  /** A block too large for a slab got pages of its own. */
  allocateLarge: mutate('ref', 'pages'),
  /** The pages of a large block went back to the system. */
  releaseLarge: mutate('ref', 'pages'),
  /** Nothing was in use any more: every page went back to the system. */
  reset: mutate(),
});

export type ArenaStep = StepOf<typeof arenaSteps>;
export type ArenaProbe = ProbeOf<typeof arenaSteps>;

export interface SlabModel {
  readonly ref: number;
  readonly blockBytes: number;
  readonly blocks: number;
  /** How many of the blocks were ever handed out; the rest has not been touched. */
  readonly carved: number;
}

export interface ArenaModel {
  readonly pages: readonly number[];
  readonly slabs: readonly SlabModel[];
  /** By block size, the freed blocks, the one that goes out next in front. */
  readonly free: Readonly<Record<number, readonly number[]>>;
  readonly large: readonly { readonly ref: number; readonly pages: number }[];
}

export const emptyArenaModel: ArenaModel = { pages: [], slabs: [], free: {}, large: [] };

/** The bytes in blocks that are handed out. */
export function usedBytes({ slabs, free, large }: ArenaModel): number {
  const carved = slabs.reduce((sum, { carved, blockBytes }) => sum + carved * blockBytes, 0);
  const freed = Object.entries(free).reduce((sum, [blockBytes, refs]) => sum + Number(blockBytes) * refs.length, 0);
  return carved - freed + large.reduce((sum, { pages }) => sum + pages * PAGE_BYTES, 0);
}

export function applyArenaStep(model: ArenaModel, step: ArenaStep): ArenaModel {
  switch (step.kind) {
    case 'page':
      // A page may get a number that a large block has given back.
      return { ...model, pages: [...model.pages, step.page].sort((a, b) => a - b) };
    case 'slab':
      return {
        ...model,
        slabs: [...model.slabs, { ref: step.ref, blockBytes: step.blockBytes, blocks: step.blocks, carved: 0 }],
      };
    case 'carve': {
      const slabs = [...model.slabs];
      const at = slabs.findLastIndex(
        (slab) => slab.blockBytes === step.blockBytes && slab.ref <= step.ref && slab.carved < slab.blocks,
      );
      const slab = slabs[at];
      if (slab) slabs[at] = { ...slab, carved: slab.carved + 1 };
      return { ...model, slabs };
    }
    case 'reuse': {
      const { [step.blockBytes]: list = [], ...others } = model.free;
      const rest = list.filter((ref) => ref !== step.ref);
      return { ...model, free: rest.length > 0 ? { ...others, [step.blockBytes]: rest } : others };
    }
    case 'release':
      return {
        ...model,
        free: { ...model.free, [step.blockBytes]: [step.ref, ...(model.free[step.blockBytes] ?? [])] },
      };
    case 'allocateLarge':
      return { ...model, large: [...model.large, { ref: step.ref, pages: step.pages }] };
    case 'releaseLarge':
      return { ...model, large: model.large.filter((block) => block.ref !== step.ref) };
    case 'reset':
      return emptyArenaModel;
  }
}

/** Where a record lies, as the page shows it: the byte address in hexadecimal. */
export function address(ref: number): string {
  return `0x${(ref * 8).toString(16).padStart(6, '0')}`;
}

export function describeArenaStep(step: ArenaStep): string {
  switch (step.kind) {
    case 'page':
      return `The arena takes page ${step.page}, 1 MiB, from the system.`;
    case 'slab':
      return `A slab at ${address(step.ref)} is set aside for blocks of ${step.blockBytes} bytes: room for ${step.blocks}.`;
    case 'carve':
      return `A fresh block of ${step.blockBytes} bytes is cut at ${address(step.ref)}.`;
    case 'reuse':
      return `The freed block of ${step.blockBytes} bytes at ${address(step.ref)} is used again.`;
    case 'release':
      return `The block at ${address(step.ref)} joins the free list for ${step.blockBytes} bytes.`;
    case 'allocateLarge':
      return `A large block gets ${step.pages} pages of its own at ${address(step.ref)}.`;
    case 'releaseLarge':
      return `The ${step.pages} pages of the large block at ${address(step.ref)} go back to the system.`;
    case 'reset':
      return 'Nothing is in use any more: every page goes back to the system.';
  }
}
