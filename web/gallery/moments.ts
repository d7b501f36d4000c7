/** Where in the film of a command a state of the gallery halts. */
import type { EngineStep } from '../../engine/models.ts';
import type { Beat } from '../beats.ts';
import type { Moment } from './structure.ts';

/** So many beats are shown then: all of them where no moment is named. */
export function beatAt(beats: readonly Beat[], steps: readonly EngineStep[], moment: Moment | undefined): number {
  if (!moment) return beats.length;
  let left = moment.count ?? 1;
  for (const [at, { main, round }] of beats.entries()) {
    const step = steps[main];
    if (round < 0 && step?.structure === moment.structure && step.kind === moment.kind && --left === 0) return at + 1;
  }
  throw new Error(`no beat tells of ${moment.structure} ${moment.kind}`);
}
