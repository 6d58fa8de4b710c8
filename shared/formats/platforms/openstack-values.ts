import { type Bucket, type LimitKey, maxKey } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { noteOverride } from '../set-limits.ts'
import { wholeNumber } from '../whole-number.ts'

// Properties of QoS specifications and flavors, gathered by name. `…_per_gb` is multiplied by the size of the volume, at
// least `…_per_gb_min`, and `…_max` is then the most of it instead of a burst, as Cinder does it.

export interface OpenstackReading {
  readonly draft: Draft
  /** Name of a property → limit. */
  readonly keys: ReadonlyMap<string, LimitKey>
  /** By group, then by the property's name. */
  readonly perGb: Map<string, Map<string, { readonly value: number; readonly path: string }>>
  sizeGb: number | null
}

const PER_GB = /^((?:total|read|write)_(?:bytes|iops)_sec)_per_gb(_min)?$/

interface Property {
  readonly group: string
  readonly name: string
  readonly text: string
  readonly path: string
}

/** True: it is a property that Weir knows, or one that looks like throttling and is reported. */
export function putProperty(reading: OpenstackReading, { group, name, text, path }: Property): boolean {
  const { draft, keys, perGb } = reading
  const key = keys.get(name)
  if (name === 'consumer') {
    if (text === 'back-end')
      notUnderstood(draft, path, `${group} is for the back-end: the storage holds it, QEMU does not`)
    return true
  }
  if (key === undefined && !PER_GB.test(name)) {
    if (!/(bytes|iops)_sec|quota:disk/.test(name)) return false
    notUnderstood(draft, path, `${name} is not a limit of Cinder or Nova`)
    return true
  }
  const value = wholeNumber(draft, { text, path, name })
  if (value === null) return true
  if (key === undefined) {
    const ofGroup = perGb.get(group) ?? new Map<string, { value: number; path: string }>()
    perGb.set(group, ofGroup.set(name, { value, path }))
    return true
  }
  const before = draft.groups.get(group)
  const from = before?.[key]
  if (from !== undefined) noteOverride(draft, { path, what: `${group}: ${name}`, from, to: value })
  draft.groups.set(group, { ...before, [key]: value })
  return true
}

export function dropProperty({ draft, keys, perGb }: OpenstackReading, group: string, name: string): void {
  const key = keys.get(name)
  perGb.get(group)?.delete(name)
  if (key === undefined || !draft.groups.has(group)) return
  const { [key]: _, ...rest } = draft.groups.get(group) ?? {}
  draft.groups.set(group, rest)
}

/** What is by the gigabyte, once the whole text is read and with it the size. */
export function finishPerGb({ draft, keys, perGb, sizeGb }: OpenstackReading): void {
  for (const [group, properties] of perGb) {
    for (const [name, { value, path }] of properties) {
      const [, base = '', isLeast] = PER_GB.exec(name) ?? []
      const key = keys.get(base) as Bucket | undefined // PER_GB matches averages only
      if (key === undefined || isLeast !== undefined) continue
      if (sizeGb === null) {
        notUnderstood(
          draft,
          path,
          `${name} ${value} of ${group} needs the size of the volume: add a line such as size = 100 (GB)`,
        )
        continue
      }
      const least = properties.get(`${base}_per_gb_min`)?.value ?? 0
      const limits: Partial<Record<LimitKey, number>> = { ...draft.groups.get(group) }
      const most = limits[maxKey(key)] ?? Number.POSITIVE_INFINITY
      delete limits[maxKey(key)]
      const to = Math.min(Math.max(value * sizeGb, least), most)
      const message = `${name} ${value} of ${group} is ${to} for a volume of ${sizeGb} GB`
      draft.losses.push({ path, kind: 'converted', message, from: value, to })
      draft.groups.set(group, { ...limits, [key]: to })
    }
  }
}
