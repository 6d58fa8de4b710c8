import { z } from 'zod'

// The difference of two workspaces as it crosses: see shared/workspace/difference.ts. What is new in it crosses as
// `unknown`, and the workspace that it comes to goes through `parseWorkspace` like a whole one.

const stretch = z.tuple([z.int().min(0), z.int().min(1)]).readonly()

const groupEntry = z.strictObject({ name: z.string(), limits: z.unknown() })
const deviceEntry = z.strictObject({ device: z.unknown() })

export const differenceSchema = z.strictObject({
  groups: z
    .array(z.union([stretch, groupEntry]))
    .readonly()
    .exactOptional(),
  devices: z
    .array(z.union([stretch, deviceEntry]))
    .readonly()
    .exactOptional(),
  others: z.array(z.strictObject({ key: z.string(), value: z.unknown().optional() })).readonly(),
})
