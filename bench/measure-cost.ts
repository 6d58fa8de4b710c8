import { type Json, measured, nullDevice, type Place, withLab } from './lab-run.ts'
import { median, ratioSpread, type Spread } from './numbers.ts'
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
  readonly kept: Spread
  /** Of each round. */
  readonly addedNsOfRounds: readonly number[]
}

export interface CostOptions {
  readonly rounds: number
  readonly seconds: number
  /** Only what the ratios need. */
  readonly isBrief?: boolean
}

export interface CostTables {
  readonly weir: readonly CostRow[]
  readonly qemu: readonly CostRow[]
  /** ns that a throttle adds, Weir's over QEMU's, on one iothread and on two of one group. */
  readonly vsQemuOne: Spread | null
  readonly vsQemuTwo: Spread | null
}

interface CostCase {
  readonly name: string
  /** ns per request, without or with a throttle. */
  readonly sample: (throttle: 'none' | 'never binds') => Promise<number> | number
}

export async function measureCost(place: Place, peers: Peers, options: CostOptions): Promise<CostTables> {
  const one = weirCase(place, options, { name: `depth ${DEEP}`, iothreads: 1, depth: DEEP })
  const two = weirCase(place, options, { name: `depth ${DEEP}, two iothreads on one group`, iothreads: 2, depth: DEEP })
  const others = [
    weirCase(place, options, { name: 'depth 1', iothreads: 1, depth: 1 }),
    weirCase(place, options, { name: 'depth 1, cached file instead', iothreads: 1, depth: 1, disk: 'file' }),
  ]
  const ours = options.isBrief ? [one] : [one, two, ...others]
  const theirs = peers.qemuImg === null ? [] : (options.isBrief ? [DEEP] : [DEEP, 1]).map(qemuCase)
  const rows = await sampleInTurns([...ours, ...theirs], options.rounds)
  const [weir, qemu] = [rows.slice(0, ours.length), rows.slice(ours.length)]
  const added = (from: readonly CostRow[], index: number) => from[index]?.addedNsOfRounds ?? []
  return {
    weir,
    qemu,
    vsQemuOne: ratioSpread(added(weir, 0), added(qemu, 0)),
    vsQemuTwo: weir.length > 1 ? ratioSpread(added(weir, 1), added(qemu, 0)) : null,
  }
}

/** Requests outstanding on both sides: the most that `qemu-img convert` keeps. */
const DEEP = 16

async function sampleInTurns(cases: readonly CostCase[], rounds: number): Promise<readonly CostRow[]> {
  const samples = cases.map(() => ({ free: [] as number[], throttled: [] as number[] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { sample }] of cases.entries()) {
      samples[index]!.free.push(await sample('none'))
      samples[index]!.throttled.push(await sample('never binds'))
    }
  }
  return cases.map(({ name }, index) => {
    const { free, throttled } = samples[index]!
    const added = throttled.map((ns, round) => ns - free[round]!)
    return {
      name,
      freeNs: median(free),
      throttledNs: median(throttled),
      addedNs: median(added),
      kept: ratioSpread(free, throttled)!, // there are rounds
      addedNsOfRounds: added,
    }
  })
}

function weirCase(
  place: Place,
  { seconds }: CostOptions,
  shape: {
    readonly name: string
    readonly iothreads: number
    readonly depth: number
    readonly disk?: 'null' | 'file'
  },
): CostCase {
  const { name, iothreads, depth, disk = 'null' } = shape
  const sample = async (throttle: 'none' | 'never binds') => {
    const group = throttle === 'none' ? null : 'g'
    const devices = Array.from({ length: iothreads }, (_, iothread) =>
      nullDevice(
        `d${iothread}`,
        group,
        { readPercent: 100, iodepth: depth },
        { iothread, disk: { kind: disk, sizeBytes: 1 << 24 } },
      ),
    )
    const workspace: Json = { iothreads, groups: { g: { 'iops-total': NEVER_BINDS } }, devices }
    const window = await withLab(place, workspace, (lab) => measured(lab, 0.15, seconds))
    return (window.seconds * 1e9 * iothreads) / window.total
  }
  return { name, sample }
}

export interface LevelsRow {
  readonly name: string
  /** ns per request without a throttle, behind one level and behind two, none of which binds. */
  readonly freeNs: number
  readonly oneNs: number
  readonly twoNs: number
  /** What the second level adds, over what the first adds, by the quickest round of each: others on the machine only slow. */
  readonly secondVsFirst: number
  /** The same of each round by itself. */
  readonly ofRounds: Spread
}

/** A disk's group under a VM's, both never binding. */
export async function measureLevels(place: Place, options: CostOptions): Promise<readonly LevelsRow[]> {
  const depths = options.isBrief ? [DEEP] : [DEEP, 1]
  const samples = depths.map(() => ({ free: [] as number[], one: [] as number[], two: [] as number[] }))
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, depth] of depths.entries()) {
      const { free, one, two } = samples[index]!
      free.push(await levelsSample(place, options, { depth, groups: [] }))
      one.push(await levelsSample(place, options, { depth, groups: ['own'] }))
      two.push(await levelsSample(place, options, { depth, groups: ['vm', 'own'] }))
    }
  }
  return samples.map(({ free, one, two }, index) => ({
    name: `depth ${depths[index]}`,
    freeNs: Math.min(...free),
    oneNs: Math.min(...one),
    twoNs: Math.min(...two),
    secondVsFirst: (Math.min(...two) - Math.min(...one)) / (Math.min(...one) - Math.min(...free)),
    ofRounds: ratioSpread(between(two, one), between(one, free))!, // there are rounds
  }))
}

function between(more: readonly number[], less: readonly number[]): readonly number[] {
  return more.map((ns, round) => ns - less[round]!)
}

/** ns per request behind these groups. */
async function levelsSample(
  place: Place,
  { seconds }: CostOptions,
  { depth, groups }: { readonly depth: number; readonly groups: readonly string[] },
): Promise<number> {
  const { group: _none, ...device } = nullDevice('d', null, { readPercent: 100, iodepth: depth })
  const limits = { 'iops-total': NEVER_BINDS }
  const workspace: Json = { iothreads: 1, groups: { vm: limits, own: limits }, devices: [{ ...device, groups }] }
  const window = await withLab(place, workspace, (lab) => measured(lab, 0.15, seconds))
  return (window.seconds * 1e9) / window.total
}

function qemuCase(depth: number): CostCase {
  const requests = 1 << 19
  const sample = (throttle: 'none' | 'never binds') => {
    const iopsTotal = throttle === 'none' ? null : NEVER_BINDS
    return (qemuCopySeconds({ requests, depth, iopsTotal }) * 1e9) / requests
  }
  return { name: `QEMU depth ${depth}`, sample }
}

export interface ScalingRow {
  readonly iothreads: number
  readonly oneGroupIops: number
  readonly ownGroupsIops: number
  /** One group's rate over that of own groups. */
  readonly kept: Spread
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
    rows.push({ iothreads, oneGroupIops: median(one), ownGroupsIops: median(own), kept: ratioSpread(one, own)! })
  }
  return rows
}
