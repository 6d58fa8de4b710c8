import type { Colors } from '../styles/colors.ts'
import type { Tone } from './timeline-series.ts'

/** A CSS colour, which follows the theme by itself. */
export function toneColor(tone: Tone): string {
  const [of, hue] = tone.split('-')
  return hue === undefined ? `var(--color-${tone})` : `var(--${of}-hue-${hue})`
}

/** The same for a canvas, as of now. */
export function canvasColor(tone: Tone, colors: Colors): string {
  return colors[tone as keyof Colors] // every tone is among them
}
