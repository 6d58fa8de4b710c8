/** What is known of a direction of a disk from the latest two looks. */
export interface DiskDelta {
  readonly requests: number
  readonly bytes: number
  readonly totalTimeNs: number
}
