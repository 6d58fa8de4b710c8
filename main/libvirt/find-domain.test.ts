import { expect, test } from 'vitest'
import { findDomain } from './find-domain.ts'

const UUIDS: Readonly<Record<string, string>> = {
  '7': '11111111-1111-1111-1111-111111111111',
  'web 01': '22222222-2222-2222-2222-222222222222',
}

/** As virsh finds a domain: by its ID, which web 01 has, then by UUID, then by name. */
function run(words: readonly string[]): Promise<string> {
  if (words[0] === 'list')
    return Promise.resolve(
      `${Object.entries(UUIDS)
        .map(([name, uuid]) => `${uuid} ${name}`)
        .join('\n')}\n\n`,
    )
  const domain = words.at(-1)
  const name = domain === '7' || domain === '9' ? 'web 01' : Object.keys(UUIDS).find((each) => UUIDS[each] === domain)
  const uuid = UUIDS[name ?? domain ?? '']
  return Promise.resolve(`<domain><name>${name ?? domain}</name><uuid>${uuid}</uuid><devices/></domain>`)
}

test('a domain named by digits alone is found by its name, though another one has that ID', async () => {
  const named = async (domain: string) => (await findDomain({ uri: 'test:///', run }, domain)).name
  expect([await named('7'), await named('web 01'), await named('9')]).toEqual(['7', 'web 01', 'web 01'])
})
