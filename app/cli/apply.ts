import { unsettled, usualJournal } from '#main/live/apply-journal.ts'
import { isCutOff } from '#main/live/apply-plan.ts'
import { type Applied, applyWorkspace, liveOnly } from '#main/live/apply-workspace.ts'
import { absoluteAddress } from '#main/live/lift/same-vm.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatVmAddress } from '#shared/qemu/vm-address.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'
import { fromTo } from '#shared/workspace/changes.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { reportCutOff } from './cut-off.ts'
import { flagOption, missingFile } from './options.ts'
import { withReachedVm } from './reached-vm.ts'
import type { Terminal } from './terminal.ts'
import { vmOption, warnOfOwner } from './vm-option.ts'

/** `weir apply FILE --vm ADDR`: exit 0 when the VM is as the file says, 1 when a part is not possible or was refused. */
export async function apply({ args, options, json, terminal, signal }: CommandCall): Promise<Result<ExitCode>> {
  if (options.policy !== undefined)
    return (await import('./policy.ts')).applyPolicy({ args, options, json, terminal, signal })
  const [file] = args
  if (file === undefined) return failed([missingFile('apply')])
  const address = vmOption(options)
  if (!address.ok) return address
  const read = await readWorkspaceFile(file)
  if (!read.ok) return read
  const dryRun = flagOption(options, 'dry-run')
  warnOfOwner(address.value, terminal)
  return withReachedVm(
    address.value,
    async (vm) => {
      const where = formatVmAddress(absoluteAddress(address.value))
      const journal = usualJournal()
      reportCutOff(await unsettled(journal, where, vm.picture), where, terminal)
      const applied = await applyWorkspace(
        flagOption(options, 'live-only') ? liveOnly(vm) : vm,
        read.value.workspace,
        dryRun ? 'dry-run' : 'apply',
        journal.of(where),
      )
      const exit = exitOf(applied)
      if (applied.problem !== null) terminal.complain(terminal.paint.warn(applied.problem))
      if (json) {
        const about = { file, address: where, qemu: vm.link.version, dryRun }
        terminal.print(JSON.stringify(asJson(applied, about), null, 2))
      } else {
        report(applied, dryRun, terminal)
      }
      return ok(exit)
    },
    { signal },
  )
}

/** Lost connections are a broken world; everything else that is not as the file says is "not met". */
function exitOf({ plan, answers, unfulfilled }: Applied): ExitCode {
  if (isCutOff(answers)) return 3
  const refused = answers.some(({ outcome }) => outcome !== 'done')
  return refused || plan.impossible.length > 0 || unfulfilled.length > 0 ? 1 : 0
}

function asJson({ plan, answers, unfulfilled }: Applied, about: object): object {
  return {
    format: 'weir-apply/1',
    ...about,
    changes: plan.changes,
    commands: plan.steps.map(({ command }, index) => {
      const answer = answers[index]
      return { ...command, outcome: answer?.outcome ?? 'unsent', answer: answer?.answer ?? null }
    }),
    warnings: plan.warnings,
    impossible: plan.impossible,
    unfulfilled,
  }
}

function report({ plan, answers, unfulfilled }: Applied, dryRun: boolean, { print, complain, paint }: Terminal): void {
  for (const change of plan.changes) print(`${change.subject}: ${fromTo(change)}`)
  for (const warning of plan.warnings) complain(paint.warn(warning))
  for (const [index, { command }] of plan.steps.entries()) {
    const answer = answers[index]
    const verdict =
      answer === undefined ? '' : answer.outcome === 'done' ? paint.good('  done') : paint.bad(`  ${answer.answer}`)
    print(`${formatVmCommand(command)}${verdict}`)
  }
  for (const sentence of plan.impossible) complain(paint.bad(`not possible: ${sentence}`))
  for (const sentence of unfulfilled) complain(paint.bad(`did not take effect: ${sentence}`))
  if (plan.steps.length === 0) print(plan.impossible.length === 0 ? 'The VM matches the file.' : 'Nothing was sent.')
  else if (dryRun) print(paint.dim('Dry run: nothing was sent.'))
}
