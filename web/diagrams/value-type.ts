/** What the stage has to know of values before the code that draws them has come. */
import type { EntryModel } from '../../engine/structures/hash-table.steps.ts';
import { META } from './entries.ts';

/** The part of a value's picture that leads back to the keys. */
export const BACK = 'back';

/** 0 is a string. */
export function typeOf(entry: EntryModel): number {
  return (entry.payload[META] ?? 0) & 15;
}

/** Whether an entry stands for more than a string: then its value has a structure of its own to look into. */
export function isCollection(entry: EntryModel): boolean {
  return typeOf(entry) > 0;
}
