import type { Bucket } from '#shared/throttle/limits.ts'

export function bucketUnit(bucket: Bucket): 'iops' | 'bps' {
  return bucket.startsWith('iops') ? 'iops' : 'bps'
}

/** Colour of a bucket’s limit: a total goes with the reads. */
export function bucketTone(bucket: Bucket): 'read' | 'write' {
  return bucket.endsWith('write') ? 'write' : 'read'
}
