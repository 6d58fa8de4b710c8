/** The times to which a prediction goes, one after the other, so that its threads stay together and can be stopped. */
export interface RunSteps {
  readonly timesNs: Float64Array
  /** A snapshot is due after every so many steps. */
  readonly perSample: number
}

/** So many make a run: a thread that is asked to stop is at the end of its step soon. */
const LEAST_STEPS = 2000

/** `samplesNs`: when snapshots are due, in order, the last at the end. */
export function runSteps(samplesNs: readonly number[]): RunSteps {
  const perSample = Math.max(1, Math.ceil(LEAST_STEPS / samplesNs.length))
  const timesNs = new Float64Array(samplesNs.length * perSample)
  let beginNs = 0
  for (const [sample, endNs] of samplesNs.entries()) {
    for (let step = 1; step <= perSample; step += 1) {
      timesNs[sample * perSample + step - 1] = Math.round(beginNs + ((endNs - beginNs) * step) / perSample)
    }
    beginNs = endNs
  }
  return { timesNs, perSample }
}
