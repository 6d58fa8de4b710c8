import fc from 'fast-check'
import type { Trace } from '#main/load/trace.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'

/** Bursts of requests with pauses between them; reads only, writes only, or both. Times in whole ns. */
export function traceArbitrary(ops: 'one direction' | 'both directions', maxRequests = 400): fc.Arbitrary<Trace> {
  const request = fc.record({
    gapNs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 1_000_000, max: 400_000_000 }),
    ),
    bytes: fc.constantFrom(512, 4096, 65_536, 1_048_576),
    isWrite: ops === 'both directions' ? fc.boolean() : fc.constant(false),
  })
  return fc.array(request, { minLength: 1, maxLength: maxRequests }).map((rows): Trace => {
    let nowNs = 0
    const times = rows.map(({ gapNs }, index) => {
      nowNs += index === 0 ? 0 : gapNs
      return nowNs
    })
    return {
      count: rows.length,
      timesNs: Float64Array.from(times),
      offsets: Float64Array.from(rows, (_, index) => index * 2 ** 20),
      sizes: Uint32Array.from(rows, ({ bytes, isWrite }) => bytes + (isWrite ? TRACE_WRITE_BIT : 0)),
    }
  })
}
