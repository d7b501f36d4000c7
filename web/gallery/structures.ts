/**
 * What hangs in the gallery: each structure with the commands that bring it into several states. A real engine runs them,
 * in the page and in the tests; nothing here says how a picture looks.
 */
import type { Structure } from './structure.ts';
import { BITS } from './structures/bits.ts';
import { LISTS_AND_PACKS } from './structures/lists-and-packs.ts';
import { ORDERS } from './structures/orders.ts';
import { TABLES_AND_STRINGS } from './structures/tables-and-strings.ts';
import { TIME_AND_MEMORY } from './structures/time-and-memory.ts';

/** In the order in which they hang. */
export const STRUCTURES: readonly Structure[] = [
  ...TABLES_AND_STRINGS,
  ...LISTS_AND_PACKS,
  ...ORDERS,
  ...BITS,
  ...TIME_AND_MEMORY,
];

export function structureOf(slug: string): Structure | null {
  return STRUCTURES.find((one) => one.slug === slug) ?? null;
}
