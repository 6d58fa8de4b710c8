import { checkWorkspaceFiles } from '#main/workspace/check-files.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { CommandCall, ExitCode } from './command.ts'

/** `weir check FILE`: the checks that every command and the window make before they use a workspace, alone. */
export async function check({ args, json, terminal }: CommandCall): Promise<Result<ExitCode>> {
  const [file = ''] = args
  const read = await readWorkspaceFile(file)
  if (!read.ok) return read
  const { workspace, folder } = read.value
  const issues = await checkWorkspaceFiles(workspace, folder)
  if (issues.length > 0) return failed(issues)
  terminal.print(
    json ? JSON.stringify({ format: 'weir-check/1', file, ...counts(workspace) }, null, 2) : told(file, workspace),
  )
  return ok(0)
}

function counts({ groups, devices, script }: Workspace) {
  return { groups: Object.keys(groups).length, devices: devices.length, scriptSteps: script.length }
}

function told(file: string, workspace: Workspace): string {
  const { groups, devices, scriptSteps } = counts(workspace)
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
  return `${file}: fine (${[count(groups, 'group'), count(devices, 'device'), count(scriptSteps, 'script step')].join(', ')})`
}
