import type { Alarm, AlarmKind } from '#shared/alarms/alarm.ts'
import type { HostLook, VmLook, VmState } from '#shared/host-look.ts'

// What the table of VMs says, as plain values.

export interface HostTotals {
  readonly iops: number
  readonly bps: number
  readonly up: number
}

export function totalsOf({ vms }: HostLook): HostTotals {
  return vms.reduce(
    (sum, vm) => ({
      iops: sum.iops + (vm.iops ?? 0),
      bps: sum.bps + (vm.bps ?? 0),
      up: sum.up + (vm.up ? 1 : 0),
    }),
    { iops: 0, bps: 0, up: 0 },
  )
}

/** What is said about a VM that does not simply run. */
export const STATE_WORDS: Readonly<Record<VmState, string>> = {
  running: '',
  paused: 'paused',
  failed: 'failed',
  shutdown: 'shut down',
  migrated: 'migrated away',
  silent: 'does not answer',
  busy: 'its monitor is in use',
  denied: 'permission denied',
  ended: 'gone',
  opened: 'open on the board',
  new: 'not polled yet',
}

/** `at limit`, `slow, 2 more`: the rest stands in the title. */
export function alarmWords(alarms: readonly Alarm[]): string {
  const [first, ...rest] = alarms
  if (first === undefined) return ''
  return `${ALARM_WORDS[first.kind]}${rest.length === 0 ? '' : `, ${rest.length} more`}`
}

const ALARM_WORDS: Readonly<Record<AlarmKind, string>> = {
  'at-limit': 'at limit',
  latency: 'slow',
  failed: 'failures',
  burst: 'burst ends',
  drift: 'drift',
  lost: 'lost',
}

export type StateTone = 'ok' | 'warn' | 'danger' | 'plain'

export function stateTone({ state }: VmLook): StateTone {
  if (state === 'running' || state === 'opened') return 'ok'
  if (state === 'silent' || state === 'failed') return 'danger'
  return state === 'paused' || state === 'busy' || state === 'denied' ? 'warn' : 'plain'
}
