import type { Settings } from './contract.ts'
import { USUAL_ALARM_SETTINGS } from './live-ops.ts'

/** What is set where nobody has set anything: by the main process before there is a file, by the window until it has heard. */
export const USUAL_SETTINGS: Settings = {
  theme: 'system',
  units: 'binary',
  samplePeriodMs: 100,
  zoomPercent: 100,
  reducedMotion: false,
  alarms: USUAL_ALARM_SETTINGS,
}
