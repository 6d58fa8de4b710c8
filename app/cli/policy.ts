import { EngineError } from '#main/engine-error.ts'
import { unsettled, usualJournal } from '#main/live/apply-journal.ts'
import { isCutOff } from '#main/live/apply-plan.ts'
import { type Applied, applyWorkspace, type OpenVm } from '#main/live/apply-workspace.ts'
import type { VmPlace, VmPort } from '#main/live/host/vm-port.ts'
import { absoluteAddress } from '#main/live/lift/same-vm.ts'
import { desiredOf, policyDrift } from '#main/policy/desired.ts'
import type { Policy } from '#main/policy/policy.ts'
import { counted } from '#shared/counted.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, parseVmAddress } from '#shared/qemu/vm-address.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'
import { fromTo } from '#shared/workspace/changes.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { reportCutOff } from './cut-off.ts'
import { hostPorts } from './host-source.ts'
import { flagOption, listOption, optionIssue, textOption } from './options.ts'
import { readPolicy } from './policy-file.ts'
import { printableName } from './printable.ts'
import { withReachedVm } from './reached-vm.ts'

// `weir check --policy FILE --from HOST`: exit 1 with each difference. `weir apply --policy FILE --from HOST`: shows what it
// would send, and sends it with --yes. A VM that does not answer is told, and is exit 3; the others go on.

interface Checked {
  readonly vm: string
  /** null: it could not be looked at. */
  readonly drift: readonly string[] | null
  readonly problem: string | null
  readonly applied: Applied | null
}

interface Order {
  readonly file: string
  readonly policy: Policy
  readonly ports: readonly VmPort[]
}

export async function checkPolicy(call: CommandCall): Promise<Result<ExitCode>> {
  const order = await readOrder(call)
  if (!order.ok) return order
  const checked = await checkAll(order.value, call.signal, async () => null)
  return ok(reportAll(call, order.value, checked))
}

export async function applyPolicy(call: CommandCall): Promise<Result<ExitCode>> {
  const order = await readOrder(call)
  if (!order.ok) return order
  const isSent = flagOption(call.options, 'yes')
  if (isSent && flagOption(call.options, 'dry-run')) {
    return failed([optionIssue('yes', '--dry-run', 'one of --yes and --dry-run, not both')])
  }
  const { policy } = order.value
  const journal = usualJournal()
  const checked = await checkAll(order.value, call.signal, async (open, vm, address) => {
    reportCutOff(await unsettled(journal, address, open.picture), address, call.terminal)
    const { workspace, warnings } = desiredOf(policy, vm, open.picture)
    if (workspace === null) return null
    const applied = await applyWorkspace(open, workspace, isSent ? 'apply' : 'dry-run', journal.of(address))
    return { ...applied, plan: { ...applied.plan, warnings: [...warnings, ...applied.plan.warnings] } }
  })
  const exit = reportAll(call, order.value, checked)
  const planned = checked.some(({ applied }) => applied !== null && applied.plan.steps.length > 0)
  if (!isSent && planned) call.terminal.complain('nothing was sent; --yes sends it')
  return ok(exit)
}

async function readOrder({ args, options }: CommandCall): Promise<Result<Order>> {
  const file = textOption(options, 'policy', '')
  if (args[0] !== undefined) {
    const message = 'a policy takes no workspace beside it; leave this out'
    return failed([{ path: args[0], code: 'extra-argument', message }])
  }
  const policy = await readPolicy(file)
  if (!policy.ok) return policy
  const ports = hostPorts(listOption(options, 'from'), '--from')
  return ports.ok ? ok({ file, policy: policy.value, ports: ports.value }) : ports
}

/** One after the other: whoever changes a host does so in an order that can be told. */
async function checkAll(
  { policy, ports }: Order,
  signal: AbortSignal,
  work: (
    open: OpenVm,
    vm: { readonly name: string; readonly title: string | null },
    address: string,
  ) => Promise<Applied | null>,
): Promise<readonly Checked[]> {
  const checked: Checked[] = []
  try {
    // A source that cannot be listed ends it before anything is sent.
    const places = (await Promise.all(ports.map((port) => port.list()))).flat()
    for (const place of places) {
      if (signal.aborted) return checked
      checked.push(await checkOne(place, policy, { signal, work }))
    }
    return checked
  } finally {
    for (const port of ports) port.close()
  }
}

async function checkOne(
  place: VmPlace,
  policy: Policy,
  about: { readonly signal: AbortSignal; readonly work: Parameters<typeof checkAll>[2] },
): Promise<Checked> {
  const address = parseVmAddress(place.id)
  if (!address.ok)
    throw new EngineError('file-missing', `${place.id} cannot be reached.`, 'Use a shorter path, or a link.')
  try {
    return await withReachedVm(
      address.value,
      async (open) => {
        const vm = { name: open.link.name ?? place.label, title: open.link.title }
        const applied = await about.work(open, vm, formatVmAddress(absoluteAddress(address.value)))
        return { vm: vm.name, drift: policyDrift(policy, vm, open.picture), problem: null, applied }
      },
      { signal: about.signal },
    )
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { vm: place.label, drift: null, problem: error.message, applied: null }
  }
}

/** The exit code: 3 where a VM could not be looked at or was lost, 1 where one is not as the policy says. */
function reportAll({ json, terminal }: CommandCall, { file }: Order, checked: readonly Checked[]): ExitCode {
  if (json) {
    const vms = checked.map(({ vm, drift, problem, applied }) => ({
      vm,
      drift: drift ?? [],
      problem,
      ...(applied === null ? {} : appliedJson(applied)),
    }))
    terminal.print(JSON.stringify({ format: 'weir-policy-report/1', file, vms }, null, 2))
  } else {
    for (const each of checked) reportOne(terminal, each)
    terminal.print(countWords(checked, file))
  }
  if (checked.some(({ problem, applied }) => problem !== null || isLost(applied))) return 3
  return checked.some(isOff) ? 1 : 0
}

function countWords(checked: readonly Checked[], file: string): string {
  const missed = checked.filter(({ problem }) => problem !== null).length
  const off = checked.filter(isOff).length
  const words = `${counted(checked.length - missed, 'VM')} checked, ${off} ${off === 1 ? 'differs' : 'differ'} from ${file}`
  return missed === 0 ? words : `${words}; ${counted(missed, 'VM')} could not be checked`
}

function reportOne(terminal: CommandCall['terminal'], { vm, drift, problem, applied }: Checked): void {
  const { print, complain, paint } = terminal
  const name = printableName(vm)
  if (problem !== null) complain(paint.bad(`${name}: ${printableName(problem)}`))
  if (applied?.problem != null) complain(paint.warn(`${name}: ${printableName(applied.problem)}`))
  for (const sentence of applied === null ? (drift ?? []) : changeWords(applied)) {
    print(`${name}: ${printableName(sentence)}`)
  }
  if (applied === null) return
  for (const [index, { command }] of applied.plan.steps.entries()) {
    const answer = applied.answers[index]
    const verdict =
      answer === undefined ? '' : answer.outcome === 'done' ? paint.good('  done') : paint.bad(`  ${answer.answer}`)
    print(`  ${formatVmCommand(command)}${verdict}`)
  }
  for (const sentence of applied.plan.warnings) complain(paint.warn(`${name}: ${printableName(sentence)}`))
  for (const sentence of [...applied.plan.impossible, ...applied.unfulfilled]) {
    complain(paint.bad(`${name}: not possible: ${printableName(sentence)}`))
  }
}

/** As `weir apply FILE` says it: what is, and what it becomes. Drift says what it should be first. */
function changeWords({ plan }: Applied): readonly string[] {
  return plan.changes.map((change) => `${change.subject}: ${fromTo(change)}`)
}

function appliedJson({ plan, answers, unfulfilled }: Applied): object {
  const commands = plan.steps.map(({ command }, index) => ({
    ...command,
    outcome: answers[index]?.outcome ?? 'unsent',
  }))
  return { commands, warnings: plan.warnings, impossible: plan.impossible, unfulfilled }
}

/** After commands were sent, what was off before is not any more. */
function isOff({ drift, applied }: Checked): boolean {
  if (applied === null || applied.answers.length === 0) return (drift ?? []).length > 0
  return (
    applied.answers.some(({ outcome }) => outcome !== 'done') ||
    applied.plan.impossible.length > 0 ||
    applied.unfulfilled.length > 0
  )
}

function isLost(applied: Applied | null): boolean {
  return applied !== null && isCutOff(applied.answers)
}
