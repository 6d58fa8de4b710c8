import { type Draft, notUnderstood } from './draft.ts'

interface WrittenNumber {
  readonly text: string
  readonly path: string
  /** What the text calls it. */
  readonly name: string
}

/** A whole number as a text has it; null and a loss where it is none. What QEMU bounds is bounded later, with its reason. */
export function wholeNumber(draft: Draft, { text, path, name }: WrittenNumber): number | null {
  if (/^\d{1,30}$/.test(text)) return Number(text)
  notUnderstood(draft, path, `${name} is ${JSON.stringify(text.slice(0, 40))}, ${whyNoNumber(text)}`)
  return null
}

export function whyNoNumber(text: string): string {
  return /[$`]/.test(text) ? 'a shell variable, whose value is not in this text' : 'not a whole number'
}
