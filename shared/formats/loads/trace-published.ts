import { ok } from '#shared/issue.ts'
import type { Format } from '../format.ts'
import { traceClock } from './trace-clock.ts'
import { firstLines, type TraceDialect, traceFormat } from './trace-dialect.ts'
import { addRequest, skipLine, type TraceDraft } from './trace-draft.ts'

// Recordings as they are published for research. Their columns have no heading, or one that does not say the units, so
// that each is told by the shape of its lines; what its times count is said in a note.

interface Shape {
  readonly id: string
  readonly title: string
  readonly columns: string
  /** Named groups: time, op, offset, bytes, disk. */
  readonly line: RegExp
  /** The first line of the published files; null: none. */
  readonly heading: RegExp | null
  readonly nsPerUnit: number
  readonly unit: string
  readonly offsetUnit: number
  readonly bytesUnit: number
  readonly isWrite: (op: string) => boolean
  /** What is not used, for a loss. */
  readonly unused?: string
}

const SHAPES: readonly Shape[] = [
  {
    id: 'trace-msr',
    title: 'Microsoft Research trace',
    columns: 'Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime',
    line: /^(?<time>\d{15,19}),(?<disk>[^,]{1,100},\d+),(?<op>Read|Write),(?<offset>\d+),(?<bytes>\d+),\d+$/i,
    heading: /^Timestamp,Hostname,DiskNumber,Type,/i,
    nsPerUnit: 100,
    unit: '100 ns (Windows file times)',
    offsetUnit: 1,
    bytesUnit: 1,
    isWrite: (op) => /^w/i.test(op),
    unused: 'the response time',
  },
  {
    id: 'trace-alibaba',
    title: 'Alibaba block trace',
    columns: 'device_id,opcode,offset,length,timestamp',
    line: /^(?<disk>\d{1,9}),(?<op>[RW]),(?<offset>\d+),(?<bytes>\d+),(?<time>\d{13,17})$/,
    heading: /^device_id,opcode,offset,length,timestamp$/i,
    nsPerUnit: 1e3,
    unit: 'microseconds',
    offsetUnit: 1,
    bytesUnit: 1,
    isWrite: (op) => op === 'W',
  },
  {
    id: 'trace-tencent',
    title: 'Tencent block trace',
    columns: 'Timestamp,Offset,Size,IOType,VolumeID',
    line: /^(?<time>\d{9,11}),(?<offset>\d+),(?<bytes>\d+),(?<op>[01]),(?<disk>\d+)$/,
    heading: /^Timestamp,Offset,Size,IOType,VolumeID$/i,
    nsPerUnit: 1e9,
    unit: 'whole seconds, so that all requests of a second come at once',
    offsetUnit: 512,
    bytesUnit: 512,
    isWrite: (op) => op === '1',
  },
  {
    id: 'trace-spc',
    title: 'SPC trace',
    columns: 'ASU,LBA,Size,Opcode,Timestamp',
    line: /^(?<disk>\d{1,6}),(?<offset>\d+),(?<bytes>\d+),(?<op>[RW]),(?<time>\d+\.\d+)(?:,.*)?$/i,
    heading: null,
    nsPerUnit: 1e9,
    unit: 'seconds',
    offsetUnit: 512,
    bytesUnit: 1,
    isWrite: (op) => /^w/i.test(op),
  },
  {
    id: 'trace-systor',
    title: 'SYSTOR ’17 trace',
    columns: 'Timestamp,Response,IOType,LUN,Offset,Size',
    line: /^(?<time>\d{9,11}\.\d+),(?:\d+(?:\.\d+)?)?,(?<op>[RW]),(?<disk>\d+),(?<offset>\d+),(?<bytes>\d+)$/i,
    heading: /^Timestamp,Response,IOType,LUN,Offset,Size$/i,
    nsPerUnit: 1e9,
    unit: 'seconds',
    offsetUnit: 1,
    bytesUnit: 1,
    isWrite: (op) => /^w/i.test(op),
    unused: 'the response time',
  },
  {
    id: 'trace-compactor',
    title: 'WorkloadCompactor trace',
    columns: 'arrival_ns,0xbytes,DiskRead or DiskWrite',
    line: /^(?<time>\d+),(?<bytes>0x[0-9a-f]{1,12}),(?<op>DiskRead|DiskWrite)$/i,
    heading: null,
    nsPerUnit: 1,
    unit: 'nanoseconds',
    offsetUnit: 1,
    bytesUnit: 1,
    isWrite: (op) => /write$/i.test(op),
  },
]

function dialectOf(shape: Shape): TraceDialect {
  return {
    id: shape.id,
    title: shape.title,
    fileExtension: '.csv',
    note: shape.columns,
    detect: (head) => (isOf(shape, head) ? 0.95 : 0),
    open: (_, trace) => {
      trace.notes.push(`Read as a ${shape.title}: times are in ${shape.unit}.`)
      if (shape.unused !== undefined)
        trace.losses.push({ path: '', kind: 'dropped', message: `${shape.unused} is not used` })
      const readLine = lineReader(shape, trace)
      return ok((line, number) => {
        const isHeading = number === 1 && shape.heading?.test(line.replace(/^\uFEFF/, '')) === true
        if (!isHeading && line.trim() !== '' && !line.startsWith('#')) readLine(line.trim(), number)
      })
    },
  }
}

function isOf({ heading, line }: Shape, head: string): boolean {
  const [first, second] = firstLines(head).map((each) => each.line.trim())
  if (first === undefined) return false
  return line.test(first) || (heading?.test(first) === true && (second === undefined || line.test(second)))
}

function lineReader(shape: Shape, trace: TraceDraft): (line: string, number: number) => void {
  const readTime = traceClock(shape.nsPerUnit)
  const hasOffsets = shape.line.source.includes('<offset>')
  let end = 0
  if (!hasOffsets) {
    trace.losses.push({
      path: '',
      kind: 'converted',
      message: 'this recording has no offsets; each request is put behind the one before it',
    })
  }
  return (line, number) => {
    const groups = shape.line.exec(line)?.groups
    if (groups === undefined) {
      skipLine(trace, number, line)
      return
    }
    const { time = '', op = '', disk = 'disk', offset = '' } = groups
    const bytes = Number(groups.bytes) * shape.bytesUnit
    const at = hasOffsets ? Number(offset) * shape.offsetUnit : end
    end = (at + bytes) % MADE_UP_SPAN_BYTES
    addRequest(trace, disk.replace(',', '-'), {
      timeNs: readTime(time),
      isWrite: shape.isWrite(op),
      offset: at,
      bytes,
    })
  }
}

/** Where offsets are made up, they begin again at 0 behind this. */
const MADE_UP_SPAN_BYTES = 2 ** 36

export const PUBLISHED_TRACES: readonly TraceDialect[] = SHAPES.map(dialectOf)

export const publishedTraces: readonly Format[] = PUBLISHED_TRACES.map(traceFormat)
