import { beforeEach, expect, test } from 'vitest'
import type { DiskFlowLook, HostState, VmLook } from '#shared/host-look.ts'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { takeHost } from './host.ts'
import { hostIntervals } from './host-loads.ts'
import { measuredRecording } from './measured-load.ts'
import { resetTelemetry } from './telemetry.ts'

const ID = 'unix:/run/web01'

function flow(requests: number): DiskFlowLook {
  const none = { iops: null, bps: null, latencyMeanNs: null, waitMeanNs: null, failed: 0, totalTimeNs: 0, waitNs: null }
  return { ...none, requests, bytes: requests * 4096 }
}

/** A look at the VM `atS` after the host was first looked at, by which its disk had done so much. */
function look(
  atS: number,
  reads: number,
  writes: number,
  part: Partial<VmLook & Pick<HostState, 'opened'>> = {},
): void {
  const disk = { sizeBytes: null, groups: ['gold'], counted: true, inFlight: 0.5, throttledShare: 0, throttledNs: 0 }
  const bucket = {
    bucket: 'iops-total',
    avg: 100,
    rate: 25,
    share: 0.25,
    level: null,
    atLimit: false,
    atLimitNs: 0,
  } as const
  const group = { name: 'gold', limits: { 'iops-total': 100 }, disks: ['vda'], buckets: [bucket] }
  const vm: VmLook = {
    id: ID,
    name: 'web01',
    title: null,
    state: 'running',
    up: true,
    problem: null,
    seenNs: atS * 1e9,
    looks: { answered: 2, failed: 0, spentNs: 0 },
    iops: 0,
    bps: 0,
    disks: [{ id: 'vda', ...disk, read: flow(reads), write: flow(writes) }],
    groups: [{ ...group, throttledShare: 0, throttledNs: 0, resets: 0 }],
    drift: null,
    ...part,
  }
  const shown = { host: 'kvm-07', nowNs: atS * 1e9, wallMs: 0, problems: [], vms: [vm] }
  takeHost({ look: shown, opened: part.opened ?? null, lifts: {}, histograms: {} })
}

beforeEach(() => {
  resetTelemetry()
  takeHost(null)
})

const intervals = () => hostIntervals(ID, ['vda']).map(({ interval }) => interval)

test('what a disk did between two looks is the difference of its counters', () => {
  look(0, 1000, 1000)
  look(1, 1025, 1000)
  look(2.5, 1025, 1010)
  expect(intervals()).toEqual([
    { fromS: 0, toS: 1, reads: 25, readBytes: 25 * 4096, writes: 0, writeBytes: 0, limitShare: 0.25, outstanding: 0.5 },
    { fromS: 1, toS: 2.5, reads: 0, readBytes: 0, writes: 10, writeBytes: 40_960, limitShare: 0.25, outstanding: 0.5 },
  ])
})

test('nothing is made of a look that came twice, of a time in which nobody looked, and of a restart', () => {
  look(0, 1000, 0)
  look(1, 1000, 0, { seenNs: 0 })
  look(30, 5000, 0)
  look(31, 3, 0)
  expect(intervals()).toEqual([])
  look(32, 5, 0)
  expect(intervals()).toMatchObject([{ fromS: 0, toS: 1, reads: 2 }])
})

test('times stay right after a day', () => {
  for (let second = 0; second < 3; second += 1) look(86_400 + second + second / 1000, second, 0)
  const [first, second] = intervals()
  expect([first?.fromS, first?.toS, second?.fromS, second?.toS].map((time) => time?.toFixed(4))).toEqual([
    '0.0000',
    '1.0010',
    '1.0010',
    '2.0020',
  ])
})

test('the measured load of the board that was opened begins with it; of another board it does not', () => {
  const workspace = addDevice(addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 }), 'gold', 'vda')
  look(0, 0, 0)
  look(1, 25, 0)
  expect(measuredRecording(workspace, ['vda'], 'gold')).toBeNull()
  look(2, 25, 0, { opened: ID, up: false })
  expect(measuredRecording(workspace, ['vda'], 'gold')).toContain('\n0.000000,1.000000,vda,25,102400,0,0,0.25,0.5\n')
})
