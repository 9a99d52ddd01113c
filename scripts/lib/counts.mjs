/**
 * Counts what one vitest run did, from its JSON report.
 *
 * @param {string | undefined} report undefined when there is none
 * @param {number} exitCode vitest's own
 * @returns {{passed: number, failed: number, skipped: number}} a run that failed in a way no test shows (a file
 *   that does not load, an unhandled error, a crash) counts as failed, too
 */
export function countReport(report, exitCode) {
  const count = { passed: 0, failed: 0, skipped: 0 }
  const files = parse(report)?.testResults
  for (const file of files ?? []) {
    const before = count.failed
    for (const { status } of file.assertionResults) {
      if (status === 'passed') count.passed += 1
      else if (status === 'failed') count.failed += 1
      else count.skipped += 1
    }
    if (file.status === 'failed' && count.failed === before) count.failed += 1
  }
  if ((exitCode !== 0 || files === undefined) && count.failed === 0) count.failed = 1
  return count
}

function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The last line of `npm test`. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
