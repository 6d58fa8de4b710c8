import { EngineError } from '#main/engine-error.ts'
import { DriftSince } from '#main/live/alarms/drift-since.ts'
import { Host, type HostOptions } from '#main/live/host/host.ts'
import { OneVmPort } from '#main/live/host/one-vm-port.ts'
import type { VmPort } from '#main/live/host/vm-port.ts'
import { policyDrift } from '#main/policy/desired.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { ALARM_KINDS, type AlarmRules, USUAL_ALARM_RULES } from '#shared/alarms/alarm.ts'
import { HostAlarms, type VmAlarmEvent } from '#shared/alarms/host-alarms.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatDurationNs, NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import type { CommandCall, ExitCode, OptionValues } from './command.ts'
import { finishHost } from './finish-host.ts'
import { hostPort } from './host-source.ts'
import { durationOption, flagOption, listOption, optionIssue, textOption } from './options.ts'
import { readPolicy } from './policy-file.ts'
import { taintOption } from './taint-option.ts'
import type { Terminal } from './terminal.ts'
import { namesVm, oneVm, warnOfOwner } from './vm-option.ts'

// `weir watch ADDR`: one line when an alarm begins and one when it ends, until Ctrl-C. ADDR is a VM or a whole host.

export async function watch(call: CommandCall): Promise<Result<ExitCode>> {
  const { options, terminal, signal, json } = call
  const port = portOf(call)
  if (!port.ok) return port
  const rules = rulesOf(options)
  if (!rules.ok) return rules
  const driftOf = await driftOption(options, port.value)
  if (!driftOf.ok) return driftOf
  const host = new Host({ ports: [port.value], driftOf: driftOf.value, histograms: flagOption(options, 'percentiles') })
  const alarms = new HostAlarms(rules.value)
  const problems = new Set<string>()
  try {
    const stop = host.onLook((look) => {
      for (const event of alarms.see(look))
        report(event, { wallMs: look.wallMs, nowNs: look.nowNs }, { terminal, json })
      for (const problem of look.problems) {
        if (!problems.has(problem)) terminal.complain(terminal.paint.warn(problem))
      }
      problems.clear()
      for (const problem of look.problems) problems.add(problem)
    })
    await host.start()
    const [problem] = host.look().problems
    if (problem !== undefined) throw new EngineError('file-missing', problem, '')
    if (!json) terminal.complain(terminal.paint.dim(`watching ${port.value.name}; Ctrl-C ends it`))
    await aborted(signal)
    stop()
    return ok(0)
  } finally {
    await finishHost(host, terminal)
  }
}

/** `--vm ADDR` is one VM, an argument may be a host, too. */
function portOf({ args, options, terminal }: CommandCall): Result<VmPort> {
  const [text] = args
  if (text !== undefined && !namesVm(options) && !/^(unix|tcp):|^libvirt:[^#]*#|^proxmox:\d/.test(text))
    return hostPort(text, 'ADDR', taintOption(options))
  const address = oneVm(text, options)
  if (!address.ok) return address
  warnOfOwner(address.value, terminal)
  return ok(new OneVmPort(address.value, taintOption(options)))
}

function rulesOf(options: OptionValues): Result<AlarmRules> {
  const only = listOption(options, 'only')
  const wrong = only.find((name) => !ALARM_KINDS.some((kind) => kind === name))
  if (wrong !== undefined) return failed([optionIssue('only', wrong, `one of ${ALARM_KINDS.join(', ')}`)])
  const seconds = (name: string, usualNs: number) => durationOption(options, name, usualNs / NS_PER_S)
  const atLimit = seconds('at-limit', USUAL_ALARM_RULES.atLimitNs)
  const latency = seconds('latency', USUAL_ALARM_RULES.latencyNs)
  const burst = seconds('burst', USUAL_ALARM_RULES.burstNs)
  if (!atLimit.ok) return atLimit
  if (!latency.ok) return latency
  if (!burst.ok) return burst
  return ok({
    kinds: only.length === 0 ? ALARM_KINDS : ALARM_KINDS.filter((kind) => only.includes(kind)),
    atLimitNs: atLimit.value * NS_PER_S,
    latencyNs: latency.value * NS_PER_S,
    burstNs: burst.value * NS_PER_S,
  })
}

/** Drift from a policy, from a workspace, or from what was seen first. */
async function driftOption(options: OptionValues, port: VmPort): Promise<Result<NonNullable<HostOptions['driftOf']>>> {
  const [policyFile, file] = ['policy', 'workspace'].map((name) => textOption(options, name, null))
  if (policyFile != null && file != null) {
    return failed([{ path: '--workspace', code: 'extra-option', message: 'say --policy or --workspace, not both' }])
  }
  if (policyFile != null) {
    const policy = await readPolicy(policyFile)
    return policy.ok ? ok((vm, picture) => policyDrift(policy.value, vm, picture)) : policy
  }
  if (file != null && !(port instanceof OneVmPort)) {
    const message = 'a workspace is about one VM; for a host use --policy FILE'
    return failed([{ path: '--workspace', code: 'option-value', message }])
  }
  const read = file == null ? null : await readWorkspaceFile(file)
  if (read !== null && !read.ok) return read
  const since = new DriftSince(read === null ? null : read.value.workspace)
  return ok((vm, picture) => since.of(vm.id, picture))
}

function report(
  { event, vm, id, alarm, atNs }: VmAlarmEvent,
  now: { readonly wallMs: number; readonly nowNs: number },
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): void {
  const wallOf = (ns: number) => new Date(now.wallMs - (now.nowNs - ns) / NS_PER_MS)
  if (json) {
    const { key: _key, sinceNs, ...about } = alarm
    const times = { time: wallOf(atNs).toISOString(), since: wallOf(sinceNs).toISOString() }
    terminal.print(JSON.stringify({ format: 'weir-alarm/1', event, ...times, vm, id, ...about }))
    return
  }
  const { print, paint } = terminal
  const time = paint.dim(wallOf(atNs).toLocaleTimeString('en-GB'))
  if (event === 'begin') print(`${time} ${paint.bad('begins')} ${vm}: ${alarm.text}`)
  else print(`${time} ${paint.good('ends  ')} ${vm}: ${alarm.text}, after ${formatDurationNs(atNs - alarm.sinceNs)}`)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
