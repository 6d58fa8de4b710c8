import type { AlarmKind, AlarmRules } from '#shared/alarms/alarm.ts'
import type { AlarmSettings } from '#shared/ipc/live-ops.ts'
import { NS_PER_MS, NS_PER_S } from '#shared/units.ts'

/** Drift and a VM that does not answer are shown by themselves, on the board and in the host's table. */
const KINDS: readonly AlarmKind[] = ['at-limit', 'latency', 'failed', 'burst']

/** What the window calls an alarm, of a VM on the board and of those of a host. */
export function alarmRulesOf({ isOn, atLimitS, latencyMs, burstS }: AlarmSettings): AlarmRules {
  return {
    kinds: isOn ? KINDS : [],
    atLimitNs: atLimitS * NS_PER_S,
    latencyNs: latencyMs * NS_PER_MS,
    burstNs: burstS * NS_PER_S,
  }
}
