import { address } from '../memory/arena.steps.ts';
import { declareSteps, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';

/**
 * A sketch lies in a string, and the string's own steps change it. What it says for itself is why: so none of these
 * changes a model, and there is none.
 */
export const hyperLogLogSteps = declareSteps('hyperloglog', 16, {
  /** An element was hashed: the register it goes to, and how many zeros in a row were found, and one. */
  hash: observe('register', 'count'),
  /** A register got a higher value than it had. */
  raise: observe('ref', 'register', 'from', 'to'),
  /** A run of registers was cut up to change one of them. */
  split: observe('ref', 'at', 'size'),
  /** Two neighbouring runs of the same value became one. */
  join: observe('ref', 'at', 'value', 'length'),
  /** The sketch got a place of its own for each register. */
  promote: observe('ref', 'size'),
});

export type HyperLogLogStep = StepOf<typeof hyperLogLogSteps>;
export type HyperLogLogProbe = ProbeOf<typeof hyperLogLogSteps>;

export function describeHyperLogLogStep(step: HyperLogLogStep): string {
  switch (step.kind) {
    case 'hash':
      return `The hash of the element names register ${step.register}, and its other bits begin with ${step.count - 1} zeros.`;
    case 'raise':
      return `Register ${step.register} rises from ${step.from} to ${step.to}.`;
    case 'split':
      return `The run of registers at byte ${step.at} is cut up into ${step.size} bytes, to change one of them.`;
    case 'join':
      return `Two neighbouring runs of the value ${step.value} become one of ${step.length} registers.`;
    case 'promote':
      return `The sketch at ${address(step.ref)} has grown past what is worth packing: from now on every register has its 6 bits.`;
  }
}
