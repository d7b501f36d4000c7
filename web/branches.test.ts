import { expect, it } from 'vitest';

import { Engine, Recorder, type EngineState } from '../engine/api.ts';
import type { Transport } from '../engine/client/transport.ts';
import { utf8Encode } from '../engine/memory/bytes.ts';
import { Branches, type History } from './branches.svelte.ts';
import { Timeline } from './timeline.svelte.ts';

/** An engine that can go back, as its host in the worker can: here by keeping its whole state before every command. */
function historyOf(timelineOf: () => Timeline): { history: History; engine: Engine } {
  const recorder = new Recorder();
  const engine = new Engine({ host: { seed: 3 }, nowMs: 0, config: { 'hash-function': 'fnv1a' }, recorder });
  let connection = engine.connect(() => undefined);
  const states = new Map<number, EngineState>();
  const ends = new Map<number, EngineState>();
  const branches: { id: number; from: number; to: number; nowMs: number }[] = [];
  let lastId = 0;
  const become = (state: EngineState): void => {
    connection = engine.restore(state, () => () => undefined).get(1)!;
    recorder.take();
  };
  const answer = () => ({
    models: engine.snapshot(),
    overview: null,
    nextIndex: engine.causeIndex,
    branches: [...branches],
  });
  const leave = (from: number): void => {
    branches.push({ id: ++lastId, from, to: engine.causeIndex, nowMs: 0 });
    ends.set(lastId, engine.capture());
  };
  const history: History = {
    connect: (): Transport => ({
      send: (bytes) => {
        states.set(engine.causeIndex, engine.capture());
        connection.receive(bytes);
        engine.endTurn();
        timelineOf().push(recorder.take());
      },
      onbytes: null,
      onclose: null,
      close: () => undefined,
    }),
    fork: (index) => {
      leave(index);
      become(states.get(index)!);
      return Promise.resolve(answer());
    },
    takeUp: (id) => {
      const at = branches.findIndex((branch) => branch.id === id);
      const [branch] = branches.splice(at, 1);
      leave(branch.from);
      become(ends.get(id)!);
      return Promise.resolve(answer());
    },
  };
  return { history, engine };
}

function rehearse(): { timeline: Timeline; branches: Branches; engine: Engine; type: (line: string) => Promise<void> } {
  // The engine tells the timeline, which begins with what the engine looks like.
  const made: { timeline?: Timeline } = {};
  const { history, engine } = historyOf(() => made.timeline!);
  const start = { models: engine.snapshot(), overview: null };
  const timeline = new Timeline({ start, hashName: 'fnv1a', source: null, isStill: () => true });
  made.timeline = timeline;
  const branches = new Branches(history);
  branches.timeline = timeline;
  const transport = branches.connect('terminal');
  const type = async (line: string): Promise<void> => {
    branches.submitted();
    transport.send(utf8Encode(`${line}\r\n`));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { timeline, branches, engine, type };
}

const lines = (timeline: Timeline): string[] => timeline.stops.map(({ line }) => line);

it('goes on from where one looks, and keeps the rest on a branch to return to', async () => {
  const { timeline, branches, engine, type } = rehearse();
  for (const line of ['SET a 1', 'SET b 2', 'SET c 3']) await type(line);
  expect(branches.latest).toBeNull();
  const before = engine.snapshot();
  await timeline.seek(0);
  await type('SET x 9');
  expect(lines(timeline)).toEqual(['SET a 1', 'SET x 9']);
  expect(branches.latest).toBe('Return to commands 2 to 3');
  expect(timeline.view.picture.models).toEqual(engine.snapshot());

  await branches.takeUp();
  expect(lines(timeline)).toEqual(['SET a 1', 'SET b 2', 'SET c 3']);
  expect(engine.snapshot()).toEqual(before);
  expect(timeline.view.picture.models).toEqual(before);
  expect(branches.latest).toBe('Return to command 2');

  await branches.takeUp();
  expect(lines(timeline)).toEqual(['SET a 1', 'SET x 9']);
});

it('comes after everything when one looks at the present', async () => {
  const { timeline, branches, type } = rehearse();
  await type('SET a 1');
  await timeline.step(-1);
  await timeline.step(1);
  await type('SET b 2');
  expect(lines(timeline)).toEqual(['SET a 1', 'SET b 2']);
  expect(branches.latest).toBeNull();
});

it('forks before the very first command, too', async () => {
  const { timeline, branches, type } = rehearse();
  await type('SET a 1');
  await timeline.seek(0, 0);
  await type('SET z 1');
  expect(lines(timeline)).toEqual(['SET z 1']);
  expect(branches.latest).toBe('Return to command 1');
});
