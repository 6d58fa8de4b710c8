import type { Tone } from './series-plan.ts'

/** A CSS colour; custom properties work in SVG attributes and follow the theme by themselves. */
export function toneColor(tone: Tone): string {
  return tone.startsWith('group-') ? `var(--group-hue-${tone.slice('group-'.length)})` : `var(--color-${tone})`
}
