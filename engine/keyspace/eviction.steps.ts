import { address } from '../memory/arena.steps.ts';
import { latin1 } from '../memory/bytes.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const evictionSteps = declareSteps('eviction', 17, {
  /** So many bytes are in use, more than `maxmemory` allows. */
  over: observe('used:ms', 'limit:ms'),
  /** A key was sampled that was last used so many seconds ago. */
  idle: observe('db', 'entry', 'seconds'),
  /** A key was sampled whose counter of use stands there. */
  frequency: observe('db', 'entry', 'counter'),
  /** The key of this database that expires next. */
  nearest: observe('db', 'entry', 'deadline:ms'),
  /** A key was drawn by chance. */
  drawn: observe('db', 'entry'),
  /** A sampled key became a candidate at this place of the pool; the higher its score, the sooner it goes. */
  enter: mutate('at', 'db', 'score', 'key:bytes'),
  /** The pool was full: the candidate at this place, the one most worth keeping, made room for a worse. */
  drop: mutate('at'),
  /** The candidate at this place does not exist any more, and is forgotten. */
  gone: mutate('at'),
  /** The candidate at this place is the one. */
  choose: mutate('at', 'db', 'entry'),
  /** The scores were made for another policy: the pool is emptied. */
  clear: mutate(),
  /** The key is removed to make room. */
  evict: observe('db', 'entry', 'key:bytes'),
});

export type EvictionStep = StepOf<typeof evictionSteps>;
export type EvictionProbe = ProbeOf<typeof evictionSteps>;

export interface CandidateModel {
  readonly db: number;
  readonly score: number;
  /** The first bytes of the key. */
  readonly key: Uint8Array;
}

/** The pool, the candidate most worth keeping first. */
export interface EvictionModel {
  readonly candidates: readonly CandidateModel[];
}

export const emptyEvictionModel: EvictionModel = { candidates: [] };

export function applyEvictionStep(model: EvictionModel, step: EvictionStep): EvictionModel {
  const { candidates } = model;
  switch (step.kind) {
    case 'enter': {
      const { db, score, key } = step;
      return { candidates: candidates.toSpliced(step.at, 0, { db, score, key }) };
    }
    case 'drop':
    case 'gone':
    case 'choose':
      return { candidates: candidates.toSpliced(step.at, 1) };
    case 'clear':
      return emptyEvictionModel;
    default:
      return model;
  }
}

export function describeEvictionStep(step: EvictionStep, { candidates }: EvictionModel): string {
  switch (step.kind) {
    case 'over':
      return `${step.used} bytes are in use, ${step.used - step.limit} more than maxmemory allows: keys must go before the command may run.`;
    case 'idle':
      return `The key at ${address(step.entry)} is sampled: it was last used ${times(step.seconds, 'second')} ago.`;
    case 'frequency':
      return `The key at ${address(step.entry)} is sampled: its counter of use stands at ${step.counter}.`;
    case 'nearest':
      return `In database ${step.db} the key at ${address(step.entry)} is the next to expire.`;
    case 'drawn':
      return `The key at ${address(step.entry)} is drawn by chance.`;
    case 'enter':
      return `“${latin1(step.key)}” joins the candidates, as number ${step.at + 1} from the one most worth keeping.`;
    case 'drop':
      return `The pool is full: “${nameOf(candidates, step.at)}”, the candidate most worth keeping, leaves it.`;
    case 'gone':
      return `The candidate “${nameOf(candidates, step.at)}” is not there any more, and is forgotten.`;
    case 'choose':
      return `Of all candidates “${nameOf(candidates, step.at)}” is the one least worth keeping.`;
    case 'clear':
      return 'The policy is another one now: the candidates of the old one are forgotten.';
    case 'evict':
      return `“${latin1(step.key)}” is evicted.`;
  }
}

function nameOf(candidates: readonly CandidateModel[], at: number): string {
  return at < candidates.length ? latin1(candidates[at].key) : '';
}

function times(count: number, unit: string): string {
  return count === 1 ? `one ${unit}` : `${count} ${unit}s`;
}
