import { EngineError, NotRunningError } from '#main/engine-error.ts'
import { parseVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import { withVm } from '../apply-workspace.ts'
import type { LiftJournal } from './lift-journal.ts'
import { isOwned, type LiftRecord } from './lift-record.ts'
import { MIGRATED, type PutBack, putBack } from './lift-work.ts'
import type { ChangedRule } from './put-back.ts'

// Putting back what a Weir lifted that is not there any more: it was killed, or its machine went down.

export interface Restored {
  readonly record: LiftRecord
  /** null: the VM was not reached. */
  readonly done: PutBack | null
  /** Why it was not reached; null: it was. */
  readonly error: EngineError | null
}

/** Lifts whose Weir is gone. They last no longer than it, whatever time was left. */
export async function orphanedLifts(journal: LiftJournal): Promise<readonly LiftRecord[]> {
  return (await journal.list()).filter((record) => !isOwned(record))
}

/** Never throws EngineError: what was not reached stays written down. */
export async function restoreLift(record: LiftRecord, journal: LiftJournal, rule?: ChangedRule): Promise<Restored> {
  const address = parseVmAddress(record.address)
  try {
    if (!address.ok) {
      throw new EngineError('file-missing', `${record.address} is not an address.`, `Remove it: weir lift --forget`)
    }
    return { record, done: await putBackAt(address.value, record, { journal, rule }), error: null }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { record, done: null, error }
  }
}

/** As putBack, by a connection of its own. Of a VM that has migrated away and is gone from here the lift is over. */
export async function putBackAt(
  address: VmAddress,
  record: LiftRecord,
  { journal, rule }: { readonly journal: LiftJournal; readonly rule?: ChangedRule | undefined },
): Promise<PutBack> {
  try {
    return await withVm(address, (vm) => putBack(vm, record, journal, rule))
  } catch (error) {
    const isGone = error instanceof NotRunningError && (await journal.find(record.address))?.hasMigrated === true
    if (!isGone) throw error
    await journal.end(record.address)
    return { restored: [], back: [], emptied: [], kept: [MIGRATED], failed: [] }
  }
}
