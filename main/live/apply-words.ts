import type { QemuApplyReply } from '#shared/ipc/contract.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'
import type { SourceEvent } from '#shared/snapshot.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { chainWords, isThrottled, outermostGroup } from '#shared/workspace/chain.ts'
import { fromTo } from '#shared/workspace/changes.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import type { StepAnswer } from './apply-plan.ts'
import { findDisk, findGroup, type Picture } from './picture.ts'
import type { Plan } from './plan.ts'

/** The report of an Apply: what each command was answered, and whether the VM is now as desired. */
export function applyReply(
  answers: readonly StepAnswer[],
  unfulfilled: readonly string[],
  read: readonly string[],
): QemuApplyReply {
  return {
    ok: answers.every(({ outcome }) => outcome === 'done') && unfulfilled.length === 0,
    answers: answers.map(({ command, outcome, answer }) => ({
      command: formatVmCommand(command),
      ok: outcome === 'done',
      answer,
    })),
    message: [summary(answers), ...readWords(read), ...unfulfilled.map((sentence) => `${sentence}.`)].join(' '),
  }
}

/** More would fill the window. */
const TOLD = 6

function summary(answers: readonly StepAnswer[]): string {
  const count = answers.length
  const commands = `${count} ${count === 1 ? 'command' : 'commands'}`
  const unknown = answers.filter(({ outcome }) => outcome === 'unknown').length
  const without = answers.filter(({ outcome }) => outcome !== 'done').length - unknown
  if (unknown + without === 0) return `${commands} sent, all accepted.`
  const all = count === 1 ? 'The command did not take effect.' : `None of ${commands} took effect.`
  const some = without === count ? all : `${without} of ${commands} did not take effect.`
  const which = unknown < count ? `${unknown} of ${commands}` : count === 1 ? 'the command' : `the ${commands}`
  return [
    ...(without > 0 ? [some] : []),
    ...(unknown > 0 ? [`It is not known whether ${which} took effect.`] : []),
  ].join(' ')
}

function readWords(read: readonly string[]): readonly string[] {
  if (read.length === 0) return []
  const left = read.length - TOLD
  return [`Read back: ${[...read.slice(0, TOLD), ...(left > 0 ? [`${left} more`] : [])].join('; ')}.`]
}

/** What a look afterwards found of the plan's groups and disks: `gold: IOPS 1 500`, `fd0 in g1`. `picture` has the plan's names. */
export function readBack(plan: Plan, picture: Picture): readonly string[] {
  const groups = [...plan.touched.groups].flatMap((name) => {
    const limits = findGroup(picture, name)?.limits
    return limits == null ? [] : [`${name}: ${limitsInWords(limits)}`]
  })
  const disks = [...plan.touched.devices].flatMap((id) => {
    const disk = findDisk(picture, id)
    return disk === undefined ? [] : [isThrottled(disk) ? `${id} in ${chainWords(disk)}` : `${id} not throttled`]
  })
  return [...groups, ...disks]
}

export function nothingSent(message: string): QemuApplyReply {
  return { ok: false, answers: [], message }
}

/** What an Apply changed, for the board's list of events. */
export function appliedEvents(plan: Plan, atNs: number): readonly SourceEvent[] {
  return plan.changes.map(({ subject, from, to }) => {
    const isDevice = plan.touched.devices.has(subject)
    const device = findDevice(plan.aim, subject)
    const group = isDevice ? device && outermostGroup(device) : subject.split(':', 1)[0]
    return {
      atNs,
      kind: isDevice ? 'moved' : 'limits',
      text: `${subject} ${isDevice ? 'moved ' : ''}${fromTo({ from, to })}`,
      group: group != null && Object.hasOwn(plan.aim.groups, group) ? group : null,
      device: isDevice ? subject : null,
    }
  })
}
