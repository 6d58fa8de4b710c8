import { afterEach, describe, expect, test } from 'vitest'
import { Host } from '#main/live/host/host.ts'
import type { HostLook } from '#shared/host-look.ts'
import { LibvirtPort } from './libvirt-port.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'

// A host as people have it: twenty domains of type='qemu', paused so that they take no time of the machine.

const PATIENCE_MS = 300_000
const COUNT = 20

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}, PATIENCE_MS)

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a host of a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test('twenty domains are seen at every look by one virsh, each with its limits', async () => {
    const libvirt = await RealLibvirt.start()
    cleanups.push(() => libvirt.close())
    const names = Array.from({ length: COUNT }, (_, index) => `vm${String(index).padStart(2, '0')}`)
    for (const [index, name] of names.entries()) {
      const iotune = `<iotune><total_iops_sec>${100 + index}</total_iops_sec><group_name>g</group_name></iotune>`
      await libvirt.boot(name, disk('vda', { inside: iotune }))
    }
    const host = new Host({ ports: [new LibvirtPort(libvirt.uri)] })
    cleanups.push(() => host.close())
    await host.start()
    const look = await new Promise<HostLook>((resolve) => {
      const stop = host.onLook((seen) => {
        if (seen.vms.length < COUNT || seen.vms.some(({ looks }) => looks.answered < 3)) return
        stop()
        resolve(seen)
      })
    })
    expect(look.problems).toEqual([])
    expect(look.vms.map(({ name, state, looks, groups }) => [name, state, looks.failed, groups[0]?.limits])).toEqual(
      names.map((name, index) => [name, 'paused', 0, { 'iops-total': 100 + index }]),
    )
  })
})
