import { EngineError, NotRunningError, UnsentError } from '#main/engine-error.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import type { VmCommand } from '#shared/qemu/vm-command.ts'
import type { PlanStep } from './steps.ts'

/** Removing limits drains the disk first, and a dead network disk takes its time for that. */
const CHANGE_TIMEOUT_MS = 30_000

/** Sends one command. Throws EngineError when no answer comes. */
export type SendCommand = (command: VmCommand, timeoutMs: number) => Promise<QmpAnswer>

export interface StepAnswer {
  readonly command: VmCommand
  /** refused: QEMU or libvirt said no. unknown: sent, but no answer came. unsent: it never left, since something failed before. */
  readonly outcome: 'done' | 'refused' | 'unknown' | 'unsent'
  /** Their words, or why there are none. */
  readonly answer: string
}

/**
 * Sends the steps one after the other and never throws: each has its answer. What depends on a group that could not be
 * made is left out; the rest goes on, since each stands for itself. When the connection fails, nothing more is sent.
 */
export async function sendSteps(
  execute: SendCommand,
  steps: readonly PlanStep[],
  timeoutMs = CHANGE_TIMEOUT_MS,
): Promise<readonly StepAnswer[]> {
  const answers: StepAnswer[] = []
  const unmade = new Set<string>()
  let broken: EngineError | null = null
  for (const { command, into, makes } of steps) {
    if (broken) {
      answers.push({ command, outcome: 'unsent', answer: `not sent: ${broken.message}` })
      continue
    }
    const missing = into.find((group) => unmade.has(group))
    if (missing !== undefined) {
      answers.push({ command, outcome: 'unsent', answer: `not sent: ${missing} could not be made` })
    } else {
      const answer = await send(execute, command, timeoutMs)
      if (answer instanceof EngineError) {
        broken = answer
        answers.push(brokenAnswer(command, broken))
      } else {
        answers.push(answer)
      }
      if (makes !== null && answers.at(-1)?.outcome !== 'done') unmade.add(makes)
    }
  }
  return answers
}

/** Whether the connection failed before every command had its answer. */
export function isCutOff(answers: readonly StepAnswer[]): boolean {
  const has = (outcome: StepAnswer['outcome']) => answers.some((answer) => answer.outcome === outcome)
  return has('unknown') || (has('unsent') && !has('refused'))
}

/** A VM that does not run was sent nothing either. */
function brokenAnswer(command: VmCommand, error: EngineError): StepAnswer {
  const isUnsent = error instanceof UnsentError || error instanceof NotRunningError
  return isUnsent
    ? { command, outcome: 'unsent', answer: `not sent: ${error.message}` }
    : { command, outcome: 'unknown', answer: error.message }
}

async function send(execute: SendCommand, command: VmCommand, timeoutMs: number): Promise<StepAnswer | EngineError> {
  try {
    const answer = await execute(command, timeoutMs)
    if (answer.ok) return { command, outcome: 'done', answer: JSON.stringify(answer.value) }
    return {
      command,
      outcome: 'refused',
      answer: answer.class === '' ? answer.desc : `${answer.class}: ${answer.desc}`,
    }
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
}
