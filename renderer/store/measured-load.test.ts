import { beforeEach, expect, test } from 'vitest'
import type { DeviceSnapshot, FlowSnapshot, Snapshot } from '#shared/snapshot.ts'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { measuredRecording } from './measured-load.ts'
import { pushSnapshot, resetTelemetry } from './telemetry.ts'

beforeEach(resetTelemetry)

const WORKSPACE = addDevice(
  addDevice(addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 }), 'gold', 'vda'),
  null,
  'vdb',
)

function flow(iops: number, bps: number): FlowSnapshot {
  return { iops, bps, queued: null, waitP50Ns: null, waitP99Ns: null } as FlowSnapshot
}

function device(read: FlowSnapshot, write: FlowSnapshot, underWay: number | null = null): DeviceSnapshot {
  return {
    group: null,
    read,
    write,
    demandIops: null,
    throttledShare: null,
    waitCounts: [],
    underWay,
  } as unknown as DeviceSnapshot
}

/** What a poll at `atS` says: rates over the time since the one before. */
function look(atS: number, iops: number, ofB = flow(0, 0), underWay: number | null = null): void {
  const read = { ...flow(iops, iops * 4096), token: null, timerInNs: null, tokenMoves: null }
  pushSnapshot({
    source: 'qemu',
    state: 'running',
    nowNs: atS * 1e9,
    groups: {
      gold: {
        limits: { 'iops-total': 100 },
        ring: null,
        members: ['vda'],
        read,
        write: { ...flow(0, 0), token: null, timerInNs: null, tokenMoves: null },
        buckets: {},
        estimated: true,
      },
    },
    devices: { vda: device(flow(iops, iops * 4096), flow(0, 0), underWay), vdb: device(flow(0, 0), ofB) },
    events: [],
  } as unknown as Snapshot)
}

test('looks become intervals with their counts and the used share of the limit', () => {
  look(5, 0)
  look(6, 40)
  look(8, 97.5, flow(0.5, 2048), 7.5)
  look(9, 0)
  const lines = measuredRecording(WORKSPACE, ['vda', 'vdb'], 'web01')?.trim().split('\n')
  expect(lines).toEqual([
    '# weir-recording/1',
    '# {"name":"web01"}',
    'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding',
    '0.000000,1.000000,vda,40,163840,0,0,0.4,',
    '1.000000,3.000000,vda,195,798720,0,0,0.975,7.5',
    '1.000000,3.000000,vdb,0,0,1,4096,,',
  ])
})

test('a time in which nobody looked is left out, and nothing measured is no recording', () => {
  expect(measuredRecording(WORKSPACE, ['vda'], 'web01')).toBeNull()
  look(1, 10)
  look(60, 10)
  expect(measuredRecording(WORKSPACE, ['vda'], 'web01')).toBeNull()
  look(61, 10)
  expect(measuredRecording(WORKSPACE, ['vda'], 'web01')).toContain('59.000000,60.000000,vda,10,40960,0,0,0.1,')
})

test('with iops-size a large read counts as several against a limit of reads, as it does for QEMU', () => {
  const limits = { 'iops-read': 100, 'iops-size': 4096 }
  const workspace = addDevice(addGroup(EMPTY_WORKSPACE, 'gold', limits), 'gold', 'vda')
  const large = { ...flow(20, 20 * 16_384), token: null, timerInNs: null, tokenMoves: null }
  const none = { ...flow(0, 0), token: null, timerInNs: null, tokenMoves: null }
  for (const atS of [5, 6]) {
    pushSnapshot({
      source: 'qemu',
      state: 'running',
      nowNs: atS * 1e9,
      groups: {
        gold: { limits, ring: null, members: ['vda'], read: large, write: none, buckets: {}, estimated: true },
      },
      devices: { vda: device(flow(20, 20 * 16_384), flow(0, 0)) },
      events: [],
    } as unknown as Snapshot)
  }
  const [row = ''] = measuredRecording(workspace, ['vda'], 'web01')?.trim().split('\n').slice(3) ?? []
  expect(Number(row.split(',').at(-2))).toBeCloseTo(0.8)
})
