/** How well an arena's memory is used, worked out from its picture: class by class, and as a whole. */
import type { ArenaModel } from './arena.steps.ts';

/** All slabs of one size of blocks. */
interface ClassFigures {
  readonly blockBytes: number;
  readonly slabs: number;
  /** How many blocks the slabs have room for; of these so many are in use, and so many were and wait to be again. */
  readonly blocks: number;
  readonly live: number;
  readonly free: number;
}

/** The classes that have any slab, the smallest blocks first. */
export function classFigures({ slabs, free }: ArenaModel): readonly ClassFigures[] {
  const classes = new Map<number, { slabs: number; blocks: number; carved: number }>();
  for (const { blockBytes, blocks, carved } of slabs) {
    const sum = classes.get(blockBytes) ?? { slabs: 0, blocks: 0, carved: 0 };
    classes.set(blockBytes, { slabs: sum.slabs + 1, blocks: sum.blocks + blocks, carved: sum.carved + carved });
  }
  return [...classes]
    .map(([blockBytes, { carved, ...sum }]) => {
      const waiting = (free as Readonly<Record<number, readonly number[] | undefined>>)[blockBytes]?.length ?? 0;
      return { blockBytes, ...sum, live: carved - waiting, free: waiting };
    })
    .sort((a, b) => a.blockBytes - b.blockBytes);
}

/** The bytes that lie in blocks of a class and hold nothing. */
export function idleBytes({ blockBytes, blocks, live }: ClassFigures): number {
  return (blocks - live) * blockBytes;
}

const HEADINGS = ['block', 'slabs', 'blocks', 'in use', 'freed', 'untouched', 'used', 'idle bytes'];

/** A table of the classes, and below it what is no block of a class. */
export function describeArena(model: ArenaModel, reservedBytes: number, usedBytes: number): string {
  const rows = classFigures(model).map((figures) => {
    const { blockBytes, slabs, blocks, live, free } = figures;
    const share = `${((live / blocks) * 100).toFixed(1)}%`;
    return [blockBytes, slabs, blocks, live, free, blocks - live - free, share, idleBytes(figures)].map(String);
  });
  const all = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const lines = all.map((row) => row.map((cell, column) => cell.padStart(widths[column])).join('  '));
  const large = model.large.reduce((pages, block) => pages + block.pages, 0);
  return [
    `The arena has ${reservedBytes} bytes from the system and ${usedBytes} in use.`,
    '',
    ...(rows.length > 0 ? lines : ['There is no slab yet.']),
    '',
    `Pages of slabs: ${model.pages.length}. Large blocks: ${model.large.length}, of ${large} pages.`,
    '',
  ].join('\n');
}
