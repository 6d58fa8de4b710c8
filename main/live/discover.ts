import { EngineError } from '#main/engine-error.ts'
import { QUERY_CHARDEV } from '#main/qmp/chardevs.ts'
import { bearsLibvirtsSigns } from '#main/qmp/libvirt-signs.ts'
import type { QmpClient } from '#main/qmp/qmp-client.ts'
import {
  readBlockViews,
  readExports,
  readGroupObjects,
  readNodeViews,
  readQapiLimits,
  readStatsViews,
} from '#main/qmp/qmp-views.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import { type QmpCommand, qomGetLimits } from '#shared/qemu/qmp-commands.ts'
import type { Picture } from './picture.ts'
import { readPicture, type Views } from './read-picture.ts'

// One look at everything that concerns throttling: a handful of queries, pipelined. All of them only read.

const QUERY_BLOCK: QmpCommand = { execute: 'query-block', arguments: {} }
const QUERY_NODES: QmpCommand = { execute: 'query-named-block-nodes', arguments: { flat: true } }
export const QUERY_STATS: QmpCommand = { execute: 'query-blockstats', arguments: {} }
const QUERY_NODE_STATS: QmpCommand = { execute: 'query-blockstats', arguments: { 'query-nodes': true } }
const LIST_OBJECTS: QmpCommand = { execute: 'qom-list', arguments: { path: '/objects' } }
const QUERY_EXPORTS: QmpCommand = { execute: 'query-block-exports', arguments: {} }
const QUERY_COMMANDS: QmpCommand = { execute: 'query-commands', arguments: {} }
export const QUERY_STATUS: QmpCommand = { execute: 'query-status', arguments: {} }
const QUERY_NAME: QmpCommand = { execute: 'query-name', arguments: {} }

/** What does not change while a QEMU runs. */
export interface QemuIdentity {
  /** `-name`; null: it has none. */
  readonly name: string | null
  /** qemu-storage-daemon. */
  readonly daemon: boolean
  /** `7.2.22` */
  readonly version: string
}

export async function identify(client: QmpClient): Promise<QemuIdentity> {
  const [commands, name] = await Promise.all([client.execute(QUERY_COMMANDS), client.execute(QUERY_NAME)])
  const known = goodValue(QUERY_COMMANDS, commands)
  const names = Array.isArray(known) ? known.map((row: unknown) => memberOf(row, 'name')) : []
  const given = name.ok ? textOf(memberOf(name.value, 'name')) : null
  return {
    daemon: !names.includes('block_set_io_throttle'),
    name: given === '' ? null : given,
    version: client.greeting.version,
  }
}

export async function discover(client: QmpClient, identity: QemuIdentity): Promise<Picture> {
  return readPicture(await queryViews(client, identity))
}

async function queryViews(client: QmpClient, { daemon, version }: QemuIdentity): Promise<Views> {
  const ask = async (command: QmpCommand) => goodValue(command, await client.execute(command))
  const [blocks, nodes, stats, nodeStats, listed, exports, status, chardevs] = await Promise.all([
    ask(QUERY_BLOCK),
    ask(QUERY_NODES),
    ask(QUERY_STATS),
    ask(QUERY_NODE_STATS),
    ask(LIST_OBJECTS),
    client.execute(QUERY_EXPORTS),
    client.execute(QUERY_STATUS),
    client.execute(QUERY_CHARDEV),
  ])
  return {
    blocks: readBlockViews(blocks),
    nodes: readNodeViews(nodes),
    stats: readStatsViews(stats),
    nodeStats: readStatsViews(nodeStats),
    objects: await queryObjects(client, readGroupObjects(listed)),
    exports: exports.ok ? readExports(exports.value) : [],
    daemon,
    isLibvirts: chardevs.ok && bearsLibvirtsSigns(listed, chardevs.value),
    version,
    status: status.ok ? textOf(memberOf(status.value, 'status')) : null,
  }
}

async function queryObjects(client: QmpClient, names: readonly string[]): Promise<Views['objects']> {
  const answers = await Promise.all(names.map((name) => client.execute(qomGetLimits(name))))
  return names.flatMap((name, index) => {
    const answer = answers[index]
    // Between the list and this question the object may have been deleted; then it is simply not there.
    return answer?.ok ? [{ name, limits: readQapiLimits(answer.value) }] : []
  })
}

/** The value of an answer that must be good: these queries take no arguments that could be wrong. */
export function goodValue(command: QmpCommand, answer: QmpAnswer): unknown {
  if (answer.ok) return answer.value
  throw new EngineError(
    'qmp-refused',
    `QEMU refuses ${command.execute}: ${answer.desc}.`,
    'Weir needs QEMU 6.0 or newer, or qemu-storage-daemon of such a version.',
  )
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined // unknown JSON
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
