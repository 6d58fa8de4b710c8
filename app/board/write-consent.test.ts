import { expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { WriteConsent } from './write-consent.ts'

function writing(...files: readonly string[]) {
  const devices = files.map((path, index) => ({
    id: `d${index}`,
    group: null,
    disk: { kind: 'file', path, write: true },
    workload: { kind: 'idle' },
  }))
  const read = { id: 'reader', group: null, disk: { kind: 'file', path: '/only-read.img' }, workload: { kind: 'idle' } }
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [...devices, read] })
  if (!parsed.ok) throw new Error('the workspace is right')
  return parsed.value
}

function consentOf(answer: () => boolean | Promise<boolean>) {
  const asked: string[] = []
  const consent = new WriteConsent(async (files) => {
    asked.push(files.join(' '))
    return answer()
  })
  return { consent, asked }
}

test('each file is asked for once, files that are only read never', async () => {
  const { consent, asked } = consentOf(() => true)
  const covered = [writing(), writing('/a.img'), writing('/a.img', '/b.img'), writing('/b.img')]
  for (const workspace of covered) expect(await consent.covers(workspace)).toBe(true)
  expect(asked).toEqual(['/a.img', '/b.img'])
})

test('a refusal holds until the next start', async () => {
  let answer = false
  const { consent, asked } = consentOf(() => answer)
  expect(await consent.covers(writing('/a.img'))).toBe(false)
  answer = true
  expect(await consent.covers(writing('/a.img'))).toBe(false)
  consent.forgetRefusals()
  expect(await consent.covers(writing('/a.img'))).toBe(true)
  expect(asked).toEqual(['/a.img', '/a.img'])
})

test('while one question stands there is no other, and no leave', async () => {
  let answer: (isGiven: boolean) => void = () => {}
  const { consent, asked } = consentOf(() => new Promise((resolve) => (answer = resolve)))
  const first = consent.covers(writing('/a.img'))
  expect(await consent.covers(writing('/b.img'))).toBe(false)
  answer(true)
  expect({ first: await first, asked }).toEqual({ first: true, asked: ['/a.img'] })
})
