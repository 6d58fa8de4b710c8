import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { asRecord } from './qmp-wire.ts'

/** Read-only, and the one place where QEMU says which nodes a job uses: the same in 7.2 and 11.1. */
export const QUERY_BLOCK_GRAPH: QmpCommand = { execute: 'x-debug-query-block-graph', arguments: {} }

type Row = Readonly<Record<string, unknown>>

/** Job → names of all nodes below it. Empty for an answer in another form: it is a debugging command and may change. */
export function readJobNodes(value: unknown): ReadonlyMap<string, readonly string[]> {
  const graph = asRecord(value)
  const nodes = rowsOf(graph?.nodes)
  const edges = rowsOf(graph?.edges)
  const names = new Map(nodes.map(({ id, name }) => [id, String(name ?? '')]))
  const jobs = nodes.filter(({ type }) => type === 'block-job')
  return new Map(
    jobs.map(({ id, name }) => {
      const below = reachable(id, edges)
      return [String(name), [...below].map((each) => names.get(each) ?? '').filter((each) => each !== '')] as const
    }),
  )
}

function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.map(asRecord).filter((row) => row !== null) : []
}

function reachable(from: unknown, edges: readonly Row[]): ReadonlySet<unknown> {
  const seen = new Set<unknown>()
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { parent, child } of edges) {
      if (parent !== at || child === undefined || seen.has(child)) continue
      seen.add(child)
      open.push(child)
    }
  }
  return seen
}
