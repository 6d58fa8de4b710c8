/** What is wrong with an input, said so that its author can mend it. Wrong input is returned, never thrown. */
export interface Issue {
  /** Where in the input: `groups.gold.iops-total`, `devices[2].disk.sizeBytes`, `line 7`; '' is the whole input. */
  readonly path: string
  /** Stable word for programs and tests: `unknown-key`, `limits-total-and-split`, … */
  readonly code: string
  /** A sentence for people: what is wrong, the value, and what would be right. */
  readonly message: string
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export function ok<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function failed(issues: readonly Issue[]): { readonly ok: false; readonly issues: readonly Issue[] } {
  return { ok: false, issues }
}

/** One line per issue: `groups.gold.iops-total: …`. */
export function formatIssue(issue: Issue): string {
  return issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`
}
