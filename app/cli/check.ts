import { placeDifferences, placeWords } from '#main/libvirt/three-places.ts'
import { findDrift, withVm } from '#main/live/apply-workspace.ts'
import { refusalOf } from '#main/live/vm-status.ts'
import { checkWorkspaceFiles } from '#main/workspace/check-files.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { missingFile } from './options.ts'
import { namesVm, vmOption, warnOfOwner } from './vm-option.ts'

/**
 * `weir check FILE`: the checks that every command and the window make before they use a workspace, alone.
 * With `--policy FILE` whether a whole host is as a policy says. With `--vm ADDR` also whether a running VM still is as the file says: exit 1 if not.
 */
export async function check(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal } = call
  if (options.policy !== undefined) return (await import('./policy.ts')).checkPolicy(call)
  const [file] = args
  if (file === undefined) return failed([missingFile('check')])
  const address = namesVm(options) ? vmOption(options) : null
  if (address && !address.ok) return address
  const read = await readWorkspaceFile(file)
  if (!read.ok) return read
  const { workspace, folder } = read.value
  const issues = await checkWorkspaceFiles(workspace, folder)
  if (issues.length > 0) return failed(issues)
  if (address) return checkDrift(call, workspace, address.value)
  terminal.print(
    json ? JSON.stringify({ format: 'weir-check/1', file, ...counts(workspace) }, null, 2) : told(file, workspace),
  )
  return ok(0)
}

async function checkDrift(
  { args, json, terminal, signal }: CommandCall,
  workspace: Workspace,
  address: VmAddress,
): Promise<Result<ExitCode>> {
  const [file = ''] = args
  const where = formatVmAddress(address)
  warnOfOwner(address, terminal)
  return withVm(
    address,
    async ({ picture }) => {
      const refusal = refusalOf(picture.status)
      const drift = [...(refusal === null ? [] : [refusal]), ...findDrift(picture, workspace)]
      const { unknown } = picture
      const places = placeDifferences(picture)
      const isAsSaid = drift.length === 0 && places.length === 0
      if (json) {
        const report = { format: 'weir-check/1', file, ...counts(workspace), address: where, drift, places, unknown }
        terminal.print(JSON.stringify(report, null, 2))
      } else {
        for (const sentence of unknown) terminal.complain(terminal.paint.warn(`not known: ${sentence}`))
        for (const row of places) terminal.print(terminal.paint.bad(placeWords(row)))
        for (const sentence of drift) terminal.print(terminal.paint.bad(sentence))
        const putBack =
          refusal === null ? `; weir apply ${shellQuote(file)} --vm ${shellQuote(where)} puts it back` : ''
        terminal.print(isAsSaid ? `${where} matches ${file}` : `${where} no longer matches ${file}${putBack}`)
      }
      return ok(isAsSaid ? 0 : 1)
    },
    { signal },
  )
}

function counts({ groups, devices, script }: Workspace) {
  return { groups: Object.keys(groups).length, devices: devices.length, scriptSteps: script.length }
}

function told(file: string, workspace: Workspace): string {
  const { groups, devices, scriptSteps } = counts(workspace)
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
  return `${file}: fine (${[count(groups, 'group'), count(devices, 'device'), count(scriptSteps, 'script step')].join(', ')})`
}
