import { z } from 'zod'

/** Newest first. */
export const recentSchema = z.array(z.string().max(4096)).max(32)
export const MAX_RECENT = 12

/** `file` at the top, once. */
export function rememberFile(recent: readonly string[], file: string): string[] {
  return [file, ...recent.filter((each) => each !== file)].slice(0, MAX_RECENT)
}

export const windowPlaceSchema = z.object({
  x: z.int().nullable(),
  y: z.int().nullable(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
  isMaximized: z.boolean(),
})
export type WindowPlace = z.infer<typeof windowPlaceSchema>

export const DEFAULT_PLACE: WindowPlace = { x: null, y: null, width: 1440, height: 900, isMaximized: false }
