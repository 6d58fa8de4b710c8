import { EngineError } from '#main/engine-error.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { asRecord } from './qmp-wire.ts'

export const QUERY_BLOCK_JOBS: QmpCommand = { execute: 'query-block-jobs', arguments: {} }

/** What query-block-jobs answers, which says nothing of nodes. */
export function readBlockJobs(value: unknown): readonly BlockJob[] {
  if (!Array.isArray(value)) throw odd()
  return value.map((each) => {
    const row = asRecord(each)
    if (row === null || typeof row.device !== 'string') throw odd()
    const text = (key: string) => (typeof row[key] === 'string' ? row[key] : null)
    const number = (key: string) => (typeof row[key] === 'number' ? row[key] : null)
    return {
      id: row.device,
      kind: text('type') ?? '?',
      status: text('status'),
      doneBytes: number('offset') ?? 0,
      totalBytes: number('len') ?? 0,
      speedBps: number('speed'),
      error: text('error'),
      nodes: null,
    }
  })
}

function odd(): EngineError {
  return new EngineError(
    'qmp-refused',
    'The server answers query-block-jobs with something that QEMU would never send.',
    'Check that the address is a QMP socket of QEMU.',
  )
}
