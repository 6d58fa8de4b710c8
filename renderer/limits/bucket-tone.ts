import type { Bucket } from '#shared/throttle/limits.ts'

/** Colour of a bucket’s limit: a total goes with the reads. */
export function bucketTone(bucket: Bucket): 'read' | 'write' {
  return bucket.endsWith('write') ? 'write' : 'read'
}
