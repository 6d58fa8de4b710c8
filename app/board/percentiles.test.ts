import { afterEach, expect, test } from 'vitest'
import { FakeVirsh } from '#main/libvirt/testing/fake-virsh.ts'
import { WEIR_BOUNDARIES } from '#main/live/latency/boundaries.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { QemuBoard } from './qemu-board.ts'
import { until } from './testing/test-board.ts'

// The board of a libvirt domain whose QEMU keeps the latency histograms that it is given.

const VDA = '/machine/peripheral/virtio-disk0/virtio-backend'
const XML = `<domain id="1"><name>db01</name><uuid>u1</uuid><devices><disk device="disk"><source file="x"/><target dev="vda" bus="virtio"/><alias name="virtio-disk0"/></disk></devices></domain>`
const FIGURES = ['state.state=1', 'block.count=1', 'block.0.name=vda', 'block.0.rd.reqs=7', 'block.0.wr.reqs=7']
const histogram = { boundaries: WEIR_BOUNDARIES, bins: [...WEIR_BOUNDARIES, 0].map(() => 0) }
const answerWith = (stats: object) => JSON.stringify({ return: [{ device: '', qdev: VDA, stats }] })
const CASES = `
  'domstats '*) printf '%s\\n' "Domain: 'db01'" ${FIGURES.join(' ')} ;;
  'dumpxml '*) echo '${XML}' ;;
  'domid '*) echo 1 ;;
  'qemu-monitor-command '*query-blockstats*) [ -e "$LOG.set" ] &&
    echo '${answerWith({ rd_latency_histogram: histogram, wr_latency_histogram: histogram })}' ||
    echo '${answerWith({})}' ;;
  'qemu-monitor-command '*boundaries-read*) touch "$LOG.set"; echo '{"return":{}}' ;;
  'qemu-monitor-command '*) rm -f "$LOG.set"; echo '{"return":{}}' ;;`

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('percentiles of a domain need the leave to ask QEMU itself; no leave sends nothing, off takes them out', async () => {
  const virsh = await FakeVirsh.start(CASES)
  cleanups.push(() => virsh.close())
  let state: QemuState | null = null
  const document = {
    workspace: EMPTY_WORKSPACE,
    isDirty: false,
    adopt: async () => ({ ok: true }) as const,
    change: () => undefined,
  }
  const board = new QemuBoard({
    document,
    recent: { list: () => [], remember: () => undefined },
    onState: (each) => {
      state = each
    },
    onSnapshot: () => undefined,
  })
  cleanups.push(() => board.disconnect())
  const histograms = () => state?.histograms
  const owner = () => board.latest?.devices.vda?.histograms
  const toQemu = async () => (await virsh.commands()).filter((line) => line.includes('qemu-monitor-command'))
  expect(await board.connect('libvirt:test:///#db01')).toEqual({ ok: true })

  expect(await board.setPercentiles({ isOn: true, mayTaint: false })).toEqual({ ok: true })
  await until('it says why there are none', () => histograms()?.problems.length === 1)
  expect(histograms()).toEqual({
    isOn: true,
    taints: true,
    problems: [expect.stringContaining('marks the domain as tainted')],
  })
  expect(await toQemu()).toEqual([])

  expect(await board.setPercentiles({ isOn: true, mayTaint: true })).toEqual({ ok: true })
  await until('a look finds them', () => owner() === 'weir')
  expect(histograms()).toEqual({ isOn: true, taints: false, problems: [] })

  expect(await board.setPercentiles({ isOn: false, mayTaint: false })).toEqual({ ok: true })
  expect((await toQemu()).at(-1)).toMatch(/"block-latency-histogram-set","arguments":{"id":"[^"]*"}}/)
  await until('a look finds none', () => owner() === undefined)
})
