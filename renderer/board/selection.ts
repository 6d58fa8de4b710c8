import { laneDevices, laneNames } from '#shared/workspace/lanes.ts'
import { selectDevices, toggleDevice, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'

interface Modifiers {
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** As lists do everywhere: a click selects one, with Ctrl or Cmd one more or less, with Shift all up to here. */
export function pressCard(id: string, keys: Modifiers): void {
  const anchor = useUi.getState().selectedDevices.at(-1)
  if (keys.ctrlKey || keys.metaKey) toggleDevice(id)
  else if (keys.shiftKey && anchor !== undefined) selectDevices(idsBetween(anchor, id))
  else selectDevices([id])
}

/** In the order in which the cards stand on the board, `to` last, so that it is the one whose workload is shown. */
function idsBetween(from: string, to: string): readonly string[] {
  const ids = cardOrder()
  const start = ids.indexOf(from)
  const end = ids.indexOf(to)
  if (start < 0 || end < 0) return [to]
  const between = ids.slice(Math.min(start, end), Math.max(start, end) + 1)
  return [...between.filter((id) => id !== to), to]
}

/** Lane by lane, the free devices last. */
export function cardOrder(): readonly string[] {
  const workspace = currentWorkspace()
  return [...laneNames(workspace), null].flatMap((lane) => laneDevices(workspace, lane).map(({ id }) => id))
}
