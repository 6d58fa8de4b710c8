import { expect, test } from 'vitest'
import { shortenPaths } from './short-paths.ts'

test.each([
  ['db: /srv/images/vm/db.img has disappeared', 'db: …/db.img has disappeared'],
  ['C:\\Users\\me\\db.img was cut short', '…\\db.img was cut short'],
  ['/srv/db.img and /a/b/c/d.img', '/srv/db.img and …/d.img'],
  ['gold: IOPS 64/s → 128/s', 'gold: IOPS 64/s → 128/s'],
  ['see https://example.org/a/b', 'see https://example.org/a/b'],
])('%s', (text, short) => {
  expect(shortenPaths(text)).toBe(short)
})
