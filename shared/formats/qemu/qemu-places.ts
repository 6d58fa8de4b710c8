// Where QEMU puts a drive that names no place, and what it then calls it, as QEMU 7.2 and 11.1 of these machines were seen
// to do: the machine has a usual interface and so many drives on a bus; the first free place is taken, by drives with an
// id, too. `ide1-cd0` is the CD drive that is unit 0 of bus 1.

export interface Board {
  /** Of a drive that names none; null: not known of this machine. */
  readonly usual: string | null
  /** Drives on one bus, where it is not the interface's own number. */
  readonly unitsPerBus: Readonly<Record<string, number>>
}

/** Drives on one bus, of the interfaces that have several buses. */
const UNITS_PER_BUS: Readonly<Record<string, number>> = { ide: 2, scsi: 7 }

/** Interfaces whose names say whether the drive takes CDs. */
const WITH_MEDIA: ReadonlySet<string> = new Set(['ide', 'scsi'])

const MACHINES: readonly (readonly [program: RegExp, machine: RegExp, board: Board])[] = [
  [/./, /^none$/, { usual: 'none', unitsPerBus: {} }],
  [/^(x86_64|i386)$/, /^(q35|pc-q35-.*)$/, { usual: 'ide', unitsPerBus: { ide: 1 } }],
  // Its usual interface has one place on a bus, and names drives by both numbers.
  [/^(x86_64|i386)$/, /^microvm$/, { usual: 'none', unitsPerBus: { none: 1 } }],
  [/^(x86_64|i386)$/, /./, { usual: 'ide', unitsPerBus: {} }],
  [/^(aarch64|arm)$/, /^virt(-.*)?$/, { usual: 'virtio', unitsPerBus: {} }],
  [/^(aarch64|arm)$/, /^realview-/, { usual: 'scsi', unitsPerBus: {} }],
  [/^(aarch64|arm)$/, /^raspi/, { usual: 'sd', unitsPerBus: {} }],
  [/^(aarch64|arm)$/, /^vexpress-/, { usual: 'none', unitsPerBus: {} }],
  [/^riscv(32|64)$/, /^virt$/, { usual: 'none', unitsPerBus: {} }],
  [/^s390x$/, /^s390-ccw-virtio|^$/, { usual: 'virtio', unitsPerBus: {} }],
  [/^ppc64(le)?$/, /^pseries|^$/, { usual: 'scsi', unitsPerBus: {} }],
  [/^ppc(64|64le)?$/, /^g3beige$/, { usual: 'ide', unitsPerBus: {} }],
]

/** `qemu-system-aarch64` with `-M virt`; a program that says nothing is one for x86, whose first machine is `pc`. */
export function boardOf(program: string, machine: string): Board {
  const target = /qemu-system-([a-z0-9_]+)/.exec(program)?.[1] ?? 'x86_64'
  const isX86 = target === 'x86_64' || target === 'i386'
  const name = machine === '' && isX86 ? 'pc' : machine
  const found = MACHINES.find(([programs, machines]) => programs.test(target) && machines.test(name))
  return found?.[2] ?? { usual: null, unitsPerBus: {} }
}

export interface PlaceWanted {
  readonly kind: string
  readonly isCd: boolean
  readonly index: number | null
  readonly bus: number | null
  readonly unit: number | null
}

export interface Place {
  /** As QEMU calls a drive there that has no id. */
  readonly name: string
  /** Why QEMU refuses to start with this; null: it does. */
  readonly problem: string | null
}

/** The places of a machine: who has one, and where the search for the next free one of an interface begins. */
export interface Places {
  readonly taken: Set<string>
  readonly next: Map<string, Spot>
}

interface Spot {
  readonly bus: number
  readonly unit: number
}

export function newPlaces(): Places {
  return { taken: new Set(), next: new Map() }
}

/** Takes a place: the one asked for, or the first that is free. */
export function takePlace(board: Board, places: Places, wanted: PlaceWanted): Place {
  const most = board.unitsPerBus[wanted.kind] ?? UNITS_PER_BUS[wanted.kind] ?? 0
  const isFree = wanted.index === null && wanted.unit === null
  const { bus, unit } = isFree ? freeSpot(places, wanted, most) : startOf(wanted, most)
  const at = key(wanted.kind, bus, unit)
  const tooBig = most > 0 && unit >= most ? `unit ${unit} too big (max is ${most - 1})` : null
  const exists = places.taken.has(at) ? `drive with bus=${bus}, unit=${unit} exists` : null
  places.taken.add(at)
  const medium = WITH_MEDIA.has(wanted.kind) ? (wanted.isCd ? '-cd' : '-hd') : ''
  return { name: `${wanted.kind}${most > 0 ? bus : ''}${medium}${unit}`, problem: tooBig ?? exists }
}

/** Places are never given back, so each search goes on where the last one of its kind ended. */
function freeSpot(places: Places, { kind, bus: first }: PlaceWanted, most: number): Spot {
  const search = `${kind} ${first ?? 0}`
  let { bus, unit } = places.next.get(search) ?? { bus: first ?? 0, unit: 0 }
  while (places.taken.has(key(kind, bus, unit))) {
    unit += 1
    if (most > 0 && unit >= most) {
      bus += 1
      unit = 0
    }
  }
  places.next.set(search, { bus, unit })
  return { bus, unit }
}

function startOf({ index, bus, unit }: PlaceWanted, most: number): Spot {
  if (index === null) return { bus: bus ?? 0, unit: unit ?? 0 }
  return most === 0 ? { bus: 0, unit: index } : { bus: Math.floor(index / most), unit: index % most }
}

function key(kind: string, bus: number, unit: number): string {
  return `${kind} ${bus} ${unit}`
}
