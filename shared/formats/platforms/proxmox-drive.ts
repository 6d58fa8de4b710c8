import { canonicalLimits, LIMIT_KEYS, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { MIB, parseQuantity } from '#shared/units.ts'
import type { Loss } from '../format.ts'
import { keysByName, PROXMOX_KEYS } from '../limit-names.ts'
import { overrideText } from '../set-limits.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'

// The setting of one drive, as a VM's configuration and `qm set` have it: `local-lvm:vm-100-disk-0,iops=500,size=32G`.

const slots = (bus: string, count: number) => Array.from({ length: count }, (_, index) => `${bus}${index}`)

/** Every drive that a VM can have, in the order in which Weir fills them. */
export const PROXMOX_SLOTS: readonly string[] = [
  ...slots('scsi', 31),
  ...slots('virtio', 16),
  ...slots('sata', 6),
  ...slots('ide', 4),
]

export interface ProxmoxDrive {
  /** `none` where a CD-ROM drive is empty. */
  readonly volume: string
  /** The parts that are no limits, as they stand, the volume first. */
  readonly kept: readonly string[]
  readonly limits: Limits
  /** Names and values of the limits as they stand. */
  readonly given: ReadonlyMap<string, string>
  readonly sizeBytes: number | null
  readonly kind: 'disk' | 'cdrom' | 'cloudinit'
  /** What its limits do not say clearly; the place is the reader's. */
  readonly losses: readonly Omit<Loss, 'path'>[]
}

const KEYS = keysByName(PROXMOX_KEYS)
/** Names that Proxmox once had, and still takes. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map(
  ['bps_rd', 'bps_wr', 'iops_rd', 'iops_wr'].map((name) => [`${name}_length`, `${name}_max_length`]),
)
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

export function readProxmoxDrive(value: string): ProxmoxDrive {
  // What a `qm set` line of Weir's puts in front is a command, whose commas are none of the drive's.
  const command = /^\$\(.*\)(?=,|$)/s.exec(value)?.[0] ?? ''
  const parts = value.slice(command.length).split(',')
  const limits: Partial<Record<LimitKey, number>> = {}
  const given = new Map<string, string>()
  const losses: Omit<Loss, 'path'>[] = []
  const kept: string[] = command === '' ? [] : [command]
  for (const part of parts) {
    const [written, text] = nameAndValue(part)
    const name = OLD_NAMES.get(written) ?? written
    const key = KEYS.get(name)
    if (key === undefined) {
      if (part !== '' || command === '') kept.push(part)
      losses.push(...unreadPart(part, name))
      continue
    }
    losses.push(...setTwice(given, name, text))
    given.set(name, text)
    losses.push(...readLimit(limits, { key, name, text }))
  }
  const settings = new Map(kept.map(nameAndValue))
  const volume = settings.get('file') ?? settings.get('volume') ?? kept[0] ?? ''
  return {
    volume,
    kept,
    limits,
    given,
    sizeBytes: sizeOf(settings.get('size')),
    kind: kindOf(settings, volume),
    losses,
  }
}

function nameAndValue(part: string): readonly [string, string] {
  const equals = part.indexOf('=')
  return equals < 0 ? [part, ''] : [part.slice(0, equals).trim(), part.slice(equals + 1)]
}

function unreadPart(part: string, name: string): readonly Omit<Loss, 'path'>[] {
  if (IGNORED.has(name)) {
    const message = `Proxmox does not read ${name}; rates of bytes are mbps…, in MiB/s`
    return [{ kind: 'not-understood', message }]
  }
  // The volume's own name may contain anything.
  if (!part.includes('=') || !looksLikeThrottling(name)) return []
  return [{ kind: 'not-understood', message: `${JSON.stringify(part.slice(0, 80))} is not a limit that Proxmox knows` }]
}

function setTwice(given: ReadonlyMap<string, string>, name: string, to: string): readonly Omit<Loss, 'path'>[] {
  const from = given.get(name)
  if (from === undefined || from === to) return []
  return [{ kind: 'dropped', message: overrideText({ what: name, from, to }), from, to }]
}

function readLimit(
  limits: Partial<Record<LimitKey, number>>,
  { key, name, text }: { readonly key: LimitKey; readonly name: string; readonly text: string },
): readonly Omit<Loss, 'path'>[] {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  const exact = name.startsWith('mbps') ? number * MIB : number
  if (!Number.isFinite(exact)) {
    return [{ kind: 'not-understood', message: `${name}=${text.slice(0, 40)} is not a number` }]
  }
  const value = Math.trunc(exact)
  limits[key] = value
  if (value === exact) return []
  const message = `${name}=${text} is ${exact}${name.startsWith('mbps') ? ' bytes/s' : ''}; Proxmox cuts that to ${value}`
  return [{ kind: 'rounded', message, from: exact, to: value }]
}

/** `32G`, `4M`, `528K`; powers of 1024. */
function sizeOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const size = parseQuantity(/[KMGT]$/.test(text) ? `${text}i` : text, 'count')
  return typeof size === 'number' ? size : null
}

function kindOf(settings: ReadonlyMap<string, string>, volume: string): ProxmoxDrive['kind'] {
  if (/(^|[:/-])cloudinit($|[.,])/.test(volume)) return 'cloudinit'
  return settings.get('media') === 'cdrom' ? 'cdrom' : 'disk'
}

/** Limits as parts of a drive's setting: `iops=500`, `mbps=10.5`. What Proxmox has no word for is left out. */
export function proxmoxLimits(limits: Limits): readonly string[] {
  const set = canonicalLimits(limits)
  return LIMIT_KEYS.filter((key) => set[key] !== undefined && PROXMOX_KEYS[key] !== '').map(
    (key) => `${PROXMOX_KEYS[key]}=${proxmoxValue(key, limitOf(set, key))}`,
  )
}

/** The value as Proxmox has it: rates of bytes in MiB/s, as an exact decimal number (2^-20 needs 20 places). */
function proxmoxValue(key: LimitKey, value: number): string {
  if (!PROXMOX_KEYS[key].startsWith('mbps')) return String(value)
  return (value / MIB).toFixed(20).replace(/\.?0+$/, '')
}
