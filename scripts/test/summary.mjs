import fs from 'node:fs'

// What each test runner leaves for test.mjs, in the file named by WEIR_TEST_SUMMARY: how many tests passed and failed, and
// which were skipped with the reason (`{ passed, failed, skipped: [{ name, reason }] }`).

const SUMMARY_ENV = 'WEIR_TEST_SUMMARY'

export function summaryEnvironment(file) {
  return { ...process.env, [SUMMARY_ENV]: file }
}

export function writeSummary(summary) {
  const file = process.env[SUMMARY_ENV]
  if (file) fs.writeFileSync(file, JSON.stringify(summary))
}

/** The summary a runner left, or null if it died before. */
export function readSummary(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}
