import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Simulation } from '#main/simulate/simulation.ts'
import { crowded } from './simulate-loads.ts'

// The simulator's twin in C (twin.c): what the same rules cost in a compiled language. Built when a compiler is there.

export interface Twin {
  readonly program: string
  remove(): void
}

/** The twin, or why there is none. */
export function buildTwin(root: string): Twin | string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-twin-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const program = path.join(folder, 'twin')
  const built = spawnSync('cc', ['-O2', '-o', program, path.join(root, 'bench/twin.c'), '-lm'], { encoding: 'utf8' })
  if (built.status === 0 && existsSync(program)) return { program, remove }
  remove()
  return built.error === undefined ? `cc refused it: ${built.stderr}` : 'no C compiler (cc) is installed'
}

/** Requests a second of wall time. */
export function twinRate(twin: Twin, groups: number, members: number, wallMs: number): number {
  return Number(run(twin, groups, members, 'wall', wallMs))
}

const CHECKED_S = 10

/** Throws unless both count the same requests, reads and delays. */
export function checkTwin(twin: Twin, groups: number, members: number): void {
  const simulation = new Simulation({ workspace: crowded(groups, members) })
  simulation.advance(CHECKED_S * 1e9)
  const flows = Object.values(simulation.result().devices).map(({ read, write }) => [
    read.requests + write.requests,
    read.requests,
    read.delayed + write.delayed,
  ])
  const ours = [0, 1, 2].map((column) => flows.reduce((sum, flow) => sum + flow[column]!, 0)).join(' ')
  const theirs = run(twin, groups, members, 'virtual', CHECKED_S)
  if (ours !== theirs) throw new Error(`the twin in C did ${theirs} (requests, reads, delayed), Weir ${ours}`)
}

function run({ program }: Twin, groups: number, members: number, until: 'virtual' | 'wall', most: number): string {
  const ran = spawnSync(program, [`${groups}`, `${members}`, until, `${most}`], { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`the twin in C failed: ${ran.stderr}`)
  return ran.stdout.trim()
}
