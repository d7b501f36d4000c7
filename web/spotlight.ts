/** What is looked at in the present beat, and what was looked at on the way to it: the cause lights up before the effect. */
import type { EngineStep } from '../engine/models.ts';
import { databaseOf } from '../engine/models.ts';
import type { Beat } from './beats.ts';

export interface Spotlight {
  /** The step the beat is about; `null` at rest. */
  readonly step: EngineStep | null;
  /** All steps of the beat. */
  readonly steps: readonly EngineStep[];
  /** The key whose hash is being worked with. */
  readonly subject: { readonly key: Uint8Array; readonly hash: number } | null;
  /** How many bytes have gone into the hash; all of them once it is finished. */
  readonly rounds: number;
  /** Whether the hash is finished and picks a bucket. */
  readonly isHashed: boolean;
  readonly table: 0 | 1;
  /** The bucket that is looked into, or -1. */
  readonly bucket: number;
  /** The entries held against the key so far, and whether they were it. */
  readonly compared: ReadonlyMap<number, boolean>;
}

export const DARK: Spotlight = {
  step: null,
  steps: [],
  subject: null,
  rounds: 0,
  isHashed: false,
  table: 0,
  bucket: -1,
  compared: new Map(),
};

type Mutable = { -readonly [Name in keyof Spotlight]: Spotlight[Name] } & { compared: Map<number, boolean> };

/** The spotlight after so many beats of a cause, for the tables of one database. */
export function spotlightAt(
  beats: readonly Beat[],
  shown: number,
  steps: readonly EngineStep[],
  db: number,
): Spotlight {
  const beat = beats[shown - 1];
  if (!beat) return DARK;
  const light: Mutable = { ...DARK, compared: new Map() };
  for (let at = 0; at < Math.max(beat.to, beat.main + 1); at++) {
    const step = steps[at];
    if (step?.structure !== 'hash-table' || databaseOf(step) !== db) continue;
    follow(light, step);
  }
  if (beat.round > 0) Object.assign(light, { rounds: beat.round, isHashed: false });
  return { ...light, step: steps[beat.main] ?? null, steps: steps.slice(beat.from, Math.max(beat.to, beat.main + 1)) };
}

function follow(light: Mutable, step: Extract<EngineStep, { structure: 'hash-table' }>): void {
  switch (step.kind) {
    case 'hash':
      light.subject = { key: step.key, hash: step.hash };
      light.rounds = step.key.length;
      light.isHashed = true;
      light.bucket = -1;
      light.compared = new Map();
      return;
    case 'visit':
    case 'link':
    case 'unlink':
      light.table = step.table === 0 ? 0 : 1;
      light.bucket = step.bucket;
      return;
    case 'compare':
      light.compared.set(step.entry, step.hit === 1);
      return;
    case 'promote':
      light.table = 0;
      return;
    case 'clear':
      light.bucket = -1;
      light.compared = new Map();
      return;
    case 'create':
    case 'resize':
    case 'payload':
    case 'move':
    case 'advance':
      return;
  }
}
