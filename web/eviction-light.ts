/** What is looked at while room is made: how short memory is, which keys were sampled, which one goes and which are gone. */
import type { EngineStep } from '../engine/models.ts';

type EvictionStep = Extract<EngineStep, { structure: 'eviction' }>;

export interface EvictionLight {
  /** In use when it began, and what maxmemory allows. */
  readonly used: number;
  readonly limit: number;
  /** What keys are sampled for; `null` where none is. */
  readonly by: 'idle' | 'frequency' | 'chance' | 'deadline' | null;
  /** The entries that were sampled for the key that goes next, and what was read from each. */
  readonly sampled: ReadonlyMap<number, number>;
  /** The entry that goes, from when it is chosen; 0 before. */
  readonly chosen: number;
  /** The keys that are gone or go right now, the first first. */
  readonly gone: readonly { readonly entry: number; readonly key: Uint8Array }[];
}

const BEGINNING: EvictionLight = { used: 0, limit: 0, by: null, sampled: new Map(), chosen: 0, gone: [] };

export function followEviction(before: EvictionLight | null, step: EvictionStep): EvictionLight {
  const light = before ?? BEGINNING;
  switch (step.kind) {
    case 'over':
      return { ...light, used: step.used, limit: step.limit };
    case 'idle':
      return sampledFor('idle', light, step.entry, step.seconds);
    case 'frequency':
      return sampledFor('frequency', light, step.entry, step.counter);
    case 'nearest':
      return sampledFor('deadline', light, step.entry, step.deadline);
    case 'drawn':
      return { ...sampledFor('chance', light, step.entry, 0), chosen: step.entry };
    case 'choose':
      return { ...light, chosen: step.entry };
    case 'evict':
      return { ...light, chosen: step.entry, gone: [...light.gone, { entry: step.entry, key: step.key }] };
    default:
      return light;
  }
}

function sampledFor(by: EvictionLight['by'], light: EvictionLight, entry: number, figure: number): EvictionLight {
  // With the first sample after a key has gone the next search begins.
  const isNext = light.gone.at(-1)?.entry === light.chosen && light.chosen !== 0;
  const sampled = new Map(isNext ? [] : light.sampled).set(entry, figure);
  return { ...light, by, sampled, chosen: isNext ? 0 : light.chosen };
}
