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
}

/** A job that has done its work, well or not, and is only kept to be asked about. */
export function isOver({ status }: BlockJob): boolean {
  return status === 'concluded' || status === 'null' || status === 'aborting'
}
