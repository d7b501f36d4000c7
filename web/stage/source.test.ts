import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { arenaSteps } from '../../engine/memory/arena.steps.ts';
import type { EngineStep } from '../../engine/models.ts';
import { logSteps } from '../../engine/persistence/log.steps.ts';
import { deadlineHeapSteps } from '../../engine/structures/deadline-heap.steps.ts';
import { dynamicStringSteps } from '../../engine/structures/dynamic-string.steps.ts';
import { hashTableSteps } from '../../engine/structures/hash-table.steps.ts';
import { hyperLogLogSteps } from '../../engine/structures/hyperloglog.steps.ts';
import { linkedListSteps } from '../../engine/structures/linked-list.steps.ts';
import { listpackSteps } from '../../engine/structures/listpack.steps.ts';
import { quickListSteps } from '../../engine/structures/quicklist.steps.ts';
import { skipListSteps } from '../../engine/structures/skip-list.steps.ts';
import { pathOf, placeOf, sourceAt } from './source.ts';

describe.each([
  hashTableSteps,
  listpackSteps,
  linkedListSteps,
  quickListSteps,
  skipListSteps,
  hyperLogLogSteps,
  dynamicStringSteps,
  deadlineHeapSteps,
  arenaSteps,
  logSteps,
])('$structure', ({ structure, kinds }) => {
  const pathFor = (kind: string): string => pathOf({ structure, kind } as EngineStep) ?? '';
  const linesOf = (path: string): string[] => readFileSync(path.slice(1), 'utf8').split('\n');

  it.each(Object.keys(kinds))('tells “%s” in a line of its own, inside a method', (kind) => {
    const lines = linesOf(pathFor(kind));
    const { line, from } = placeOf(lines, kind) ?? expect.fail(`${kind} is told nowhere`);
    expect(lines[line]).toMatch(/^ {4}/);
    expect(lines[from]).toMatch(/^ {2}\S/);
    expect(line - from).toBeLessThan(70);
  });

  it('can be shown', async () => {
    for (const path of new Set(Object.keys(kinds).map(pathFor))) {
      const source = await sourceAt(path);
      expect(`/${source?.path}`).toBe(path);
      expect(source?.lines[0]).toBe(linesOf(path)[0]);
    }
  });
});

it('knows a move of an entry by its method', () => {
  const lines = readFileSync('engine/structures/hash-table.ts', 'utf8').split('\n');
  const { from } = placeOf(lines, 'move') ?? expect.fail('no move');
  expect(lines[from]).toContain('move(');
});

it('has no line for what is told nowhere', () => {
  expect(placeOf(['  find() {', '    return 1;'], 'compare')).toBeNull();
});
