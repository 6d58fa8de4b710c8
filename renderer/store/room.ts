import { MAX_GROUPS, MAX_LEVELS_TOGETHER, type Workspace } from '#shared/workspace/workspace.ts'
import { notify } from './ui.ts'

/** Whether the board can have so many groups, and so many levels of chains, more. Says so where it cannot. */
export function hasRoom(workspace: Workspace, more: { readonly groups?: number; readonly levels?: number }): boolean {
  const levels = workspace.devices.reduce((sum, { groups }) => sum + groups.length, 0)
  if (Object.keys(workspace.groups).length + (more.groups ?? 0) > MAX_GROUPS) {
    notify('warn', `There can be ${MAX_GROUPS} groups at most.`)
    return false
  }
  if (levels + (more.levels ?? 0) > MAX_LEVELS_TOGETHER) {
    notify('warn', `All chains together can have ${MAX_LEVELS_TOGETHER} levels at most.`)
    return false
  }
  return true
}
