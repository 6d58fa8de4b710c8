import { type Json, measured, nullDevice, type Place, withLab } from './lab-run.ts'
import { median, ratio } from './numbers.ts'
import { type Peers, qemuCopySeconds } from './peers.ts'

// 2. What a throttle costs that never binds: null disks in a group with absurd limits against null disks in none, and
// QEMU's throttle filter over null-co against null-co alone. 3. How that scales over iothreads.

const NEVER_BINDS = 1_000_000_000_000

export interface CostRow {
  readonly name: string
  /** ns per request and iothread, without and with the group. */
  readonly freeNs: number
  readonly throttledNs: number
  readonly addedNs: number
  /** Throttled rate over free rate. */
  readonly kept: number
}

export interface CostOptions {
  readonly rounds: number
  readonly seconds: number
}

export interface CostTables {
  readonly weir: readonly CostRow[]
  readonly qemu: readonly CostRow[]
  readonly vsQemuOne: number | null
  readonly vsQemuTwo: number | null
}

export async function measureCost(place: Place, peers: Peers, options: CostOptions): Promise<CostTables> {
  const weir = [
    await weirCost(place, options, { name: 'depth 1', iothreads: 1, depth: 1 }),
    await weirCost(place, options, { name: 'depth 32', iothreads: 1, depth: 32 }),
    await weirCost(place, options, { name: 'depth 32, two iothreads on one group', iothreads: 2, depth: 32 }),
  ]
  const qemu = peers.qemuImg === null ? [] : [1, 16].map((depth) => qemuCost(options, depth))
  const added = (rows: readonly CostRow[], index: number) => rows[index]?.addedNs ?? null
  return {
    weir,
    qemu,
    // The same depth on both sides where one iothread serves one device, as a guest's queue does.
    vsQemuOne: ratio(added(weir, 1), added(qemu, 1)),
    vsQemuTwo: ratio(added(weir, 2), added(qemu, 1)),
  }
}

async function weirCost(
  place: Place,
  { rounds, seconds }: CostOptions,
  { name, iothreads, depth }: { readonly name: string; readonly iothreads: number; readonly depth: number },
): Promise<CostRow> {
  const devices = (group: string | null): readonly Json[] =>
    Array.from({ length: iothreads }, (_, iothread) =>
      nullDevice(`d${iothread}`, group, { readPercent: 100, iodepth: depth }, { iothread }),
    )
  const groups = { g: { 'iops-total': NEVER_BINDS } }
  const [free, throttled]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    free.push(await nsPerRequest(place, { iothreads, groups, devices: devices(null) }, iothreads, seconds))
    throttled.push(await nsPerRequest(place, { iothreads, groups, devices: devices('g') }, iothreads, seconds))
  }
  return costRow(name, median(free), median(throttled))
}

async function nsPerRequest(place: Place, workspace: Json, iothreads: number, forSeconds: number): Promise<number> {
  const { total, seconds } = await withLab(place, workspace, (lab) => measured(lab, 0.15, forSeconds))
  return (seconds * 1e9 * iothreads) / total
}

function qemuCost({ rounds }: CostOptions, depth: number): CostRow {
  const requests = 1 << 19
  const [free, throttled]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    free.push(qemuCopySeconds({ requests, depth, iopsTotal: null }))
    throttled.push(qemuCopySeconds({ requests, depth, iopsTotal: NEVER_BINDS }))
  }
  return costRow(`QEMU depth ${depth}`, (median(free) * 1e9) / requests, (median(throttled) * 1e9) / requests)
}

function costRow(name: string, freeNs: number, throttledNs: number): CostRow {
  return { name, freeNs, throttledNs, addedNs: throttledNs - freeNs, kept: freeNs / throttledNs }
}

export interface ScalingRow {
  readonly iothreads: number
  readonly oneGroupIops: number
  readonly ownGroupsIops: number
}

export async function measureScaling(place: Place, { rounds, seconds }: CostOptions): Promise<readonly ScalingRow[]> {
  const rows: ScalingRow[] = []
  for (const iothreads of [1, 2, 4]) {
    const names = Array.from({ length: iothreads }, (_, index) => index)
    const groups = Object.fromEntries(names.map((index) => [`g${index}`, { 'iops-total': NEVER_BINDS }]))
    const iops = async (groupOf: (index: number) => string) => {
      const devices = names.map((index) =>
        nullDevice(`d${index}`, groupOf(index), { readPercent: 100, iodepth: 32 }, { iothread: index }),
      )
      const window = await withLab(place, { iothreads, groups, devices }, (lab) => measured(lab, 0.15, seconds))
      return window.total / window.seconds
    }
    const [one, own]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      one.push(await iops(() => 'g0'))
      own.push(await iops((index) => `g${index}`))
    }
    rows.push({ iothreads, oneGroupIops: median(one), ownGroupsIops: median(own) })
  }
  return rows
}
