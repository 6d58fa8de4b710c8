// The colours that canvases draw with, resolved from tokens.css. Only registered tokens (`@property`) resolve to a colour.

const NAMES = ['read', 'write', 'burst', 'limit', 'demand', 'p50', 'p99', 'ok', 'line', 'muted', 'raised'] as const
const HUES = [0, 1, 2, 3, 4, 5, 6, 7] as const
type ColorName = (typeof NAMES)[number] | `${'group' | 'level'}-${(typeof HUES)[number]}`
export type Colors = Readonly<Record<ColorName, string>>

let resolved: Colors | null = null
const listeners = new Set<() => void>()

const forget = () => {
  resolved = null
  for (const listener of listeners) listener()
}
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget)
new MutationObserver(forget).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })

export function currentColors(): Colors {
  if (!resolved) {
    const style = getComputedStyle(document.documentElement)
    const read = (token: string) => style.getPropertyValue(token).trim()
    resolved = Object.fromEntries([
      ...NAMES.map((name) => [name, read(`--color-${name}`)]),
      ...HUES.map((hue) => [`group-${hue}`, read(`--group-hue-${hue}`)]),
      ...HUES.map((hue) => [`level-${hue}`, read(`--level-hue-${hue}`)]),
    ]) as unknown as Colors // every name is listed
  }
  return resolved
}

/** Tells when the theme changed. Returns the function that stops it. */
export function onColorsChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
