import { failed, type Issue, ok, type Result } from '../issue.ts'
import { parseJsonText } from '../json-text.ts'
import { canonicalLimits } from '../throttle/limits.ts'
import { limitIssues } from '../throttle/rules.ts'
import { type KnownDevices, parseBesideKnown } from './known-devices.ts'
import { workspaceSchema } from './schema.ts'
import { blockSizeIssues, workloadIssues } from './workload-issues.ts'
import {
  type Device,
  MAX_DEVICES,
  MAX_GROUPS,
  MAX_LEVELS_TOGETHER,
  MAX_SCRIPT_STEPS,
  type ScriptStep,
  WORKSPACE_FORMAT,
  type Workspace,
} from './workspace.ts'
import { formatPath, issuesOfZod, showValue } from './zod-issues.ts'

// The one door of a workspace into the process: JSON text or any value in, a whole `Workspace` or every issue out.

const MAX_TEXT_CHARS = 64 * 1024 * 1024
const MAX_DEPTH = 64

/** Parses the text of a workspace file. */
export function parseWorkspaceText(text: string): Result<Workspace> {
  if (text.length > MAX_TEXT_CHARS) {
    return failed([
      { path: '', code: 'too-large', message: `this file has ${text.length} characters; 64 Mi are the most` },
    ])
  }
  const json = parseJsonText(text, 'a workspace is a JSON object')
  return json.ok ? parseWorkspace(json.value) : json
}

/**
 * Checks any value. The result has every optional part filled in and its limits in canonical form. `known`: devices that
 * were checked before, which are taken as they came out then, and which this adds to.
 */
export function parseWorkspace(value: unknown, known?: KnownDevices): Result<Workspace> {
  const early = formatIssue(value, known)
  if (early) return failed([early])
  const crowded = countIssues(value)
  if (crowded.length > 0) return failed(crowded)
  const parsed = known === undefined ? workspaceSchema.safeParse(value) : parseBesideKnown(value, known)
  if (!parsed.success) return failed(issuesOfZod(parsed.error, value))
  const { $schema: _editorHint, ...rest } = parsed.data
  const workspace: Workspace = {
    ...rest,
    groups: Object.fromEntries(Object.entries(rest.groups).map(([name, limits]) => [name, canonicalLimits(limits)])),
  }
  const issues = crossIssues(workspace, value)
  return issues.length > 0 ? failed(issues) : ok(workspace)
}

/** The text of a workspace file: two spaces, one line end; what is at its default and optional is left out. */
export function formatWorkspace(workspace: Workspace): string {
  const file = {
    ...workspace,
    devices: workspace.devices.map(({ id, groups, iothread, qemu, ...device }) => ({
      id,
      ...chainInFile(groups),
      ...device,
      ...(iothread === null ? {} : { iothread }),
      ...(Object.keys(qemu).length === 0 ? {} : { qemu }),
    })),
    script: workspace.script.map((step) => {
      if (!('moveDevice' in step)) return step
      const { device, groups } = step.moveDevice
      return { ...step, moveDevice: { device, ...chainInFile(groups) } }
    }),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** A chain of one group, or none, is said as `"group"`: shorter, and older Weirs read it. */
function chainInFile(groups: readonly string[]) {
  return groups.length > 1 ? { groups } : { group: groups.at(0) ?? null }
}

/** A newer format must be refused with its reason before its unknown keys are complained about. */
function formatIssue(value: unknown, known?: KnownDevices): Issue | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path: '', code: 'not-a-workspace', message: `a workspace is a JSON object; this is ${showValue(value)}` }
  }
  if (depthOf(value, MAX_DEPTH, known) > MAX_DEPTH) {
    return { path: '', code: 'too-deep', message: `this is nested more than ${MAX_DEPTH} levels deep; no workspace is` }
  }
  const format: unknown = 'format' in value ? value.format : undefined
  if (format === WORKSPACE_FORMAT) return null
  const newer = typeof format === 'string' && /^weir-workspace\/\d+$/.test(format)
  return {
    path: 'format',
    code: newer ? 'newer-format' : 'wrong-format',
    message: newer
      ? `${format} was written by a newer Weir; this one reads ${WORKSPACE_FORMAT}. Nothing was changed`
      : `${format === undefined ? 'this is missing' : `${showValue(format)} is not valid`}; use "${WORKSPACE_FORMAT}"`,
  }
}

/** Looked at before each entry is: a hundred thousand wrong groups would be a hundred thousand complaints. */
function countIssues(value: unknown): readonly Issue[] {
  const { groups, devices, script } = value as Record<string, unknown> // formatIssue has seen that it is an object
  const check = (path: string, count: number, most: number): readonly Issue[] =>
    count <= most
      ? []
      : [{ path, code: 'too-many', message: `there are ${count}; ${most} are the most that a workspace holds` }]
  const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : 0)
  const isRecord = typeof groups === 'object' && groups !== null
  return [
    ...check('groups', isRecord ? Object.keys(groups).length : 0, MAX_GROUPS),
    ...check('devices', lengthOf(devices), MAX_DEVICES),
    ...check('script', lengthOf(script), MAX_SCRIPT_STEPS),
  ]
}

/** A device that is known was looked at before. */
function depthOf(value: unknown, budget: number, known?: KnownDevices): number {
  if (budget < 0 || typeof value !== 'object' || value === null || known?.has(value)) return 0
  return 1 + Object.values(value).reduce<number>((most, each) => Math.max(most, depthOf(each, budget - 1, known)), 0)
}

/** Rules that span several places of the file. */
function crossIssues(workspace: Workspace, value: unknown): readonly Issue[] {
  const groups = new Set(Object.keys(workspace.groups))
  const devices = new Set(workspace.devices.map((device) => device.id))
  // From the last to the first: the first of an id is what stays.
  const places = new Map(workspace.devices.map(({ id }, index) => [id, index] as const).reverse())
  return [
    ...levelIssues(workspace),
    ...Object.entries(workspace.groups).flatMap(([name, limits]) => limitIssues(limits, formatPath(['groups', name]))),
    ...workspace.devices.flatMap((device, index) => deviceIssues(workspace, device, { index, places, groups, value })),
    ...workspace.script.flatMap((step, index) => stepIssues(step, { index, groups, devices, value })),
    ...(workspace.goals ?? []).flatMap(({ device }, index) => goalIssues(device, index, devices)),
  ]
}

function goalIssues(device: string, index: number, devices: ReadonlySet<string>): readonly Issue[] {
  if (devices.has(device)) return []
  const message = `${JSON.stringify(device)} is not a device of this workspace; name one, or remove the goal`
  return [{ path: `goals[${index}].device`, code: 'unknown-device', message }]
}

/** A device takes room for each level of the longest chain it has or gets, and for one in any case. */
function levelIssues({ devices, script }: Workspace): readonly Issue[] {
  const most = new Map(devices.map(({ id, groups }) => [id, Math.max(1, groups.length)]))
  for (const step of script) {
    if (!('moveDevice' in step)) continue
    const { device, groups } = step.moveDevice
    most.set(device, Math.max(most.get(device) ?? 1, groups.length))
  }
  const levels = [...most.values()].reduce((sum, each) => sum + each, 0)
  if (levels <= MAX_LEVELS_TOGETHER) return []
  const message = `all chains together have ${levels} levels; use at most ${MAX_LEVELS_TOGETHER}`
  return [{ path: 'devices', code: 'too-many-levels', message }]
}

function unknownGroup(path: string, group: string, groups: ReadonlySet<string>): Issue {
  const known = [...groups].map((name) => JSON.stringify(name)).join(', ')
  return {
    path,
    code: 'unknown-group',
    message: `${JSON.stringify(group)} is not a group of this workspace; use ${known === '' ? 'null (there are no groups)' : `${known}, or null`}`,
  }
}

/** `at`: what has the chain, in the value as it came, where it may be said as `"group"` or as `"groups"`. */
function chainIssues(
  chain: readonly string[],
  at: readonly (string | number)[],
  groups: ReadonlySet<string>,
  value: unknown,
): readonly Issue[] {
  const holder = at.reduce<unknown>((inside, key) => (inside as Record<string | number, unknown>)[key], value) // it was parsed
  const isList = Object.hasOwn(holder as object, 'groups')
  return chain.flatMap((group, level) =>
    groups.has(group)
      ? []
      : [unknownGroup(formatPath([...at, ...(isList ? ['groups', level] : ['group'])]), group, groups)],
  )
}

function deviceIssues(
  workspace: Workspace,
  device: Device,
  {
    index,
    places,
    groups,
    value,
  }: {
    readonly index: number
    /** Where each id stands first. */
    readonly places: ReadonlyMap<string, number>
    readonly groups: ReadonlySet<string>
    readonly value: unknown
  },
): readonly Issue[] {
  const path = `devices[${index}]`
  const issues: Issue[] = []
  const first = places.get(device.id)
  if (first !== index) {
    issues.push({
      path: `${path}.id`,
      code: 'duplicate-id',
      message: `${JSON.stringify(device.id)} is taken by devices[${first}]; give each device an id of its own`,
    })
  }
  issues.push(...chainIssues(device.groups, ['devices', index], groups, value))
  if (device.iothread !== null && device.iothread >= workspace.iothreads) {
    issues.push({
      path: `${path}.iothread`,
      code: 'unknown-iothread',
      message: `there is no iothread ${device.iothread}; use 0 to ${workspace.iothreads - 1}, or raise "iothreads"`,
    })
  }
  return [...issues, ...workloadIssues(device.workload, `${path}.workload`), ...blockSizeIssues(device, path)]
}

function stepIssues(
  step: ScriptStep,
  {
    index,
    groups,
    devices,
    value,
  }: {
    readonly index: number
    readonly groups: ReadonlySet<string>
    readonly devices: ReadonlySet<string>
    readonly value: unknown
  },
): readonly Issue[] {
  const path = `script[${index}]`
  const device = (id: string, at: string): readonly Issue[] =>
    devices.has(id)
      ? []
      : [{ path: at, code: 'unknown-device', message: `${JSON.stringify(id)} is not a device of this workspace` }]
  if ('setLimits' in step) {
    const { group, limits } = step.setLimits
    return [
      ...(groups.has(group) ? [] : [unknownGroup(`${path}.setLimits.group`, group, groups)]),
      ...limitIssues(limits, `${path}.setLimits.limits`),
    ]
  }
  if ('moveDevice' in step) {
    return [
      ...device(step.moveDevice.device, `${path}.moveDevice.device`),
      ...chainIssues(step.moveDevice.groups, ['script', index, 'moveDevice'], groups, value),
    ]
  }
  return [
    ...device(step.setWorkload.device, `${path}.setWorkload.device`),
    ...workloadIssues(step.setWorkload.workload, `${path}.setWorkload.workload`),
  ]
}
