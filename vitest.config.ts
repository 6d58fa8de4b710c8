import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{app,main,shared,renderer,scripts}/**/*.test.{ts,tsx,mjs}'],
    environment: 'node',
  },
})
