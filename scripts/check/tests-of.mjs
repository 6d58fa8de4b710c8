import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../setup/paths.mjs'
import { FOLDERS, readTests, TEST } from '../test/test-files.mjs'

// Which unit tests a change concerns. Vitest follows imports; here stands what a test uses without importing it.

const SOURCE = /\.(ts|tsx|mjs)$/

/** Every test may say something else after these. */
const FOR_ALL = /^(package\.json|package-lock\.json|vitest\.config\.mjs|scripts\/test\/.*|tsconfig\.json)$/

/** What the built threads and the built command line are made of: their tests build them and import nothing of it. */
const BUILT = /^(shared|main\/(iothread|throttle|device|load|stats|simulate|predict))\//
const BUILDER = 'main/iothread/testing/build-for-tests.ts'

/** A test of the built command line beside what it tests: `run.test.ts` for `run.ts`. */
function besideIt(file) {
  return ['.test.ts', '.test.tsx', '.test.mjs'].map((end) => file.replace(SOURCE, end))
}

/** Tests that name the file or its folder: fixtures, examples, documents and schemas are read, not imported. */
function testsThatName(file, tests) {
  const words = [path.basename(file), path.basename(path.dirname(file))].filter((word) => word !== '.')
  return tests.filter(({ text }) => words.some((word) => text.includes(word)))
}

/**
 * What `vitest related` is to be asked about when these files changed (from the project's folder, with slashes): sources and
 * tests that are there. Empty: no test is concerned; null: all of them are.
 */
export function testsOf(changed) {
  if (changed.some((file) => FOR_ALL.test(file))) return null
  const isSource = (file) => SOURCE.test(file) && FOLDERS.includes(file.split('/')[0])
  const sources = changed.filter(isSource)
  const others = changed.filter((file) => !isSource(file) && !file.startsWith('e2e/') && !file.startsWith('bench/'))
  const tests = others.length > 0 ? readTests() : []
  const concerned = [
    ...sources,
    ...sources.filter((file) => !TEST.test(file)).flatMap(besideIt),
    ...(sources.some((file) => BUILT.test(file) && !TEST.test(file)) ? [BUILDER] : []),
    ...others.flatMap((file) => testsThatName(file, tests).map((test) => test.file)),
  ]
  return [...new Set(concerned)].filter((file) => fs.existsSync(path.join(ROOT, file)))
}
