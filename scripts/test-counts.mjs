// Reads what the two test runners report of themselves. Pure, so that the counting is itself tested.
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ where: string, message: string }} Failure */

/**
 * Vitest's JSON: a file that could not even be loaded has no test in it, and counts as one that failed.
 * @returns {{ passed: number, failed: number }}
 */
export function countVitest(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

/**
 * Each test of Vitest's JSON that failed, with what it said: among thousands that passed it is not found by reading.
 * @returns {Failure[]}
 */
export function failuresOfVitest(report) {
  return report.testResults.flatMap((file) => {
    if (file.status === 'failed' && file.assertionResults.length === 0)
      return [{ where: file.name, message: readable(file.message) }];
    return file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({
        where: `${file.name} › ${test.fullName}`,
        message: readable(test.failureMessages.join('\n')),
      }));
  });
}

/**
 * Each journey of Playwright's JSON that failed in all its repeats, with what the last one said.
 * @returns {Failure[]}
 */
export function failuresOfPlaywright(report) {
  const inSuite = (suite, above) => {
    const titles = [...above, suite.title];
    const own = (suite.specs ?? [])
      .filter((spec) => !spec.ok)
      .map((spec) => ({
        where: [...titles, spec.title].join(' › '),
        message: readable(spec.tests.at(-1)?.results.at(-1)?.error?.message ?? ''),
      }));
    return [...own, ...(suite.suites ?? []).flatMap((inner) => inSuite(inner, titles))];
  };
  const atTheStart = report.errors.map((error) => ({
    where: 'the journeys’ runner',
    message: readable(error.message),
  }));
  return [...report.suites.flatMap((suite) => inSuite(suite, [])), ...atTheStart];
}

const linesKept = 30;

function readable(message) {
  return stripVTControlCharacters(message ?? '')
    .split('\n')
    .slice(0, linesKept)
    .join('\n');
}

/**
 * Playwright's JSON. Where journeys are repeated (on a shared machine, where one may run out of time), one that passed in
 * the end passed, and is told apart as repeated.
 * @returns {{ passed: number, failed: number, repeated: number }}
 */
export function countPlaywright(report) {
  const { expected, unexpected, flaky } = report.stats;
  const failed = unexpected === 0 ? report.errors.length : unexpected;
  return { passed: expected + flaky, failed, repeated: flaky };
}
