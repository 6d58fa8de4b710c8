import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { BucketLook, HostLook, VmLook } from '#shared/host-look.ts'
import { hostRows } from '#shared/host-rows.ts'
import { runCli } from './run-cli.ts'
import { topLines } from './top-table.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const plain = (text: string) => text
const PAINT = { dim: plain, bold: plain, good: plain, bad: plain, warn: plain }

async function weir(...argv: string[]) {
  const lines = { out: '', err: '' }
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
    paint: PAINT,
  }
  return { exit: await runCli(argv, { terminal, signal: new AbortController().signal }), ...lines }
}

const IDLE: VmLook = {
  id: 'unix:/vm',
  name: 'vm',
  title: null,
  state: 'running',
  up: true,
  problem: null,
  seenNs: 1,
  looks: { answered: 2, failed: 0, spentNs: 0 },
  iops: 0,
  bps: 0,
  disks: [],
  groups: [],
  drift: null,
}

function vm(name: string, iops: number, { bps = 0, share = 0, ...rest }: Partial<VmLook> & { share?: number } = {}) {
  const bucket: BucketLook = {
    bucket: 'iops-total',
    avg: 500,
    rate: 500 * share,
    share,
    level: null,
    atLimit: false,
    atLimitNs: 0,
  }
  const group = { name: 'g', limits: { 'iops-total': 500 }, disks: [], buckets: [bucket], throttledShare: share / 2 }
  const groups = share === 0 ? [] : [{ ...group, throttledNs: null, resets: 0 }]
  return { ...IDLE, id: `unix:/${name}`, name, iops, bps, groups, ...rest }
}

const host = (...vms: readonly VmLook[]): HostLook => ({ host: '/run/vms', nowNs: 0, wallMs: 0, vms, problems: [] })
const names = (look: HostLook, key: Parameters<typeof hostRows>[1]) => hostRows(look, key).map((row) => row.vm.name)

test('the noisiest has the largest share of either rate; other keys sort by themselves', () => {
  const look = host(vm('a', 100, { share: 0.9 }), vm('b', 10, { bps: 9000 }), vm('c', 120, { bps: 1000, share: 0.2 }))
  expect(names(look, 'share')).toEqual(['b', 'c', 'a'])
  expect(names(look, 'iops')).toEqual(['c', 'a', 'b'])
  expect(names(look, 'limit')).toEqual(['a', 'c', 'b'])
  expect(names(look, 'throttled')).toEqual(['a', 'c', 'b'])
  expect(names(look, 'name')).toEqual(['a', 'b', 'c'])
})

test('a name that would act on the terminal is shown as what it is', () => {
  const name = 'evil\u001b[2J\u202egnp\n\ud800'
  const lines = topLines(host(vm(name, 5)), 'share', { paint: PAINT, columns: 200, rows: 40 })
  expect(lines[2]).toMatch(/^evil\\x1b\[2J\\u202egnp\\n\\ud800 /)
})

test('what is not known is a dash, and lines fit the terminal', () => {
  const down = {
    ...IDLE,
    name: 'gone',
    state: 'silent' as const,
    up: false,
    problem: 'It hangs.',
    iops: null,
    bps: null,
  }
  const lines = topLines(host(down, vm('a', 5)), 'share', { paint: PAINT, columns: 300, rows: 40 })
  expect(lines[3]?.replaceAll(/ +/g, ' ')).toBe('gone – – – – – – – silent: It hangs.')
  expect(
    topLines(host(...Array.from({ length: 50 }, (_, at) => vm(`v${at}`, at))), 'iops', {
      paint: PAINT,
      columns: 20,
      rows: 10,
    }),
  ).toMatchObject({ length: 9, 8: '… 44 more' })
})

test('an address of one VM, a folder that is missing and a sort key that is not one', async () => {
  expect(await weir('top', 'unix:/run/vm.qmp')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('is one VM, not a host'),
  })
  expect(await weir('top', '/nowhere/at/all')).toMatchObject({
    exit: 3,
    err: expect.stringContaining('does not exist'),
  })
  expect(await weir('top', '/tmp', '--sort', 'age')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('one of share, iops'),
  })
})

test('at 80 columns figures go before the state of a VM, and the sorted column stays', () => {
  const stopped = { ...vm('stopped', 0), up: false, state: 'silent', problem: 'it hangs' } as const
  const at = (key: 'share' | 'bps') => topLines(host(stopped, vm('a', 5)), key, { paint: PAINT, columns: 80, rows: 24 })
  const [head = '', ...rows] = at('share').slice(1)
  expect(head).toMatch(/^VM +share +IOPS .*drift, state$/)
  expect(head).not.toContain('bandwidth')
  expect(rows.join('\n')).toContain('silent: it hangs')
  expect(at('bps')[1]).toMatch(/IOPS +bandwidth/)
  expect(Math.max(...at('share').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('in a narrow terminal no line wraps, keys sort and q ends', async () => {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  const written: string[] = []
  const press = { key: (_key: string): void => undefined }
  const terminal = {
    print: () => undefined,
    complain: () => undefined,
    write: (text: string) => void written.push(text),
    redraws: true,
    columns: () => 40,
    rows: () => 10,
    onKey: (listener: (key: string) => void) => {
      press.key = listener
      return () => undefined
    },
    paint: PAINT,
  }
  const ran = runCli(['top', folder.path], { terminal, signal: new AbortController().signal })
  await expect.poll(() => written.length).toBeGreaterThan(0)
  press.key('n')
  press.key('q')
  expect(await ran).toBe(0)
  const lines = written
    .join('')
    .split('\n')
    .map((line) => line.replace('\u001b[3A\u001b[0J', ''))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`real QEMUs ${absent ?? ''}`, () => {
  test('one look as JSON and as a table, with the rates of the load', { timeout: 30_000 }, async () => {
    const folder = await makeTempFolder()
    cleanups.push(folder.remove)
    const sockets = path.join(folder.path, 's')
    await mkdir(sockets)
    for (const name of ['busy', 'idle']) {
      const drives = ['id=d0,throttling.iops-total=100,throttling.iops-total-max=1000']
      const qemu = await SmallQemu.start({ name, socket: path.join(sockets, `${name}.qmp`), drives })
      cleanups.push(() => qemu.kill())
      if (name === 'busy') void qemu.io('d0', 'write', { count: 1500 }).catch(() => undefined) // killed while it waits
    }
    const { exit, out } = await weir('top', sockets, '--json')
    const look = JSON.parse(out) as HostLook & { format: string }
    expect([exit, look.format]).toEqual([0, 'weir-host/1'])
    expect(look.vms.map(({ name, up }) => [name, up])).toEqual([
      ['busy', true],
      ['idle', true],
    ])
    expect(look.vms[0]?.iops).toBeGreaterThan(50)
    expect(look.vms[1]?.iops).toBe(0)
    const table = await weir('top', sockets)
    expect(table.out.split('\n')[2]).toMatch(/^busy +100 % +.* % of 100 /)
  })
})
