// A block job of a running VM as one look shows it: a copy, a backup, a merge of snapshots. Plain data.

export interface BlockJob {
  /** QEMU's id of the job, or libvirt's name of the disk: there is one job for each disk there. */
  readonly id: string
  /** QEMU's word: `backup`, `mirror`, `commit`, `stream`. */
  readonly kind: string
  /** QEMU's word: `running`, `ready`, `paused`, `pending`, `concluded`; null: not told. */
  readonly status: string | null
  readonly doneBytes: number
  readonly totalBytes: number
  /** Bytes per second that it is held to; 0: not held. null: not told. */
  readonly speedBps: number | null
  /** What went wrong; null: nothing. */
  readonly error: string | null
  /** Names of the block nodes that its requests go through, its target's included; null: not told. */
  readonly nodes: readonly string[] | null
  /** Through libvirt: whether its requests go through the filters of its disk. Left out: `nodes` tells, or it is not known. */
  readonly throughFilters?: boolean
}

/** A job beside the disks and groups of its VM. */
export interface LiveJob extends Omit<BlockJob, 'nodes' | 'throughFilters'> {
  /** Disks that it reads or writes, by their names on the board. */
  readonly disks: readonly string[]
  /** Groups whose limits its requests take from; null: not known. */
  readonly takesFrom: readonly string[] | null
  /** Groups that hold those disks and not the job. Empty where `takesFrom` is null. */
  readonly passesBy: readonly string[]
  /** Bytes per second over the last looks; null: not known yet. */
  readonly rateBps: number | null
}

/** Ns until it is done at its present rate; null: it does not move, or is done. */
export function jobEtaNs({ doneBytes, totalBytes, rateBps }: LiveJob): number | null {
  const left = totalBytes - doneBytes
  return rateBps === null || rateBps <= 0 || left <= 0 ? null : (left / rateBps) * 1_000_000_000
}

/** A job that has done its work, well or not, and is only kept to be asked about. */
export function isOver({ status }: Pick<BlockJob, 'status'>): boolean {
  return status === 'concluded' || status === 'null' || status === 'aborting'
}
