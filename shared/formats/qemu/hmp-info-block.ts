import { LEGACY_KEYS } from '#shared/qemu/qmp-commands.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { OutputLine } from './hmp-transcript.ts'
import type { QemuModel } from './qemu-model.ts'
import { applyQueryBlock } from './query-block.ts'

// What HMP's `info block` (with or without -v) prints, as the reply to `query-block` that it is made from:
//
//   d0 (#block123): /img/a.qcow2 (qcow2)          drive (node): file (driver, read-only, …); no drive: the node alone
//       Attached to:      /machine/peripheral/vd0/virtio-backend
//       I/O throttling:   bps=0 … iops=5 … iops_size=0 group=gold
//
// It shows no lengths of bursts, and no limits of filters.

interface View {
  readonly device: string
  qdev?: string
  inserted?: Record<string, unknown>
}

const HEADER = /^(\S.*?)(?: \((#?[^()\s]+)\))?: (?:(.*) \(([\w-]+)(?:, [\w -]+)*\)|\[not inserted\])$/

const LIMIT_NAMES: ReadonlySet<string> = new Set(Object.values(LEGACY_KEYS))

export function readInfoBlock(draft: Draft, model: QemuModel, output: readonly OutputLine[]): void {
  const views: View[] = []
  for (const { text, line } of output) {
    const header = HEADER.exec(text)
    const view = views.at(-1)
    if (header !== null) views.push(viewOf(header))
    else if (view !== undefined) readDetail(draft, view, text.trim(), `line ${line}`)
  }
  // Lists of nodes show no drives: those of `info block -n`.
  applyQueryBlock(draft, model, views)
}

function viewOf([, name = '', node, file, driver]: RegExpExecArray): View {
  if (file === undefined) return { device: name }
  const isNode = node === undefined
  return {
    device: isNode ? '' : name,
    inserted: { 'node-name': node ?? name, file, drv: driver, image: {} },
  }
}

function readDetail(draft: Draft, view: View, text: string, path: string): void {
  const [, label, value = ''] = /^([A-Za-z/ ]+?):\s+(.*)$/.exec(text) ?? []
  if (label === 'Attached to') view.qdev = value
  const { inserted } = view
  if (inserted === undefined) return
  const size = label === 'virtual size' ? /\((\d+) bytes\)/.exec(value)?.[1] : undefined
  // Those of backing images follow.
  if (size !== undefined) inserted.image = { 'virtual-size': Number(size), ...(inserted.image as object) }
  if (label === 'I/O throttling') readThrottling(draft, inserted, value, path)
}

function readThrottling(draft: Draft, inserted: Record<string, unknown>, text: string, path: string): void {
  // A group's name may hold spaces; it comes last.
  const [, numbers = text, group] = /^(.*?)\sgroup=(.*)$/.exec(text) ?? []
  for (const word of numbers.split(/\s+/)) {
    const [name = '', value = ''] = word.split('=')
    if (LIMIT_NAMES.has(name) && /^\d+$/.test(value)) inserted[name] = Number(value)
    else notUnderstood(draft, path, `${JSON.stringify(word)} is not a limit that Weir knows`)
  }
  if (group !== undefined) inserted.group = group
  if (/_max=[1-9]/.test(numbers))
    notUnderstood(draft, path, 'info block does not show how long bursts last; 1 s is taken. query-block shows it')
}
