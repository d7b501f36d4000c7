/** What is looked at in the present beat, and what was looked at on the way to it: the cause lights up before the effect. */
import type { EngineStep } from '../engine/models.ts';
import { databaseOf } from '../engine/models.ts';
import type { Beat } from './beats.ts';
import { followEviction, type EvictionLight } from './eviction-light.ts';
import { DARK_VALUE, followValue, type MutableValue, type TableLight, type ValueLight } from './value-light.ts';

/** The table is the keyspace's; a table inside a value has a light of its own in `value`. */
export interface Spotlight extends TableLight {
  /** The step the beat is about; `null` at rest. */
  readonly step: EngineStep | null;
  /** All steps of the beat. */
  readonly steps: readonly EngineStep[];
  readonly value: ValueLight;
  /** What memory's shortage has led to so far; `null` where there was none. */
  readonly eviction: EvictionLight | null;
}

const DARK_TABLE: TableLight = {
  subject: null,
  rounds: 0,
  isHashed: false,
  table: 0,
  bucket: -1,
  compared: new Map(),
};

export const DARK: Spotlight = {
  ...DARK_TABLE,
  step: null,
  steps: [],
  value: { ...DARK_VALUE, inner: DARK_TABLE },
  eviction: null,
};

type MutableTable = { -readonly [Name in keyof TableLight]: TableLight[Name] } & { compared: Map<number, boolean> };

/** The spotlight after so many beats of a cause, for the tables of one database. */
export function spotlightAt(
  beats: readonly Beat[],
  shown: number,
  steps: readonly EngineStep[],
  db: number,
): Spotlight {
  const beat = beats[shown - 1];
  if (!beat) return DARK;
  const light: MutableTable = { ...DARK_TABLE, compared: new Map() };
  const inner: MutableTable = { ...DARK_TABLE, compared: new Map() };
  const value: MutableValue = { ...DARK_VALUE, held: new Map(), path: [], moved: new Map(), registers: new Map() };
  let eviction: EvictionLight | null = null;
  let innerId = 0;
  for (let at = 0; at < Math.max(beat.to, beat.main + 1); at++) {
    const step = steps[at];
    if (!step) continue;
    followValue(value, step, db);
    if (step.structure === 'eviction') eviction = followEviction(eviction, step);
    if (step.structure !== 'hash-table') continue;
    if (databaseOf(step) === db) follow(light, step);
    else {
      if (step.id !== innerId) Object.assign(inner, DARK_TABLE, { compared: new Map() });
      innerId = step.id;
      follow(inner, step);
    }
  }
  const main = steps[beat.main] ?? null;
  if (beat.round > 0) {
    const hashed = main && databaseOf(main) === db ? light : inner;
    Object.assign(hashed, { rounds: beat.round, isHashed: false });
  }
  return {
    ...light,
    step: main,
    steps: steps.slice(beat.from, Math.max(beat.to, beat.main + 1)),
    value: { ...value, inner },
    eviction,
  };
}

function follow(light: MutableTable, step: Extract<EngineStep, { structure: 'hash-table' }>): void {
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
