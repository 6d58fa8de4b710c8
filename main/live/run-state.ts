import type { EngineError } from '#main/engine-error.ts'
import type { VmState } from '#shared/host-look.ts'

const STATES: Readonly<Record<string, VmState>> = {
  running: 'running',
  paused: 'paused',
  prelaunch: 'paused',
  debug: 'paused',
  suspended: 'paused',
  watchdog: 'paused',
  colo: 'paused',
  inmigrate: 'paused',
  'finish-migrate': 'paused',
  'save-vm': 'paused',
  'restore-vm': 'paused',
  postmigrate: 'migrated',
  shutdown: 'shutdown',
  'guest-panicked': 'failed',
  'internal-error': 'failed',
  'io-error': 'failed',
}

/** QEMU's word for what a VM does → Weir's. A word that no QEMU up to 11 has counts as paused: its guest does not run. */
export function vmStateOf(status: unknown): VmState {
  return typeof status === 'string' && Object.hasOwn(STATES, status) ? (STATES[status] ?? 'paused') : 'paused'
}

/** What a VM is that could not be looked at. */
export function stateOfError({ code }: EngineError): VmState {
  if (code === 'qmp-busy') return 'busy'
  if (code === 'permission') return 'denied'
  return code === 'qmp-timeout' ? 'silent' : 'ended'
}
