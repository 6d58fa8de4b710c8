import type { Device, Workspace } from './workspace.ts'

/**
 * Whether both make the same file: `formatWorkspace` writes the same text of them. What an edit left alone is the same
 * object, so that this is quick where writing a thousand devices as text, twice, holds up the window.
 */
export function isSameInFile(a: Workspace, b: Workspace): boolean {
  return (
    isSame({ ...a, devices: [] }, { ...b, devices: [] }) &&
    a.devices.length === b.devices.length &&
    a.devices.every((device, index) => isSameDevice(device, b.devices[index]))
  )
}

/** The file has its own order of a device's keys, whoever made the device. */
function isSameDevice(a: Device, b: Device | undefined): boolean {
  return a === b || (b !== undefined && isSame(inOrder(a), inOrder(b)))
}

function inOrder({ id, groups, iothread, qemu, ...device }: Device) {
  return { id, groups, ...device, iothread, qemu }
}

/** As JSON writes them: keys in their order, those without a value left out. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [before, after] = [entriesOf(a), entriesOf(b)]
  return (
    before.length === after.length &&
    before.every(([key, value], index) => key === after[index]?.[0] && isSame(value, after[index][1]))
  )
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, each]) => each !== undefined)
}
