/** For tests: watches a structure through a recorder and folds what it says. */
import type { StepKinds } from './steps.ts';
import { decodeSteps, type AnyStep } from './steps.ts';
import { Recorder } from './recorder.ts';

/** A recorder that is deaf to one kind of step, to prove that somebody would notice. */
export class DeafRecorder extends Recorder {
  private readonly deafTo: string;

  /** `structure.kind`, as in `hash-table.link`. */
  constructor(deafTo: string) {
    super();
    this.deafTo = deafTo;
  }

  override probe<Spec extends StepKinds>(spec: Spec): ReturnType<typeof Recorder.prototype.probe<Spec>> {
    const probe = super.probe(spec);
    const [structure, kind] = this.deafTo.split('.');
    return structure === spec.structure && kind !== undefined ? { ...probe, [kind]: () => undefined } : probe;
  }
}

/** The kinds of a declaration that change something, as `structure.kind`. */
export function mutatingKinds(spec: StepKinds): string[] {
  return Object.keys(spec.kinds)
    .filter((kind) => spec.kinds[kind]?.mutates === true)
    .map((kind) => `${spec.structure}.${kind}`);
}

/** Folds a recorder's steps into a model, and remembers which kinds it met. */
export class Witness<Model> {
  model: Model;
  readonly met = new Set<string>();
  private readonly recorder: Recorder;
  private readonly apply: (model: Model, step: AnyStep) => Model;

  constructor(recorder: Recorder, start: Model, apply: (model: Model, step: AnyStep) => Model) {
    this.recorder = recorder;
    this.model = start;
    this.apply = apply;
  }

  /** Takes what was said since the last time. */
  look(): Model {
    for (const step of decodeSteps(this.recorder.take())) {
      this.met.add(`${step.structure}.${step.kind}`);
      this.model = this.apply(this.model, step);
    }
    return this.model;
  }
}

/** Whether two models are the same: plain values, arrays, maps and bytes all the way down. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key)));
  }
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const field = (object: object, key: string): unknown => (object as Record<string, unknown>)[key];
  return keys.length === others.length && keys.every((key) => key in b && isEqual(field(a, key), field(b, key)));
}
