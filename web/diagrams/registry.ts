import type { Diagram } from './contract.ts';
import { dynamicStringDiagram } from './dynamic-string.ts';
import { hashTableDiagram } from './hash-table.ts';
import { heapDiagram } from './heap.ts';
import { logDiagram } from './log.ts';
import { memoryStripDiagram } from './memory-strip.ts';

/** Every diagram of the stage, in the order of its tabs. */
export const DIAGRAMS: readonly Diagram[] = [
  hashTableDiagram,
  dynamicStringDiagram,
  memoryStripDiagram,
  heapDiagram,
  logDiagram,
];
