import { expect, test } from 'vitest';

import { nodeIsRecentEnough } from './ensure-install.mjs';
import { countPlaywright, countVitest, failuresOfPlaywright, failuresOfVitest } from './test-counts.mjs';

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

test('a test that failed is told by file, name and what it said, without the colours', () => {
  const report = {
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'one', failureMessages: [] },
          { status: 'failed', fullName: 'the other', failureMessages: ['\u001b[31mexpected 1\u001b[39m'] },
        ],
      },
      { name: 'b.test.ts', status: 'failed', message: 'cannot be loaded', assertionResults: [] },
    ],
  };
  expect(failuresOfVitest(report)).toEqual([
    { where: 'a.test.ts › the other', message: 'expected 1' },
    { where: 'b.test.ts', message: 'cannot be loaded' },
  ]);
});

test('a journey that failed is told by file, group and name; one that passed when repeated is not', () => {
  const spec = (title, ok, ...messages) => ({
    title,
    ok,
    tests: [{ results: messages.map((message) => ({ error: { message } })) }],
  });
  const report = {
    suites: [
      {
        title: 'values.test.ts',
        specs: [spec('flaky', true, 'late'), spec('lost', false, 'late', 'too late')],
        suites: [{ title: 'on a phone', specs: [spec('small', false, 'hidden')] }],
      },
    ],
    errors: [{ message: 'no server' }],
  };
  expect(failuresOfPlaywright(report)).toEqual([
    { where: 'values.test.ts › lost', message: 'too late' },
    { where: 'values.test.ts › on a phone › small', message: 'hidden' },
    { where: 'the journeys’ runner', message: 'no server' },
  ]);
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
