interface Listing {
  readonly last?: 'and' | 'or'
  /** A longer list ends in how many more there are. */
  readonly most?: number
}

/** `db, web and mail`; `db, web and 12 more`. */
export function listed(
  names: readonly string[],
  { last = 'and', most = Number.POSITIVE_INFINITY }: Listing = {},
): string {
  if (names.length <= 1) return names.join('')
  if (names.length > most) {
    const shown = names.slice(0, most - 1)
    return `${shown.join(', ')} ${last} ${names.length - shown.length} more`
  }
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`
}
