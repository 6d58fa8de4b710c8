/** Weir's mark, water over a sill and the sluices below: paths on 22 × 22, drawn 2 wide with round ends. */
export const MARK_PATHS = {
  water: 'M2 7c3-3 6 3 9 0s6 3 9 0',
  sill: 'M2 12h18',
  sluices: 'M6 13v6M11 13v6M16 13v6',
} as const
