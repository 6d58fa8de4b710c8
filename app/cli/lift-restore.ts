import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { isOwned, type LiftOwner, type LiftRecord } from '#main/live/lift/lift-record.ts'
import { orphanedLifts, type Restored, restoreLift } from '#main/live/lift/restore.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import { ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { reportPutBack } from './lift-words.ts'
import { flagOption } from './options.ts'

/**
 * `weir lift --restore`: everything whose Weir is gone. `weir lift ADDR --restore`: this VM, whoever lifted it; a Weir that
 * still waits finds it as before and ends. Exit 0 when nothing is lifted any more, 1 when something was kept, 3 when some still is.
 */
export async function restoreLifts(
  { options, json, terminal }: CommandCall,
  journal: LiftJournal,
  address: VmAddress | null,
): Promise<Result<ExitCode>> {
  const where = address === null ? null : formatVmAddress(address)
  const one = where === null ? null : await journal.find(where)
  const records = where === null ? await orphanedLifts(journal) : one === null ? [] : [one]
  const rule = flagOption(options, 'force') ? 'overwrite' : 'keep'
  const restored: Restored[] = []
  for (const record of records) restored.push(await restoreLift(record, journal, rule))
  if (json) terminal.print(JSON.stringify({ format: 'weir-lift/1', restored: restored.map(plain) }, null, 2))
  else {
    for (const each of restored) report(each, { terminal })
    if (records.length === 0)
      terminal.print(where === null ? await nothingWords(journal) : `No limits of ${where} are lifted.`)
  }
  return ok(exitOf(restored))
}

/** `weir lift ADDR --forget`: the VM is left as it is. */
export async function forgetLift(
  { json, terminal }: CommandCall,
  journal: LiftJournal,
  where: string,
): Promise<Result<ExitCode>> {
  const record = await journal.find(where)
  await journal.end(where)
  if (json)
    terminal.print(JSON.stringify({ format: 'weir-lift/1', forgotten: record === null ? [] : [where] }, null, 2))
  else terminal.print(record === null ? `No limits of ${where} are lifted.` : `Forgotten; ${where} stays as it is.`)
  return ok(0)
}

function report({ record, done, error }: Restored, { terminal }: Pick<CommandCall, 'terminal'>): void {
  if (done !== null) {
    terminal.print(`${record.address}:`)
    reportPutBack(done, record.address, terminal)
    return
  }
  terminal.complain(terminal.paint.bad(`${record.address}: still lifted. ${error?.message ?? ''}`))
  if (error !== null && error.advice !== '') terminal.complain(`  ${error.advice}`)
  terminal.complain(`  If the VM is gone for good: weir lift ${shellQuote(record.address)} --forget`)
}

function exitOf(restored: readonly Restored[]): ExitCode {
  if (restored.some(({ done }) => done === null || done.failed.length > 0)) return 3
  return restored.some(({ done }) => (done?.kept.length ?? 0) > 0) ? 1 : 0
}

function plain({ record, done, error }: Restored): object {
  return { address: record.address, putBack: done, error: error?.message ?? null }
}

async function nothingWords(journal: LiftJournal): Promise<string> {
  const waiting = (await journal.list()).filter((record) => isOwned(record))
  if (waiting.length === 0) return 'Nothing is lifted.'
  return waiting.map(waitingWords).join('\n')
}

function waitingWords({ address, owner }: LiftRecord & { readonly owner: LiftOwner }): string {
  return `${address} is lifted by process ${owner.pid}, which puts it back; now: ${restoreCommand(address)}`
}
