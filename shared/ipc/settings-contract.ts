import { z } from 'zod'
import { ALARM_SETTINGS, type AlarmSettings, USUAL_ALARM_SETTINGS } from './live-ops.ts'

export interface Settings {
  readonly theme: 'system' | 'dark' | 'light'
  readonly units: 'binary' | 'decimal'
  /** How often snapshots are drawn. */
  readonly samplePeriodMs: number
  readonly zoomPercent: number
  readonly reducedMotion: boolean
  readonly alarms: AlarmSettings
}

export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'dark', 'light']),
  units: z.enum(['binary', 'decimal']),
  samplePeriodMs: z.int().min(50).max(5000),
  zoomPercent: z.int().min(80).max(150),
  reducedMotion: z.boolean(),
  // Settings of an earlier Weir have none.
  alarms: ALARM_SETTINGS.default(USUAL_ALARM_SETTINGS),
})

/** What is set where nobody has set anything: by the main process before there is a file, by the window until it has heard. */
export const USUAL_SETTINGS: Settings = {
  theme: 'system',
  units: 'binary',
  samplePeriodMs: 100,
  zoomPercent: 100,
  reducedMotion: false,
  alarms: USUAL_ALARM_SETTINGS,
}
