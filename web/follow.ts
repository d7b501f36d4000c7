/**
 * Where to look: among the keys, or inside the value of one. The eye follows what happens, so that whoever types RPUSH sees
 * the list and whoever then types GET sees the keys again, without having been told where to click.
 */
import { databaseOf, type EngineStep, type Models } from '../engine/models.ts';
import { isAboutBits } from './diagrams/bits-line.ts';
import { typeOf } from './diagrams/value-type.ts';
import type { Spotlight } from './spotlight.ts';
import { isInside } from './value-light.ts';

export interface Eye {
  readonly place: 'hash-table' | 'value';
  /** The entry whose value is looked at or was just found; 0 for none. */
  readonly entry: number;
}

/** Commands that look at a string's bytes as something else than one value. */
const LOOKS_INSIDE = /^(append|setrange|getrange|substr|pfadd|pfcount|pfmerge|strlen)(\s|$)/i;

/** `steps` are those of the command so far, `spotlight` that of the present beat, `before` where one looked as it began. */
export function placeOf(
  steps: readonly EngineStep[],
  spotlight: Spotlight,
  models: Models,
  db: number,
  line: string,
  before: Eye,
): Eye {
  const { entry } = spotlight.value;
  const found = models.tables[db]?.entries.get(entry);
  if (!found) return isStillLooking(spotlight, before, models, db) ? before : { place: 'hash-table', entry: 0 };
  // Whoever works on one value after another command on it is not sent back to the keys for each look-up.
  if (before.place === 'value' && before.entry === entry) return before;
  const last = steps.findLast((step) => isInside(step) || isAmongKeys(step, db));
  if (last && isInside(last)) return { place: 'value', entry };
  const isOver = spotlight.step?.structure === 'cause' || spotlight.step?.structure === 'log';
  const isWritten = spotlight.steps.some((step) => step.structure === 'dynamic-string' && step.kind === 'write');
  const isOfBytes = isAboutBits(line) || LOOKS_INSIDE.test(line);
  const isLookedInto = (isOver && (typeOf(found) > 0 || isOfBytes)) || (isWritten && isOfBytes);
  return { place: isLookedInto ? 'value' : 'hash-table', entry };
}

/** The same where no single key is known: by the steps of the command alone. */
export function placeUnseen(steps: readonly EngineStep[], db: number): Eye {
  const last = steps.findLast((step) => isInside(step) || isAmongKeys(step, db));
  if (!last || !isInside(last)) return { place: 'hash-table', entry: 0 };
  const found = steps.findLast(
    (step) =>
      step.structure === 'hash-table' &&
      isAmongKeys(step, db) &&
      (step.kind === 'link' || (step.kind === 'compare' && step.hit === 1)),
  );
  const entry = found && 'entry' in found ? found.entry : 0;
  return entry === 0 ? { place: 'hash-table', entry } : { place: 'value', entry };
}

/** While a key is hashed nothing is found yet: one stays at a value as long as it may be the one. */
function isStillLooking({ subject }: Spotlight, before: Eye, models: Models, db: number): boolean {
  const was = models.tables[db]?.entries.get(before.entry);
  if (before.place !== 'value' || !was || !subject) return false;
  return subject.key.length === was.key.length && subject.key.every((byte, at) => byte === was.key[at]);
}

function isAmongKeys(step: EngineStep, db: number): boolean {
  return step.structure === 'hash-table' && databaseOf(step) === db && step.kind !== 'payload';
}
