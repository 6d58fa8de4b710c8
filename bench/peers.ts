import { spawnSync } from 'node:child_process'

// fio and QEMU, where they are installed. Every answer may be null: absent.

export interface Peers {
  readonly fio: string | null
  readonly qemuImg: string | null
}

export function findPeers(): Peers {
  return { fio: versionOf('fio', /fio-([\d.]+)/), qemuImg: versionOf('qemu-img', /version ([\d.]+)/) }
}

function versionOf(program: string, pattern: RegExp): string | null {
  const { stdout, status } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? (pattern.exec(stdout)?.[1] ?? 'unknown') : null
}

export interface FioJob {
  readonly file: string
  readonly rw: 'randread' | 'randwrite'
  readonly direct: boolean
  readonly seconds: number
  readonly sizeBytes: number
  readonly engine: 'psync' | 'io_uring' | 'libaio'
  readonly iodepth: number
}

/** IOPS of one job of 4 KiB requests, its latency clocks on. Without its map of blocks done: the faster way. */
export function fioIops({ file, rw, direct, seconds, sizeBytes, engine, iodepth }: FioJob): number {
  const run = spawnSync(
    'fio',
    [
      '--name=peer',
      `--filename=${file}`,
      `--rw=${rw}`,
      '--bs=4k',
      `--ioengine=${engine}`,
      `--iodepth=${iodepth}`,
      `--direct=${direct ? 1 : 0}`,
      `--size=${sizeBytes}`,
      '--time_based',
      `--runtime=${Math.round(seconds * 1000)}ms`,
      '--norandommap',
      '--invalidate=0', // Weir reads what is cached, so fio must not empty the cache first
      '--randrepeat=0',
      '--thread',
      '--output-format=json',
    ],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) throw new Error(`fio failed: ${run.stderr}`)
  const { jobs } = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as {
    jobs: readonly { readonly read: { readonly iops: number }; readonly write: { readonly iops: number } }[]
  }
  return rw === 'randread' ? jobs[0]!.read.iops : jobs[0]!.write.iops
}

/** What `qemu-img convert` asks of its source in one request. */
const CONVERT_REQUEST_BYTES = 2 * 1024 * 1024

export interface QemuCopy {
  readonly requests: number
  readonly depth: number
  /** Through QEMU's throttle filter with this limit; null: without the filter. */
  readonly iopsTotal: number | null
}

/**
 * Seconds that QEMU takes to copy null-co to null-co in 2 MiB requests. `qemu-img bench` of QEMU up to 10 takes no
 * `--object`, so it cannot have a throttle filter; `convert` can, works inside QEMU without any transport, and moves no
 * data between two null disks. The filter is on the source, so each request passes it once.
 */
export function qemuCopySeconds({ requests, depth, iopsTotal }: QemuCopy): number {
  const size = requests * CONVERT_REQUEST_BYTES
  const filter =
    iopsTotal === null
      ? { object: [], source: `driver=null-co,size=${size}` }
      : {
          object: ['--object', `throttle-group,id=g,limits.iops-total=${iopsTotal}`],
          source: `driver=throttle,throttle-group=g,file.driver=null-co,file.size=${size}`,
        }
  const args = [
    ...['convert', '-n', '-W', '-S', '0', '-t', 'none', '-T', 'none', '-m', String(depth)],
    ...[...filter.object, '--image-opts', filter.source],
    ...['--target-image-opts', `driver=null-co,size=${size}`],
  ]
  const began = process.hrtime.bigint()
  const { status, stderr } = spawnSync('qemu-img', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`qemu-img failed: ${stderr}`)
  return Number(process.hrtime.bigint() - began) / 1e9
}
