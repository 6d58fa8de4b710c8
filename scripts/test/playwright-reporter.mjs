import { writeSummary } from './summary.mjs'

/** Leaves a summary for test.mjs. */
class PlaywrightSummary {
  #failed = 0

  onBegin(_config, suite) {
    this.suite = suite
  }

  onError() {
    this.#failed += 1
  }

  onEnd() {
    const summary = { passed: 0, failed: this.#failed, skipped: [] }
    for (const test of this.suite?.allTests() ?? []) {
      const outcome = test.outcome()
      if (outcome === 'skipped') summary.skipped.push({ name: test.title, reason: reasonOf(test) })
      else if (outcome === 'unexpected') summary.failed += 1
      else summary.passed += 1
    }
    writeSummary(summary)
  }

  printsToStdio() {
    return false
  }
}

function reasonOf(test) {
  const note = test.annotations.find((annotation) => annotation.type === 'skip')
  // A test that never ran because the run was cut off is no test that may be missing.
  return note?.description ?? 'it did not run'
}

// biome-ignore lint/style/noDefaultExport: Playwright loads a reporter as the default export of a file.
export default PlaywrightSummary
