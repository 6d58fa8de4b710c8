import { EngineError } from '#main/engine-error.ts'
import { parseVmAddress } from '#shared/qemu/vm-address.ts'
import { withVm } from '../apply-workspace.ts'
import type { LiftJournal } from './lift-journal.ts'
import { isOwned, type LiftRecord } from './lift-record.ts'
import { type PutBack, putBack } from './lift-work.ts'
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
    const done = await withVm(address.value, (vm) => putBack(vm, record, journal, rule))
    return { record, done, error: null }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { record, done: null, error }
  }
}
