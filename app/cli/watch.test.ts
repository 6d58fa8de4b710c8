import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { HostLook } from '#shared/host-look.ts'
import { formatQmpAddress } from '#shared/qemu/qmp-address.ts'
import { runCli } from './run-cli.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** `weir watch … --json` while it runs. */
class Watching {
  readonly lines: Record<string, unknown>[] = []
  readonly ended: Promise<number>
  readonly #controller = new AbortController()
  readonly #listeners = new Set<() => void>()

  constructor(...argv: readonly string[]) {
    const plain = (text: string) => text
    const terminal = {
      print: (text: string) => {
        this.lines.push(JSON.parse(text))
        for (const listener of this.#listeners) listener()
      },
      complain: () => undefined,
      write: () => undefined,
      redraws: false,
      columns: () => 80,
      paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
    }
    this.ended = runCli(['watch', ...argv, '--json'], { terminal, signal: this.#controller.signal })
  }

  until(event: 'begin' | 'end', kind: string): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const listener = (): void => {
        const found = this.lines.find((line) => line.event === event && line.kind === kind)
        if (found) resolve(found)
      }
      this.#listeners.add(listener)
      listener()
    })
  }

  end(): Promise<number> {
    this.#controller.abort()
    return this.ended
  }
}

test.each([
  [['/run/qemu', '--only', 'loud']],
  [['/run/qemu', '--latency', 'long']],
  [['/run/qemu', '--workspace', 'vm.weir.json']],
  [['unix:/a', '--vm', 'unix:/b']],
  [[]],
])('%j is a wrong input', async (argv) => {
  const watching = new Watching(...argv)
  expect(await watching.ended).toBe(2)
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`real QEMUs ${absent ?? ''}`, { timeout: 120_000 }, () => {
  async function vms(...names: readonly string[]) {
    const { path: root, remove } = await makeTempFolder()
    cleanups.push(remove)
    const folder = path.join(root, 's')
    await mkdir(folder)
    const started = await Promise.all(
      names.map((name) =>
        SmallQemu.start({
          name,
          socket: path.join(folder, `${name}.qmp`),
          drives: ['id=d0,throttling.iops-total=20,throttling.group=gold'],
        }),
      ),
    )
    cleanups.push(() => Promise.all(started.map((vm) => vm.kill())))
    return { folder, started }
  }

  const tune = (vm: SmallQemu | undefined, iops: number) =>
    vm?.outside('block_set_io_throttle', {
      ...{ device: 'd0', group: 'gold', iops, bps: 0, bps_rd: 0, bps_wr: 0, iops_rd: 0, iops_wr: 0 },
    })

  test('a VM at its limit, with slow requests, of two of a folder: begins and ends', async () => {
    const { folder, started } = await vms('loud', 'calm')
    const watching = new Watching(folder, '--at-limit', '2s', '--latency', '50ms')
    await started[0]?.io('d0', 'read', { count: 1000 })
    expect(await watching.until('begin', 'at-limit')).toMatchObject({
      format: 'weir-alarm/1',
      vm: 'loud',
      subject: 'gold',
      bucket: 'iops-total',
      threshold: 20,
      text: expect.stringContaining('gold: at its IOPS limit of 20 for'),
    })
    await watching.until('begin', 'latency')
    // What waits goes at once, however slow this machine is.
    await tune(started[0], 100_000)
    const [ended] = await Promise.all([watching.until('end', 'at-limit'), watching.until('end', 'latency')])
    expect(Date.parse(String(ended.time))).toBeGreaterThan(Date.parse(String(ended.since)))
    expect([await watching.end(), watching.lines.filter(({ vm }) => vm === 'calm')]).toEqual([0, []])
  })

  test('with --percentiles an alarm of latency says its p99, and Ctrl-C takes the histograms out of the VM', async () => {
    const qemu = await RealQemu.start([
      ...['-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=20,throttling.group=gold'],
      ...['-device', 'scsi-hd,drive=d0'],
    ])
    cleanups.push(() => qemu.close())
    const hasHistogram = async () =>
      JSON.stringify(await qemu.outside('query-blockstats')).includes('latency_histogram')
    const watching = new Watching('--vm', formatQmpAddress(qemu.address), '--latency', '50ms', '--percentiles')
    const seen = watching.until('begin', 'latency')
    while (!(await hasHistogram())) await new Promise((resolve) => setTimeout(resolve, 50))
    await qemu.io('d0', 'read', { count: 1000 })
    expect(await seen).toMatchObject({ text: expect.stringMatching(/^d0: reads take .* on average \(p99 .*s\)$/) })
    expect([await watching.end(), await hasHistogram()]).toEqual([0, false])
    const shown = { lines: '' }
    const print = (text: string) => {
      shown.lines += text
    }
    const paint = { dim: String, bold: String, good: String, bad: String, warn: String }
    const terminal = { print, complain: print, write: print, redraws: false, columns: () => 80, paint }
    const argv = ['top', qemu.folder, '--percentiles', '--json']
    expect(await runCli(argv, { terminal, signal: new AbortController().signal })).toBe(0)
    const { vms: looked } = JSON.parse(shown.lines) as HostLook // what it says it prints
    const disk = looked.find((vm) => vm.up)?.disks[0]
    expect(disk).toMatchObject({ histograms: 'weir', read: { latency: { p99: {} } }, write: { latency: null } })
    expect(await hasHistogram()).toBe(false)
  })

  test('limits that somebody changes are drift, and a VM that is killed is lost', async () => {
    const { folder, started } = await vms('web01')
    const watching = new Watching('--vm', `unix:${path.join(folder, 'web01.qmp')}`)
    const seen = watching.until('begin', 'drift')
    // The first look must have been: what it finds is what should be.
    const pause = setInterval(() => tune(started[0], 7)?.catch(() => undefined), 500)
    cleanups.push(() => clearInterval(pause))
    expect(await seen).toMatchObject({ vm: 'web01', text: 'drifted: gold: IOPS: 20 → 7' })
    clearInterval(pause)
    await tune(started[0], 20)
    await watching.until('end', 'drift')
    await started[0]?.kill()
    expect(await watching.until('begin', 'lost')).toMatchObject({ vm: 'web01', subject: null })
    expect(await watching.end()).toBe(0)
  })
})
