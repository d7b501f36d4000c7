import { expect, test } from 'vitest';

import { utf8Decode } from '../memory/bytes.ts';
import { TestEngine } from './engine.test-kit.ts';
import { VITRINE_VERSION } from './versions.ts';

function draw(engine: TestEngine, line: string): string[] {
  const text = engine.say(line);
  return utf8Decode(Uint8Array.from(text, (character) => character.charCodeAt(0)))
    .split(/\r?\n/)
    .slice(1);
}

test('LOLWUT draws what the seed decides, another picture each time', () => {
  const [one, other] = [new TestEngine(), new TestEngine()];
  const first = draw(one, 'LOLWUT');
  expect(draw(other, 'LOLWUT')).toEqual(first);
  expect(draw(one, 'LOLWUT')).not.toEqual(first);
});

test('LOLWUT draws as wide and as high as it is asked to, within reason', () => {
  for (const [words, columns, rows] of [
    ['', 60, 14],
    [' VERSION 5 40 8', 40, 8],
    [' 30', 30, 14],
    [' 0 -5', 2, 1],
    [' 999999999999 999999999999', 200, 100],
  ] as const) {
    const lines = draw(new TestEngine(), `LOLWUT${words}`);
    expect(lines.slice(0, rows + 2).map((line) => line.length)).toEqual(new Array(rows + 2).fill(columns));
    expect(lines.slice(rows + 2)).toEqual([
      '',
      `Vitrine ver. ${VITRINE_VERSION}, which answers as Redis ver. 7.0.15`,
      '',
      '',
    ]);
  }
});
