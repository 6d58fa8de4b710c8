import type { BucketHistory } from '#main/advise/fleet-advice.ts'
import { BUCKETS, type Bucket, isLimitKey, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import type { PrometheusApi, Series, Span } from './prometheus-api.ts'

// What `weir exporter` told Prometheus about the VMs that are there at the end of the period: their limits, who is in which
// group, and how each limit was used. The long period is asked for in pieces, so that no answer is too large for either side.

const PIECE_STEPS = 1000

export interface FleetGroup {
  readonly name: string
  readonly limits: Limits
  readonly buckets: readonly BucketHistory[]
  /** How often its limits were changed in the period. */
  readonly changes: number
}

export interface FleetVm {
  readonly domain: string
  /** The exporter's address as Prometheus scrapes it: which host. */
  readonly instance: string
  readonly groups: readonly FleetGroup[]
  /** Disk → its groups, the guest's side first; disks without limits have none. */
  readonly disks: ReadonlyMap<string, readonly string[]>
}

type Values = Map<string, Float64Array>

/** The labels that tell one bucket of one group of one VM. */
const KEY = ['instance', 'domain', 'group', 'limit'] as const

const keyOf = (labels: Series['labels'], names: readonly string[] = KEY): string =>
  JSON.stringify(names.map((name) => labels[name] ?? ''))

export interface HistoryOptions {
  /** Told after each piece of the period: how much of it is read. */
  readonly onProgress?: (share: number) => void
}

export async function readFleet(
  api: PrometheusApi,
  span: Span,
  options: HistoryOptions = {},
): Promise<readonly FleetVm[]> {
  const step = `${span.stepS}s`
  const members = `on (instance, domain, target_device) group_right () max by (instance, domain, target_device, group) (weir_disk_throttle_group)`
  const perGroup = (metric: string) =>
    `sum by (instance, domain, group) (sum by (instance, domain, target_device) (rate(${metric}[${step}])) * ${members})`
  const queries = {
    use: 'weir_bucket_use_ratio',
    peak: `max_over_time(weir_bucket_use_ratio[${step}])`,
    atLimit: `rate(weir_bucket_at_limit_seconds_total[${step}])`,
    request: perGroup('weir_disk_request_seconds_total'),
    wait: perGroup('weir_disk_wait_seconds_total'),
  }
  const steps = Math.floor((span.toS - span.fromS) / span.stepS) + 1
  const found = {
    use: new Map(),
    peak: new Map(),
    atLimit: new Map(),
    request: new Map(),
    wait: new Map(),
  } as Readonly<Record<keyof typeof queries, Values>>
  for (let first = 0; first < steps; first += PIECE_STEPS) {
    const last = Math.min(steps, first + PIECE_STEPS) - 1
    const piece = { ...span, fromS: span.fromS + first * span.stepS, toS: span.fromS + last * span.stepS }
    for (const name of Object.keys(queries) as (keyof typeof queries)[]) {
      const names = name === 'request' || name === 'wait' ? KEY.slice(0, 3) : KEY
      enter(found[name], await api.range(queries[name], piece), { span, steps, names })
    }
    options.onProgress?.((last + 1) / steps)
  }
  return joined(await present(api, span), found, steps)
}

function enter(
  into: Values,
  series: readonly Series[],
  { span, steps, names }: { readonly span: Span; readonly steps: number; readonly names: readonly string[] },
): void {
  for (const { labels, points } of series) {
    const key = keyOf(labels, names)
    const values = into.get(key) ?? new Float64Array(steps).fill(Number.NaN)
    into.set(key, values)
    for (const [atS, value] of points) values[Math.round((atS - span.fromS) / span.stepS)] = value
  }
}

interface Present {
  readonly limits: readonly Series[]
  readonly members: readonly Series[]
  readonly disks: readonly Series[]
  readonly changes: readonly Series[]
}

/** What there is at the end of the period. */
async function present(api: PrometheusApi, { fromS, toS }: Span): Promise<Present> {
  const [limits, members, disks, changes] = await Promise.all([
    api.instant('weir_group_limit', toS),
    api.instant('weir_disk_throttle_group', toS),
    api.instant('weir_disk_size_bytes', toS),
    api.instant(`increase(weir_group_resets_total[${Math.max(1, Math.round(toS - fromS))}s])`, toS),
  ])
  return { limits, members, disks, changes }
}

function joined(
  now: Present,
  found: Readonly<Record<'use' | 'peak' | 'atLimit' | 'request' | 'wait', Values>>,
  steps: number,
): readonly FleetVm[] {
  const vms = new Map<
    string,
    { readonly labels: Series['labels']; readonly groups: Map<string, Partial<Record<LimitKey, number>>> }
  >()
  const vmOf = (labels: Series['labels']) => {
    const key = keyOf(labels, ['instance', 'domain'])
    const vm = vms.get(key) ?? { labels, groups: new Map() }
    vms.set(key, vm)
    return vm
  }
  for (const { labels } of now.disks) vmOf(labels)
  for (const { labels, points } of now.limits) {
    const { groups } = vmOf(labels)
    const limits = groups.get(labels.group ?? '') ?? {}
    groups.set(labels.group ?? '', limits)
    if (isLimitKey(labels.limit ?? '')) limits[labels.limit as LimitKey] = points.at(-1)?.[1] ?? 0 // looked at just now
  }
  const unknown = new Float64Array(steps).fill(Number.NaN)
  return [...vms.values()].map(({ labels, groups }): FleetVm => {
    const about = { instance: labels.instance ?? '', domain: labels.domain ?? '' }
    return {
      ...about,
      disks: disksOf(now, about),
      groups: [...groups].map(([name, limits]) => {
        const of = { ...about, group: name }
        const stretch = stretchOf(
          found.request.get(keyOf(of, KEY.slice(0, 3))),
          found.wait.get(keyOf(of, KEY.slice(0, 3))),
          steps,
        )
        const buckets = BUCKETS.filter((bucket) => (limits[bucket] ?? 0) > 0).map((bucket: Bucket): BucketHistory => {
          const key = keyOf({ ...of, limit: bucket })
          const values = (from: Values) => from.get(key) ?? unknown
          return { bucket, use: values(found.use), peak: values(found.peak), atLimit: values(found.atLimit), stretch }
        })
        const changes = now.changes.find((each) => keyOf(each.labels, KEY.slice(0, 3)) === keyOf(of, KEY.slice(0, 3)))
        return { name, limits, buckets, changes: Math.round(changes?.points.at(-1)?.[1] ?? 0) }
      }),
    }
  })
}

function disksOf(
  { disks, members }: Present,
  about: { readonly instance: string; readonly domain: string },
): ReadonlyMap<string, readonly string[]> {
  const isOf = ({ labels }: Series) => labels.instance === about.instance && labels.domain === about.domain
  return new Map(
    disks.filter(isOf).map(({ labels: { target_device: disk = '' } }) => {
      const chain = members
        .filter((each) => isOf(each) && each.labels.target_device === disk)
        .sort((a, b) => Number(a.labels.level) - Number(b.labels.level))
      return [disk, chain.map(({ labels }) => labels.group ?? '')] as const
    }),
  )
}

/** Latency over latency without the wait, a value a step. */
function stretchOf(request: Float64Array | undefined, wait: Float64Array | undefined, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => {
    const whole = request?.[step] ?? Number.NaN
    const service = whole - (wait?.[step] ?? Number.NaN)
    return whole > 0 && service > 0 ? Math.max(1, whole / service) : Number.NaN
  })
}
