import type { Result } from '#shared/issue.ts'
import { hasAnyLimit, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import { MIB, parseQuantity } from '#shared/units.ts'
import { type Draft, diskOfSize, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { keysByName, PROXMOX_KEYS } from '../limit-names.ts'
import { listNames } from '../losses.ts'
import { qdevOfDriver } from '../qemu/qemu-model.ts'
import { checkText } from '../text/guard.ts'
import { splitShellWords } from '../text/shell-words.ts'

// A Proxmox VM's configuration (/etc/pve/qemu-server/ID.conf, `qm config ID`), or `qm set` lines.

const slots = (bus: string, count: number) => Array.from({ length: count }, (_, index) => `${bus}${index}`)

/** Every drive that a VM can have, in the order in which Weir fills them. */
export const PROXMOX_SLOTS: readonly string[] = [
  ...slots('scsi', 31),
  ...slots('virtio', 16),
  ...slots('sata', 6),
  ...slots('ide', 4),
]

const KEYS = keysByName(PROXMOX_KEYS)
/** Written by people who know QEMU; Proxmox reads none of them. */
const IGNORED: ReadonlySet<string> = new Set([
  'bps',
  'bps_rd',
  'bps_wr',
  'bps_max',
  'bps_rd_max',
  'bps_wr_max',
  'iops_size',
  'group',
])

export function readProxmox(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  const cdroms: string[] = []
  for (const [index, line] of checked.value.split(/\r?\n/).entries()) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line)
    if (section) {
      draft.notes.push(`The section [${section[1]}] and what follows is a snapshot or pending; it was not read.`)
      break
    }
    readLine(draft, line, `line ${index + 1}`, cdroms)
  }
  if (cdroms.length > 0)
    draft.notes.push(`${listNames(cdroms)} ${cdroms.length === 1 ? 'holds a CD-ROM' : 'hold CD-ROMs'}; left out.`)
  return finishDraft(draft, options)
}

function readLine(draft: Draft, line: string, path: string, cdroms: string[]): void {
  const name = /^name:\s*(\S+)/.exec(line)
  if (name) draft.name = name[1] ?? null
  const config = /^([a-z]+\d+):\s*(.+)$/.exec(line)
  if (config?.[1] && config[2] && PROXMOX_SLOTS.includes(config[1])) {
    readDrive(draft, { slot: config[1], value: config[2], path }, cdroms)
    return
  }
  if (!/^\s*qm\s+set\s/.test(line)) return
  const { words } = splitShellWords(line)
  for (const [at, word] of words.entries()) {
    const slot = /^--?([a-z]+\d+)(?:=(.*))?$/.exec(word)
    const value = slot?.[2] ?? words[at + 1]
    if (slot?.[1] && value !== undefined && PROXMOX_SLOTS.includes(slot[1]))
      readDrive(draft, { slot: slot[1], value, path }, cdroms)
  }
}

interface Drive {
  readonly slot: string
  readonly value: string
  readonly path: string
}

function readDrive(draft: Draft, drive: Drive, cdroms: string[]): void {
  const { slot, value, path } = drive
  const limits: Partial<Record<LimitKey, number>> = {}
  // What a `qm set` line of Weir's puts in front is a command, whose commas are none of the drive's.
  const settings = value.replace(/^\$\(.*\)(?=,|$)/s, '')
  let sizeBytes: number | null = null
  let isCdrom = false
  for (const part of settings.split(',')) {
    const [name = '', ...rest] = part.split('=')
    const given = rest.join('=')
    const key = KEYS.get(name)
    if (name === 'size') sizeBytes = sizeOf(given)
    else if (name === 'media') isCdrom = given === 'cdrom'
    else if (key !== undefined) readLimit(draft, limits, { key, name, given, path: `${path} ${slot}` })
    else if (IGNORED.has(name))
      notUnderstood(draft, `${path} ${slot}`, `Proxmox reads no ${name}; rates of bytes are mbps…, in MiB/s`)
  }
  const throttled = hasAnyLimit(limits) || Object.keys(limits).length > 0
  if (isCdrom && !throttled) {
    cdroms.push(slot)
    return
  }
  addDrive(draft, slot, throttled ? limits : null, sizeBytes)
}

/** A later line about the same drive replaces an earlier one. */
function addDrive(draft: Draft, slot: string, limits: Limits | null, sizeBytes: number | null): void {
  const device = {
    id: slot,
    group: limits === null ? null : slot,
    qemu: {
      drive: `drive-${slot}`,
      qdev: qdevOfDriver(slot.startsWith('virtio') ? 'virtio-blk' : null, slot),
      ...(limits === null ? {} : { style: 'legacy' as const }),
    },
    disk: diskOfSize(sizeBytes),
  }
  const index = draft.devices.findIndex((each) => each.id === slot)
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
  if (limits === null) draft.groups.delete(slot)
  else draft.groups.set(slot, limits)
}

interface FoundLimit {
  readonly key: LimitKey
  readonly name: string
  readonly given: string
  readonly path: string
}

function readLimit(draft: Draft, limits: Partial<Record<LimitKey, number>>, found: FoundLimit): void {
  const { key, name, given, path } = found
  const number = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  const exact = name.startsWith('mbps') ? number * MIB : number
  if (!Number.isFinite(exact)) {
    notUnderstood(draft, path, `${name}=${given} is no number`)
    return
  }
  const value = Math.trunc(exact)
  limits[key] = value
  if (value !== exact) {
    draft.losses.push({
      path,
      kind: 'rounded',
      message: `${name}=${given} is ${exact} bytes/s; Proxmox cuts that to ${value}`,
      from: exact,
      to: value,
    })
  }
}

/** `32G`, `4M`, `528K`; powers of 1024. */
function sizeOf(text: string): number | null {
  const size = parseQuantity(/[KMGT]$/.test(text) ? `${text}i` : text, 'count')
  return typeof size === 'number' ? size : null
}

export function detectProxmox(text: string): number {
  const head = text.slice(0, 16_384)
  if (/^[ \t]*qm\s+set\s/m.test(head)) return 0.9
  if (!/^(scsi|virtio|sata|ide)\d+:\s*\S+/m.test(head)) return 0
  return /^(scsihw|bootdisk|boot|ostype|vmgenid|smbios1|net\d|memory|sockets|cores):\s/m.test(head) ? 0.95 : 0.6
}
