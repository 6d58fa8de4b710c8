import { expect, test } from 'vitest'
import { manPage } from './man-page.ts'

// After a change of a command: `npx vitest run app/cli/man-page.test.ts -u` writes the page again.
test('the man page that ships says what --help says', async () => {
  await expect(manPage()).toMatchFileSnapshot('../../docs/weir.1')
})
