import type { Bucket } from '#shared/throttle/limits.ts'

/** `IOPS limit`, `Read bandwidth burst`, … start with these; tests and assistive technology rely on them (DESIGN §9). */
export const BUCKET_NAMES: Readonly<Record<Bucket, string>> = {
  'iops-total': 'IOPS',
  'iops-read': 'Read IOPS',
  'iops-write': 'Write IOPS',
  'bps-total': 'Bandwidth',
  'bps-read': 'Read bandwidth',
  'bps-write': 'Write bandwidth',
}

export function bucketUnit(bucket: Bucket): 'iops' | 'bps' {
  return bucket.startsWith('iops') ? 'iops' : 'bps'
}

/** Colour of a bucket’s limit: a total goes with the reads. */
export function bucketTone(bucket: Bucket): 'read' | 'write' {
  return bucket.endsWith('write') ? 'write' : 'read'
}
