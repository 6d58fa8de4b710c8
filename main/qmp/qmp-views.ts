import { EngineError } from '#main/engine-error.ts'
import { limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { canonicalLimits, isLimitKey, type Limits, MAX_LENGTH_S } from '#shared/throttle/limits.ts'
import { type Histograms, readHistograms } from './latency-histogram.ts'
import { asRecord } from './qmp-wire.ts'

// QMP's views as typed rows: only what concerns throttling, and nothing taken on trust.

type Json = Readonly<Record<string, unknown>>

/** One entry of query-block. */
export interface BlockView {
  readonly device: string
  readonly qdev: string | null
  /** null: no medium. */
  readonly inserted: InsertedView | null
}

export interface InsertedView {
  readonly node: string | null
  readonly sizeBytes: number | null
  /** null: the backend is in no group. */
  readonly group: string | null
  readonly limits: Limits
}

/** One entry of query-named-block-nodes. */
export interface NodeView {
  readonly node: string
  readonly driver: string
  readonly file: string
  readonly sizeBytes: number | null
  readonly readOnly: boolean
  readonly detectZeroes: string
  readonly cacheDirect: boolean
  readonly cacheNoFlush: boolean
  /** From `children`, which QEMU 10.1 and later give; null before. */
  readonly fileChild: string | null
}

/** One entry of query-blockstats, with the nodes from its own downwards. */
export interface StatsView {
  readonly key: string
  readonly chain: readonly string[]
  /** Nodes that others of the disk stand on as backing files: what a snapshot left below. */
  readonly backing: readonly string[]
  readonly counters: Counters
}

export interface Counters {
  readonly read: FlowCounters
  readonly write: FlowCounters
  /** Without bytes. */
  readonly flush: FlowCounters
  /** Whether the time of failed requests is in `totalTimeNs`. */
  readonly timesFailed: boolean
  /** Of latency. Left out: the disk has none, or it is not known. */
  readonly histograms?: Histograms
}

/** Counted when a request completes. */
export interface FlowCounters {
  readonly operations: number
  readonly bytes: number
  /** Of `operations`, how many reached the throttle as part of another one; null: libvirt does not say. */
  readonly merged: number | null
  /** Passed the throttle, then failed; not in `operations`. null: libvirt does not say. */
  readonly failed: number | null
  /** From the guest's submission to completion, so with the wait in the throttle. */
  readonly totalTimeNs: number
}

export function readBlockViews(value: unknown): readonly BlockView[] {
  return rows(value, 'query-block').map((row) => {
    const inserted = asRecord(row.inserted)
    return { device: text(row, 'device') ?? '', qdev: text(row, 'qdev'), inserted: inserted && insertedView(inserted) }
  })
}

function insertedView(inserted: Json): InsertedView {
  return {
    node: text(inserted, 'node-name'),
    sizeBytes: number(asRecord(inserted.image) ?? {}, 'virtual-size'),
    group: text(inserted, 'group'),
    limits: heldLimits(limitsOfLegacy(inserted)),
  }
}

export function readNodeViews(value: unknown): readonly NodeView[] {
  return rows(value, 'query-named-block-nodes').map((row) => {
    const cache = asRecord(row.cache) ?? {}
    return {
      node: text(row, 'node-name') ?? '',
      driver: text(row, 'drv') ?? '',
      file: text(row, 'file') ?? '',
      sizeBytes: number(asRecord(row.image) ?? {}, 'virtual-size'),
      readOnly: row.ro === true,
      detectZeroes: text(row, 'detect_zeroes') ?? 'off',
      cacheDirect: cache.direct === true,
      cacheNoFlush: cache['no-flush'] === true,
      fileChild: fileChildOf(row.children),
    }
  })
}

function fileChildOf(children: unknown): string | null {
  if (!Array.isArray(children)) return null
  const file = children.map(asRecord).find((child) => child?.child === 'file')
  return file ? text(file, 'node-name') : null
}

export function readStatsViews(value: unknown): readonly StatsView[] {
  return rows(value, 'query-blockstats').map((row) => {
    const stats = asRecord(row.stats) ?? {}
    const histograms = readHistograms(stats)
    return {
      key: countersKey(text(row, 'device'), text(row, 'qdev'), text(row, 'node-name')),
      chain: chainOf(row),
      backing: backingOf(row),
      counters: {
        read: flowOf(stats, 'rd'),
        write: flowOf(stats, 'wr'),
        flush: flowOf(stats, 'flush'),
        timesFailed: stats.account_failed === true,
        ...(histograms === null ? {} : { histograms }),
      },
    }
  })
}

/** query-block and query-blockstats name a disk alike, so either gives the key. */
export function countersKey(device: string | null, qdev: string | null, node: string | null): string {
  if (device !== null && device !== '') return `drive ${device}`
  return qdev !== null ? `qdev ${qdev}` : `node ${node}`
}

/** `parent` is what blockstats calls the node's child `file`. */
function chainOf(row: Json): readonly string[] {
  const chain: string[] = []
  for (let at: Json | null = row; at !== null; at = asRecord(at.parent)) {
    const node = text(at, 'node-name')
    if (node === null) break
    chain.push(node)
  }
  return chain
}

function backingOf(row: Json): readonly string[] {
  const nodes: string[] = []
  for (let at = asRecord(row.backing); at !== null; at = asRecord(at.backing) ?? asRecord(at.parent)) {
    const node = text(at, 'node-name')
    if (node !== null) nodes.push(node)
  }
  return nodes
}

function flowOf(stats: Json, prefix: 'rd' | 'wr' | 'flush'): FlowCounters {
  return {
    operations: number(stats, `${prefix}_operations`) ?? 0,
    bytes: number(stats, `${prefix}_bytes`) ?? 0,
    merged: number(stats, `${prefix}_merged`) ?? 0,
    failed: number(stats, `failed_${prefix}_operations`) ?? 0,
    totalTimeNs: number(stats, `${prefix}_total_time_ns`) ?? 0,
  }
}

/** Names of the throttle-group objects among what `qom-list /objects` gives. */
export function readGroupObjects(value: unknown): readonly string[] {
  return rows(value, 'qom-list')
    .filter((row) => row.type === 'child<throttle-group>')
    .flatMap((row) => text(row, 'name') ?? [])
}

export function readQapiLimits(value: unknown): Limits {
  const limits = Object.entries(asRecord(value) ?? {}).filter(
    ([key, each]) => isLimitKey(key) && typeof each === 'number',
  )
  return heldLimits(Object.fromEntries(limits) as Limits) // keys and values were just checked
}

/**
 * In canonical form. QEMU holds two odd values that a workspace does not: an iops-size below 0, which has no effect, and
 * by block_set_io_throttle lengths above 2^32-1 s, which are as good as for ever.
 */
function heldLimits(limits: Limits): Limits {
  const held = Object.entries(limits).map(([key, value]) => {
    if (key === 'iops-size') return [key, Math.max(0, value)]
    return [key, key.endsWith('-max-length') ? Math.min(MAX_LENGTH_S, value) : value]
  })
  return canonicalLimits(Object.fromEntries(held))
}

/** Nodes that block exports give to the outside, with the export's id. */
export function readExports(value: unknown): readonly { readonly id: string; readonly node: string }[] {
  return rows(value, 'query-block-exports').flatMap((row) => {
    const [id, node] = [text(row, 'id'), text(row, 'node-name')]
    return id === null || node === null ? [] : [{ id, node }]
  })
}

/** The group in a throttle filter's `json:` file name; null: not told. */
export function groupOfFileName(file: string): string | null {
  if (!file.startsWith('json:')) return null
  try {
    return text(asRecord(JSON.parse(file.slice('json:'.length))) ?? {}, 'throttle-group')
  } catch {
    return groupOfCutFileName(file)
  }
}

/** QEMU cuts file names off after some 4000 characters: what stands before the first inner object is this filter's own. */
function groupOfCutFileName(file: string): string | null {
  const own = file.slice('json:{'.length).split('{', 1)[0] ?? ''
  const found = /"throttle-group": ("(?:[^"\\]|\\.)*")/.exec(own)?.[1]
  return found === undefined ? null : String(JSON.parse(found))
}

function rows(value: unknown, command: string): readonly Json[] {
  const found = Array.isArray(value) ? value.map(asRecord) : []
  if (Array.isArray(value) && found.every((row) => row !== null)) return found
  throw new EngineError(
    'qmp-refused',
    `The server answers ${command} with something that QEMU would never send.`,
    'Check that the address is a QMP socket of QEMU.',
  )
}

function text(row: Json, key: string): string | null {
  const value = row[key]
  return typeof value === 'string' ? value : null
}

function number(row: Json, key: string): number | null {
  const value = row[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
