import fc from 'fast-check'
import { blockSetIoThrottleArguments } from '#shared/qemu/qmp-commands.ts'
import { type Bucket, type LimitKey, type Limits, lengthKey, maxKey } from '#shared/throttle/limits.ts'
import { parseScenario, type Scenario } from '../scenario.ts'

// Random scenarios for tests: small numbers, awkward rates, many things at the same instant, since that is where an
// order can be wrong. fast-check shrinks what fails to a few events.

export interface ScenarioWishes {
  /** Limits change, devices move, drains happen. Without, only requests come. */
  readonly reconfigure: boolean
  /** chain: devices behind two or three filters. */
  readonly style: 'legacy' | 'filter' | 'chain'
}

const GROUPS = ['g0', 'g1', 'g2'] as const
const MS = 1_000_000

/** One bucket's limits as QEMU accepts them. */
function bucketArbitrary(bucket: Bucket): fc.Arbitrary<Limits> {
  const isBps = bucket.startsWith('bps')
  const avg = isBps ? fc.integer({ min: 1000, max: 400_000 }) : fc.integer({ min: 1, max: 400 })
  const burst = fc.option(
    fc.record({ factor: fc.integer({ min: 1, max: 8 }), lengthS: fc.integer({ min: 1, max: 4 }) }),
  )
  return fc.tuple(avg, burst).map(([value, more]): Limits => {
    if (more === null) return { [bucket]: value }
    return {
      [bucket]: value,
      [maxKey(bucket)]: value * more.factor + (more.factor > 1 ? 1 : 0),
      [lengthKey(bucket)]: more.lengthS,
    }
  })
}

function unitArbitrary(unit: 'bps' | 'iops'): fc.Arbitrary<Limits> {
  const some = (buckets: readonly Bucket[]) =>
    fc.tuple(...buckets.map((bucket) => bucketArbitrary(bucket))).map((all) => Object.assign({}, ...all) as Limits) // of limits
  return fc.oneof(
    some([`${unit}-total`]),
    some([`${unit}-read`]),
    some([`${unit}-write`]),
    some([`${unit}-read`, `${unit}-write`]),
  )
}

/** Valid limits with at least one average. */
export function limitsArbitrary(): fc.Arbitrary<Limits> {
  const sized = fc.tuple(unitArbitrary('iops'), fc.option(fc.integer({ min: 512, max: 20_000 }), { freq: 2 }))
  const withIops = sized.map(([limits, size]): Limits => (size === null ? limits : { ...limits, 'iops-size': size }))
  return fc.oneof(
    { weight: 3, arbitrary: withIops },
    { weight: 2, arbitrary: unitArbitrary('bps') },
    { weight: 2, arbitrary: fc.tuple(withIops, unitArbitrary('bps')).map(([a, b]): Limits => ({ ...a, ...b })) },
  )
}

/** Times that often fall together: on a grid of 10 ms, of 100 ms, or anywhere. */
function timeArbitrary(runNs: number): fc.Arbitrary<number> {
  const grid = (stepNs: number) => fc.integer({ min: 0, max: Math.floor(runNs / stepNs) }).map((n) => n * stepNs)
  return fc.oneof(grid(100 * MS), grid(10 * MS), fc.integer({ min: 0, max: runNs }))
}

function requestsArbitrary(devices: readonly string[], runNs: number) {
  const bytes = fc.oneof(
    fc.constant(512),
    fc.constant(4096),
    fc.integer({ min: 1, max: 64 }).map((n) => n * 512),
  )
  return fc.record({
    at_ns: timeArbitrary(runNs),
    device: fc.constantFrom(...devices),
    op: fc.constantFrom('read', 'write'),
    bytes,
    count: fc.integer({ min: 1, max: 12 }),
  })
}

function changeArbitrary(devices: readonly string[], runNs: number, style: ScenarioWishes['style']) {
  const at_ns = timeArbitrary(runNs)
  const device = fc.constantFrom(...devices)
  const drain = fc.record({ at_ns, drain_all: fc.constant(true) })
  if (style !== 'legacy') {
    const group = fc.constantFrom(...GROUPS)
    const partial = fc
      .tuple(limitsArbitrary(), fc.integer({ min: 1, max: 5 }))
      .map(([limits, most]) => Object.fromEntries(Object.entries(limits).slice(0, most)))
    const legacyValues = fc
      .tuple(device, fc.option(fc.constantFrom('own', ...GROUPS), { nil: undefined }), limitsArbitrary())
      .map(([id, to, limits]) => ({
        device: id,
        ...(to !== undefined && { group: to }),
        ...blockSetIoThrottleArguments(limits),
      }))
    return fc.oneof(
      { weight: 4, arbitrary: fc.record({ at_ns, set_io_throttle: legacyValues }) },
      { weight: 3, arbitrary: fc.record({ at_ns, qom_set_limits: fc.record({ group, limits: partial }) }) },
      {
        weight: 3,
        arbitrary: fc.record({ at_ns, reopen: reopenArbitrary(device, style) }),
      },
      { weight: 1, arbitrary: drain },
    )
  }
  const group = fc.option(fc.constantFrom(...GROUPS, 'fresh'), { nil: undefined })
  const values = fc
    .tuple(
      device,
      group,
      fc.oneof({ weight: 5, arbitrary: limitsArbitrary() }, { weight: 2, arbitrary: fc.constant<Limits>({}) }),
    )
    .map(([id, to, limits]) => ({
      device: id,
      ...(to !== undefined && { group: to }),
      ...blockSetIoThrottleArguments(limits),
    }))
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ at_ns, set_io_throttle: values }) },
    { weight: 1, arbitrary: drain },
  )
}

function reopenArbitrary(device: fc.Arbitrary<string>, style: ScenarioWishes['style']) {
  const group = fc.constantFrom(...GROUPS, 'nosuch')
  const level = style === 'chain' ? fc.nat(1) : fc.constant(0)
  return fc.record({ device, group, level })
}

function deviceArbitrary(id: string, style: ScenarioWishes['style']): fc.Arbitrary<object> {
  const group = fc.constantFrom(...GROUPS)
  if (style !== 'chain') return fc.record({ id: fc.constant(id), group })
  return fc.record({ id: fc.constant(id), groups: fc.array(group, { minLength: 2, maxLength: 3 }) })
}

/** Scenarios in the recorded form, as JSON. */
export function scenarioArbitrary({ reconfigure, style }: ScenarioWishes): fc.Arbitrary<object> {
  const runNs = 3000 * MS
  return fc.integer({ min: 1, max: 5 }).chain((deviceCount) => {
    const devices = Array.from({ length: deviceCount }, (_, index) => `d${index}`)
    const requests = requestsArbitrary(devices, runNs)
    const event = reconfigure
      ? fc.oneof({ weight: 5, arbitrary: requests }, { weight: 1, arbitrary: changeArbitrary(devices, runNs, style) })
      : requests
    return fc.record({
      name: fc.constant('random'),
      style: fc.constant(style === 'legacy' ? 'legacy' : 'filter'),
      devices: fc.tuple(...devices.map((id) => deviceArbitrary(id, style))),
      groups: fc.record({ g0: limitsArbitrary(), g1: limitsArbitrary(), g2: limitsArbitrary() }),
      events: fc.array<object>(event, { minLength: 1, maxLength: 30 }),
      run_ns: fc.constant(runNs),
    })
  })
}

export function parsed(scenario: object): Scenario {
  const result = parseScenario(scenario)
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

/** The largest charge of one request to a bucket that counts bytes or operations. */
export function largestCharge(scenario: Scenario, limits: Limits, key: LimitKey): number {
  const sizes = scenario.events.map((event) => (event.kind === 'io' ? event.bytes : 0))
  const largest = Math.max(0, ...sizes)
  if (key.startsWith('bps')) return largest
  const size = limits['iops-size'] ?? 0
  return size > 0 && largest > size ? largest / size : 1
}
