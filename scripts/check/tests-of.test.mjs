import { expect, test } from 'vitest'
import { testsOf } from './tests-of.mjs'

test('a source is asked about by itself, with the test beside it that may only use the build', () => {
  expect(testsOf(['app/cli/run.ts'])).toEqual(['app/cli/run.ts', 'app/cli/run.test.ts'])
  expect(testsOf(['app/cli/no-such-file.ts'])).toEqual([])
})

test('what runs in a thread of its own concerns every test that builds the threads', () => {
  expect(testsOf(['main/iothread/served-device.ts'])).toContain('main/iothread/testing/build-for-tests.ts')
  expect(testsOf(['renderer/charts/timeline-series.ts'])).not.toContain('main/iothread/testing/build-for-tests.ts')
})

test('a fixture, a document and an example concern the tests that name them', () => {
  expect(testsOf(['docs/weir.1'])).toContain('app/cli/man-page.test.ts')
  expect(testsOf(['e2e/weir-app.ts', 'e2e/board-mouse.test.ts'])).toEqual([])
})

test('what every test stands on concerns them all', () => {
  expect(testsOf(['vitest.config.mjs'])).toBeNull()
  expect(testsOf(['renderer/charts/timeline-series.ts', 'package-lock.json'])).toBeNull()
})
