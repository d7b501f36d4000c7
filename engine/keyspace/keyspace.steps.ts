import { declareSteps, mutate, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const keyspaceSteps = declareSteps('keyspace', 24, {
  /** Two databases have exchanged all that they hold: keys and deadlines. From here on each speaks by its own ids again. */
  swap: mutate('first', 'second'),
});

export type KeyspaceStep = StepOf<typeof keyspaceSteps>;
export type KeyspaceProbe = ProbeOf<typeof keyspaceSteps>;

/** Models in the order of the databases, after the step. */
export function applyKeyspaceStep<Model>(models: readonly Model[], { first, second }: KeyspaceStep): readonly Model[] {
  return models.map((model, at) => (at === first ? models[second] : at === second ? models[first] : model));
}

export function describeKeyspaceStep({ first, second }: KeyspaceStep): string {
  return `Databases ${first} and ${second} exchange all their keys: not one of them is moved, only the tables change places.`;
}
