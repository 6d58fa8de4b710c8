/** QEMU's own words of `query-status` that mean that another QEMU has the VM, or is about to. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['postmigrate', 'This VM has migrated away: it runs in another QEMU now, and what is set here has no effect on it.'],
  ['finish-migrate', 'This VM is migrating away at this moment: what is set here now may be lost with it.'],
  ['inmigrate', 'This VM is just arriving by migration: apply when it runs.'],
])

/** Why nothing may be sent to a VM in this state; null: it may. `status`: QEMU's word, null: it does not tell. */
export function refusalOf(status: string | null): string | null {
  return status === null ? null : (ELSEWHERE.get(status) ?? null)
}

/** The VM's state for people; null: it runs, or has none (a storage daemon). */
export function statusWords(status: string | null): string | null {
  if (status === null || status === 'running') return null
  return WORDS.get(status) ?? status
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['paused', 'paused'],
  ['prelaunch', 'not started yet'],
  ['inmigrate', 'arriving by migration'],
  ['finish-migrate', 'migrating away'],
  ['postmigrate', 'migrated away'],
  ['suspended', 'asleep'],
  ['shutdown', 'shut down'],
  ['io-error', 'stopped by an I/O error'],
  ['internal-error', 'stopped by an error of QEMU'],
  ['guest-panicked', 'the guest has crashed'],
  ['watchdog', 'stopped by its watchdog'],
  ['debug', 'stopped by a debugger'],
  ['save-vm', 'being saved'],
  ['restore-vm', 'being restored'],
  ['colo', 'held by COLO'],
])
