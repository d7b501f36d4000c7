/**
 * Everything that has happened so far, as far back as the page was open: the causes in their order, their steps, and
 * pictures to start folding from. What is no longer kept here is asked of the engine's host, which can go back exactly.
 */
// Declares the causes' step codes, which `decodeSteps` must know.
import '../engine/trace/cause.steps.ts';

import { applyStep, type EngineStep, type Models } from '../engine/models.ts';
import { utf8Decode } from '../engine/memory/bytes.ts';
import type { HashName } from '../engine/structures/hash-functions.steps.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { beatsOf, type Beat } from './beats.ts';
import type { Frame, Overview } from '../engine/hosts/browser/protocol.ts';

/** Where the film gets pictures that it no longer keeps. */
export interface FrameSource {
  /** The picture right before a cause, and the cause's steps; `null` when it cannot be had. */
  frame(index: number): Promise<Frame | null>;
}

/** All that can be seen at one moment; `models` is null where there are too many keys, and then `overview` stands for it. */
export interface Picture {
  readonly models: Models | null;
  readonly overview: Overview | null;
}

export type MarkerKind =
  'resize begins' | 'resize ends' | 'keys expire' | 'all keys are removed' | 'too many steps to film';

export interface Cause {
  readonly index: number;
  readonly kind: 'command' | 'tick' | 'load' | 'turn';
  readonly session: number;
  readonly db: number;
  readonly nowMs: number;
  /** How the command was typed; what the engine did of its own for the rest. */
  readonly line: string;
  readonly markers: readonly MarkerKind[];
  /** Whether a viewer stops here: commands do, and the engine's own work where it changed a key. */
  readonly isStop: boolean;
  /** The steps were too many to keep. */
  readonly isLost: boolean;
}

/** A piece of the film that was given up, to be had again. */
export interface Stretch {
  readonly causes: readonly Cause[];
  readonly steps: readonly (readonly EngineStep[] | null)[];
}

type CauseMark = Extract<EngineStep, { structure: 'cause' }>;

/** So many steps are kept decoded; older ones are asked for again when somebody goes back to them. */
const STEPS_KEPT = 200_000;
const PICTURES_KEPT = 200;
/** Folding a step copies the table's map of entries: beyond this many copies the host is asked for a picture instead. */
const FOLD_BUDGET = 2_000_000;

/** What a terminal asks on its own, before its user has typed anything. */
const HOUSEKEEPING = /^(command( docs| count| list)?|client setinfo .*|client setname .*|hello.*)$/i;

export class Film {
  readonly causes: Cause[] = [];
  readonly hashName: HashName;
  private readonly steps: (readonly EngineStep[] | null)[] = [];
  private readonly beatLists = new Map<number, readonly Beat[]>();
  /** By position in the film, the picture right before that cause. The first and the last are never dropped. */
  private readonly pictures = new Map<number, Picture>();
  private stepsKept = 0;
  /** The number that the next cause has when none goes untold before it; `null` while that is not known. */
  private nextIndex: number | null = null;
  private oldestKept = 0;

  constructor(start: Picture, hashName: HashName) {
    this.hashName = hashName;
    this.pictures.set(0, start);
  }

  /** Puts causes and their steps at the end; returns the positions of those where a viewer stops. */
  push(words: Int32Array): number[] {
    const steps = decodeSteps(words) as unknown as EngineStep[];
    const stops: number[] = [];
    for (let at = 0; at < steps.length;) {
      const mark = steps[at];
      if (mark?.structure !== 'cause' || mark.kind === 'reply' || mark.kind === 'lost') {
        throw new Error(`a trace begins with ${mark?.structure} ${mark?.kind}, not with a cause`);
      }
      let end = at + 1;
      while (end < steps.length && !isCause(steps[end])) end++;
      const position = this.causes.length;
      // Causes in between were never told: what was the picture after the last one is not the one before this.
      if (this.nextIndex !== null && mark.index !== this.nextIndex) this.pictures.delete(position);
      this.nextIndex = mark.index + 1;
      const own = steps.slice(at + 1, end);
      this.causes.push(causeOf(mark, own));
      this.steps.push(own);
      this.stepsKept += own.length;
      if (this.causes[position]?.isStop) stops.push(position);
      at = end;
    }
    while (this.stepsKept > STEPS_KEPT && this.oldestKept < this.causes.length - 1) {
      this.stepsKept -= this.steps[this.oldestKept]?.length ?? 0;
      this.steps[this.oldestKept++] = null;
    }
    return stops;
  }

  /** A picture from the host, right before the cause that comes next, which has this number. */
  keyframe(picture: Picture, nextIndex: number): void {
    this.markLost(picture, nextIndex);
    this.nextIndex = nextIndex;
    this.remember(this.causes.length, picture);
  }

  /** Of a cause whose steps were lost, the pictures on either side tell what it came to. */
  private markLost(after: Picture, nextIndex: number): void {
    // Behind it the turn may have ended, which no table notices.
    const at = this.causes.findLastIndex(({ isLost, isStop }) => isLost || isStop);
    const lost = this.causes[at];
    if (!lost?.isLost || nextIndex - lost.index !== this.causes.length - at) return;
    let from = at;
    while (!this.pictures.has(from)) {
      from--;
      if (from < 0 || this.causes[from]?.isLost || this.isGap(from)) return;
    }
    const before = this.pictures.get(from);
    const known = new Set(this.causes.slice(from, at).flatMap(({ markers }) => markers));
    const found = before ? markersBetween(before, after).filter((marker) => !known.has(marker)) : [];
    this.causes[at] = { ...lost, markers: [...new Set([...found, ...lost.markers])] };
  }

  /** An answer of the frame source. */
  fill(position: number, frame: Frame): void {
    this.remember(position, { models: frame.before, overview: frame.overview });
    if (this.steps[position]) return;
    const steps = decodeSteps(frame.words) as unknown as EngineStep[];
    this.steps[position] = isCause(steps[0]) ? steps.slice(1) : steps;
  }

  /** Forgets everything from a position on, which has been taken back; the picture there is `start`. */
  cut(position: number, start: Picture): Stretch {
    const stretch = { causes: this.causes.splice(position), steps: this.steps.splice(position) };
    this.oldestKept = Math.min(this.oldestKept, position);
    for (const at of [...this.beatLists.keys()]) if (at >= position) this.beatLists.delete(at);
    for (const at of [...this.pictures.keys()]) if (at >= position) this.pictures.delete(at);
    this.remember(position, start);
    this.nextIndex = null;
    return stretch;
  }

  /** Puts back what was cut off; `end` is the picture after it. */
  join(stretch: Stretch, end: Picture): void {
    this.causes.push(...stretch.causes);
    this.steps.push(...stretch.steps);
    this.remember(this.causes.length, end);
    this.nextIndex = null;
  }

  /** The steps of a cause without its own mark; `null` when they are no longer kept. */
  stepsOf(position: number): readonly EngineStep[] | null {
    return this.steps[position] ?? null;
  }

  beatsAt(position: number): readonly Beat[] {
    const known = this.beatLists.get(position);
    if (known) return known;
    const steps = this.steps[position];
    const cause = this.causes[position];
    if (!steps || !cause?.isStop) return NO_BEATS;
    const beats = cause.isLost ? [] : beatsOf(steps, this.hashName);
    this.beatLists.set(position, beats);
    return beats;
  }

  /** The picture right before a cause (or after the last), where it is known or quickly folded; else `null`. */
  pictureBefore(position: number): Picture | null {
    let from = position;
    let cost = 0;
    while (!this.pictures.has(from)) {
      from--;
      const steps = this.steps[from];
      if (from < 0 || !steps || this.causes[from]?.isLost || this.isGap(from)) return null;
      cost += steps.length;
    }
    const start = this.pictures.get(from);
    if (!start || from === position) return start ?? null;
    if (!start.models) return null;
    const keys = start.models.tables.reduce((sum, table) => sum + table.entries.size, 0);
    if (cost * (keys + 64) > FOLD_BUDGET) return null;
    let models = start.models;
    for (let at = from; at < position; at++) {
      for (const step of this.steps[at] ?? []) models = applyStep(models, step);
      this.remember(at + 1, { models, overview: null });
    }
    return { models, overview: null };
  }

  /** Whether causes happened behind this one that were never told. */
  isGap(position: number): boolean {
    const [cause, next] = [this.causes[position], this.causes[position + 1]];
    return cause !== undefined && next !== undefined && next.index !== cause.index + 1;
  }

  private remember(position: number, picture: Picture): void {
    this.pictures.delete(position);
    this.pictures.set(position, picture);
    if (this.pictures.size <= PICTURES_KEPT) return;
    for (const at of this.pictures.keys()) {
      if (at === 0 || at >= this.causes.length) continue;
      this.pictures.delete(at);
      return;
    }
  }
}

const NO_BEATS: readonly Beat[] = [];
const KEYS_CHANGE: ReadonlySet<EngineStep['structure']> = new Set(['hash-table', 'deadline-heap', 'keyspace']);

function isCause(step: EngineStep | undefined): step is Exclude<CauseMark, { kind: 'reply' | 'lost' }> {
  return step?.structure === 'cause' && step.kind !== 'reply' && step.kind !== 'lost';
}

function causeOf(mark: Exclude<CauseMark, { kind: 'reply' | 'lost' }>, steps: readonly EngineStep[]): Cause {
  const isLost = steps.some((step) => step.structure === 'cause' && step.kind === 'lost');
  const touches = isLost || steps.some(({ structure }) => KEYS_CHANGE.has(structure));
  const line = mark.kind === 'command' ? utf8Decode(mark.line).replace(/\p{C}/gu, '·') : OWN_WORK[mark.kind];
  const isStop = mark.kind === 'command' ? touches || !HOUSEKEEPING.test(line) : touches && mark.kind !== 'turn';
  return {
    index: mark.index,
    kind: mark.kind,
    session: mark.kind === 'command' ? mark.session : 0,
    db: mark.kind === 'command' ? mark.db : -1,
    nowMs: mark.now,
    line,
    markers: markersOf(mark.kind, steps),
    isStop,
    isLost,
  };
}

const OWN_WORK = { tick: 'Time passes', load: 'The log is read', turn: 'The turn ends' } as const;

function markersOf(kind: Cause['kind'], steps: readonly EngineStep[]): MarkerKind[] {
  const markers = new Set<MarkerKind>();
  for (const step of steps) {
    if (step.structure === 'cause' && step.kind === 'lost') markers.add('too many steps to film');
    if (step.structure !== 'hash-table') continue;
    if (step.kind === 'resize') markers.add('resize begins');
    if (step.kind === 'promote') markers.add('resize ends');
    if (step.kind === 'unlink' && kind === 'tick') markers.add('keys expire');
    if (step.kind === 'clear') markers.add('all keys are removed');
  }
  return [...markers];
}

/** What must have happened between two pictures, as far as it deserves a sign. */
function markersBetween(before: Picture, after: Picture): MarkerKind[] {
  const [was, is] = [tablesOf(before), tablesOf(after)];
  const markers = new Set<MarkerKind>();
  is.forEach(({ keys, sizes: [size, nextSize] }, db) => {
    const earlier = was[db];
    if (!earlier) return;
    if (keys === 0 && earlier.keys > 0) return void markers.add('all keys are removed');
    const [earlierSize, earlierNext] = earlier.sizes;
    const hasEnded = earlierSize > 0 && size !== earlierSize;
    // A table of another size that was not being filled already was begun in between, too.
    const hasBegun = (hasEnded && size !== earlierNext) || (nextSize > 0 && nextSize !== earlierNext);
    if (hasBegun) markers.add('resize begins');
    if (hasEnded) markers.add('resize ends');
  });
  return [...markers];
}

interface TableSizes {
  readonly keys: number;
  readonly sizes: readonly [number, number];
}

/** By the number of the database; where there are too many keys, the fullest one alone is known. */
function tablesOf({ models, overview }: Picture): TableSizes[] {
  const found: TableSizes[] = [];
  models?.tables.forEach(({ entries, tables: [old, next] }, db) => {
    found[db] = { keys: entries.size, sizes: [old.size, next.size] };
  });
  if (overview) {
    const [old, next] = overview.tables;
    found[overview.db] = { keys: overview.keys, sizes: [old?.size ?? 0, next?.size ?? 0] };
  }
  return found;
}
