import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bareCount } from './bare.ts'
import { measured, type Place, withLab } from './lab-run.ts'
import { median, ratioSpread, type Spread } from './numbers.ts'
import { fioIops, type Peers } from './peers.ts'

// 1. A file disk on one iothread against fio's psync on the same file, 4 KiB at random, one request at a time; between the
// two a bare loop of the call that a file disk makes, which is as fast as anything on Node can be. With O_DIRECT at depth beside fio's
// io_uring and libaio.

const SIZE_BYTES = 256 * 1024 * 1024

export interface UnthrottledRow {
  readonly name: string
  readonly weirIops: number
  /** Null if not measured; O_DIRECT would need an aligned buffer. */
  readonly bareIops: number | null
  readonly fioIops: number | null
  /** Weir's IOPS over fio's. */
  readonly ratio: Spread | null
}

export interface UnthrottledOptions {
  readonly rounds: number
  readonly seconds: number
  readonly kinds: readonly ('cached' | 'direct')[]
  /** Only what the ratios need. */
  readonly isBrief?: boolean
}

export async function measureUnthrottled(
  place: Place,
  peers: Peers,
  options: UnthrottledOptions,
): Promise<readonly UnthrottledRow[]> {
  return withFile(async (file) => {
    const rows: UnthrottledRow[] = []
    for (const kind of options.kinds) {
      if (kind === 'direct' && !offersDirect(file)) continue
      for (const rw of ['randread', 'randwrite'] as const)
        rows.push(await compare(place, peers, options, file, kind, rw))
    }
    return rows
  })
}

export interface DepthRow {
  readonly rw: 'randread' | 'randwrite'
  readonly iodepth: number
  readonly weirIops: number
  readonly uringIops: number
  /** Weir's rate over that of fio's engine; null: no round. */
  readonly vsUring: Spread | null
  readonly vsLibaio: Spread | null
}

/** An O_DIRECT disk with several requests in flight beside fio's asynchronous engines; [] without fio or O_DIRECT. */
export async function measureDepth(
  place: Place,
  peers: Peers,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly DepthRow[]> {
  if (peers.fio === null) return []
  return withFile(async (file) => {
    if (!offersDirect(file)) return []
    const rows: DepthRow[] = []
    for (const rw of ['randread', 'randwrite'] as const) {
      const readPercent = rw === 'randread' ? 100 : 0
      for (const iodepth of [1, 4, 16, 32]) {
        const job = { file, rw, direct: true, seconds, sizeBytes: SIZE_BYTES, iodepth }
        const [weir, uring, libaio]: [number[], number[], number[]] = [[], [], []]
        for (let round = 0; round < rounds; round += 1) {
          uring.push(fioIops({ ...job, engine: 'io_uring' }))
          weir.push(await weirIops(place, { file, direct: true, seconds, readPercent, iodepth }))
          libaio.push(fioIops({ ...job, engine: 'libaio' }))
        }
        const medians = { weirIops: median(weir), uringIops: median(uring) }
        rows.push({ rw, iodepth, ...medians, vsUring: ratioSpread(weir, uring), vsLibaio: ratioSpread(weir, libaio) })
      }
    }
    return rows
  })
}

async function withFile<T>(measure: (file: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(benchFolder(), 'weir-bench-file-'))
  const file = path.join(folder, 'disk.img')
  fs.writeFileSync(file, Buffer.alloc(SIZE_BYTES, 0x5a))
  fs.closeSync(fsyncOf(file))
  try {
    return await measure(file)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Beside the project: the temporary folder may be memory, which has no O_DIRECT and no disk. */
function benchFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache')
  fs.mkdirSync(cache, { recursive: true })
  return cache
}

async function compare(
  place: Place,
  peers: Peers,
  { rounds, seconds, isBrief = false }: UnthrottledOptions,
  file: string,
  kind: 'cached' | 'direct',
  rw: 'randread' | 'randwrite',
): Promise<UnthrottledRow> {
  const direct = kind === 'direct'
  const [ours, bare, theirs]: [number[], number[], number[]] = [[], [], []]
  const withBare = !direct && !isBrief
  const bareJob = { kind: 'transfer', file, sizeBytes: SIZE_BYTES, isRead: rw === 'randread', seconds } as const
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await weirIops(place, { file, direct, seconds, readPercent: rw === 'randread' ? 100 : 0 }))
    if (withBare) bare.push((await bareCount(place, bareJob)) / seconds)
    if (peers.fio !== null)
      theirs.push(fioIops({ file, rw, direct, seconds, sizeBytes: SIZE_BYTES, engine: 'psync', iodepth: 1 }))
  }
  const fio = theirs.length > 0 ? median(theirs) : null
  return {
    name: `${rw} ${kind}`,
    weirIops: median(ours),
    bareIops: withBare ? median(bare) : null,
    fioIops: fio,
    ratio: ratioSpread(ours, theirs),
  }
}

async function weirIops(
  place: Place,
  job: {
    readonly file: string
    readonly direct: boolean
    readonly seconds: number
    readonly readPercent: number
    readonly iodepth?: number
  },
): Promise<number> {
  const disk = { kind: 'file', path: job.file, write: true, direct: job.direct, sizeBytes: SIZE_BYTES }
  const { iodepth = 1, readPercent } = job
  const workload = { kind: 'synthetic', pattern: 'random', blockBytes: 4096, iodepth, readPercent }
  const workspace = { iothreads: 1, devices: [{ id: 'd', disk, workload }] }
  const { total, seconds } = await withLab(place, workspace, (lab) => measured(lab, 0.3, job.seconds))
  return total / seconds
}

function offersDirect(file: string): boolean {
  try {
    fs.closeSync(fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_DIRECT))
    return true
  } catch {
    return false
  }
}

function fsyncOf(file: string): number {
  const fd = fs.openSync(file, 'r+')
  fs.fsyncSync(fd)
  return fd
}
