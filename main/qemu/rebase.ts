import { canonicalLimits, LIMIT_KEYS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import { captureWorkspace } from './capture.ts'
import type { Picture } from './picture.ts'

// Keeping apart what the user decided (wish against base) from what the VM did by itself (base against reality).

/** Where wish and reality agree nothing is left to decide or to put back: there `base` follows. */
export function rebase(base: Workspace, wish: Workspace, reality: Workspace): Workspace {
  const names = [...new Set([...Object.keys(base.groups), ...Object.keys(reality.groups)])]
  const groups = names.flatMap((name): [string, Limits][] => {
    const [was, wanted, is] = [base, wish, reality].map((each) => limitsOf(each, name))
    if (wanted === undefined && is === undefined) return []
    if (was === undefined) return wanted === undefined || is === undefined ? [] : [[name, agreed({}, wanted, is)]]
    return [[name, wanted === undefined || is === undefined ? was : agreed(was, wanted, is)]]
  })
  const devices = wish.devices.flatMap((device) => {
    const was = findDevice(base, device.id)
    const is = findDevice(reality, device.id)
    if (is !== undefined && is.group === device.group) return [device]
    return was === undefined ? [] : [{ ...device, group: was.group }]
  })
  const untouched = base.devices.filter(
    (device) => findDevice(wish, device.id) === undefined && findDevice(reality, device.id) !== undefined,
  )
  return { ...base, groups: Object.fromEntries(groups), devices: [...devices, ...untouched] }
}

function limitsOf(workspace: Workspace, name: string): Limits | undefined {
  return Object.hasOwn(workspace.groups, name) ? workspace.groups[name] : undefined
}

function agreed(was: Limits, wanted: Limits, is: Limits): Limits {
  const keys = LIMIT_KEYS.map((key) => {
    const value = limitOf(wanted, key) === limitOf(is, key) ? limitOf(is, key) : limitOf(was, key)
    return [key, value] as const
  })
  return canonicalLimits(Object.fromEntries(keys))
}

/**
 * What the board opens with: the VM's disks in the names, groups and limits of `open`, if `open` is about this VM, that
 * is if it has at least one of its disks by QEMU's names. Else the VM as it is.
 */
export function openingWorkspace(picture: Picture, open: Workspace, name: string): Workspace {
  const named = adoptNames(picture, open)
  const capture = captureWorkspace(named, name)
  const mine = new Map(open.devices.map((device) => [device.id, device]))
  const isAbout = named.disks.some((disk) => Object.keys(mine.get(disk.id)?.qemu ?? {}).length > 0)
  if (!isAbout) return captureWorkspace(picture, name)
  const known = capture.devices.map((device) => mine.get(device.id)).filter((device) => device !== undefined)
  const others = capture.devices.filter((device) => !mine.has(device.id))
  const absent = open.devices.filter((device) => findDevice(capture, device.id) === undefined)
  if (others.length === 0) return open
  return { ...open, groups: { ...capture.groups, ...open.groups }, devices: [...known, ...absent, ...others] }
}
