import { afterEach, describe, expect, test } from 'vitest'
import { placeDifferences, placeWords } from '#main/libvirt/three-places.ts'
import { applyWorkspace, findDrift, liveOnly, withVm } from '#main/live/apply-workspace.ts'
import { captureWorkspace } from '#main/live/capture.ts'
import { Host } from '#main/live/host/host.ts'
import { chain, limit, place } from '#main/live/testing/settle.ts'
import { listSockets } from '#main/qmp/list-sockets.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { findFormat } from '#shared/formats/formats.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { ProxmoxPort } from './proxmox-port.ts'
import { type DriveStyle, driveArgs, FakeProxmox } from './testing/fake-proxmox.ts'

// A fake `qm` that keeps a configuration, and a real QEMU whose drives are throttled the two ways Proxmox knows.

const PATIENCE_MS = 120_000
const VM = { kind: 'proxmox', vmid: '101' } as const
const DRIVES = [
  'local-lvm:vm-101-disk-0,aio=native,iops=500,discard=on,size=1G',
  'local-lvm:vm-101-disk-1,size=1G,ssd=1',
]
const CONFIG = `boot: order=scsi1
name: web01
scsi1: ${DRIVES[0]}
virtio0: ${DRIVES[1]}

[before-upgrade]
scsi1: local-lvm:vm-101-disk-0,iops=5,size=1G
`

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}, PATIENCE_MS)

async function boot(style: DriveStyle, config = CONFIG) {
  const proxmox = await FakeProxmox.make()
  cleanups.push(() => proxmox.close())
  const args = [...driveArgs({ slot: 'scsi1', style, iops: 500 }), ...driveArgs({ slot: 'virtio0', style })]
  const qemu = await proxmox.boot('101', { config, style, args })
  return { proxmox, qemu }
}

const capture = () => withVm(VM, async ({ picture, link }) => captureWorkspace(picture, link.name ?? ''))

async function apply(desired: Workspace, mode: 'apply' | 'dry-run' = 'apply') {
  const { plan, answers, unfulfilled } = await withVm(VM, (vm) => applyWorkspace(vm, desired, mode))
  return {
    commands: plan.steps.map(({ command }) => formatVmCommand(command)),
    outcomes: answers.map(({ outcome, answer }) => (outcome === 'done' ? outcome : answer)),
    impossible: plan.impossible,
    unfulfilled,
  }
}

const differences = () => withVm(VM, async ({ picture }) => placeDifferences(picture).map(placeWords))

function imported(text: string): Workspace {
  const read = findFormat('proxmox')?.read?.(text, {})
  if (!read?.ok) throw new Error(JSON.stringify(read))
  return read.value.workspace
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a VM of a fake Proxmox ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  describe.each(['legacy', 'filter'] as const)('%s', (style) => {
    test('is seen by its slots and name, and its imported configuration is what it has', async () => {
      const { qemu } = await boot(style)
      const seen = await capture()
      expect([seen.name, seen.groups.scsi1, seen.devices.map(({ id }) => id)]).toEqual([
        'web01',
        { 'iops-total': 500 },
        ['scsi1', 'virtio0'],
      ])
      const saved = imported(CONFIG)
      const drift = (address: typeof VM | typeof qemu.address) =>
        withVm(address, async ({ picture }) => findDrift(picture, saved))
      expect(await drift(VM)).toEqual([])
      // The same past Proxmox, by a monitor of one's own.
      expect(await drift(qemu.address)).toEqual([])
      expect(await differences()).toEqual([])
    })

    test('is changed by qm set with every other option kept, and read back in both places', async () => {
      const { proxmox, qemu } = await boot(style)
      const desired = limit(imported(CONFIG), 'scsi1', { 'iops-total': 700, 'bps-read': 10 * 1024 * 1024 })
      const command = `qm set 101 --scsi1 local-lvm:vm-101-disk-0,aio=native,discard=on,size=1G,mbps_rd=10,iops=700`
      expect(await apply(desired, 'dry-run')).toMatchObject({ commands: [command], outcomes: [] })
      expect(proxmox.config('101')).toBe(CONFIG)
      expect(await apply(desired)).toEqual({ commands: [command], outcomes: ['done'], impossible: [], unfulfilled: [] })
      expect(proxmox.config('101')).toContain(
        'scsi1: local-lvm:vm-101-disk-0,aio=native,discard=on,size=1G,mbps_rd=10,iops=700\n',
      )
      expect(proxmox.config('101')).toContain('[before-upgrade]\nscsi1: local-lvm:vm-101-disk-0,iops=5,size=1G\n')
      expect((await capture()).groups.scsi1).toEqual({ 'iops-total': 700, 'bps-read': 10485760 })
      expect((await apply(desired)).commands).toEqual([])
      // Whoever else asks finds the monitor free.
      expect(await withVm(qemu.address, async ({ link }) => link.runState())).not.toBe('ended')
    })

    test('a drive is freed and another one limited', async () => {
      const { proxmox } = await boot(style)
      const base = imported(CONFIG)
      const desired = place(
        place({ ...base, groups: { ...base.groups, data: { 'iops-write': 30 } } }, 'scsi1', null),
        'virtio0',
        'data',
      )
      expect(await apply(desired)).toMatchObject({ outcomes: ['done', 'done'], impossible: [], unfulfilled: [] })
      expect(proxmox.config('101')).toContain(`virtio0: ${DRIVES[1]},iops_wr=30\n`)
      expect(proxmox.config('101')).not.toContain('iops=500')
      expect((await apply(desired)).commands).toEqual([])
    })

    test('what runs, the configuration and what waits for the next start are held against each other', async () => {
      const { proxmox, qemu } = await boot(style)
      await (style === 'legacy'
        ? qemu.outside('block_set_io_throttle', {
            device: 'drive-scsi1',
            bps: 0,
            bps_rd: 0,
            bps_wr: 0,
            iops: 111,
            iops_rd: 0,
            iops_wr: 0,
          })
        : qemu.outside('qom-set', {
            path: '/objects/throttle-drive-scsi1',
            property: 'limits',
            value: { 'iops-total': 111 },
          }))
      proxmox.write(
        '101',
        CONFIG.replace(
          '\n[before',
          '\n[PENDING]\nscsi1: local-lvm:vm-101-disk-0,iops=900,cache=none,size=1G\n\n[before',
        ),
      )
      expect(await differences()).toEqual(['scsi1: IOPS: 111 runs, Proxmox has 500, the next start 900'])
      const { commands, unfulfilled } = await apply(limit(imported(CONFIG), 'scsi1', { 'iops-total': 600 }))
      // The waiting change of the cache is kept, and Proxmox lets the limits wait with it.
      expect(commands).toEqual(['qm set 101 --scsi1 local-lvm:vm-101-disk-0,cache=none,size=1G,iops=600'])
      expect(unfulfilled.join()).toContain('111 runs')
      expect(proxmox.config('101')).toContain('[PENDING]\nscsi1: local-lvm:vm-101-disk-0,cache=none,size=1G,iops=600\n')
    })

    test('what the next start shall not have goes to QEMU alone', async () => {
      const { proxmox } = await boot(style)
      const desired = limit(imported(CONFIG), 'scsi1', { 'iops-total': 50 })
      const { answers, unfulfilled } = await withVm(VM, (vm) => applyWorkspace(liveOnly(vm), desired, 'apply'))
      expect([answers.map(({ outcome }) => outcome), unfulfilled]).toEqual([['done'], []])
      expect((await capture()).groups.scsi1).toEqual({ 'iops-total': 50 })
      expect(proxmox.config('101')).toBe(CONFIG)
    })
  })

  test('what Proxmox cannot hold is said before anything is sent', async () => {
    await boot('legacy')
    const base = imported(CONFIG)
    const shared = await apply(place(base, 'virtio0', 'scsi1'))
    expect([shared.commands, shared.impossible.join()]).toEqual([
      [],
      expect.stringContaining('Proxmox limits each drive alone'),
    ])
    const sized = await apply(limit(base, 'scsi1', { 'iops-total': 500, 'iops-size': 4096 }))
    expect(sized.impossible.join()).toContain('Proxmox has no iops-size')
    const outer = { ...base, groups: { ...base.groups, vm: { 'iops-total': 9 } } }
    const chained = await apply(chain(outer, 'scsi1', ['vm', 'scsi1']))
    expect(chained.impossible.join()).toContain('one set of limits for each drive')
  })

  test('without qm the command is shown and nothing changes; what qm refuses is passed on', async () => {
    const { proxmox } = await boot('legacy')
    const refused = await apply(limit(imported(CONFIG), 'virtio0', { 'iops-total': 5 }))
    expect(refused.unfulfilled).toEqual([])
    proxmox.withoutQm()
    const { commands, outcomes } = await apply(limit(imported(CONFIG), 'scsi1', { 'iops-total': 700 }))
    expect([commands.length, outcomes.join()]).toEqual([1, expect.stringContaining('qm is not on this machine')])
    expect(proxmox.config('101')).toContain('iops=500')
  })

  test('the host has every VM that runs, and Connect lists them by name', async () => {
    const { proxmox } = await boot('filter')
    proxmox.write('102', 'name: stopped\nscsi1: a:b,iops=5\n')
    const host = new Host({ ports: [new ProxmoxPort()] })
    cleanups.push(() => host.close())
    await host.start()
    const up = await new Promise((resolve) => {
      const stop = host.onLook(({ vms }) => {
        if (vms.length === 0 || !vms.every((vm) => vm.up)) return
        stop()
        resolve(vms.map(({ name, disks }) => [name, disks.map(({ id }) => id)]))
      })
    })
    expect(up).toEqual([['web01', ['scsi1', 'virtio0']]])
    const found = await listSockets()
    expect(
      found.filter(({ address }) => address.startsWith('proxmox:')).map(({ address, label }) => [address, label]),
    ).toEqual([
      ['proxmox:', 'Every VM of this Proxmox VE'],
      ['proxmox:101', 'web01'],
    ])
  })

  test('a VM that does not run, one that is not there, and a machine that is no Proxmox each have their sentence', async () => {
    const proxmox = await FakeProxmox.make()
    cleanups.push(() => proxmox.close())
    proxmox.write('101', CONFIG)
    await expect(capture()).rejects.toThrow('VM 101 does not run')
    const other = withVm({ kind: 'proxmox', vmid: '999' }, async () => null)
    await expect(other).rejects.toThrow('This node has no VM 999')
    process.env.WEIR_PROXMOX_ROOT = `${proxmox.root}/nowhere`
    await expect(new ProxmoxPort().list()).rejects.toThrow('not a Proxmox VE node')
  })
})
