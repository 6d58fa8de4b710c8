import type { FlowSnapshot } from '#shared/snapshot.ts'

/** One direction of a device that does nothing. */
export const IDLE_FLOW: FlowSnapshot = {
  iops: 0,
  bps: 0,
  requests: 0,
  bytes: 0,
  delayed: 0,
  queued: 0,
  waitP50Ns: null,
  waitP99Ns: null,
  serviceP50Ns: null,
  serviceP99Ns: null,
}
