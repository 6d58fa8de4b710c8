// One rule for every name and free text that comes from outside: no control characters, no line and paragraph
// separators, nothing that turns the direction of the text around it (so that what is read is not what is there), and no
// invisible tags. Held at the door of a workspace; what only passes through is made harmless where it is shown.

const UNPRINTABLE = '\\p{Cc}\\p{Cs}\\u2028-\\u202e\\u2066-\\u2069\\u{e0000}-\\u{e007f}'

/** Matches a whole text that obeys the rule; also the pattern in the published schema. */
export const PRINTABLE = new RegExp(`^[^${UNPRINTABLE}]*$`, 'u')

export const PRINTABLE_RULE = 'text without control characters or characters that change its direction'

/** The text with a space for each run of what the rule forbids. */
export function madePrintable(text: string): string {
  return text.replace(new RegExp(`[${UNPRINTABLE}]+`, 'gu'), ' ')
}

/**
 * The text as a terminal may have it: whatever a terminal would act on stands there as `\x1b`. Line ends and tabs stay.
 * What JSON does not escape itself is escaped as in JSON, so that JSON stays JSON.
 */
export function harmless(text: string): string {
  return text.replace(new RegExp(`[${UNPRINTABLE}]`, 'gu'), (character) => {
    if (character === '\n' || character === '\t') return character
    if (character < ' ') return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    return Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
    }).join('')
  })
}
