import { usualLiftJournal } from '#main/live/lift/lift-journal.ts'
import { orphanedLifts, restoreLift } from '#main/live/lift/restore.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import type { OptionValues } from './command.ts'
import type { Terminal } from './terminal.ts'

// At the start of each command: limits that a Weir lifted which was killed. A command that works on running VMs puts them
// back first; any other only says so, since nobody asked it to open a socket.

const LIVE: ReadonlySet<string> = new Set(['capture', 'apply', 'top', 'exporter', 'record', 'watch', 'lift'])

export async function settleOrphans(name: string, options: OptionValues, terminal: Terminal): Promise<void> {
  // It does so itself, and prints it as its result.
  if (name === 'lift' && (options.restore === true || options.forget === true || options['print-timer'] === true))
    return
  const journal = usualLiftJournal()
  const isLive =
    LIVE.has(name) || (name === 'check' && ['vm', 'qmp', 'policy'].some((each) => options[each] !== undefined))
  const { complain, paint } = terminal
  for (const record of await orphanedLifts(journal)) {
    const { address } = record
    complain(paint.warn(`Limits of ${address} were lifted by a Weir that ended before putting them back.`))
    if (!isLive) {
      complain(`  to put them back:  ${restoreCommand(address)}`)
      continue
    }
    const { done, error } = await restoreLift(record, journal)
    for (const line of done?.restored ?? []) complain(`  put back  ${line}`)
    for (const line of done?.back ?? []) complain(`  as before  ${line}`)
    for (const line of done?.kept ?? []) complain(`  kept  ${line}`)
    for (const line of done?.failed ?? []) complain(paint.bad(`  not put back  ${line}`))
    if (error !== null) complain(paint.bad(`  not put back  ${error.message}`))
  }
}
