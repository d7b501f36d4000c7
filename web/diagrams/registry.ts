import type { EngineStep } from '../../engine/models.ts';
import { isInside } from '../value-light.ts';
import type { Diagram } from './contract.ts';
import { hashTableDiagram } from './hash-table.ts';

/** A diagram by its name and what it shows; how it is drawn comes with its code. */
export type Tab = Pick<Diagram, 'kind' | 'title' | 'shows'>;

/** Every diagram of the stage, in the order of its tabs. */
export const TABS: readonly Tab[] = [
  hashTableDiagram,
  {
    kind: 'value',
    title: 'Value',
    shows: (step: EngineStep) => isInside(step) || step.structure === 'dynamic-string',
  },
  { kind: 'memory-strip', title: 'Memory', shows: (step: EngineStep) => step.structure === 'arena' },
  { kind: 'deadline-heap', title: 'Deadlines', shows: (step: EngineStep) => step.structure === 'deadline-heap' },
  { kind: 'log', title: 'Log', shows: (step: EngineStep) => step.structure === 'log' },
];

/** What a first visit waits for is the table alone; the others come right behind it. */
export const FIRST_DIAGRAM: Diagram = hashTableDiagram;

export async function loadDiagrams(): Promise<readonly Diagram[]> {
  return (await import('./all.ts')).DIAGRAMS;
}
