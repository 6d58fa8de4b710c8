import { counted } from '#shared/counted.ts'
import { sameChain } from '#shared/workspace/chain.ts'
import * as edits from '#shared/workspace/edits.ts'
import { laneDevices, laneNames } from '#shared/workspace/lanes.ts'
import { findDevice, MAX_DEVICES, type Workspace } from '#shared/workspace/workspace.ts'
import { hasRoom } from './room.ts'
import { announce, notify, selectDevices, selectGroup, setUi, useUi } from './ui.ts'
import { currentWorkspace, edit } from './workspace.ts'

// What a button, a menu, a shortcut or a drop does to the workspace: one pure edit as one undo step, then the selection
// that follows from it and a sentence for screen readers.

/** `gold`, or `Not throttled` for the devices without a group. */
export function laneName(group: string | null): string {
  return group ?? 'Not throttled'
}

/** `3 devices`, `1 device`. */
export function countDevices(count: number): string {
  return counted(count, 'device')
}

/** `db`, `3 devices`. */
export function namesOf(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : countDevices(ids.length)
}

/** A new lane at the end, with these devices in it, its name ready to be typed over. */
export function addGroupWith(ids: readonly string[]): void {
  const workspace = currentWorkspace()
  if (!hasRoom(workspace, { groups: 1 })) return
  const name = edits.freeName(Object.keys(workspace.groups), 'group')
  const label = ids.length === 0 ? `New group ${name}` : `Move ${namesOf(ids)} to new group ${name}`
  edit(label, (current) => {
    const grown = edits.addGroup(current, name)
    return ids.length === 0 ? grown : edits.moveDevices(grown, ids, name)
  })
  selectGroup(name)
  setUi({ renaming: { kind: 'group', name } })
  announce(`${label}.`)
}

/** Returns what is wrong with the name, or null when it was taken. */
export function renameGroup(from: string, to: string): string | null {
  const name = to.trim()
  if (name === from) return null
  if (name === '') return 'A group needs a name.'
  if (Object.hasOwn(currentWorkspace().groups, name)) return `A group named ${name} already exists.`
  edit(`Rename ${from} to ${name}`, (current) => edits.renameGroup(current, from, name))
  const { selectedGroup, collapsedLanes } = useUi.getState()
  if (selectedGroup === from) setUi({ selectedGroup: name })
  setUi({ collapsedLanes: collapsedLanes.map((lane) => (lane === from ? name : lane)) })
  announce(`Group ${from} is now ${name}.`)
  return null
}

export function duplicateGroup(name: string): void {
  if (!hasRoom(currentWorkspace(), { groups: 1 })) return
  const copy = edits.freeName(Object.keys(currentWorkspace().groups), name)
  edit(`Duplicate ${name}`, (current) => edits.duplicateGroup(current, name))
  selectGroup(copy)
  announce(`${copy} has the limits of ${name}.`)
}

export function deleteGroup(name: string): void {
  const workspace = currentWorkspace()
  const held = laneDevices(workspace, name)
  const names = laneNames(workspace)
  const index = names.indexOf(name)
  edit(`Delete ${name}`, (current) => edits.removeGroup(current, name))
  selectGroup(names[index + 1] ?? names[index - 1] ?? null)
  const count = held.filter(({ groups }) => groups.every((group) => group === name)).length
  announce(count === 0 ? `${name} deleted.` : `${name} deleted; ${countDevices(count)} no longer throttled.`)
}

/** Moves the lane by `step` places; the ends stay the ends. */
export function moveGroupBy(name: string, step: -1 | 1): void {
  const names = laneNames(currentWorkspace())
  const index = names.indexOf(name) + step
  if (index < 0 || index >= names.length) {
    announce(`${name} is ${step < 0 ? 'the first' : 'the last'} group.`)
    return
  }
  edit(`Move group ${name}`, (current) => edits.moveGroup(current, name, index))
  announce(`${name} is group ${index + 1} of ${names.length}.`)
}

/** In front of `before`, or behind the last card of the lane for null. */
export function moveDevicesTo(ids: readonly string[], group: string | null, before: string | null): void {
  const workspace = currentWorkspace()
  const next = edits.moveDevices(workspace, ids, group, before)
  const isSame = next.devices.every((device, index) => {
    const was = workspace.devices[index]
    return device.id === was?.id && sameChain(device.groups, was.groups)
  })
  if (isSame) return
  edit(`Move ${namesOf(ids)} to ${laneName(group)}`, () => next)
  // The limits shown are those of the lane where the selected card now is.
  selectDevices(useUi.getState().selectedDevices)
  announce(`${namesOf(ids)} moved to ${laneName(group)}.`)
}

/** On a live VM disks come and go by the VM's own hand; Weir sets limits and groups. Returns whether it said so. */
function refuseOnVm(
  message = 'Weir never plugs or unplugs disks of a VM.',
  advice = 'It changes their limits and groups; plug and unplug them in QEMU.',
): boolean {
  if (useUi.getState().mode !== 'qemu') return false
  notify('info', message, advice)
  return true
}

export function addDeviceTo(group: string | null): void {
  if (refuseOnVm()) return
  const workspace = currentWorkspace()
  if (workspace.devices.length >= MAX_DEVICES) {
    notify('warn', `There can be ${MAX_DEVICES} devices at most.`)
    return
  }
  const next = edits.addDevice(workspace, group)
  const id = next.devices.at(-1)?.id ?? ''
  edit(`New device ${id}`, () => next)
  selectDevices([id])
  announce(`New device ${id} in ${laneName(group)}.`)
}

export function renameDevice(from: string, to: string): string | null {
  const id = to.trim()
  if (id === from || refuseOnVm('A VM’s disks have the names that QEMU gives them.', '')) return null
  if (id === '') return 'A device needs a name.'
  if (findDevice(currentWorkspace(), id)) return `A device named ${id} already exists.`
  edit(`Rename ${from} to ${id}`, (current) => edits.renameDevice(current, from, id))
  const { selectedDevices } = useUi.getState()
  setUi({ selectedDevices: selectedDevices.map((each) => (each === from ? id : each)) })
  announce(`Device ${from} is now ${id}.`)
  return null
}

export function duplicateDevices(ids: readonly string[]): void {
  if (refuseOnVm()) return
  const workspace = currentWorkspace()
  if (workspace.devices.length + ids.length > MAX_DEVICES) {
    notify('warn', `There can be ${MAX_DEVICES} devices at most.`)
    return
  }
  const next = ids.reduce(edits.duplicateDevice, workspace)
  // Groups of a card's own are copied with it.
  if (!hasRoom(next, {})) return
  const known = new Set(workspace.devices.map((device) => device.id))
  const copies = next.devices.map((device) => device.id).filter((id) => !known.has(id))
  edit(`Duplicate ${namesOf(ids)}`, () => next)
  selectDevices(copies)
  announce(`${namesOf(copies)} added.`)
}

/** On a live VM only cards of disks that it no longer has: their names are all that is left of them. */
export function canRemove(ids: readonly string[]): boolean {
  const { mode, qemu } = useUi.getState()
  const reality = qemu?.reality ?? null
  return mode !== 'qemu' || (reality !== null && ids.every((id) => !findDevice(reality, id)))
}

export function removeDevices(ids: readonly string[]): void {
  if (ids.length === 0 || (!canRemove(ids) && refuseOnVm())) return
  edit(`Remove ${namesOf(ids)}`, (current) => edits.removeDevices(current, ids))
  selectDevices([])
  announce(`${namesOf(ids)} removed.`)
}

/** The cards that exist and are selected: undo may have taken some away. */
export function selectedDeviceIds(workspace: Workspace, selected: readonly string[]): readonly string[] {
  return selected.filter((id) => workspace.devices.some((device) => device.id === id))
}
