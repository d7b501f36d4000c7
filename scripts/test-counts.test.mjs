import { expect, test } from 'vitest';

import { nodeIsRecentEnough } from './ensure-install.mjs';
import { countPlaywright, countVitest } from './test-counts.mjs';

test('a test file that cannot be loaded counts as a failure, though no test in it failed', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{}, {}, {}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(countVitest(report)).toEqual({ passed: 3, failed: 2 });
});

test('a journey that passed only when repeated is counted once, and told apart', () => {
  const report = { stats: { expected: 5, unexpected: 0, flaky: 1, skipped: 0 }, errors: [] };
  expect(countPlaywright(report)).toEqual({ passed: 6, failed: 0, repeated: 1 });
});

test('a journey runner that cannot start counts as a failure', () => {
  const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{ message: 'no server' }] };
  expect(countPlaywright(report)).toEqual({ passed: 0, failed: 1, repeated: 0 });
});

test.each([
  ['18.20.0', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.0.1', true],
])('Node %s is recent enough: %s', (version, expected) => {
  expect(nodeIsRecentEnough(version)).toBe(expected);
});
