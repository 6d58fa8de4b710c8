import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { runQm } from './qm.ts'

async function withQm<T>(script: string, work: () => Promise<T>): Promise<T> {
  const folder = await makeTempFolder()
  const before = process.env.PATH
  try {
    await writeFile(path.join(folder.path, 'qm'), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(folder.path, 'qm'), 0o755)
    process.env.PATH = `${folder.path}${path.delimiter}${before}`
    return await work()
  } finally {
    process.env.PATH = before
    await folder.remove()
  }
}

test('a qm that does not end in its time, or is killed, has refused nothing: it may have had effect', async () => {
  const slow = withQm('exec sleep 30', () => runQm(['set', '100'], 50))
  await expect(slow).rejects.toMatchObject({ code: 'qmp-timeout', message: 'qm set timed out after 0.05 s.' })
  const killed = withQm('kill -9 $$', () => runQm(['set', '100'], 5000))
  await expect(killed).rejects.toMatchObject({ name: 'EngineError', message: 'qm set was killed (SIGKILL).' })
  const loud = withQm('head -c 3000000 /dev/zero; exec sleep 30', () => runQm(['set', '100'], 5000))
  await expect(loud).rejects.toMatchObject({ message: 'qm set printed too much, so Weir stopped it.' })
})

test('a refusal has its own words', async () => {
  const refused = await withQm('echo no such drive >&2; exit 2', () => runQm(['set', '100'], 5000))
  expect(refused).toEqual({ ok: false, class: '', desc: 'qm: no such drive' })
})
