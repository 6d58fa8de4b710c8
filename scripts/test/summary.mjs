import fs from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

// What each test runner leaves for test.mjs, in the file named by WEIR_TEST_SUMMARY: how many tests passed, which
// failed with the first line of what was wrong, and which were skipped with the reason
// (`{ passed, failed: [{ name, reason }], second: [{ name, reason }], skipped: [{ name, reason }] }`; `second` are those of the
// passed that failed at first).

const SUMMARY_ENV = 'WEIR_TEST_SUMMARY'

export function summaryEnvironment(file) {
  return { ...process.env, [SUMMARY_ENV]: file }
}

/** The first line of an error's message, without colours, as a summary has room for. */
export function firstLine(error) {
  const [line] = stripVTControlCharacters(error?.message ?? 'it says nothing')
    .trim()
    .split('\n')
  return line
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
