import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { usualJournal } from '#main/live/apply-journal.ts'
import { GREETING, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { runCli } from './run-cli.ts'

const cleanups: (() => Promise<void>)[] = []
// `apply` writes down what it is about to do, in the user's own state folder but for tests.
beforeAll(async () => {
  const folder = await makeTempFolder()
  vi.stubEnv('XDG_STATE_HOME', folder.path)
  return folder.remove
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function weir(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  return weirUntil(new AbortController().signal, argv)
}

async function weirUntil(signal: AbortSignal, argv: readonly string[]) {
  const lines = { out: '', err: '' }
  const plain = (text: string) => text
  const exit = await runCli(argv, {
    terminal: {
      print: (text) => {
        lines.out += `${text}\n`
      },
      complain: (text) => {
        lines.err += `${text}\n`
      },
      write: (text) => {
        lines.out += text
      },
      redraws: false,
      columns: () => 80,
      paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
    },
    signal,
  })
  return { exit, ...lines }
}

async function writeTemp(workspace: object): Promise<string> {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  const file = path.join(folder.path, 'vm.weir.json')
  await writeFile(file, JSON.stringify(workspace))
  return file
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  const ARGS = [
    ...['-name', 'web01', '-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=gold'],
    ...['-device', 'virtio-blk-pci,drive=d0', '-drive', 'if=none,id=d1,driver=null-co', '-device', 'scsi-cd,id=cd0'],
  ]

  async function start(): Promise<{ readonly qemu: RealQemu; readonly qmp: readonly string[] }> {
    const qemu = await RealQemu.start(ARGS)
    cleanups.push(() => qemu.close())
    return { qemu, qmp: ['--qmp', `unix:${(qemu.address as { path: string }).path}`] }
  }

  async function captured(qmp: readonly string[]): Promise<Workspace> {
    return JSON.parse((await weir('capture', ...qmp)).out) as Workspace // checked by the test of capture
  }

  test('check of a VM that has migrated away fails, and advises no apply that would be refused', async () => {
    const { qemu, qmp } = await start()
    const file = await writeTemp(await captured(qmp))
    expect((await weir('check', file, ...qmp)).exit).toBe(0)
    await qemu.outside('cont')
    await qemu.outside('migrate', { uri: 'exec:cat >/dev/null' })
    const status = async () => ((await qemu.outside('query-status')) as { status: string }).status
    await expect.poll(status, { timeout: 20_000, interval: 100 }).toBe('postmigrate')
    const { exit, out } = await weir('check', file, ...qmp)
    expect(exit).toBe(1)
    expect(out).toContain('This VM has migrated away')
    expect(out).not.toContain('weir apply')
  })

  test('capture prints a workspace that check finds fine, and tells what is hidden', async () => {
    const { qmp } = await start()
    const { exit, out, err } = await weir('capture', ...qmp)
    expect([exit, err]).toEqual([
      0,
      'not known: cd0 has no medium: QEMU shows no limits then, though it keeps them for the next one.\n',
    ])
    const workspace = JSON.parse(out) as Workspace // just printed
    expect(workspace).toMatchObject({ name: 'web01', groups: { gold: { 'iops-total': 100 } } })
    const file = await writeTemp(workspace)
    expect(await weir('check', file, ...qmp)).toMatchObject({ exit: 0 })
  }, 30_000)

  test('apply: dry run, apply, nothing the second time; check tells the drift before and after', async () => {
    const { qmp } = await start()
    const before = await captured(qmp)
    const devices = before.devices.map((device) => (device.id === 'd1' ? { ...device, group: 'gold' } : device))
    const file = await writeTemp({ ...before, devices, groups: { gold: { 'iops-total': 250 } } })
    expect((await weir('check', file, ...qmp)).exit).toBe(1)
    expect(JSON.parse((await weir('check', file, '--json', ...qmp)).out).drift).toEqual([
      'gold: IOPS: 250 → 100',
      'd1: gold → not throttled',
    ])
    const dry = await weir('apply', file, ...qmp, '--dry-run', '--json')
    const [command, ...others] = JSON.parse(dry.out).commands
    expect(command).toEqual({
      execute: 'block_set_io_throttle',
      arguments: { device: 'd1', group: 'gold', bps: 0, bps_rd: 0, bps_wr: 0, iops: 250, iops_rd: 0, iops_wr: 0 },
      outcome: 'unsent',
      answer: null,
    })
    expect([dry.exit, others, (await captured(qmp)).groups]).toEqual([0, [], before.groups])
    const applied = await weir('apply', file, ...qmp, '--json')
    expect([applied.exit, JSON.parse(applied.out).commands[0]]).toMatchObject([0, { outcome: 'done', answer: '{}' }])
    const again = await weir('apply', file, ...qmp, '--json')
    expect([again.exit, JSON.parse(again.out).commands]).toEqual([0, []])
    expect((await weir('apply', file, ...qmp)).out).toBe('The VM matches the file.\n')
    expect((await weir('check', file, ...qmp)).exit).toBe(0)
  }, 30_000)

  test('what is not possible is told and exits 1; the rest is applied', async () => {
    const { qemu, qmp } = await start()
    const before = await captured(qmp)
    const stranger = { ...before.devices[0], id: 'nosuch', qemu: {} }
    const edited = { ...before, devices: [...before.devices, stranger], groups: { gold: { 'iops-total': 7 } } }
    const file = await writeTemp(edited)
    const { exit, out, err } = await weir('apply', file, ...qmp)
    expect(exit).toBe(1)
    expect(out).toContain('gold: IOPS: 100 → 7\n')
    expect(err).toContain('not possible: nosuch is not a disk of this VM, and Weir never plugs disks in.\n')
    expect(await qemu.outside('query-block')).toMatchObject([{ inserted: { iops: 7 } }, {}, {}])
  }, 30_000)

  test('apply tells of an earlier one that was cut off, and of the files that finish it or put it back', async () => {
    const { qmp } = await start()
    const before = await captured(qmp)
    const limits = (iops: number) => {
      const parsed = parseWorkspace({ ...before, groups: { gold: { 'iops-total': iops } } })
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
      return parsed.value
    }
    const where = qmp[1] ?? ''
    await usualJournal().begin(where, { before: limits(60), desired: limits(70) })
    const file = await writeTemp(before)
    const { err } = await weir('apply', file, ...qmp, '--dry-run')
    expect(err).toContain(`An earlier Apply to ${where} was interrupted`)
    const found = await usualJournal().find(where)
    expect(err).toContain(`to finish it:    weir apply ${found?.desiredFile} --vm ${where}`)
    expect((await weir('apply', found?.beforeFile ?? '', ...qmp)).exit).toBe(0)
    expect((await captured(qmp)).groups.gold).toEqual({ 'iops-total': 60 })
    expect(await usualJournal().find(where)).toBeNull()
  }, 30_000)

  test('a socket that another client holds exits 3 and says so', async () => {
    const { qemu, qmp } = await start()
    const { QmpClient } = await import('#main/qmp/qmp-client.ts')
    const holder = await QmpClient.connect(qemu.address)
    const { exit, err } = await weir('capture', ...qmp)
    holder.close()
    expect(exit).toBe(3)
    expect(err).toContain('another client holds this QMP socket')
  }, 30_000)
})

test('a wrong or missing address is a wrong input, a missing socket a broken world', async () => {
  expect(await weir('capture')).toMatchObject({ exit: 2, err: expect.stringContaining('--vm: this is missing') })
  expect(await weir('capture', '--qmp', 'tcp:host')).toMatchObject({ exit: 2 })
  expect(await weir('capture', '--qmp', '/nonexistent/qmp')).toMatchObject({
    exit: 3,
    err: expect.stringContaining('There is no socket at /nonexistent/qmp.'),
  })
})

const VISITS = ['capture', 'check FILE', 'apply FILE']

/** Greets and never answers, as a QEMU whose main loop hangs. */
async function hanging() {
  const server = await startFakeServer((socket) => void socket.resume().write(GREETING))
  cleanups.push(() => server.close())
  const file = await writeTemp(EMPTY_WORKSPACE)
  const argv = (vm: string) => [
    ...vm.split(' ').map((word) => (word === 'FILE' ? file : word)),
    ...['--qmp', `unix:${server.path}`],
  ]
  return { server, argv }
}

test.each(VISITS)(
  'weir %s at a QEMU that greets and never answers gives up within 10 s with exit 3',
  async (vm) => {
    const { server, argv } = await hanging()
    const begunMs = performance.now()
    const { exit, err } = await weir(...argv(vm))
    expect({ exit, err }).toMatchObject({ exit: 3, err: expect.stringContaining('has not answered qmp_capabilities') })
    expect(performance.now() - begunMs).toBeLessThan(10_000)
    // What stays open would keep the process alive.
    await expect.poll(() => server.open()).toBe(0)
  },
  20_000,
)

test.each(VISITS)(
  'weir %s ends at once when it is asked to while QEMU hangs',
  async (vm) => {
    const { server, argv } = await hanging()
    const controller = new AbortController()
    const ended = weirUntil(controller.signal, argv(vm))
    await expect.poll(() => server.open()).toBe(1)
    const begunMs = performance.now()
    controller.abort()
    expect((await ended).exit).toBe(3)
    expect(performance.now() - begunMs).toBeLessThan(1000)
    await expect.poll(() => server.open()).toBe(0)
  },
  20_000,
)
