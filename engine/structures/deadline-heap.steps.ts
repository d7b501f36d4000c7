import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const deadlineHeapSteps = declareSteps('deadline-heap', 4, {
  /** Two deadlines were compared, by their positions. */
  compare: observe('parent', 'child'),
  /** A deadline was put at the end. */
  append: mutate('position', 'owner', 'deadline:ms'),
  /** The deadline at a position changed. */
  update: mutate('position', 'deadline:ms'),
  /** Two deadlines changed places. */
  swap: mutate('a', 'b'),
  /** The last position was given up. */
  dropLast: mutate('position'),
  /** Every deadline is gone. */
  clear: mutate(),
});

export type DeadlineHeapStep = StepOf<typeof deadlineHeapSteps>;
export type DeadlineHeapProbe = ProbeOf<typeof deadlineHeapSteps>;

/** By position: whose deadline, and when in milliseconds since 1970. The earliest is at position 0. */
export type DeadlineHeapModel = readonly { readonly owner: number; readonly deadlineMs: number }[];

export const emptyDeadlineHeapModel: DeadlineHeapModel = [];

export function applyDeadlineHeapStep(model: DeadlineHeapModel, step: DeadlineHeapStep): DeadlineHeapModel {
  switch (step.kind) {
    case 'compare':
      return model;
    case 'append':
      return [...model, { owner: step.owner, deadlineMs: step.deadline }];
    case 'update':
      return model.map((item, position) =>
        position === step.position ? { ...item, deadlineMs: step.deadline } : item,
      );
    case 'swap': {
      const swapped = [...model];
      const [a, b] = [model[step.a], model[step.b]];
      if (a && b) [swapped[step.a], swapped[step.b]] = [b, a];
      return swapped;
    }
    case 'dropLast':
      return model.slice(0, -1);
    case 'clear':
      return emptyDeadlineHeapModel;
  }
}

export function describeDeadlineHeapStep(step: DeadlineHeapStep): string {
  switch (step.kind) {
    case 'compare':
      return `Which deadline is earlier, that at position ${step.parent} or that at ${step.child}?`;
    case 'append':
      return `A deadline is put at the end of the heap, position ${step.position}.`;
    case 'update':
      return `The deadline at position ${step.position} is set anew.`;
    case 'swap':
      return `The deadlines at positions ${step.a} and ${step.b} change places.`;
    case 'dropLast':
      return `Position ${step.position}, the last of the heap, is given up.`;
    case 'clear':
      return 'Every deadline is gone.';
  }
}
