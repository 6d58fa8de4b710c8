import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyWorkspace, liveOnly, withVm } from '#main/live/apply-workspace.ts'
import { captureWorkspace } from '#main/live/capture.ts'
import { makePlan } from '#main/live/plan.ts'
import { limit, place } from '#main/live/testing/settle.ts'
import { formatVmCommand, isVirshCommand } from '#shared/qemu/vm-command.ts'
import { DEFAULT_DISK, type Workspace } from '#shared/workspace/workspace.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'
import { placeDifferences, placeWords } from './three-places.ts'

// Domains of a real libvirtd, changed through Weir and looked at from outside by an administrator's own virsh.

const PATIENCE_MS = 120_000
const GOLD = `<iotune><total_iops_sec>300</total_iops_sec><total_iops_sec_max>900</total_iops_sec_max>
  <group_name>gold</group_name><total_iops_sec_max_length>10</total_iops_sec_max_length></iotune>`
const DISKS = [
  disk('vda', { inside: GOLD }),
  disk('vdb', { inside: GOLD }),
  disk('sda', { bus: 'scsi', inside: '<iotune><total_bytes_sec>10485760</total_bytes_sec></iotune>' }),
  disk('vdc'),
  `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>`,
].join('')

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  let libvirt: RealLibvirt
  beforeAll(async () => {
    libvirt = await RealLibvirt.start()
  }, PATIENCE_MS)
  afterAll(() => libvirt.close(), PATIENCE_MS)

  const address = (domain: string) => ({ kind: 'libvirt', uri: libvirt.uri, domain }) as const
  const capture = (domain: string) => withVm(address(domain), async ({ picture }) => captureWorkspace(picture, domain))
  const apply = (domain: string, desired: Workspace, when: 'live' | 'both' = 'both') =>
    withVm(address(domain), (vm) => applyWorkspace(when === 'live' ? liveOnly(vm) : vm, desired, 'apply'))

  /** The values that are set, as virsh shows them from outside. */
  const tune = (domain: string, target: string, when: '--live' | '--config') =>
    libvirt
      .virsh('blkdeviotune', domain, target, when)
      .split('\n')
      .filter((line) => line !== '' && !/: 0?$/.test(line) && !/_length: 1$/.test(line))
      .map((line) => line.replace(/ *: /, ' '))
  const both = (domain: string, target: string) => {
    const live = tune(domain, target, '--live')
    expect(tune(domain, target, '--config'), `${target}, next start`).toEqual(live)
    return live
  }
  const tainted = (domain: string) => libvirt.virsh('dominfo', domain).includes('custom')

  /** Applies, checks that everything took, and that a second time finds nothing to do. */
  async function settle(domain: string, desired: Workspace): Promise<readonly string[]> {
    const first = await apply(domain, desired)
    expect(first).toMatchObject({ plan: { impossible: [] }, unfulfilled: [] })
    expect(first.answers.map(({ outcome }) => outcome)).toEqual(first.answers.map(() => 'done'))
    expect((await apply(domain, desired)).plan.steps).toEqual([])
    return first.plan.steps.map(({ command }) =>
      isVirshCommand(command) ? `${command.virsh[0]}` : formatVmCommand(command),
    )
  }

  test('capture shows disks by their targets, with groups and sizes, by reading alone', async () => {
    await libvirt.boot('seen', DISKS)
    const { groups, devices } = await capture('seen')
    expect(groups).toEqual({
      gold: { 'iops-total': 300, 'iops-total-max': 900, 'iops-total-max-length': 10 },
      'scsi0-0-0-0': { 'bps-total': 10_485_760 },
    })
    expect(devices.map(({ id, groups: chain, disk: { sizeBytes } }) => [id, chain.join(), sizeBytes])).toEqual([
      ['vda', 'gold', 67_108_864],
      ['vdb', 'gold', 67_108_864],
      ['vdc', '', 67_108_864],
      ['sda', 'scsi0-0-0-0', 67_108_864],
      ['hdc', '', DEFAULT_DISK.sizeBytes],
    ])
    expect(tainted('seen')).toBe(false)
  })

  test('limits, moves, new groups and leaving: seen by virsh, live and for the next start, without taint', async () => {
    await libvirt.boot('web01', DISKS)
    const start = await capture('web01')
    const gold = { 'iops-total': 500, 'iops-read': 0, 'bps-write': 1_000_000, 'bps-write-max': 4_000_000 }
    let desired = limit(start, 'gold', gold)
    expect(await settle('web01', desired)).toEqual(['blkdeviotune'])
    for (const target of ['vda', 'vdb']) {
      expect(both('web01', target)).toEqual([
        'write_bytes_sec 1000000',
        'total_iops_sec 500',
        'write_bytes_sec_max 4000000',
        'group_name gold',
      ])
    }
    desired = place(desired, 'vdc', 'gold')
    expect(await settle('web01', desired)).toEqual(['blkdeviotune'])
    expect(both('web01', 'vdc')).toContain('group_name gold')
    desired = place(limit(desired, `it's "ü" $x; \\`, { 'iops-read': 70 }), 'sda', `it's "ü" $x; \\`)
    expect(await settle('web01', desired)).toEqual(['blkdeviotune'])
    expect(both('web01', 'sda')).toEqual(['read_iops_sec 70', `group_name it's "ü" $x; \\`])
    // Two groups become one: the disk of the one comes, and the group is gone with it.
    const { gold: merged } = desired.groups
    desired = { ...place(desired, 'sda', 'gold'), groups: { gold: merged ?? {} } }
    expect(await settle('web01', desired)).toEqual(['blkdeviotune'])
    for (const target of ['sda', 'vda']) expect(both('web01', target)).toEqual(both('web01', 'vdc'))
    expect(Object.keys((await capture('web01')).groups)).toEqual(['gold'])
    desired = place(desired, 'vdb', null)
    expect(await settle('web01', desired)).toEqual(['blkdeviotune'])
    expect(both('web01', 'vdb')).toEqual([])
    expect(both('web01', 'vda')).toContain('total_iops_sec 500')
    expect(tainted('web01')).toBe(false)
  })

  test('live only leaves the next start, which a later apply brings to what the file says', async () => {
    await libvirt.boot('live', DISKS)
    const desired = limit(await capture('live'), 'gold', { 'iops-total': 200 })
    const once = await apply('live', desired, 'live')
    const places = await withVm(address('live'), async ({ picture }) => placeDifferences(picture).map(placeWords))
    expect(places).toEqual([
      'gold: IOPS: 200 runs, libvirt has 200, the next start 300',
      'gold: IOPS burst: none runs, libvirt has none, the next start 900',
      'gold: IOPS burst length: 1 s runs, libvirt has 1 s, the next start 10 s',
    ])
    expect(once.answers.map(({ outcome }) => outcome)).toEqual(['done'])
    expect([tune('live', 'vdb', '--live')[0], tune('live', 'vdb', '--config')[0]]).toEqual([
      'total_iops_sec 200',
      'total_iops_sec 300',
    ])
    const later = await apply('live', desired)
    expect(later.plan.steps.map(({ command }) => 'virsh' in command && command.virsh.at(-1))).toEqual([
      '--config',
      '--config',
    ])
    expect(both('live', 'vda')).toEqual(both('live', 'vdb'))
  })

  test('a domain that does not run, is not there or has a name of digits', async () => {
    await libvirt.define('off', disk('vda'))
    await expect(capture('off')).rejects.toThrow('off does not run')
    await expect(capture('nowhere')).rejects.toThrow("failed to get domain 'nowhere'")
    await libvirt.boot('4711', disk('vda'))
    expect(await settle('4711', place(limit(await capture('4711'), 'g', { 'iops-total': 5 }), 'vda', 'g'))).toEqual([
      'blkdeviotune',
    ])
    expect(both('4711', 'vda')).toEqual(['total_iops_sec 5', 'group_name g'])
    // One that is named as another one's ID: virsh finds that other one by it.
    const id = String(Number(libvirt.virsh('domid', '4711')) + 1)
    await libvirt.define(id, disk('vda', { inside: GOLD }))
    await libvirt.boot('other', disk('vda', { inside: GOLD }))
    expect(libvirt.virsh('domname', id).trim()).toBe('other')
    const uuids = libvirt.virsh('list', '--all', '--uuid', '--name').split('\n')
    const uuid = uuids.find((line) => line.endsWith(` ${id}`))?.split(' ')[0] ?? ''
    libvirt.virsh('start', uuid, '--paused')
    const held = await capture(id)
    expect(held.groups).toMatchObject({ gold: { 'iops-total': 300 } })
    expect(await settle(id, limit(held, 'gold', { 'iops-total': 7 }))).toEqual(['blkdeviotune'])
    expect([both(uuid, 'vda')[0], both('other', 'vda')[0]]).toEqual(['total_iops_sec 7', 'total_iops_sec 300'])
  })

  const CAPPED = `<throttlegroups><throttlegroup><group_name>vmcap</group_name><total_iops_sec>900</total_iops_sec></throttlegroup>
      <throttlegroup><group_name>slow</group_name><total_iops_sec>200</total_iops_sec></throttlegroup></throttlegroups>`
  const TWO_LEVELS = `<throttlefilters><throttlefilter group='slow'/><throttlefilter group='vmcap'/></throttlefilters>`
  const ONE_LEVEL = `<throttlefilters><throttlefilter group='vmcap'/></throttlefilters>`
  const isOld = () => Number.parseInt(libvirt.version, 10) < 11
  /** IOPS of <throttlegroups>, running and for the next start. */
  const groupsOf = (domain: string) =>
    [[], ['--inactive']].map((when) => {
      const xml = libvirt.virsh('dumpxml', domain, ...when)
      const found = xml.matchAll(
        /<total_iops_sec>(\d+)<\/total_iops_sec>\s*<group_name>([^<]+)<\/group_name>\s*<\/throttlegroup>/g,
      )
      return Object.fromEntries([...found].map(([, iops, name]) => [name, iops]))
    })

  test('two levels: the chain from guest to disk, limits of either level, a group that no disk passes yet', async (context) => {
    if (isOld()) context.skip(`skipped: libvirt ${libvirt.version} has no <throttlegroups>`)
    const disks =
      disk('vda', { inside: TWO_LEVELS }) + disk('vdb', { inside: ONE_LEVEL }) + disk('vdc', { inside: GOLD })
    await libvirt.boot('two', disks, CAPPED)
    const start = await capture('two')
    expect(start.devices.map(({ id, groups }) => [id, ...groups])).toEqual([
      ['vda', 'vmcap', 'slow'],
      ['vdb', 'vmcap'],
      ['vdc', 'gold'],
    ])
    expect(await withVm(address('two'), async ({ picture }) => picture.unknown)).toEqual([])
    const desired = limit(limit(start, 'vmcap', { 'iops-total': 700 }), 'slow', { 'iops-total': 150 })
    expect(await settle('two', desired)).toEqual(['domthrottlegroupset', 'domthrottlegroupset'])
    // An <iotune> beside them goes by its own command.
    expect(await settle('two', limit(desired, 'gold', { 'iops-total': 60 }))).toEqual(['blkdeviotune'])
    const set = { vmcap: '700', slow: '150' }
    expect(groupsOf('two')).toEqual([set, set])
    const session = limit(desired, 'tenant', { 'iops-total': 40 })
    const made = await withVm(address('two'), ({ link, picture }) => {
      const base = captureWorkspace(picture, 'two')
      const plan = makePlan({
        picture,
        base,
        desired: { ...session, groups: { ...base.groups, ...session.groups } },
        scope: 'edit',
      })
      return link.send(plan.steps.filter(({ makes }) => makes === 'tenant'))
    })
    expect(made.map(({ outcome }) => outcome)).toEqual(['done'])
    expect(groupsOf('two')).toEqual([
      { ...set, tenant: '40' },
      { ...set, tenant: '40' },
    ])
    expect(tainted('two')).toBe(false)
  })

  test('filters that only the next start has, or that it has no more, are told', async (context) => {
    if (isOld()) context.skip(`skipped: libvirt ${libvirt.version} has no <throttlegroups>`)
    const disks = (vda: string) => disk('vda', { inside: vda }) + disk('vdb', { inside: ONE_LEVEL })
    await libvirt.boot('later', disks(TWO_LEVELS), CAPPED)
    await libvirt.define('later', disks(ONE_LEVEL), CAPPED)
    const places = () => withVm(address('later'), async ({ picture }) => placeDifferences(picture).map(placeWords))
    expect(await places()).toEqual(['vda: filters: vmcap → slow runs, libvirt has vmcap → slow, the next start vmcap'])
    await libvirt.define('later', disks(GOLD), CAPPED)
    expect(await places()).toContain('vda: filters: vmcap → slow runs, libvirt has vmcap → slow, the next start none')
  })

  test('libvirt takes no <iotune> beside <throttlefilters> on one disk', async (context) => {
    if (isOld()) context.skip(`skipped: libvirt ${libvirt.version} has no <throttlegroups>`)
    await expect(libvirt.define('both', disk('vda', { inside: GOLD + ONE_LEVEL }), CAPPED)).rejects.toThrow(
      'throttlefilters',
    )
  })

  test('<throttlefilters>: limits through libvirt, live and for the next start; a move is not possible', async (context) => {
    if (Number.parseInt(libvirt.version, 10) < 11)
      context.skip(`skipped: libvirt ${libvirt.version} has no <throttlegroups>`)
    const groups = `<throttlegroups><throttlegroup><group_name>vmcap</group_name><total_iops_sec>1000</total_iops_sec></throttlegroup>
      <throttlegroup><group_name>slow</group_name><total_iops_sec>100</total_iops_sec></throttlegroup></throttlegroups>`
    const chain = `<throttlefilters><throttlefilter group='slow'/><throttlefilter group='vmcap'/></throttlefilters>`
    await libvirt.boot('filters', disk('vda', { inside: chain }) + disk('vdb', { inside: GOLD }), groups)
    const start = await capture('filters')
    expect(start.groups).toEqual({
      vmcap: { 'iops-total': 1000 },
      gold: { 'iops-total': 300, 'iops-total-max': 900, 'iops-total-max-length': 10 },
      slow: { 'iops-total': 100 },
    })
    const desired = limit(start, 'slow', { 'iops-total': 150, 'iops-total-max': 500, 'iops-total-max-length': 10 })
    expect(await settle('filters', desired)).toEqual(['domthrottlegroupset'])
    for (const when of [[], ['--inactive']]) {
      const xml = libvirt.virsh('dumpxml', 'filters', ...when)
      expect(xml).toMatch(
        /<total_iops_sec>150<.*\n.*<total_iops_sec_max>500<.*\n.*_max_length>10<.*\n.*<group_name>slow</,
      )
    }
    expect(await settle('filters', limit(desired, 'slow', { 'iops-total': 150 }))).toEqual(['domthrottlegroupset'])
    const { plan } = await apply('filters', place(desired, 'vda', 'gold'))
    expect(plan.impossible).toEqual([expect.stringContaining('vda cannot move: libvirt sets the <throttlefilters>')])
    expect(tainted('filters')).toBe(false)
  })
})
