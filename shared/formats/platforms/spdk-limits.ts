import { type LimitKey, MAX_RATE } from '#shared/throttle/limits.ts'
import { MIB } from '#shared/units.ts'

export interface SpdkLimit {
  readonly option: string
  /** Units of QEMU in one of SPDK. */
  readonly unit: number
  /** SPDK rounds up to a multiple of it, in QEMU's units. */
  readonly step: number
}

export const SPDK_LIMITS: ReadonlyMap<LimitKey, SpdkLimit> = new Map<LimitKey, SpdkLimit>([
  ['iops-total', { option: 'rw_ios_per_sec', unit: 1, step: 1000 }],
  ['bps-total', { option: 'rw_mbytes_per_sec', unit: MIB, step: MIB }],
  ['bps-read', { option: 'r_mbytes_per_sec', unit: MIB, step: MIB }],
  ['bps-write', { option: 'w_mbytes_per_sec', unit: MIB, step: MIB }],
])

/** As SPDK does it, but not past what QEMU could have. */
export function roundedForSpdk(value: number, { step }: SpdkLimit): number {
  const up = Math.ceil(value / step) * step
  return up > MAX_RATE ? up - step : up
}
