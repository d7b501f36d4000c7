// Brings a structure of the gallery into one of its states by a real engine, and draws it. For the covers, when the site
// is built, and for tests.
import { Engine, Recorder, recordOf } from '../engine/api.ts';
import { encodeCommand } from '../engine/client/encode.ts';
import { applyStep, type EngineStep, type Models } from '../engine/models.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { beatsOf, type Beat } from '../web/beats.ts';
import type { Diagram, Focus } from '../web/diagrams/contract.ts';
import { DIAGRAMS } from '../web/diagrams/all.ts';
import type { Scene } from '../web/diagrams/scene.ts';
import { placeOf } from '../web/follow.ts';
import { beatAt } from '../web/gallery/moments.ts';
import type { State, Structure } from '../web/gallery/structure.ts';
import { spotlightAt } from '../web/spotlight.ts';
import { splitLine } from '../web/terminal/quoting.ts';

const NOW = 1_800_000_000_000;

export interface Rehearsed {
  readonly line: string;
  readonly steps: readonly EngineStep[];
  readonly beats: readonly Beat[];
  /** Right before the last command. */
  readonly before: Models;
  /** All bytes of the string that a key stands for. */
  readonly bytesOf: (key: Uint8Array) => Uint8Array | null;
  /** How the replies begin that are errors. */
  readonly errors: readonly string[];
}

export function rehearse(state: State): Rehearsed {
  const recorder = new Recorder();
  const { config = {}, hashName = 'fnv1a', setup = [], film = [] } = state;
  const engine = new Engine({
    host: { seed: 1, log: { append: () => null } },
    nowMs: NOW,
    recorder,
    config: { activerehashing: 'no', appendonly: 'yes', ...config, 'hash-function': hashName },
  });
  const errors: string[] = [];
  const connection = engine.connect((bytes) => {
    const text = new TextDecoder().decode(bytes);
    if (text.startsWith('-')) errors.push(text.trim());
  });
  const run = (line: string): void => {
    connection.receive(encodeCommand(splitLine(line) ?? []));
    engine.endTurn();
  };
  [...setup, ...film.slice(0, -1)].forEach(run);
  recorder.drop();
  const before = engine.snapshot();
  const line = film.at(-1) ?? '';
  if (line !== '') run(line);
  const steps = (decodeSteps(recorder.take()) as unknown as EngineStep[]).filter(
    (step) => step.structure !== 'cause' || step.kind === 'reply',
  );
  return {
    ...{ line, steps, before, errors, beats: beatsOf(steps, hashName) },
    bytesOf: (key) => {
      const value = recordOf(engine.keyspace, 0, key)?.value;
      return value ? value.bytes.slice(4, 4 + value.length) : null;
    },
  };
}

export function diagramOf(structure: Structure, state: State): Diagram {
  const kind = state.diagram ?? structure.diagram;
  const found = DIAGRAMS.find((diagram) => diagram.kind === kind);
  if (!found) throw new Error(`there is no diagram “${kind}”`);
  return found;
}

/** The picture of a state after so many beats of its last command; where its film halts, unless told otherwise. */
export function sceneOf(
  structure: Structure,
  state: State,
  size: Pick<Focus, 'width' | 'height' | 'unit'>,
  rehearsed = rehearse(state),
  shown = beatAt(rehearsed.beats, rehearsed.steps, state.at),
): Scene {
  const { beats, steps, before, line, bytesOf } = rehearsed;
  const done = shown >= beats.length ? steps.length : (beats[shown - 1]?.to ?? 0);
  const models = steps.slice(0, done).reduce(applyStep, before);
  const spotlight = spotlightAt(beats, shown, steps, 0);
  const eye = placeOf(steps.slice(0, done), spotlight, models, 0, line, { place: 'hash-table', entry: 0 });
  const entry = models.tables[0]?.entries.get(eye.entry) ?? [...(models.tables[0]?.entries.values() ?? [])].at(-1);
  const bytes = entry ? bytesOf(entry.key) : null;
  const focus: Focus = {
    ...size,
    ...{ db: 0, nowMs: NOW, spotlight, selected: null, focused: null, marks: new Map(), opened: null },
    ...{
      followed: eye.entry,
      lens: state.lens ?? null,
      line,
      whole: null,
      bytes: entry && bytes ? { entry: entry.ref, bytes } : null,
    },
  };
  return diagramOf(structure, state).layout(models, focus);
}
