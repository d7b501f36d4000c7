import { expect, test } from 'vitest';

import { SPECS } from './all.ts';
import type { CommandSpec } from './contract.ts';
import { TestEngine } from './engine.test-kit.ts';

/** Commands that no example can show, and why. */
const WITHOUT = new Map([
  ['shutdown', 'it would end whoever runs it'],
  ['object freq', 'it needs a policy of eviction'],
  ['config rewrite', 'no host can do it yet'],
]);

for (const [name, spec] of commands()) {
  test(`the examples of ${name} run without an error`, () => {
    expect(spec.examples.length > 0, `${name} needs examples`).toBe(!WITHOUT.has(name));
    const client = new TestEngine().connect();
    for (const line of spec.examples) expect(client.say(line), line).not.toMatch(/(^|\r\n)-/);
    const lines = spec.examples.map((line) => line.toLowerCase());
    if (lines.length > 0)
      expect(
        lines.some((line) => line.startsWith(name)),
        `none of them shows ${name}`,
      ).toBe(true);
  });

  test(`the summary of ${name} is one sentence`, () => {
    expect(spec.summary).toMatch(/^[A-Z][^.]*\.$/);
  });
}

/** Every command with a handler of its own, by its name as typed. */
function commands(): [string, CommandSpec][] {
  return SPECS.flatMap((spec): [string, CommandSpec][] => [
    ...(spec.handler ? [[spec.name, spec] as [string, CommandSpec]] : []),
    ...(spec.subcommands ?? []).map((sub): [string, CommandSpec] => [`${spec.name} ${sub.name}`, sub]),
  ]);
}
