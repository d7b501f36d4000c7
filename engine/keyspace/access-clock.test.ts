import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { AccessClock, NEW_COUNTER } from './access-clock.ts';

const START_MS = 1_795_132_800_000;
const MINUTE_MS = 60_000;

function counting(seed: number, logFactor: number): AccessClock {
  const chance = new Chance(seed);
  const access = new AccessClock(() => chance.next());
  Object.assign(access, { isFrequency: true, logFactor, decayMinutes: 1 });
  return access;
}

function counterAfter(hits: number, seed: number, logFactor: number): number {
  const access = counting(seed, logFactor);
  let bits = access.fresh(START_MS);
  for (let left = hits; left > 0; left--) bits = access.used(bits, START_MS);
  return access.frequency(bits, START_MS);
}

describe('the counter of use', () => {
  // The table that redis.conf gives beside lfu-log-factor.
  it.each([
    { logFactor: 0, hits: 100, published: 104 },
    { logFactor: 0, hits: 1000, published: 255 },
    { logFactor: 1, hits: 100, published: 18 },
    { logFactor: 1, hits: 1000, published: 49 },
    { logFactor: 1, hits: 100_000, published: 255 },
    { logFactor: 10, hits: 100, published: 10 },
    { logFactor: 10, hits: 1000, published: 18 },
    { logFactor: 10, hits: 100_000, published: 142 },
    { logFactor: 10, hits: 1_000_000, published: 255 },
    { logFactor: 100, hits: 100, published: 8 },
    { logFactor: 100, hits: 1000, published: 11 },
    { logFactor: 100, hits: 100_000, published: 49 },
    { logFactor: 100, hits: 1_000_000, published: 143 },
  ])('stands near $published after $hits uses at factor $logFactor', ({ logFactor, hits, published }) => {
    const runs = hits >= 1_000_000 ? 3 : hits >= 100_000 ? 10 : 100;
    const counters = Array.from({ length: runs }, (_, seed) => counterAfter(hits, seed + 1, logFactor));
    const mean = counters.reduce((total, counter) => total + counter, 0) / runs;
    // The published figures are single runs: a tenth and two more, to either side, is their spread.
    expect(Math.abs(mean - published), `the mean is ${mean}`).toBeLessThanOrEqual(2 + published / 10);
  });

  it('grows by chance with the odds 1 to the factor times what it stands above a new one', () => {
    for (const { counter, logFactor } of [
      { counter: 5, logFactor: 10 },
      { counter: 10, logFactor: 10 },
      { counter: 30, logFactor: 1 },
      { counter: 25, logFactor: 100 },
    ]) {
      const access = counting(9, logFactor);
      const bits = access.counted(counter, START_MS);
      let grown = 0;
      const uses = 200_000;
      for (let left = uses; left > 0; left--) if (access.used(bits, START_MS) !== bits) grown++;
      const expected = uses / ((counter - NEW_COUNTER) * logFactor + 1);
      expect(Math.abs(grown - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected) + 1);
    }
  });

  it('falls by one for every lfu-decay-time minutes without a use, never below nothing', () => {
    for (const decayMinutes of [1, 3, 10]) {
      const access = counting(1, 10);
      access.decayMinutes = decayMinutes;
      const bits = access.counted(100, START_MS);
      for (let minutes = 0; minutes < 1500; minutes += 7) {
        const expected = Math.max(0, 100 - Math.floor(minutes / decayMinutes));
        expect(access.frequency(bits, START_MS + minutes * MINUTE_MS)).toBe(expected);
      }
    }
  });

  it('does not fall when lfu-decay-time is 0', () => {
    const access = counting(1, 10);
    access.decayMinutes = 0;
    expect(access.frequency(access.counted(77, START_MS), START_MS + 1e9)).toBe(77);
  });

  it('falls when it is looked at, and a use writes down how far it has fallen', () => {
    const access = counting(1, 1e9);
    const bits = access.counted(100, START_MS);
    const later = START_MS + 40 * MINUTE_MS;
    const used = access.used(bits, later);
    expect(access.frequency(used, later)).toBe(60);
    expect(access.frequency(used, later + 10 * MINUTE_MS)).toBe(50);
  });

  it('knows how many minutes have passed when their 16 bits have begun anew', () => {
    const access = counting(1, 10);
    const lastMinuteMs = 0xffff * MINUTE_MS;
    expect(access.frequency(access.counted(100, lastMinuteMs), lastMinuteMs + 3 * MINUTE_MS)).toBe(97);
  });

  it('begins at 5 and is not above 255', () => {
    const access = counting(1, 0);
    expect(access.frequency(access.fresh(START_MS), START_MS)).toBe(5);
    expect(counterAfter(2000, 1, 0)).toBe(255);
  });
});

describe('the clock of the last use', () => {
  it('counts seconds in 24 bits, also when they have begun anew', () => {
    const access = new AccessClock(() => 0);
    const lastSecondMs = 0xffffff * 1000;
    const bits = access.fresh(lastSecondMs);
    expect(bits).toBe(0xffffff);
    expect(access.idleSeconds(bits, lastSecondMs)).toBe(0);
    expect(access.idleSeconds(bits, lastSecondMs + 5000)).toBe(5);
    expect(access.idleSeconds(access.idle(1000, START_MS), START_MS)).toBe(1000);
    expect(access.used(bits, START_MS)).toBe(access.fresh(START_MS));
  });
});
