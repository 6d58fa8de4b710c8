// The plot's place inside its chart, fixed so that marks, cursor and heat map lie over each other.

export const PLOT = { left: 64, right: 46, top: 8, bottom: 20 } as const

/** Left edge of a moment, as a share of the plot's width. */
export function momentShare(seconds: number, fromS: number, toS: number): number {
  return (seconds - fromS) / Math.max(1e-9, toS - fromS)
}
