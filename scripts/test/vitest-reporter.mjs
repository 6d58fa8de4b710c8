import { firstLine, writeSummary } from './summary.mjs'

/** Leaves a summary for test.mjs. Tests whose dependency is absent say why by `context.skip(reason)` or in their suite's name. */
class VitestSummary {
  onTestRunEnd(modules, unhandledErrors) {
    const unhandled = unhandledErrors.map((error) => ({
      name: 'an error outside of every test',
      reason: firstLine(error),
    }))
    const summary = { passed: 0, failed: unhandled, second: [], skipped: [] }
    for (const module of modules) {
      // A file that could not be loaded has no tests to fail.
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0)
        summary.failed.push({ name: module.relativeModuleId, reason: firstLine(module.errors()[0]) })
      for (const test of module.children.allTests()) count(summary, test)
    }
    writeSummary(summary)
  }
}

function count(summary, test) {
  const { state, note, errors } = test.result()
  if (state === 'passed') {
    summary.passed += 1
    if (test.diagnostic()?.flaky) summary.second.push({ name: nameOf(test), reason: firstLine(errors?.[0]) })
  } else if (state === 'failed') summary.failed.push({ name: nameOf(test), reason: firstLine(errors?.[0]) })
  else {
    const suite = test.parent.type === 'suite' ? test.parent.name : null
    summary.skipped.push({ name: test.name, reason: note ?? suite ?? 'no reason given' })
  }
}

function nameOf(test) {
  return `${test.module.relativeModuleId}: ${test.fullName}`
}

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter as the default export of a file.
export default VitestSummary
