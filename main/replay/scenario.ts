import { z } from 'zod'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { type Direction, LIMIT_KEYS, type Limits } from '#shared/throttle/limits.ts'
import { limitIssues } from '#shared/throttle/rules.ts'
import { chainOf, isThrottled, MAX_LEVELS } from '#shared/workspace/chain.ts'
import { issuesOfZod } from '#shared/workspace/zod-issues.ts'

// A scenario: devices, groups and what happens to them in virtual time, as the recorder gave it to a real QEMU. Its names
// are QEMU's (`at_ns`, `set_io_throttle`), since its answers are held against QEMU's line by line.

/** QEMU refuses requests of 2 GiB and more. */
const MAX_BYTES = 2 ** 31 - 512
/** Every request is kept for the answer, so there is a limit to how many a replay may have. */
export const MAX_SCENARIO_REQUESTS = 5_000_000
const MAX_SCENARIO_DEVICES = 512

export interface Scenario {
  readonly name: string
  readonly style: 'legacy' | 'filter'
  readonly backend: 'null-co' | 'null-aio'
  readonly devices: readonly ScenarioDevice[]
  readonly groups: Readonly<Record<string, Limits>>
  readonly events: readonly ScenarioEvent[]
  readonly runNs: number
  /** Which QEMU is to answer. */
  readonly qemu: (typeof QEMU_VERSIONS)[number]
}

/** Those whose answers were recorded. What differs: how much a `blockdev-reopen` drains. */
const QEMU_VERSIONS = ['7.2', '10.0', '11.1'] as const

export interface ScenarioDevice {
  readonly id: string
  /** In the order in which a request meets them: filter nodes, or the one group of its own limits, or none. */
  readonly groups: readonly string[]
}

/** `index` is the place in the file; the events themselves are in order of time. */
export type ScenarioEvent = { readonly index: number; readonly atNs: number } & ScenarioAction

export type ScenarioAction =
  | {
      readonly kind: 'io'
      readonly device: string
      readonly op: Direction
      readonly bytes: number
      readonly count: number
    }
  | { readonly kind: 'set-io-throttle'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'qom-set-limits'; readonly group: string; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'reopen'; readonly device: string; readonly level: number; readonly group: string }
  | { readonly kind: 'drain-all' }

const timeNs = z.int().min(0)
const values = z.record(z.string(), z.unknown())

const reopen = z.strictObject({
  device: z.string(),
  group: z.string(),
  /** Of the device's filters, 0 faces the guest. */
  level: z
    .int()
    .min(0)
    .max(MAX_LEVELS - 1)
    .default(0),
})

const device = z
  .strictObject({
    id: z.string().min(1),
    group: z.string().nullable().exactOptional(),
    groups: z.array(z.string()).max(MAX_LEVELS).exactOptional(),
  })
  .refine(({ group, groups }) => (group === undefined) !== (groups === undefined), {
    path: ['group'],
    error: 'either "group" or "groups"',
  })
  .transform(({ id, group, groups }): ScenarioDevice => ({ id, groups: groups ?? chainOf(group ?? null) }))

const event = z.union([
  z.strictObject({
    at_ns: timeNs,
    device: z.string(),
    op: z.enum(['read', 'write']),
    bytes: z.int().min(0).max(MAX_BYTES),
    count: z.int().min(1).default(1),
  }),
  z.strictObject({ at_ns: timeNs, set_io_throttle: values }),
  z.strictObject({ at_ns: timeNs, qom_set_limits: z.strictObject({ group: z.string(), limits: values }) }),
  z.strictObject({ at_ns: timeNs, reopen: reopen }),
  z.strictObject({ at_ns: timeNs, drain_all: z.literal(true) }),
])

const scenario = z.strictObject({
  name: z.string().default('scenario'),
  style: z.enum(['legacy', 'filter']).default('legacy'),
  backend: z.enum(['null-co', 'null-aio']).default('null-co'),
  devices: z.array(device).min(1).max(MAX_SCENARIO_DEVICES),
  groups: z.record(z.string(), z.partialRecord(z.enum(LIMIT_KEYS), z.int())).default({}),
  events: z.array(event),
  run_ns: timeNs,
  qemu: z.enum(QEMU_VERSIONS).exactOptional(),
})

type RawEvent = z.infer<typeof event>

function actionOf(raw: RawEvent): ScenarioAction {
  if ('op' in raw) return { kind: 'io', device: raw.device, op: raw.op, bytes: raw.bytes, count: raw.count }
  if ('set_io_throttle' in raw) return { kind: 'set-io-throttle', values: raw.set_io_throttle }
  if ('qom_set_limits' in raw) {
    return { kind: 'qom-set-limits', group: raw.qom_set_limits.group, values: raw.qom_set_limits.limits }
  }
  if ('reopen' in raw) return { kind: 'reopen', ...raw.reopen }
  return { kind: 'drain-all' }
}

function issueAt(path: string, code: string, message: string): Issue {
  return { path, code, message }
}

function deviceIssues({ devices, groups, style }: Scenario): readonly Issue[] {
  return devices.flatMap((device, index) => {
    const path = `devices[${index}]`
    const issues: Issue[] = []
    if (devices.findIndex((other) => other.id === device.id) !== index) {
      issues.push(issueAt(`${path}.id`, 'duplicate-id', `"${device.id}" names another device already; use another id`))
    }
    const isChain = device.groups.length > 1
    device.groups.forEach((group, level) => {
      if (Object.hasOwn(groups, group)) return
      const at = isChain ? `${path}.groups[${level}]` : `${path}.group`
      issues.push(issueAt(at, 'unknown-group', `"${group}" is not one of the groups; add it to them`))
    })
    if (isChain && style === 'legacy') {
      const message = 'the legacy style has one level; use "style": "filter"'
      issues.push(issueAt(`${path}.groups`, 'wrong-style', message))
    }
    if (!isThrottled(device) && style === 'filter') {
      issues.push(issueAt(`${path}.group`, 'missing', 'a filter needs a group; name one, or use the legacy style'))
    }
    return issues
  })
}

function eventIssues({ devices, events, style }: Scenario): readonly Issue[] {
  const ids = new Set(devices.map((device) => device.id))
  const issues: Issue[] = []
  for (const { index, ...action } of events) {
    const path = `events[${index}]`
    if (action.kind === 'io' && !ids.has(action.device)) {
      issues.push(issueAt(`${path}.device`, 'unknown-device', `"${action.device}" is not one of the devices`))
    }
    if (action.kind === 'qom-set-limits' && style === 'legacy') {
      issues.push(issueAt(path, 'wrong-style', 'qom_set_limits needs group objects; use "style": "filter"'))
    }
    if (action.kind === 'reopen' && style === 'legacy') {
      issues.push(issueAt(path, 'wrong-style', 'reopen needs filter nodes; use "style": "filter"'))
    }
  }
  return issues
}

function groupIssues({ groups }: Scenario): readonly Issue[] {
  return Object.entries(groups).flatMap(([name, limits]) => limitIssues(limits, `groups.${name}`))
}

function sizeIssues({ events }: Scenario): readonly Issue[] {
  const requests = events.reduce((sum, action) => sum + (action.kind === 'io' ? action.count : 0), 0)
  if (requests <= MAX_SCENARIO_REQUESTS) return []
  return [issueAt('events', 'too-many', `${requests} requests are too many; use at most ${MAX_SCENARIO_REQUESTS}`)]
}

/** Which QEMU a recorded answer is of, where the recording says so. */
function versionOf(recording: object): Scenario['qemu'] | null {
  const { recorded_from, expected } = recording as { recorded_from?: unknown; expected?: { qemu?: unknown } | null }
  const said = [recorded_from, expected?.qemu].find((each) => typeof each === 'string')
  const major = Number(/(\d+)\.\d+/.exec(said ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(major)) return null
  return major >= 10 ? '11.1' : '7.2'
}

/** Reads a scenario from parsed JSON: the scenario itself, or a recorded vector that holds one as `scenario`. */
export function parseScenario(input: unknown): Result<Scenario> {
  const isVector = typeof input === 'object' && input !== null && Object.hasOwn(input, 'scenario')
  const version = isVector ? versionOf(input) : null
  const inner: unknown = isVector ? (input as { scenario: unknown }).scenario : input // an own key, just seen
  const base = isVector ? ['scenario'] : []
  const parsed = scenario.safeParse(inner)
  if (!parsed.success) return failed(issuesOfZod(parsed.error, input, base))
  const { name, style, backend, devices, groups, events, run_ns, qemu } = parsed.data
  const inOrder = events
    .map((raw, index) => ({ index, atNs: raw.at_ns, ...actionOf(raw) }))
    .sort((a, b) => a.atNs - b.atNs || a.index - b.index)
  const definedGroups = groups as Readonly<Record<string, Limits>> // absent keys stay absent
  const result: Scenario = {
    name,
    style,
    backend,
    devices,
    groups: definedGroups,
    events: inOrder,
    runNs: run_ns,
    qemu: qemu ?? version ?? '7.2',
  }
  const issues = [...groupIssues(result), ...deviceIssues(result), ...eventIssues(result), ...sizeIssues(result)]
  return issues.length > 0 ? failed(issues) : ok(result)
}
