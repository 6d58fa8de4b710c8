import { EngineError } from '#main/engine-error.ts'
import { QMP_TIMEOUTS } from '#main/qmp/qmp-client.ts'
import type { VmAddress } from '#shared/qemu/vm-address.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import type { StepAnswer } from './apply-plan.ts'
import { captureWorkspace } from './capture.ts'
import { driftBetween } from './drift.ts'
import { openLink } from './open-link.ts'
import { type Picture, withoutConfig } from './picture.ts'
import { makePlan, type Plan, unfulfilled } from './plan.ts'
import { type ApplyRecord, NO_RECORD, sendRecorded } from './send-recorded.ts'
import type { SessionLink } from './session-link.ts'
import type { LinkOptions, VmLink } from './vm-link.ts'

// A look at a VM, for scripts: connect, look, perhaps change, look again, leave.

export interface OpenVm {
  readonly link: VmLink
  readonly picture: Picture
}

/** Connects and looks; `work` does the rest. The connection ends with it, or when its signal is aborted. */
export async function withVm<T>(
  address: VmAddress,
  work: (vm: OpenVm & { readonly link: SessionLink }) => Promise<T>,
  options: Pick<LinkOptions, 'signal' | 'mayTaint'> = {},
): Promise<T> {
  const link = await openLink(address, { timeouts: QMP_TIMEOUTS, ...options })
  try {
    return await work({ link, picture: await link.discover() })
  } finally {
    link.close()
  }
}

/** Looks and works on a connection that stays, with the names of `named`. Throws EngineError where there is none. */
export async function onLink<T>(link: VmLink | null, work: (vm: OpenVm) => Promise<T>, named?: Workspace): Promise<T> {
  if (link === null) throw new EngineError('qmp-lost', 'The VM is not attached.', 'Try again when it answers.')
  const picture = await link.discover()
  return work({ link, picture: named === undefined ? picture : adoptNames(picture, named) })
}

/** The same, for changes that the next start of a libvirt domain shall not have. */
export function liveOnly({ link, picture }: OpenVm): OpenVm {
  return { link, picture: withoutConfig(picture) }
}

export interface Applied {
  readonly plan: Plan
  /** Empty in a dry run. */
  readonly answers: readonly StepAnswer[]
  /** What a look afterwards found otherwise than desired; empty in a dry run. */
  readonly unfulfilled: readonly string[]
  /** What failed apart from the commands, in a sentence: the record, or reading back. */
  readonly problem: string | null
}

/** Makes the VM what a workspace file says, as far as the file says anything. A second time it finds nothing to do. */
export async function applyWorkspace(
  { link, picture }: OpenVm,
  desired: Workspace,
  mode: 'apply' | 'dry-run',
  record: ApplyRecord = NO_RECORD,
): Promise<Applied> {
  const named = adoptNames(picture, desired)
  const base = captureWorkspace(named, desired.name)
  const plan = makePlan({ picture: named, base, desired, scope: 'file' })
  if (mode === 'dry-run' || plan.steps.length === 0) return { plan, answers: [], unfulfilled: [], problem: null }
  const { answers, problem } = await sendRecorded(link, { plan, before: base, record })
  return { plan, answers, unfulfilled: await readBack(link, plan, desired), problem }
}

async function readBack(link: VmLink, plan: Plan, desired: Workspace): Promise<readonly string[]> {
  try {
    return unfulfilled(plan, adoptNames(await link.discover(), desired))
  } catch (error) {
    return [`The VM could not be read back afterwards: ${(error as EngineError).message}`] // a link throws no other
  }
}

/** Where the VM differs from what a workspace saved from it says. */
export function findDrift(picture: Picture, saved: Workspace): readonly string[] {
  return driftBetween(saved, adoptNames(picture, saved))
}
