import path from 'node:path'
import { firstLine, writeSummary } from './summary.mjs'

/** Leaves a summary for test.mjs. */
class PlaywrightSummary {
  #errors = []

  onBegin(_config, suite) {
    this.suite = suite
  }

  onError(error) {
    this.#errors.push({ name: 'an error outside of every test', reason: firstLine(error) })
  }

  onEnd() {
    const summary = { passed: 0, failed: [...this.#errors], second: [], skipped: [] }
    for (const test of this.suite?.allTests() ?? []) {
      const outcome = test.outcome()
      if (outcome === 'skipped') summary.skipped.push({ name: test.title, reason: reasonOf(test) })
      else if (outcome === 'unexpected') summary.failed.push({ name: nameOf(test), reason: errorOf(test) })
      else summary.passed += 1
      if (outcome === 'flaky') summary.second.push({ name: nameOf(test), reason: errorOf(test) })
    }
    writeSummary(summary)
  }

  printsToStdio() {
    return false
  }
}

function nameOf(test) {
  return `${path.basename(test.location.file)}: ${test.title}`
}

function errorOf(test) {
  return firstLine(test.results.flatMap((result) => result.errors)[0])
}

function reasonOf(test) {
  const note = test.annotations.find((annotation) => annotation.type === 'skip')
  // A test that never ran because the run was cut off is no test that may be missing.
  return note?.description ?? 'it did not run'
}

// biome-ignore lint/style/noDefaultExport: Playwright loads a reporter as the default export of a file.
export default PlaywrightSummary
