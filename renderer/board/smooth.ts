// Ten figures a second that jump by a few per cent cannot be read. What people see follows the measured value within
// half a second; `data-value` beside it is the measured one.

const FOLLOW_NS = 300e6
/** After a longer gap (a pause, a jump through a prediction) the value is shown as it is. */
const GAP_NS = 2e9

export class Smooth {
  private value = Number.NaN
  private atNs = Number.NaN

  next(measured: number, nowNs: number): number {
    const spanNs = nowNs - this.atNs
    const isFollowing = spanNs >= 0 && spanNs < GAP_NS && measured !== 0 && this.value !== 0
    this.value = isFollowing ? this.value + (measured - this.value) * (1 - Math.exp(-spanNs / FOLLOW_NS)) : measured
    this.atNs = nowNs
    return this.value
  }
}
