import type { Counters, FlowCounters } from '#main/qmp/qmp-views.ts'
import { keysByName, LIBVIRT_KEYS } from '#shared/formats/limit-names.ts'
import type { VmState } from '#shared/host-look.ts'
import { canonicalLimits, type LimitKey, type Limits } from '#shared/throttle/limits.ts'

// What virsh prints, as typed values. Its words are the untranslated ones.

const KEYS = keysByName(LIBVIRT_KEYS)

/** `total_iops_sec : 300` and so on, as blkdeviotune and domthrottlegroupinfo print. */
export function readTune(text: string): { readonly limits: Limits; readonly group: string | null } {
  let group: string | null = null
  const limits: [LimitKey, number][] = []
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^(\w+)\s*: (.*)$/.exec(line) ?? []
    const key = KEYS.get(name)
    if (name === 'group_name') group = value === '' ? null : value
    else if (key !== undefined && /^\d+$/.test(value)) limits.push([key, Number(value)])
  }
  return { limits: libvirtLimitsOf(limits), group }
}

/** libvirt says 0 where no length is set, which is QEMU's 1 s. */
export function libvirtLimitsOf(found: readonly (readonly [LimitKey, number])[]): Limits {
  const set = found.filter(([key, value]) => value > 0 || !key.endsWith('-length'))
  return canonicalLimits(Object.fromEntries(set))
}

export interface DomainStats {
  readonly state: VmState
  readonly disks: readonly DiskStats[]
}

export interface DiskStats {
  readonly target: string
  readonly capacityBytes: number | null
  /** null: libvirt gives none, as by `--nowait` of a domain whose QEMU it already waits for. */
  readonly counters: Counters | null
}

/** `domstats --state --block`: domain → its figures. */
export function readDomstats(text: string): ReadonlyMap<string, DomainStats> {
  const blocks = text.split(/^Domain: '/m).slice(1)
  return new Map(
    blocks.map((block) => {
      const [head = '', ...lines] = block.split('\n')
      const values = new Map(
        lines.flatMap((line) => {
          const at = line.indexOf('=')
          return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1)] as const]
        }),
      )
      return [head.replace(/'\s*$/, ''), statsOf(values)] as const
    }),
  )
}

/** virDomainState. */
const STATES: Readonly<Record<string, VmState>> = {
  1: 'running',
  2: 'running',
  3: 'paused',
  4: 'shutdown',
  5: 'ended',
  6: 'failed',
  7: 'paused',
}

function statsOf(values: ReadonlyMap<string, string>): DomainStats {
  const count = Number(values.get('block.count') ?? 0)
  const disks = Array.from({ length: Number.isInteger(count) ? count : 0 }, (_, index): DiskStats => {
    const number = (name: string) => Number(values.get(`block.${index}.${name}`) ?? Number.NaN)
    const flow = (name: string): FlowCounters => ({
      operations: number(`${name}.reqs`) || 0,
      bytes: number(`${name}.bytes`) || 0,
      totalTimeNs: number(`${name}.times`) || 0,
      merged: null,
      failed: null,
    })
    const capacity = number('capacity')
    const counters = { read: flow('rd'), write: flow('wr'), flush: flow('fl'), timesFailed: false }
    return {
      target: values.get(`block.${index}.name`) ?? '',
      capacityBytes: capacity > 0 ? capacity : null,
      // libvirt tells neither merged nor failed requests, nor whether failed ones are timed.
      counters: Number.isNaN(number('rd.reqs') + number('wr.reqs')) ? null : counters,
    }
  })
  return { state: STATES[values.get('state.state') ?? ''] ?? 'paused', disks }
}
