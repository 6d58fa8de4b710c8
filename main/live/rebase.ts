import { canonicalLimits, LIMIT_KEYS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { sameChain } from '#shared/workspace/chain.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'

// Keeping apart what the user decided (desired against base) from what the VM did by itself (base against reality).

/** Where desired and reality agree nothing is left to decide or to put back: there `base` follows. */
export function rebase(base: Workspace, desired: Workspace, reality: Workspace): Workspace {
  const names = [...new Set([...Object.keys(base.groups), ...Object.keys(reality.groups)])]
  const groups = names.flatMap((name): [string, Limits][] => {
    const [was, target, is] = [base, desired, reality].map((each) => limitsOf(each, name))
    if (target === undefined && is === undefined) return []
    if (was === undefined) return target === undefined || is === undefined ? [] : [[name, agreed({}, target, is)]]
    return [[name, target === undefined || is === undefined ? was : agreed(was, target, is)]]
  })
  const devices = desired.devices.flatMap((device) => {
    const was = findDevice(base, device.id)
    const is = findDevice(reality, device.id)
    if (is !== undefined && sameChain(is.groups, device.groups)) return [device]
    return was === undefined ? [] : [{ ...device, groups: was.groups }]
  })
  const untouched = base.devices.filter(
    (device) => findDevice(desired, device.id) === undefined && findDevice(reality, device.id) !== undefined,
  )
  return { ...base, groups: Object.fromEntries(groups), devices: [...devices, ...untouched] }
}

function limitsOf(workspace: Workspace, name: string): Limits | undefined {
  return Object.hasOwn(workspace.groups, name) ? workspace.groups[name] : undefined
}

function agreed(was: Limits, target: Limits, is: Limits): Limits {
  const keys = LIMIT_KEYS.map((key) => {
    const value = limitOf(target, key) === limitOf(is, key) ? limitOf(is, key) : limitOf(was, key)
    return [key, value] as const
  })
  return canonicalLimits(Object.fromEntries(keys))
}
