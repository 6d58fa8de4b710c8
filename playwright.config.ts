import { defineConfig } from '@playwright/test'

// End-to-end tests in the real Electron. One worker: two boards would share a display and its clipboard. `npm test` runs two of
// these beside each other, on displays of their own, for what measures nothing (scripts/test/window-lanes.mjs).

export default defineConfig({
  testDir: 'e2e',
  // `npm run screenshots` takes the pictures of the documentation with the same means.
  testMatch: process.env.WEIR_PICTURES === '1' ? '**/*.picture.ts' : '**/*.test.ts',
  outputDir: 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
})
