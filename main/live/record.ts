import { RECORDING_COLUMNS, RECORDING_HEAD } from '#shared/formats/loads/recording-rows.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { DiskCounters } from './disk-counters.ts'
import type { VmLink } from './host/vm-port.ts'
import type { Picture } from './picture.ts'

// A recording of what a VM's disks do: their counters, interval by interval. Only looks; nothing in the VM is changed.

export interface RecordOptions {
  readonly link: Pick<VmLink, 'look'>
  readonly picture: Picture
  readonly name: string
  readonly intervalMs: number
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Takes text as it comes. */
  readonly write: (text: string) => void
}

export interface Recorded {
  readonly requests: number
  readonly seconds: number
  /** The VM was restarted meanwhile: what lies between is not known. */
  readonly restarts: number
}

export async function record(options: RecordOptions): Promise<Recorded> {
  const { link, picture, name, intervalMs, durationMs, signal, write } = options
  const disks = picture.disks.flatMap(({ id, countersKey }) =>
    countersKey === null ? [] : [{ id, key: countersKey, counters: new DiskCounters() }],
  )
  const limits = Object.fromEntries(picture.groups.map((group) => [group.name, group.limits]))
  write(
    `${RECORDING_HEAD}\n# ${JSON.stringify({ name, intervalS: intervalMs / 1000, limits })}\n${RECORDING_COLUMNS}\n`,
  )
  const startMs = performance.now()
  let beforeMs = startMs
  let requests = 0
  let restarts = 0
  for (let look = 0; ; look += 1) {
    const { stats } = await link.look(() => performance.now() * NS_PER_MS)
    const nowMs = performance.now()
    const views = new Map(stats.map(({ key, counters }) => [key, counters]))
    const span = `${seconds(beforeMs - startMs)},${seconds(nowMs - startMs)}`
    const rows = disks.flatMap(({ id, key, counters }) => {
      if (counters.advance(views.get(key) ?? null, (nowMs - beforeMs) * NS_PER_MS) === 'restarted') restarts += 1
      const [reads, writes] = [counters.passed('read'), counters.passed('write')]
      requests += reads.requests + writes.requests
      if (reads.requests + writes.requests === 0) return []
      return [`${span},${oneLine(id)},${reads.requests},${reads.bytes},${writes.requests},${writes.bytes}\n`]
    })
    if (look > 0 && rows.length > 0) write(rows.join(''))
    beforeMs = nowMs
    const leftMs = startMs + durationMs - nowMs
    if (leftMs <= 0 || signal.aborted) return { requests, seconds: (nowMs - startMs) / 1000, restarts }
    await passed(Math.min(leftMs, Math.max(0, startMs + (look + 1) * intervalMs - nowMs)), signal)
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6)
}

/** QEMU's ids hold no line ends; a name that does must not make a second row. */
function oneLine(id: string): string {
  return id.replace(/[\r\n]/g, ' ')
}

function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
