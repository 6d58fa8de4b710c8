import { defineConfig } from '@playwright/test'

// End-to-end tests in the real Electron. One worker: they measure rates, and two boards would share this machine's cores.

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
})
