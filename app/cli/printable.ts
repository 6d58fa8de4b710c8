import { harmless } from '#shared/printable.ts'

/** A name inside a line, as a terminal may have it. */
export function printableName(name: string): string {
  return harmless(name).replace(/[\t\n]/g, (character) => (character === '\t' ? '\\t' : '\\n'))
}
