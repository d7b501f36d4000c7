import { expect, it } from 'vitest';

import { Engine } from '../engine/api.ts';
import { utf8Encode } from '../engine/memory/bytes.ts';
import { suggestionsFor } from './suggestions.ts';

function engineWith(...lines: string[]): { engine: Engine; run: (line: string) => void } {
  const engine = new Engine({ host: { seed: 1 }, nowMs: 0, config: { activerehashing: 'no' } });
  const connection = engine.connect(() => undefined);
  const run = (line: string): void => {
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
  };
  lines.forEach(run);
  return { engine, run };
}

const labels = (engine: Engine): string[] => suggestionsFor(engine.snapshot(), 0).map(({ label }) => label);

it('begins with a first key, and goes on with what there is', () => {
  const { engine, run } = engineWith();
  expect(labels(engine)).toEqual(['SET hello world']);
  run('SET hello world');
  expect(labels(engine)).toEqual(['GET hello', 'SET bar 1', 'EXPIRE hello 20', 'Fill until it resizes']);
});

it.each([1, 5, 40, 300])('fills until it really resizes, from %i keys on, and finishes the resize', (keys) => {
  const { engine, run } = engineWith(...Array.from({ length: keys }, (_, at) => `SET start:${at} x`));
  const isResizing = (): boolean => engine.snapshot().tables[0].tables[1].size > 0;
  const finish = (): void => {
    for (let tries = 0; isResizing() && tries < 20; tries++) {
      suggestionsFor(engine.snapshot(), 0)
        .find(({ label }) => label === 'Finish the resize')!
        .lines.forEach(run);
    }
  };
  finish();
  expect(isResizing()).toBe(false);
  suggestionsFor(engine.snapshot(), 0)
    .find(({ label }) => label === 'Fill until it resizes')!
    .lines.forEach(run);
  expect(isResizing()).toBe(true);
  finish();
  expect(isResizing()).toBe(false);
});

it('asks for their number where there are too many keys to know them', () => {
  expect(suggestionsFor(null, 0).map(({ label }) => label)).toEqual(['DBSIZE', 'RANDOMKEY']);
});
