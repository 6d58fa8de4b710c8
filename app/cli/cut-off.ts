import type { CutOff } from '#main/live/apply-journal.ts'
import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import type { Terminal } from './terminal.ts'

/** An earlier Apply to this VM ended in the middle: what finishes it, and what puts back what ran before. */
export function reportCutOff(found: CutOff | null, where: string, { complain, paint }: Terminal): void {
  if (found === null) return
  complain(paint.warn(`An earlier Apply to ${where} was interrupted: part of it may have taken effect.`))
  complain(`  to finish it:    weir apply ${shellQuote(found.desiredFile)} --vm ${shellQuote(where)}`)
  complain(`  to put it back:  weir apply ${shellQuote(found.beforeFile)} --vm ${shellQuote(where)}`)
}
