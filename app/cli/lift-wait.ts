import { EngineError } from '#main/engine-error.ts'
import type { LiftRecord } from '#main/live/lift/lift-record.ts'
import { openLink } from '#main/live/open-link.ts'
import { QMP_TIMEOUTS } from '#main/qmp/qmp-client.ts'
import { isOver } from '#shared/block-job.ts'
import type { VmAddress } from '#shared/qemu/vm-address.ts'
import { formatClock, NS_PER_MS } from '#shared/units.ts'
import type { CommandCall } from './command.ts'

/** Also how late the end may be seen after the machine has slept. */
const TICK_MS = 1000
/** A job is asked for by short connections. */
const JOB_TICKS = 2

/** Until its time is over, its job has ended, or the user asks to end. */
export async function waitForEnd(
  { untilMs, job }: LiftRecord,
  address: VmAddress,
  { terminal, signal, json }: Pick<CommandCall, 'terminal' | 'signal' | 'json'>,
): Promise<void> {
  const draws = terminal.redraws && !json
  const until = job === null ? '' : untilMs === null ? ` until ${job} ends` : `, or until ${job} ends`
  if (!json)
    terminal.print(
      `Lifted${untilMs === null ? '' : ` until ${timeOf(untilMs)}`}${until}; Ctrl-C puts them back at once.`,
    )
  let isDrawn = false
  // The first of the two clocks ends it: one can be set back, the other stands still while the machine sleeps.
  const steadyMs = untilMs === null ? Number.POSITIVE_INFINITY : performance.now() + untilMs - Date.now()
  for (let tick = 0; !signal.aborted; tick += 1) {
    const leftMs = Math.min((untilMs ?? Number.POSITIVE_INFINITY) - Date.now(), steadyMs - performance.now())
    if (leftMs <= 0) break
    if (job !== null && tick % JOB_TICKS === 0 && (await hasEnded(job, address))) break
    if (draws && untilMs !== null) {
      terminal.write(`${isDrawn ? '\u001b[1A\u001b[0J' : ''}${formatClock(leftMs * NS_PER_MS)} left\n`)
      isDrawn = true
    }
    await pause(Math.min(TICK_MS, leftMs), signal)
  }
}

/** Ends early when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

/** A VM that is not reached tells nothing of its job, so it goes on. */
async function hasEnded(id: string, address: VmAddress): Promise<boolean> {
  try {
    const link = await openLink(address, { timeouts: QMP_TIMEOUTS })
    try {
      return !(await link.jobs()).some((job) => job.id === id && !isOver(job))
    } finally {
      link.close()
    }
  } catch (error) {
    if (error instanceof EngineError) return false
    throw error
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB')
}
