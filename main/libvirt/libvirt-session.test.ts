import { spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Host } from '#main/live/host/host.ts'
import { QemuSession } from '#main/live/qemu-session.ts'
import { cleanUp, closeAll, snapshotWhere, stateWhere } from '#main/live/testing/session.ts'
import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import type { HostLook } from '#shared/host-look.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { LibvirtPort } from './libvirt-port.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'

// A session and a host that live through what happens to a libvirt: its daemon restarts, domains end and begin.

const PATIENCE_MS = 120_000
const IOTUNE = '<iotune><total_iops_sec>300</total_iops_sec><group_name>gold</group_name></iotune>'

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  let libvirt: RealLibvirt
  beforeAll(async () => {
    libvirt = await RealLibvirt.start()
  }, PATIENCE_MS)
  afterEach(closeAll)
  afterAll(() => libvirt.close(), PATIENCE_MS)

  async function attach(domain: string): Promise<QemuSession> {
    const session = new QemuSession({ address: { kind: 'libvirt', uri: libvirt.uri, domain }, pollMs: 200 })
    cleanUp(() => session.close())
    await session.connect()
    return session
  }

  /** Resolves with a look at the whole host of which `is` holds. */
  async function watchHost(): Promise<(is: (look: HostLook) => boolean) => Promise<HostLook>> {
    const host = new Host({ ports: [new LibvirtPort(libvirt.uri)], periodMs: 200 })
    cleanUp(async () => host.close())
    await host.start()
    return (is) =>
      new Promise((resolve) => {
        const stop = host.onLook((look) => {
          if (!is(look)) return
          stop()
          resolve(look)
        })
      })
  }

  const withoutUri = (command: string) => command.replace(`-c ${shellQuote(libvirt.uri)} `, '')
  const iops = (domain: string, when: '--live' | '--config') =>
    /total_iops_sec : (\d+)/.exec(libvirt.virsh('blkdeviotune', domain, 'vda', when))?.[1]

  test('an edit is staged, sent as shown, and survives the next start', async () => {
    await libvirt.boot('staged', disk('vda', { inside: IOTUNE }))
    const session = await attach('staged')
    expect(session.state).toMatchObject({ status: 'attached', label: 'staged', drift: [], unknown: [] })
    expect(session.state.version).toMatch(/^\d+\.\d+/)
    await session.apply(setLimits(session.workspace, 'gold', { 'iops-total': 450 }), 1)
    const [command = '', ...others] = session.state.plan.commands
    expect(others).toEqual([])
    expect(withoutUri(command)).toMatch(/^virsh blkdeviotune staged vda --group-name gold .* --live --config$/)
    expect(iops('staged', '--live')).toBe('300')
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect([iops('staged', '--live'), iops('staged', '--config')]).toEqual(['450', '450'])
    // As somebody who pastes it sends it: to this libvirt, not to the machine's own.
    expect(spawnSync('sh', ['-c', command.replace(' 450 ', ' 460 ')], { timeout: 20_000 }).status).toBe(0)
    expect([iops('staged', '--live'), iops('staged', '--config')]).toEqual(['460', '460'])
  })

  test('without the tick for the next start only what runs is changed', async () => {
    await libvirt.boot('unticked', disk('vda', { inside: IOTUNE }))
    const session = await attach('unticked')
    expect(session.state.nextStart).toBe(true)
    session.stage((staging) => staging.setNextStart(false))
    await session.apply(setLimits(session.workspace, 'gold', { 'iops-total': 450 }), 1)
    expect([session.state.nextStart, session.state.plan.commands]).toEqual([false, [expect.stringMatching(/ --live$/)]])
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect([iops('unticked', '--live'), iops('unticked', '--config')]).toEqual(['450', '300'])
  })

  test('a transient domain takes limits, and has no next start to write', async () => {
    await libvirt.boot('transient', disk('vda', { inside: IOTUNE }))
    libvirt.virsh('undefine', 'transient')
    const session = await attach('transient')
    await session.apply(setLimits(session.workspace, 'gold', { 'iops-total': 450 }), 1)
    expect([session.state.nextStart, session.state.plan.commands]).toEqual([null, [expect.stringMatching(/ --live$/)]])
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect(iops('transient', '--live')).toBe('450')
  })

  test('a block job of libvirt is seen with its disk, and its speed is staged and sent', async () => {
    await libvirt.boot('job', disk('vda', { inside: IOTUNE }))
    const copy = ['--dest', `${libvirt.folder}/copy.img`, '--bandwidth', '65536', '--bytes', '--transient-job']
    libvirt.virsh('blockcopy', 'job', 'vda', ...copy)
    const session = await attach('job')
    const { jobs } = await snapshotWhere(session, (snapshot) => snapshot.jobs !== undefined)
    expect(jobs).toMatchObject([
      { id: 'vda', kind: 'mirror', disks: ['vda'], speedBps: 65536, takesFrom: [], passesBy: ['gold'] },
    ])
    session.stage((staging) => staging.stageSpeed('vda', 131_072))
    expect(session.state.plan.commands.map(withoutUri)).toEqual(['virsh blockjob job vda --bandwidth 131072 --bytes'])
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect(libvirt.virsh('blockjob', 'job', 'vda', '--raw', '--bytes')).toContain('bandwidth=131072')
    // What libvirt leaves out, once QEMU itself may be asked.
    expect(jobs?.[0]?.status).toBeNull()
    session.mayTaint = true
    const own = await snapshotWhere(session, (snapshot) => snapshot.jobs?.[0]?.status !== null)
    expect(own.jobs).toMatchObject([{ id: 'vda', kind: 'mirror', status: expect.stringMatching(/running|ready/) }])
  })

  test('a throttle group without disks is taken away, live and for the next start', async (context) => {
    if (Number(libvirt.version.split('.')[0]) < 12) return context.skip('libvirt before 11.2 knows no throttle groups')
    const group = (name: string) =>
      `<throttlegroup><total_iops_sec>300</total_iops_sec><group_name>${name}</group_name></throttlegroup>`
    const used = '<throttlefilters><throttlefilter group="used"/></throttlefilters>'
    const groups = `<throttlegroups>${group('used')}${group('spare')}</throttlegroups>`
    await libvirt.boot('groups', disk('vda', { inside: used }), groups)
    const session = await attach('groups')
    const { spare, ...kept } = session.workspace.groups
    expect(spare).toEqual({ 'iops-total': 300 })
    await session.apply({ ...session.workspace, groups: kept }, 1)
    expect(session.state.plan.commands.map(withoutUri)).toEqual([
      'virsh domthrottlegroupdel groups spare --live --config',
    ])
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    for (const which of [[], ['--inactive']]) {
      expect(libvirt.virsh('dumpxml', ...which, 'groups')).not.toContain('spare')
    }
  })

  test('what virsh changes beside Weir is told as drift', async () => {
    await libvirt.boot('drift', disk('vda', { inside: IOTUNE }))
    const session = await attach('drift')
    libvirt.virsh('blkdeviotune', 'drift', 'vda', '--total-iops-sec', '99', '--live')
    const state = await stateWhere(session, ({ drift }) => drift.length > 0)
    expect(state.drift).toEqual(['gold: IOPS: 300 → 99'])
    expect(state.unknown).toEqual(['gold: IOPS: 99 runs, libvirt has 99, the next start 300.'])
  })

  test('a libvirtd that restarts is lost and picked up again; the VM runs on and takes limits', async () => {
    await libvirt.boot('restart', disk('vda', { inside: IOTUNE }))
    const session = await attach('restart')
    await libvirt.stopDaemon()
    expect((await stateWhere(session, ({ status }) => status === 'lost')).message).toContain('does not answer')
    await libvirt.startDaemon()
    session.retryNow()
    await stateWhere(session, ({ status }) => status === 'attached')
    await session.apply(setLimits(session.workspace, 'gold', { 'iops-total': 70 }), 1)
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect([iops('restart', '--live'), iops('restart', '--config')]).toEqual(['70', '70'])
  })

  test('a domain that is destroyed is lost, and back when it is started again', async () => {
    await libvirt.boot('again', disk('vda', { inside: IOTUNE }))
    const session = await attach('again')
    libvirt.virsh('destroy', 'again')
    expect((await stateWhere(session, ({ status }) => status === 'lost')).message).toBe('again does not run.')
    libvirt.virsh('start', 'again', '--paused')
    session.retryNow()
    await stateWhere(session, ({ status }) => status === 'attached')
    expect((await snapshotWhere(session, ({ state }) => state === 'running')).groups.gold?.limits).toEqual({
      'iops-total': 300,
    })
  })

  test('a host shows its domains; one whose QEMU hangs holds up no other; they come and go', async () => {
    await libvirt.boot('host1', disk('vda', { inside: IOTUNE }))
    await libvirt.boot('host 2', disk('vda'))
    const until = await watchHost()
    const find = (look: HostLook, name: string) => look.vms.find((vm) => vm.name === name)
    const look = await until((seen) => ['host1', 'host 2'].every((name) => find(seen, name)?.up))
    expect(find(look, 'host1')).toMatchObject({
      id: `libvirt:${libvirt.uri}#host1`,
      state: 'paused',
      disks: [{ id: 'vda', groups: ['gold'] }],
      groups: [{ name: 'gold', limits: { 'iops-total': 300 } }],
    })

    libvirt.signal('host 2', 'SIGSTOP')
    // It is asked again meanwhile.
    const hung = await until((seen) => (find(seen, 'host 2')?.looks.failed ?? 0) >= 2)
    expect(find(hung, 'host 2')).toMatchObject({
      state: 'silent',
      problem: 'libvirt reports no figures for host 2.',
    })
    const answered = (seen: HostLook) => find(seen, 'host1')?.looks.answered ?? 0
    const later = await until((seen) => answered(seen) >= answered(hung) + 3)
    expect(find(later, 'host1')).toMatchObject({ up: true, looks: { failed: find(look, 'host1')?.looks.failed } })
    libvirt.signal('host 2', 'SIGCONT')
    await until((seen) => find(seen, 'host 2')?.up === true)

    libvirt.virsh('destroy', 'host 2')
    await until((seen) => find(seen, 'host 2') === undefined)
  })
})
