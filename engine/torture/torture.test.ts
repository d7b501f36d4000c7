/** A small share of the torture, always the same; all of it is `npm run torture`. What once failed there is kept here. */
import { describe, expect, test } from 'vitest';

import kept from './kept.json' with { type: 'json' };
import {
  damageTrial,
  damageTrials,
  faultTrial,
  faultTrials,
  seedTrial,
  seedTrials,
  type FaultEntry,
  type Trial,
} from './parts.ts';

const SEED = 1;

async function play(trials: Iterable<Trial>): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const trial of trials) {
    const outcome = await trial.play();
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

describe(`with seed ${SEED}`, () => {
  test('any operation of the disk or the storage may fail in six ways', { timeout: 120_000 }, async () => {
    const outcomes = await play(faultTrials(SEED, [1, 6, 11, 14, 27]));
    for (const met of ['did not start', 'refused, then went on', 'refused to the end', 'survived', 'named damage'])
      expect(outcomes[met], met).toBeGreaterThan(0);
  });

  test('damaged logs, payloads and images are refused, or they load', { timeout: 120_000 }, async () => {
    const outcomes = await play(damageTrials(SEED, 500));
    for (const met of ['refused', 'cut', 'loaded', 'taken']) expect(outcomes[met], met).toBeGreaterThan(10);
  });

  test(
    'lives full of faults and leaping clocks are the same twice, and keep what they promise',
    { timeout: 120_000 },
    async () => {
      const outcomes = await play(seedTrials(SEED, 12));
      expect(outcomes['with power cuts']).toBeGreaterThan(0);
    },
  );
});

describe('what failed once', () => {
  const trials: readonly Trial[] = [
    ...(kept.faults as FaultEntry[]).map(faultTrial),
    ...(['logs', 'dumps', 'images'] as const).flatMap((list) =>
      (kept[list] as number[]).map((number) => damageTrial(list, number)),
    ),
    ...kept.seeds.map((seed) => seedTrial(seed)),
  ];

  test(`does not fail any more: ${trials.length} trials`, { timeout: 120_000 }, async () => {
    await play(trials);
  });
});
