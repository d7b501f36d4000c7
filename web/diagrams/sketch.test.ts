import { describe, expect, it } from 'vitest';

import { Engine, recordOf } from '../../engine/api.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { HyperLogLogs } from '../../engine/structures/hyperloglog.ts';
import { DynamicStrings } from '../../engine/structures/dynamic-string.ts';
import { Arena } from '../../engine/memory/arena.ts';
import { heights, isSketch, REGISTERS, sketchOf } from './sketch.ts';

/** The bytes of a sketch that a real engine has made. */
function bytesOf(count: number, isCounted: boolean): Uint8Array {
  const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
  const connection = engine.connect(() => undefined);
  const run = (line: string): void => connection.receive(utf8Encode(`${line}\r\n`));
  for (let from = 0; from < count; from += 200)
    run(`PFADD p ${Array.from({ length: Math.min(200, count - from) }, (_, at) => `e${from + at}`).join(' ')}`);
  if (isCounted) run('PFCOUNT p');
  engine.endTurn();
  const value = recordOf(engine.keyspace, 0, utf8Encode('p'))?.value;
  return value?.bytes.slice(4, 4 + value.length) ?? expect.fail('there is no sketch');
}

describe('a sketch read from its bytes', () => {
  it.each([1, 3, 200, 1000, 20_000])('has the registers that the engine reads from them: %i elements', (count) => {
    const bytes = bytesOf(count, false);
    expect(isSketch(bytes, bytes.length)).toBe(true);
    const strings = new DynamicStrings(new Arena(), 1, null);
    const registers = new Uint8Array(REGISTERS);
    const ref = strings.create(bytes, 0, bytes.length);
    expect(new HyperLogLogs(strings, 2, null, () => 3000).mergeInto(registers, ref)).toBe(true);
    const sketch = sketchOf(bytes);
    expect(sketch.registers).toEqual(registers);
    expect(sketch.isDense).toBe(sketch.runs.length === 0);
    expect(heights(sketch.registers).reduce((sum, many) => sum + many, 0)).toBe(REGISTERS);
  });

  it('knows the last estimate, and when it is out of date', () => {
    expect(sketchOf(bytesOf(3, false)).estimate).toBe(null);
    expect(sketchOf(bytesOf(3, true)).estimate).toBe(3);
  });

  it('takes no other string for one, and reads what was cut off as zeros', () => {
    expect(isSketch(utf8Encode('HYLL'), 4)).toBe(false);
    expect(isSketch(utf8Encode('hello, world, how are you?'), 26)).toBe(false);
    expect(sketchOf(bytesOf(200, false).slice(0, 40)).registers.length).toBe(REGISTERS);
  });
});
