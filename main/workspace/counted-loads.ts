import path from 'node:path'
import { recordingDialect } from '#shared/formats/loads/weir-recording.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { headOf } from './open-trace.ts'

/** What to say of a workspace whose loads are recordings of counters: their requests are not where they were. */
export async function countedLoadNotes({ devices }: Workspace): Promise<readonly string[]> {
  const files = new Set(devices.flatMap(({ workload }) => (workload.kind === 'trace' ? [workload.path] : [])))
  const heads = await Promise.all([...files].map(async (file) => ({ file, text: (await headOf(file)).text })))
  const counted = heads.filter(({ text }) => recordingDialect.detect(text) > 0).map(({ file }) => path.basename(file))
  if (counted.length === 0) return []
  const names = counted.join(', ')
  return [
    `${names}: counted in intervals, so the requests of each are spread evenly over it; bursts and waits shorter than an interval do not show.`,
  ]
}
