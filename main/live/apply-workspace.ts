import type { EngineError } from '#main/engine-error.ts'
import { QmpClient } from '#main/qmp/qmp-client.ts'
import type { QmpAddress } from '#shared/qemu/qmp-address.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import { type StepAnswer, sendSteps } from './apply-plan.ts'
import { captureWorkspace } from './capture.ts'
import { discover, identify, type QemuIdentity } from './discover.ts'
import { driftBetween } from './drift.ts'
import type { Picture } from './picture.ts'
import { makePlan, type Plan, unfulfilled } from './plan.ts'

// One visit to a VM, for scripts: connect, look, perhaps change, look again, leave.

export interface Visit {
  readonly client: QmpClient
  readonly identity: QemuIdentity
  readonly picture: Picture
}

/** Connects and looks; `work` does the rest. The connection ends with it, or when `signal` is aborted. */
export async function visitQemu<T>(
  address: QmpAddress,
  work: (visit: Visit) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await QmpClient.connect(address, { signal })
  try {
    const identity = await identify(client)
    const picture = await discover(client, identity.daemon)
    return await work({ client, identity, picture })
  } finally {
    client.close()
  }
}

export interface Applied {
  readonly plan: Plan
  /** Empty in a dry run. */
  readonly answers: readonly StepAnswer[]
  /** What a look afterwards found otherwise than wanted; empty in a dry run. */
  readonly unfulfilled: readonly string[]
}

/** Makes the VM what a workspace file says, as far as the file says anything. A second time it finds nothing to do. */
export async function applyWorkspace(
  { client, identity, picture }: Visit,
  wish: Workspace,
  mode: 'apply' | 'dry-run',
): Promise<Applied> {
  const named = adoptNames(picture, wish)
  const base = captureWorkspace(named, wish.name)
  const plan = makePlan({ picture: named, base, wish, scope: 'file' })
  if (mode === 'dry-run' || plan.steps.length === 0) return { plan, answers: [], unfulfilled: [] }
  const answers = await sendSteps(client, plan.steps)
  return { plan, answers, unfulfilled: await readBack(client, { plan, wish, daemon: identity.daemon }) }
}

async function readBack(
  client: QmpClient,
  { plan, wish, daemon }: { readonly plan: Plan; readonly wish: Workspace; readonly daemon: boolean },
): Promise<readonly string[]> {
  try {
    return unfulfilled(plan, adoptNames(await discover(client, daemon), wish))
  } catch (error) {
    return [`The VM could not be looked at afterwards: ${(error as EngineError).message}`] // the client throws no other
  }
}

/** Where the VM differs from what a workspace saved from it says. */
export function findDrift(picture: Picture, saved: Workspace): readonly string[] {
  return driftBetween(saved, adoptNames(picture, saved))
}
