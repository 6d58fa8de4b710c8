import type { BlockJob } from '#shared/block-job.ts'
import { formatVmCommand, type VmCommand } from '#shared/qemu/vm-command.ts'
import { formatBps } from '#shared/units.ts'
import type { Change } from '#shared/workspace/changes.ts'
import type { StepAnswer } from '../apply-plan.ts'
import type { OpenVm } from '../apply-workspace.ts'
import type { Picture } from '../picture.ts'
import type { Plan } from '../plan.ts'
import type { PlanStep } from '../steps.ts'

// Speeds of block jobs that the user desires, staged beside limits and sent with them.

/** Job → bytes per second; 0 is not held. */
export type JobSpeeds = ReadonlyMap<string, number>

interface JobsOfVm {
  readonly jobs: readonly BlockJob[]
  readonly picture: Picture
}

/** Those that are still to be sent: the job is there and has another speed. */
export function pendingSpeeds(speeds: JobSpeeds, jobs: readonly BlockJob[]): JobSpeeds {
  const differs = ([id, speed]: readonly [string, number]) => {
    const job = jobs.find((each) => each.id === id)
    return job !== undefined && job.speedBps !== speed
  }
  return new Map([...speeds].filter(differs))
}

/** Without those that were sent to jobs that do not tell their speed: there is nothing to see later of whether they have it. */
export function withoutSent(speeds: JobSpeeds, answers: readonly StepAnswer[], { jobs, picture }: JobsOfVm): JobSpeeds {
  const done = answers.filter(({ outcome }) => outcome === 'done').map(({ command }) => formatVmCommand(command))
  const isSent = ([id, speed]: readonly [string, number]) =>
    done.includes(formatVmCommand(speedCommand(id, speed, picture)))
  const isUntold = (id: string) => jobs.find((job) => job.id === id)?.speedBps === null
  return new Map([...speeds].filter((each) => !isUntold(each[0]) || !isSent(each)))
}

export function withJobSpeeds(plan: Plan, speeds: JobSpeeds, { jobs, picture }: JobsOfVm): Plan {
  const pending = [...pendingSpeeds(speeds, jobs)]
  if (pending.length === 0) return plan
  const changes = pending.map(([id, speed]): Change => {
    const now = jobs.find((job) => job.id === id)?.speedBps ?? null
    return { subject: `${id}: speed`, from: now === null ? 'not known' : speedWords(now), to: speedWords(speed) }
  })
  const steps = pending.map(([id, speed]): PlanStep => {
    return { command: speedCommand(id, speed, picture), into: [], makes: null, empties: null }
  })
  return { ...plan, steps: [...plan.steps, ...steps], changes: [...plan.changes, ...changes] }
}

/** Sets a speed at once and reads it back. null: it is so; else a sentence that says why it is not. */
export async function setJobSpeed({ link, picture }: OpenVm, id: string, speed: number): Promise<string | null> {
  const ended = `The block job ${id} has ended.`
  if (!(await link.jobs()).some((each) => each.id === id)) return ended
  const [answer] = await link.send([
    { command: speedCommand(id, speed, picture), into: [], makes: null, empties: null },
  ])
  if (answer !== undefined && answer.outcome !== 'done') return `The speed of ${id} was not set: ${answer.answer}`
  const job = (await link.jobs()).find((each) => each.id === id)
  if (job === undefined) return ended
  // libvirt does not report the speed of every kind of job.
  if (job.speedBps === null || job.speedBps === speed) return null
  return `The speed of ${id} is ${speedWords(job.speedBps)}, not ${speedWords(speed)}.`
}

/** `not held`, `5 MiB/s`. */
export function speedWords(speed: number): string {
  return speed === 0 ? 'unlimited' : formatBps(speed)
}

function speedCommand(id: string, speed: number, { libvirt }: Picture): VmCommand {
  if (libvirt !== undefined) {
    const words = ['blockjob', libvirt.domain, id, '--bandwidth', String(speed), '--bytes']
    return { connect: libvirt.uri, virsh: words }
  }
  return { execute: 'block-job-set-speed', arguments: { device: id, speed } }
}
