/** Every diagram with the code that draws it, in the order of the tabs. */
import type { Diagram } from './contract.ts';
import { withEviction } from './eviction.ts';
import { hashTableDiagram } from './hash-table.ts';
import { heapDiagram } from './heap.ts';
import { logDiagram } from './log.ts';
import { memoryStripDiagram } from './memory-strip.ts';
import { valueDiagram } from './value.ts';

export const DIAGRAMS: readonly Diagram[] = [
  withEviction(hashTableDiagram),
  valueDiagram,
  memoryStripDiagram,
  heapDiagram,
  logDiagram,
];
