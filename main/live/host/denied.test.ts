import { chmod, chown, mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { HostLook } from '#shared/host-look.ts'
import { FolderPort } from './folder-port.ts'
import { Host } from './host.ts'

// Sockets that one may not open. root may open all, so these tests look as nobody where they run as root.

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** What a host in which a socket has this mode, in a folder of that, looks like. */
async function lookAt(mode: { readonly socket: number; readonly folder: number }): Promise<HostLook> {
  const server = await startFakeServer((socket) => serveRequests(socket, () => undefined))
  cleanups.push(server.close)
  const root = await makeTempFolder()
  cleanups.push(root.remove)
  const sockets = path.join(root.path, 's')
  await mkdir(sockets)
  await symlink(server.path, path.join(sockets, 'web01'))
  await chmod(root.path, 0o755)
  await chmod(server.path, mode.socket)
  await chmod(path.dirname(server.path), mode.folder)
  cleanups.push(() => chmod(path.dirname(server.path), 0o700))
  if (process.getuid?.() === 0) {
    // Of another group than root's, in which this process stays.
    await chown(server.path, 0, 1)
    process.seteuid?.(65_534)
    cleanups.push(() => process.seteuid?.(0))
  }
  const host = new Host({ ports: [new FolderPort(sockets)], periodMs: 100 })
  cleanups.push(() => host.close())
  await host.start()
  return new Promise((resolve) => {
    host.onLook((look) => {
      if (look.vms.every(({ state }) => state !== 'new')) resolve(look)
    })
  })
}

test.each([
  [0o550, /: permission denied\. Only the user \S+ may, and root\.$/],
  [0o570, /: permission denied\. Only the user \S+ and the group \S+ may, and root\.$/],
])(
  'a VM whose socket of mode %o one may not open is denied, not ended, and it is said who may',
  async (socket, said) => {
    const { vms } = await lookAt({ socket, folder: 0o755 })
    expect(vms).toMatchObject([{ name: 'web01', state: 'denied', up: false, problem: expect.stringMatching(said) }])
  },
)
