import fs from 'node:fs'
import { type Trace, TraceReader } from '#main/load/trace.ts'
import { failed, type Result } from '#shared/issue.ts'

/** Small pieces: parsing one takes about a millisecond, and the main process has windows to serve in between. */
const CHUNK_BYTES = 64 * 1024

/** Reads a recorded load. What is wrong with it, or with reading it, is returned with the file's name in front. */
export async function loadTrace(file: string): Promise<Result<Trace>> {
  const reader = new TraceReader()
  try {
    const stream = fs.createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })
    for await (const chunk of stream) reader.push(chunk as string) // an encoding makes every chunk a string
  } catch (error) {
    return failed([{ path: '', code: 'trace-unreadable', message: `${file}: ${(error as Error).message}` }])
  }
  const read = reader.finish()
  if (read.ok) return read
  return failed(
    read.issues.map((issue) => ({ ...issue, path: '', message: `${file}, ${issue.path}: ${issue.message}` })),
  )
}
