import { withVm } from '#main/live/apply-workspace.ts'
import { captureWorkspace } from '#main/live/capture.ts'
import { labelOf } from '#main/live/qemu-label.ts'
import { ok, type Result } from '#shared/issue.ts'
import { formatWorkspace } from '#shared/workspace/parse.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { vmOption, warnOfOwner } from './vm-option.ts'

/** `weir capture --vm ADDR`: the workspace goes to stdout, what QEMU does not report to stderr. */
export async function capture({ options, terminal, signal }: CommandCall): Promise<Result<ExitCode>> {
  const address = vmOption(options)
  if (!address.ok) return address
  warnOfOwner(address.value, terminal)
  return withVm(
    address.value,
    async ({ link, picture }) => {
      const workspace = captureWorkspace(picture, labelOf(address.value, link.name))
      terminal.write(formatWorkspace(workspace))
      for (const sentence of picture.unknown) terminal.complain(terminal.paint.warn(`not known: ${sentence}`))
      return ok(0)
    },
    { signal },
  )
}
