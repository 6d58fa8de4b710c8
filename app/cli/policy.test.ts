import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { CutSocket } from '#main/live/lift/testing/cut-socket.ts'
import { startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { runCli } from './run-cli.ts'
import { callWeirUntil } from './testing/call-weir.ts'

// The first to call a command loads it.
vi.setConfig({ testTimeout: 30_000 })

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function weir(...argv: readonly string[]) {
  const lines = { out: '', err: '' }
  const plain = (text: string) => text
  const terminal = {
    print: (text: string) => {
      lines.out += `${text}\n`
    },
    complain: (text: string) => {
      lines.err += `${text}\n`
    },
    write: (text: string) => {
      lines.out += text
    },
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  return { exit: await runCli(argv, { terminal, signal: new AbortController().signal }), ...lines }
}

/** A folder with `s` for sockets, and the policy in it. */
async function host(rules: readonly object[]): Promise<{ readonly root: string; readonly args: readonly string[] }> {
  const { path: root, remove } = await makeTempFolder()
  cleanups.push(remove)
  await mkdir(path.join(root, 's'))
  const file = path.join(root, 'policy.json')
  await writeFile(file, JSON.stringify({ format: 'weir-policy/1', rules }))
  return { root, args: ['--policy', file, '--from', path.join(root, 's')] }
}

async function qemu(root: string, name: string, drives: readonly string[]): Promise<SmallQemu> {
  const started = await SmallQemu.start({ name, socket: path.join(root, 's', `${name}.qmp`), drives })
  cleanups.push(() => started.kill())
  return started
}

const UNLIMITED = { bps: 0, bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 0, iops_wr: 0 }

/** The limit and the group of each disk, from outside. */
async function limitsOf(vm: SmallQemu) {
  const rows = (await vm.outside('query-block')) as { device: string; inserted: { iops: number; group?: string } }[]
  return Object.fromEntries(rows.map(({ device, inserted }) => [device, [inserted.iops, inserted.group ?? null]]))
}

test('a policy that is wrong is told with its place, and --from must be there', async () => {
  const { args } = await host([{ limits: { iops: 5, 'iops-total': '3 per disk' } }])
  const { exit, err } = await weir('check', ...args)
  expect(exit).toBe(2)
  expect(err).toContain('rules[0].limits.iops: "iops" is not a limit')
  expect(err).toContain('rules[0].limits.iops-total: "3 per disk" is not valid: use a number')
  const never = await host([{ limits: { 'iops-total': 10, 'iops-read': 5 } }])
  for (const command of ['check', 'apply']) {
    expect(await weir(command, ...never.args)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('rules[0].limits.iops-total: 10 is not valid'),
    })
  }
  const right = await host([{ limits: { 'iops-total': 5 } }])
  expect(await weir('check', ...right.args.slice(0, 2))).toMatchObject({
    exit: 2,
    err: expect.stringContaining('--from'),
  })
  expect(await weir('check')).toMatchObject({ exit: 2, err: expect.stringContaining('weir check FILE, or') })
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`real QEMUs ${absent ?? ''}`, () => {
  const RULES = [
    { vms: 'db*', per: 'vm', limits: { 'iops-total': '100 per GiB, at least 150' } },
    { vms: '*', disks: 'd1', limits: {} },
    { limits: { 'iops-total': 300 } },
  ]

  test('check names each difference; apply shows, then sends, and a second time finds nothing', async () => {
    const { root, args } = await host(RULES)
    const db = await qemu(root, 'db01', ['id=d0,size=2G', 'id=d1,size=1G'])
    const web = await qemu(root, 'web01', [
      'id=d0,throttling.iops-total=70',
      'id=d1,throttling.iops-total=80',
      'id=d2,throttling.iops-total=300',
    ])
    const before = [await limitsOf(db), await limitsOf(web)]

    const checked = await weir('check', ...args)
    expect(checked.exit).toBe(1)
    expect(checked.out).toContain('web01: d0: IOPS: 300 → 70')
    expect(checked.out).toContain('2 VMs checked, 2 differ')

    const shown = await weir('apply', ...args)
    expect([shown.exit, shown.err]).toEqual([1, expect.stringContaining('nothing was sent; --yes sends it')])
    expect(shown.out).toContain('IOPS: 70 → 300')
    expect(shown.out).not.toContain('300 → 70')
    expect(shown.out).toContain('block_set_io_throttle')
    expect([await limitsOf(db), await limitsOf(web)]).toEqual(before)

    await mkdir(path.join(root, 'state/weir'), { recursive: true })
    await writeFile(path.join(root, 'state/weir/applies'), '')
    vi.stubEnv('XDG_STATE_HOME', path.join(root, 'state'))
    const unwritten = await weir('apply', ...args, '--yes')
    vi.unstubAllEnvs()
    expect([unwritten.exit, unwritten.err]).toEqual([3, expect.stringContaining('cannot be written')])
    expect([await limitsOf(db), await limitsOf(web)]).toEqual(before)

    const sent = await weir('apply', ...args, '--yes')
    expect([sent.exit, sent.err]).toEqual([0, expect.not.stringContaining('not possible')])
    expect(await limitsOf(db)).toEqual({ d0: [300, 'd0'], d1: [300, 'd0'] })
    expect(await limitsOf(web)).toMatchObject({ d0: [300, 'd0'], d1: [0, null], d2: [300, 'd2'] })

    expect(await weir('check', ...args)).toMatchObject({ exit: 0, out: expect.stringContaining(', 0 differ') })
    const again = await weir('apply', ...args, '--yes', '--json')
    expect(JSON.parse(again.out)).toMatchObject({
      format: 'weir-policy-report/1',
      vms: [
        { vm: 'db01', drift: [], commands: [] },
        { vm: 'web01', drift: [], commands: [] },
      ],
    })
  })

  test('a VM that does not answer is told, and the others are put right', async () => {
    const { root, args } = await host([{ limits: { 'iops-total': 300 } }])
    const dead = await startFakeServer((socket) => socket.end())
    cleanups.push(dead.close)
    await symlink(dead.path, path.join(root, 's', 'aaa'))
    const web = await qemu(root, 'web01', ['id=d0,throttling.iops-total=70'])
    const { exit, err } = await weir('apply', ...args, '--yes')
    expect([exit, err]).toEqual([3, expect.stringContaining('aaa: ')])
    expect(await limitsOf(web)).toEqual({ d0: [300, 'd0'] })
    expect((await weir('check', ...args)).out).toMatch(/^1 VM checked, 0 differ from .*; 1 VM could not be checked$/m)
  })

  test('an Apply that is cut off is exit 3 and stays written down, and the next one says so', async () => {
    const { root, args } = await host([{ limits: { 'iops-total': 300 } }])
    const vm = await SmallQemu.start({
      name: 'web01',
      socket: path.join(root, 'web01.qmp'),
      drives: ['id=d0,throttling.iops-total=70'],
    })
    cleanups.push(() => vm.kill())
    const socket = await CutSocket.open(path.join(root, 'web01.qmp'))
    cleanups.push(() => socket.close())
    await symlink(socket.path, path.join(root, 's', 'web01'))
    socket.point = { number: 1, when: 'after', cut: () => socket.drop() }
    expect((await weir('apply', ...args, '--yes')).exit).toBe(3)
    await vm.outside('block_set_io_throttle', { device: 'd0', ...UNLIMITED, iops: 5 })
    const shown = await weir('apply', ...args)
    expect([shown.exit, shown.err]).toEqual([1, expect.stringContaining('was interrupted')])
    expect(shown.err).toMatch(/to put it back: {2}weir apply \S+before\.weir\.json --vm unix:\S+web01$/m)
  })

  test('Ctrl-C while an Apply is under way lets it finish, and begins no other', async () => {
    const { root, args } = await host([{ limits: { 'iops-total': 300 } }])
    const vm = await SmallQemu.start({
      name: 'web01',
      socket: path.join(root, 'web01.qmp'),
      drives: ['id=d0,throttling.iops-total=70', 'id=d1,throttling.iops-total=80'],
    })
    cleanups.push(() => vm.kill())
    const other = await qemu(root, 'web02', ['id=d0,throttling.iops-total=70'])
    const socket = await CutSocket.open(path.join(root, 'web01.qmp'))
    cleanups.push(() => socket.close())
    await symlink(socket.path, path.join(root, 's', 'web01'))
    const user = new AbortController()
    socket.point = { number: 1, when: 'sent', cut: () => user.abort() }
    expect(await callWeirUntil(user.signal, 'apply', ...args, '--yes')).toMatchObject({ exit: 0 })
    expect(await limitsOf(vm)).toEqual({ d0: [300, 'd0'], d1: [300, 'd1'] })
    expect(await limitsOf(other)).toEqual({ d0: [70, 'd0'] })
  })

  test('a disk that shares the limits of another shows as drift', async () => {
    const { root, args } = await host([{ disks: 'd0', limits: { 'iops-total': 300 } }])
    const shared = 'throttling.iops-total=300,throttling.group=g'
    await qemu(root, 'web01', [`id=d0,${shared}`, `id=d1,${shared}`])
    expect(await weir('check', ...args)).toMatchObject({ exit: 1, out: expect.stringContaining('web01: d0') })
    const { err } = await weir('apply', ...args)
    expect(err).toContain('web01: d0 leaves g, whose limits d0 and d1 share: together they may do more then.')
  })

  test('a disk that leaves limits of its own for those of its VM is warned of by nobody', async () => {
    const { root, args } = await host([{ per: 'vm', limits: { 'iops-total': 300 } }])
    await qemu(root, 'web01', ['id=d0,throttling.iops-total=70', 'id=d1,throttling.iops-total=80'])
    const { out, err } = await weir('apply', ...args)
    expect([out, err]).toEqual([expect.stringContaining('d1'), expect.not.stringMatching(/leaves \S+, whose/)])
  })

  test('a source that cannot be listed ends an apply before anything is sent', async () => {
    const { root, args } = await host([{ limits: { 'iops-total': 300 } }])
    const web = await qemu(root, 'web01', ['id=d0,throttling.iops-total=70'])
    const sent = await weir('apply', ...args, '--from', path.join(root, 'none'), '--yes')
    expect([sent.exit, sent.err]).toEqual([3, expect.stringContaining('does not exist')])
    expect(await limitsOf(web)).toEqual({ d0: [70, 'd0'] })
  })
})
