// Reads what the two test runners report of themselves. Pure, so that the counting is itself tested.

/**
 * Vitest's JSON: a file that could not even be loaded has no test in it, and counts as one that failed.
 * @returns {{ passed: number, failed: number }}
 */
export function countVitest(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
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
