import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { UnsentError } from '#main/engine-error.ts'
import { serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { ProxmoxLink } from './proxmox-link.ts'
import { FakeProxmox } from './testing/fake-proxmox.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A VM without disks, by a monitor that can be made to end each connection at once. */
async function vm() {
  const state = { isBusy: false }
  const server = await startFakeServer((socket) => {
    if (state.isBusy) return socket.end()
    serveRequests(socket, ({ execute }) => {
      if (execute === 'query-name') return { return: {} }
      return { return: execute === 'query-status' ? { status: 'running' } : [] }
    })
  })
  cleanups.push(server.close)
  const proxmox = await FakeProxmox.make()
  cleanups.push(() => proxmox.close())
  proxmox.write('101', 'name: web01\n')
  symlinkSync(server.path, path.join(proxmox.root, 'run/qemu-server/101.qmp'))
  const link = await ProxmoxLink.open({ kind: 'proxmox', vmid: '101' }, {})
  const opened = server.connections()
  return { link, state, connections: () => server.connections() - opened }
}

test('a look, the run state and the jobs, asked for together, cost one connection', async () => {
  const { link, connections } = await vm()
  const asked = await Promise.all([link.look(() => 0), link.runState(), link.jobs()])
  expect([asked.slice(1), connections()]).toEqual([['running', []], 1])
  expect([await link.runState(), connections()]).toEqual(['running', 1])
})

test('what a monitor that takes no connection was to be told was never sent', async () => {
  const { link, state } = await vm()
  state.isBusy = true
  await expect(link.execute({ execute: 'query-status', arguments: {} }, 1000)).rejects.toBeInstanceOf(UnsentError)
})
