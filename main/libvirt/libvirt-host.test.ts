import { afterEach, describe, expect, test } from 'vitest'
import { Host } from '#main/live/host/host.ts'
import { policyDrift } from '#main/policy/desired.ts'
import { parsePolicy } from '#main/policy/policy.ts'
import type { HostLook } from '#shared/host-look.ts'
import { LibvirtPort } from './libvirt-port.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'

const PATIENCE_MS = 120_000
const GOLD = '<iotune><total_iops_sec>300</total_iops_sec><group_name>gold</group_name></iotune>'
const RULES = [{ title: 'Gold *', disks: 'vda', limits: { 'iops-total': 500 } }]

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}, PATIENCE_MS)

function until(host: Host, is: (look: HostLook) => boolean): Promise<HostLook> {
  return new Promise((resolve) => {
    const stop = host.onLook((look) => {
      if (!is(look)) return
      stop()
      resolve(look)
    })
  })
}

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a host of a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test('domains by target, title and policy; they come, go, and outlive a restart of libvirtd', async () => {
    const libvirt = await RealLibvirt.start()
    cleanups.push(() => libvirt.close())
    await libvirt.boot('web01', disk('vda', { inside: GOLD }) + disk('vdb', { inside: GOLD }))
    await libvirt.boot('db01', disk('vda'))
    libvirt.virsh('desc', 'web01', '--live', '--title', '--new-desc', 'Gold customer')
    const policy = parsePolicy(JSON.stringify({ format: 'weir-policy/1', rules: RULES }))
    if (!policy.ok) throw new Error(JSON.stringify(policy.issues))
    const host = new Host({
      ports: [new LibvirtPort(libvirt.uri)],
      driftOf: (vm, picture) => policyDrift(policy.value, vm, picture),
    })
    cleanups.push(() => host.close())
    await host.start()
    const bothUp = ({ vms }: HostLook) => vms.length === 2 && vms.every(({ up }) => up)
    const { vms } = await until(host, bothUp)
    expect(vms.map(({ name, title, state }) => [name, title, state])).toEqual([
      ['db01', null, 'paused'],
      ['web01', 'Gold customer', 'paused'],
    ])
    expect(vms[1]?.disks.map(({ id, groups }) => [id, groups])).toEqual([
      ['vda', ['gold']],
      ['vdb', ['gold']],
    ])
    expect(vms[1]?.groups).toMatchObject([{ name: 'gold', limits: { 'iops-total': 300 }, disks: ['vda', 'vdb'] }])
    expect([vms[0]?.drift, vms[1]?.drift?.join()]).toEqual([null, expect.stringContaining('vda')])

    await libvirt.stopDaemon()
    await until(host, ({ vms: seen }) => seen.some(({ up }) => !up))
    await libvirt.startDaemon()
    await until(host, bothUp)
    libvirt.virsh('destroy', 'db01')
    expect((await until(host, (look) => look.vms.length === 1)).vms[0]?.name).toBe('web01')
  })
})
