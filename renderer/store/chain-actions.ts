import { isThrottled, MAX_LEVELS } from '#shared/workspace/chain.ts'
import * as edits from '#shared/workspace/chain-edits.ts'
import { ownGroups } from '#shared/workspace/lanes.ts'
import { type Device, findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { namesOf } from './actions.ts'
import { hasRoom } from './room.ts'
import { announce, notify, reveal, selectCardLevel, selectDevices, setUi, useUi } from './ui.ts'
import { currentWorkspace, edit } from './workspace.ts'

// What a button, a menu or a shortcut does to the levels of a card's chain.

/** The cards get a level that holds each of them alone; its limits are shown, ready to be set. */
export function giveOwnLimits(ids: readonly string[]): void {
  if (isNothing(ids)) return
  const workspace = currentWorkspace()
  const devices = devicesOf(workspace, ids)
  const without = devices.filter((device) => ownGroups(workspace, device).length === 0)
  if (without.length === 0) {
    showOwn(devices)
    announce(`${namesOf(ids)} ${ids.length === 1 ? 'has limits of its own' : 'have limits of their own'} already.`)
    return
  }
  const able = without.filter(edits.canGiveLevel)
  if (able.length === 0) {
    notify('info', reasonAgainst(without), 'Drop it on a throttle group first.')
    return
  }
  if (!hasRoom(workspace, { groups: able.length, levels: able.length })) return
  const given = able.map(({ id }) => id)
  edit(`Give ${namesOf(given)} own limits`, (current) => edits.giveOwnLimits(current, given, endOfMode()))
  showOwn(devicesOf(currentWorkspace(), given))
  announce(
    `${namesOf(given)} ${given.length === 1 ? 'has limits of its own' : 'have limits of their own'}, none set yet.`,
  )
}

/** The cards stay in their lanes and are held there only. */
export function takeOwnLimits(ids: readonly string[]): void {
  if (isNothing(ids)) return
  const workspace = currentWorkspace()
  const taken = devicesOf(workspace, ids).flatMap((device) =>
    ownGroups(workspace, device).length > 0 ? [device.id] : [],
  )
  if (taken.length === 0) {
    announce(`${namesOf(ids)} ${ids.length === 1 ? 'has no limits of its own' : 'have no limits of their own'}.`)
    return
  }
  edit(`Remove own limits of ${namesOf(taken)}`, (current) => edits.takeOwnLimits(current, taken))
  selectDevices(useUi.getState().selectedDevices)
  announce(`Own limits of ${namesOf(taken)} removed.`)
}

/** One more level that holds this card alone. */
export function addLevel(id: string): void {
  const workspace = currentWorkspace()
  if (!hasRoom(workspace, { groups: 1, levels: 1 })) return
  edit(`Add a level to ${id}`, (current) => edits.addLevel(current, id, endOfMode()))
  const device = findDevice(currentWorkspace(), id)
  const group = device?.groups.at(endOfMode() === 'disk' ? -1 : 0)
  if (group !== undefined) selectCardLevel(id, group)
  announce(`${id} has ${device?.groups.length ?? 0} levels.`)
}

export function removeLevel(id: string, level: number): void {
  const group = findDevice(currentWorkspace(), id)?.groups[level]
  if (group === undefined) return
  edit(`Remove level ${group} of ${id}`, (current) => edits.removeLevel(current, id, level))
  selectDevices(useUi.getState().selectedDevices)
  announce(`${id} is not held by ${group} any more.`)
}

/** A running QEMU puts limits of a disk's own above its filters, and no filter beneath them. */
export function endOfMode(): edits.ChainEnd {
  return useUi.getState().mode === 'qemu' ? 'guest' : 'disk'
}

/** Returns whether it said so. */
function isNothing(ids: readonly string[]): boolean {
  if (ids.length === 0) announce('No card is selected.')
  return ids.length === 0
}

function reasonAgainst(devices: readonly Device[]): string {
  return devices.some(isThrottled)
    ? `A chain has ${MAX_LEVELS} levels at most.`
    : `${namesOf(devices.map(({ id }) => id))} ${devices.length === 1 ? 'is' : 'are'} not throttled, so a group is all the limits that are needed.`
}

function showOwn(devices: readonly Device[]): void {
  const device = devices.at(-1)
  const group = device && ownGroups(currentWorkspace(), device).at(-1)
  if (device === undefined || group === undefined) return
  if (devices.length === 1) selectCardLevel(device.id, group)
  else selectDevices(devices.map(({ id }) => id))
  setUi({ panelOpen: true })
  reveal('device', device.id)
}

function devicesOf(workspace: Workspace, ids: readonly string[]): readonly Device[] {
  return workspace.devices.filter(({ id }) => ids.includes(id))
}
