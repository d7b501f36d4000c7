/** Picking by chance. */
import type { Ref } from '../memory/arena.ts';
import type { HashTable } from '../structures/hash-table.ts';

/** 32 random bits, as a signed integer. */
export type Bits = () => number;

export function below(limit: number, bits: Bits): number {
  return (bits() >>> 0) % limit;
}

/**
 * `count` different numbers below `limit`, which must not be less. Each further number takes the place of one that could
 * not have come before, so that nothing is ever drawn in vain.
 */
export function distinctBelow(limit: number, count: number, bits: Bits): Set<number> {
  const picked = new Set<number>();
  for (let top = limit - count; top < limit; top++) {
    const pick = below(top + 1, bits);
    picked.add(picked.has(pick) ? top : pick);
  }
  return picked;
}

/** While most of a table is still to be drawn, drawing again what was drawn before costs little. */
const FEW = 3;

/** `count` different entries of a table by chance, which must have as many. */
export function distinctEntries(table: HashTable, count: number, bits: Bits): Ref[] {
  if (count * FEW <= table.size) {
    const picked = new Set<Ref>();
    while (picked.size < count) picked.add(table.random(bits));
    return [...picked];
  }
  const entries: Ref[] = [];
  table.forEach((entry) => entries.push(entry));
  return Array.from(distinctBelow(entries.length, count, bits), (place) => entries[place]);
}
