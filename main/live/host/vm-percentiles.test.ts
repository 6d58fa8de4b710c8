import { afterEach, expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { WEIR_BOUNDARIES } from '#main/live/latency/boundaries.ts'
import { legacy, picture } from '#main/live/testing/pictures.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { LinkOptions, VmLink } from '../vm-link.ts'
import { Host } from './host.ts'
import type { VmPort } from './vm-port.ts'

// A host of two VMs that keep histograms as QEMU does. `kind`: whether it is reached by QMP, or by a libvirt that passes
// commands on only where the user allows it.

const PERIOD_MS = 5
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

class Vms {
  readonly histograms = new Map<string, readonly number[]>()
  readonly host: Host
  readonly #failing = new Set<string>()

  constructor(kind: 'qmp' | 'libvirt') {
    const port = {
      name: 'kvm-07',
      list: async () => ['web01', 'web02'].map((label) => ({ id: `id-${label}`, label })),
      open: async ({ label }: { readonly label: string }, { mayTaint }: Pick<LinkOptions, 'mayTaint'>) =>
        this.#link(label, () => kind === 'qmp' || mayTaint?.() === 'this-run'),
      close: () => {},
    }
    this.host = new Host({ ports: [port as unknown as VmPort], periodMs: PERIOD_MS }) // what a host asks of it
    cleanups.push(() => this.host.close())
  }

  async start(): Promise<void> {
    await this.host.start()
    await this.until(() => this.host.look().vms.every(({ up }) => up))
  }

  async until(holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 5000; !holds(); await pass(2)) {
      if (Date.now() > deadline) throw new Error(`not within 5 s: ${holds}`)
    }
  }

  /** The next look at the VM fails; it is reached again by a connection of its own. */
  async lose(label: string): Promise<void> {
    this.#failing.add(label)
    await this.until(() => this.host.histograms()[`id-${label}`] === undefined)
    await this.host.work(`id-${label}`, async () => undefined)
  }

  #link(label: string, mayAsk: () => boolean): VmLink {
    const execute = async ({ arguments: values }: QmpCommand) => {
      const { 'boundaries-read': boundaries } = values as { readonly 'boundaries-read'?: readonly number[] }
      if (boundaries === undefined) this.histograms.delete(label)
      else this.histograms.set(label, boundaries)
      return { ok: true, value: {} } as const
    }
    const link = {
      name: label,
      title: null,
      discover: async () => picture([], [legacy('vda', null, { countersKey: 'vda', qdev: 'q0' })]),
      look: async (nowNs: () => number) => {
        if (this.#failing.delete(label)) throw new EngineError('qmp-lost', 'It is gone.', '')
        const boundaries = mayAsk() ? this.histograms.get(label) : undefined
        return { atNs: nowNs(), slackNs: 0, stats: [viewOf(boundaries)] }
      },
      runState: async () => 'running',
      close: () => {},
    }
    return Object.defineProperty(link, 'execute', { get: () => (mayAsk() ? execute : undefined) }) as unknown as VmLink
  }
}

function viewOf(boundaries: readonly number[] | undefined) {
  const flow = { operations: 0, bytes: 0, merged: 0, failed: 0, totalTimeNs: 0 }
  const histogram = { boundaries: boundaries ?? [], bins: [0, ...(boundaries ?? [])].map(() => 0) }
  const histograms = { read: histogram, write: histogram, hasOthers: false }
  const counters = { read: flow, write: flow, flush: flow, timesFailed: true }
  return {
    key: 'vda',
    chain: [],
    backing: [],
    counters: boundaries === undefined ? counters : { ...counters, histograms },
  }
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const OFF = { isOn: false, problems: [], taints: false }
const [WEB01, WEB02] = ['id-web01', 'id-web02']

test('a VM has them while they are asked for, another one has none, and none is left when the host is let go', async () => {
  const vms = new Vms('qmp')
  const { host, histograms } = vms
  await vms.start()
  await host.beginPercentiles(WEB01, false)
  await vms.until(() => histograms.has('web01'))
  await pass(4 * PERIOD_MS)
  expect([...histograms]).toEqual([['web01', WEIR_BOUNDARIES]])
  expect(host.histograms()).toEqual({ [WEB01]: { ...OFF, isOn: true }, [WEB02]: OFF })
  expect(await host.endPercentiles(WEB01)).toEqual([])
  await pass(4 * PERIOD_MS)
  expect([histograms.size, host.histograms()]).toEqual([0, { [WEB01]: OFF, [WEB02]: OFF }])
  await host.beginPercentiles(WEB01, false)
  await host.beginPercentiles(WEB02, false)
  await vms.until(() => histograms.size === 2)
  expect([await host.finish(), histograms.size]).toEqual([[], 0])
  await expect(host.beginPercentiles(WEB01, false)).rejects.toThrow('no longer watched')
})

test('what was asked for last holds', async () => {
  const vms = new Vms('qmp')
  await vms.start()
  const asked = [vms.host.beginPercentiles(WEB01, false), vms.host.endPercentiles(WEB01)]
  await Promise.all([...asked, vms.host.beginPercentiles(WEB01, false)])
  expect(vms.host.histograms()[WEB01]?.isOn).toBe(true)
  await vms.until(() => vms.histograms.has('web01'))
})

test('they are taken out before a board has the VM, and set again when it is a row again or was gone', async () => {
  const vms = new Vms('qmp')
  const { host, histograms } = vms
  await vms.start()
  await host.beginPercentiles(WEB01, false)
  await vms.until(() => histograms.has('web01'))
  await host.release(WEB01)
  expect([histograms.size, host.histograms()]).toEqual([0, { [WEB02]: OFF }])
  await expect(host.beginPercentiles(WEB01, false)).rejects.toThrow('not reached')
  host.take(WEB01)
  await vms.until(() => histograms.has('web01'))
  histograms.clear()
  await vms.lose('web01')
  await vms.until(() => histograms.has('web01'))
})

test('libvirt is asked for them only with the leave for this VM, which ends with them and with the connection', async () => {
  const vms = new Vms('libvirt')
  const { host, histograms } = vms
  await vms.start()
  const forbidden = { ...OFF, taints: true }
  await expect(host.beginPercentiles(WEB01, false)).rejects.toThrow("QEMU's own monitor")
  expect(host.histograms()).toEqual({ [WEB01]: forbidden, [WEB02]: forbidden })
  await host.beginPercentiles(WEB01, true)
  await vms.until(() => histograms.has('web01'))
  expect(host.histograms()).toEqual({ [WEB01]: { ...OFF, isOn: true }, [WEB02]: forbidden })
  await expect(host.beginPercentiles(WEB02, false)).rejects.toThrow("QEMU's own monitor")
  expect([await host.endPercentiles(WEB01), histograms.size]).toEqual([[], 0])
  expect(host.histograms()[WEB01]).toEqual(forbidden)

  await host.beginPercentiles(WEB01, true)
  await vms.until(() => histograms.has('web01'))
  await vms.until(() => host.look().vms[0]?.disks[0]?.histograms === 'weir')
  await vms.lose('web01')
  expect(host.histograms()[WEB01]).toEqual({
    ...forbidden,
    problems: [
      expect.stringMatching(/^Percentiles are off: the connection/),
      expect.stringMatching(/^Weir's latency histograms of vda stay in the VM/),
    ],
  })
})
