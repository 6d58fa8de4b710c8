import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { listSockets } from './list-sockets.ts'
import { makeTempFolder } from './testing/temp-folder.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('sockets are listed by folder and name, told apart from their neighbours, and never opened', async () => {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  let connections = 0
  const listen = async (name: string): Promise<void> => {
    const server: Server = createServer(() => {
      connections += 1
    })
    await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true })
    await new Promise<void>((resolve) => server.listen(path.join(folder.path, name), resolve))
    cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  }
  for (const name of [
    'b/101.qmp',
    'b/101.qga',
    'b/101.vnc',
    'a/domain-3-web01/monitor.sock',
    'a/libvirt-sock',
    'a/x/y/z/w/deep',
  ])
    await listen(name)
  await writeFile(path.join(folder.path, 'b/102.qmp'), 'no socket')
  await symlink(path.join(folder.path, 'b'), path.join(folder.path, 'link-to-b'))
  const folders = ['b', 'link-to-b', 'a', 'missing'].map((name) => path.join(folder.path, name))
  const found = await listSockets(folders)
  expect(
    found.map(({ address, label, origin }) => [path.relative(folder.path, address.slice(5)), label, origin]),
  ).toEqual([
    ['b/101.qmp', '101', 'found'],
    ['a/domain-3-web01/monitor.sock', 'web01', 'found'],
  ])
  expect(connections).toBe(0)
})
