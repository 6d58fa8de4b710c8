import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { blockUse } from './mounted.ts'
import { checkWritePermission, type WritePermission } from './write-permission.ts'

let folder: string
let file: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-permission-'))
  file = path.join(folder, 'disk.img')
  fs.writeFileSync(file, Buffer.alloc(4096))
  fs.symlinkSync(file, path.join(folder, 'link.img'))
})

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const GENERAL: WritePermission = { isGeneral: true, named: [] }

async function issuesOf(permission: WritePermission, uid: number, write = true): Promise<readonly string[]> {
  const disk = { kind: 'file', path: file, sizeBytes: 4096, write }
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [{ id: 'a', disk }] })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const checked = await checkWritePermission(parsed.value, permission, uid)
  return checked.ok
    ? []
    : checked.issues.map(({ path: place, message }) => `${place}: ${message.replaceAll(file, 'FILE')}`)
}

test('a file is written to when its owner allows it in general, or anybody by name', async () => {
  const owner = fs.statSync(file).uid
  const somebody = owner === 0 ? 1000 : owner
  fs.chownSync(file, somebody, fs.statSync(file).gid)
  const none = { isGeneral: false, named: [] }
  expect(await issuesOf(none, somebody)).toEqual([
    'devices[0].disk.write: the load overwrites FILE; allow that with --write (files of your own), or allow it by name: --write-to FILE',
  ])
  expect(await issuesOf(none, somebody, false)).toEqual([])
  expect(await issuesOf(GENERAL, somebody)).toEqual([])
  expect(await issuesOf(GENERAL, somebody + 1)).toEqual([
    'devices[0].disk.write: FILE belongs to somebody else; allow it by name: --write-to FILE',
  ])
  expect(await issuesOf(GENERAL, 0)).toEqual([
    'devices[0].disk.write: root may write to any file; allow it by name: --write-to FILE',
  ])
  for (const named of [file, path.join(folder, 'link.img'), path.relative(process.cwd(), file)])
    expect(await issuesOf({ isGeneral: false, named: [named] }, 0)).toEqual([])
})

test('a block device that is mounted, has a mounted partition or carries another one is in use', async () => {
  const sys = (name: string) => path.join(folder, 'devices', name)
  for (const name of ['sda/sda1', 'sdb/holders/dm-0', 'sdc/holders']) fs.mkdirSync(sys(name), { recursive: true })
  const numbers = path.join(folder, 'numbers')
  fs.mkdirSync(numbers)
  for (const [number, name] of [
    ['8:0', 'sda'],
    ['8:1', 'sda/sda1'],
    ['8:16', 'sdb'],
    ['8:32', 'sdc'],
  ] as const)
    fs.symlinkSync(sys(name), path.join(numbers, number))
  const mountInfo = path.join(folder, 'mountinfo')
  fs.writeFileSync(mountInfo, '26 1 8:1 / /boot rw - ext4 /dev/sda1 rw\n27 1 0:20 / /proc rw - proc proc rw\n')
  const use = (minor: number) => blockUse(8 * 256 + minor, { mountInfo, numbers })
  expect([await use(0), await use(1), await use(16), await use(32)]).toEqual([
    'a partition of it is mounted at /boot',
    'it is mounted at /boot',
    'dm-0 is made of it',
    null,
  ])
})
