import fs from 'node:fs'
import path from 'node:path'
import type { Limits } from '#shared/throttle/limits.ts'

// Workspaces that the board's tests open: null disks, whose requests take a set time, so that a test of the window does
// not fight the disk for the machine.

export interface Lane {
  readonly limits: Limits
  readonly devices: readonly string[]
}

export interface BoardFile {
  readonly lanes: Readonly<Record<string, Lane>>
  readonly free?: readonly string[]
  /** idle: nothing to measure, the quickest. */
  readonly load?: 'idle' | 'busy'
}

export function writeBoard(folder: string, { lanes, free = [], load = 'idle' }: BoardFile): string {
  const device = (id: string, group: string | null) => ({
    id,
    group,
    disk: { kind: 'null', sizeBytes: 1024 ** 3, service: { kind: 'fixed', us: 500 } },
    workload:
      load === 'idle'
        ? { kind: 'idle' }
        : { kind: 'synthetic', pattern: 'random', readPercent: 70, blockBytes: 4096, iodepth: 4, rateIops: 0 },
  })
  const workspace = {
    format: 'weir-workspace/1',
    name: 'Board',
    seed: 1,
    iothreads: 1,
    groups: Object.fromEntries(Object.entries(lanes).map(([name, lane]) => [name, lane.limits])),
    devices: [
      ...Object.entries(lanes).flatMap(([name, lane]) => lane.devices.map((id) => device(id, name))),
      ...free.map((id) => device(id, null)),
    ],
  }
  const file = path.join(folder, 'board.weir.json')
  fs.writeFileSync(file, JSON.stringify(workspace))
  return file
}

/** gold: db, web, mail; bulk: backup; free: scratch. */
export function writeSmallBoard(folder: string, load: BoardFile['load'] = 'idle'): string {
  return writeBoard(folder, {
    lanes: {
      // An odd limit: at 300 the tokens would be with the same member in every tenth of a second.
      gold: { limits: { 'iops-total': 317 }, devices: ['db', 'web', 'mail'] },
      bulk: { limits: { 'iops-total': 100, 'bps-total': 10_485_760 }, devices: ['backup'] },
    },
    free: ['scratch'],
    ...(load === undefined ? {} : { load }),
  })
}
