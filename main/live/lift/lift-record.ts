import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isProcessAlive } from '#main/process-alive.ts'
import type { Lifted } from './put-back.ts'

// What stands beside the two workspaces of a lift: whose it is, until when, and what it took.

export interface LiftRecord extends Lifted {
  readonly address: string
  /** Wall clock, ms since 1970. */
  readonly startedMs: number
  /** null: the job alone decides. */
  readonly untilMs: number | null
  /** null: the time alone decides. */
  readonly job: string | null
  /** null: nobody waits for its end any more, so whoever comes next puts it back. */
  readonly owner: LiftOwner | null
  /** Set: the VM was last seen migrated away. If it no longer runs here either, nothing is left to put back. */
  readonly hasMigrated?: true | undefined
}

/** The process that puts it back when it is time. */
export interface LiftOwner {
  readonly pid: number
  /** When that process began, in the kernel's words: another process may get its number later. null: not told here. */
  readonly began: string | null
}

export const LIFT_FORMAT = 'weir-lift/1'

const NAMES = z.array(z.string())
const SCHEMA = z.strictObject({
  format: z.literal(LIFT_FORMAT),
  address: z.string().min(1),
  startedMs: z.number(),
  untilMs: z.number().nullable(),
  job: z.string().nullable(),
  groups: NAMES,
  devices: NAMES,
  owner: z.strictObject({ pid: z.number().int().positive(), began: z.string().nullable() }).nullable(),
  hasMigrated: z.literal(true).optional(),
})

export type LiftNote = Omit<LiftRecord, 'before' | 'lifted'>

export function formatLiftNote(note: LiftNote): string {
  const { address, startedMs, untilMs, job, groups, devices, owner, hasMigrated } = note
  const written = { format: LIFT_FORMAT, address, startedMs, untilMs, job, groups, devices, owner, hasMigrated }
  return `${JSON.stringify(written, null, 2)}\n`
}

/** null: it is not such a text, or half of one. */
export function parseLiftNote(text: string): LiftNote | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const parsed = SCHEMA.safeParse(value)
  if (!parsed.success) return null
  const { format: _format, ...note } = parsed.data
  return note
}

export function ownerNow(): LiftOwner {
  return { pid: process.pid, began: beganOf(process.pid) }
}

/** Whether the process that lifted still runs, and so puts back by itself. */
export function isOwned<T extends LiftNote>(note: T): note is T & { readonly owner: LiftOwner } {
  const { owner } = note
  if (owner === null || !isProcessAlive(owner.pid)) return false
  return owner.began === null || owner.began === beganOf(owner.pid)
}

/** Field 22 of /proc/PID/stat, behind the name in brackets, which may hold anything; with the boot, since it counts from there. */
function beganOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19)
    return ticks === undefined ? null : `${boot} ${ticks}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error // a system without /proc, or it has just ended
    return null
  }
}
