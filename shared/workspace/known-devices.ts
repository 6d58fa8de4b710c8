import type { z } from 'zod'
import { deviceSchema, workspaceSchema } from './schema.ts'
import type { Device, Workspace } from './workspace.ts'

// A slider that is dragged on a board of a thousand devices brings a workspace sixty times a second in which all but one
// device are the very objects of the time before. What the schema said of them it would say again, and takes ten times
// as long to say it as everything else that an edit asks for.

/** What came, and what the schema made of it. Who puts an object in here may never change it. */
export type KnownDevices = WeakMap<object, Device>

type Parsed =
  | {
      readonly success: true
      readonly data: Omit<z.infer<typeof workspaceSchema>, 'devices'> & Pick<Workspace, 'devices'>
    }
  | { readonly success: false; readonly error: z.ZodError }

/** `workspaceSchema.safeParse(value)`, without asking again for the devices that are known; adds those that are not. */
export function parseBesideKnown(value: unknown, known: KnownDevices): Parsed {
  const devices = knownOrParsed(value, known)
  if (devices !== null) {
    const rest = workspaceSchema.safeParse({ ...(value as object), devices: [] }) // it has a list of devices
    if (rest.success) return { ...rest, data: { ...rest.data, devices } }
  }
  // Something is wrong: all of it is asked for at once, for the places and the order of what is said.
  return workspaceSchema.safeParse(value)
}

/** The devices as the schema has them; null: one of them is wrong, or there is no list. */
function knownOrParsed(value: unknown, known: KnownDevices): readonly Device[] | null {
  const list: unknown = typeof value === 'object' && value !== null && 'devices' in value ? value.devices : null
  if (!Array.isArray(list)) return null
  const devices: Device[] = []
  for (const each of list as readonly unknown[]) {
    const device = knownOf(each, known)
    if (device === null) return null
    devices.push(device)
  }
  return devices
}

function knownOf(value: unknown, known: KnownDevices): Device | null {
  if (typeof value !== 'object' || value === null) return null
  const before = known.get(value)
  if (before !== undefined) return before
  const parsed = deviceSchema.safeParse(value)
  if (!parsed.success) return null
  known.set(value, parsed.data)
  return parsed.data
}
