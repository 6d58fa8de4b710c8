import { assert, assertNever } from '#shared/assert.ts'
import type { Workload } from '#shared/workspace/workspace.ts'
import type { LoadMix } from './load-mix.ts'
import { Random } from './random.ts'
import { SyntheticStream } from './synthetic-stream.ts'
import type { TakenRequest } from './taken-request.ts'
import type { Trace } from './trace.ts'
import { TraceStream } from './trace-stream.ts'

// A device's load as a stream of requests, pulled by whoever serves the device: an iothread of the lab on the real
// clock, the simulator on a virtual one. It owns no time and no slots:
//
//   while (outstanding < stream.iodepth && stream.dueNs(nowNs) <= nowNs) {
//     stream.take(nowNs, request)   // fills `request`, which its caller keeps for all its streams
//     outstanding += 1
//   }
//   sleep until min(stream.dueNs(nowNs), …) if outstanding < stream.iodepth
//
// Closed loops arrive when they are taken. Open loops (fixed, poisson, traces) arrive when they are due: one that is held
// back because `iodepth` requests are outstanding keeps its arrivalNs, so that its wait tells the truth (no coordinated
// omission). Taking allocates nothing. All times are ns on the source's clock, on which startS and stopS count too.

export interface RequestStream {
  readonly iodepth: number
  /** Requests per second it asks for by itself; null: as many as it gets. */
  readonly rateIops: number | null
  /** What its requests are made of, if it is a closed loop with neither ceiling nor pauses; null: any other load. */
  readonly mix: LoadMix | null

  /** When the next request is due; at or before `nowNs`: it may be taken now. Infinity: none is to come. */
  dueNs(nowNs: number): number
  /** Takes the request that is due, into `request`. Only when `dueNs(nowNs) <= nowNs`. */
  take(nowNs: number, request: TakenRequest): void
  /** Requests of an open loop that have arrived and were not taken yet (for poisson: expected); 0 for a closed loop. */
  backlog(nowNs: number): number
}

export interface StreamOptions {
  readonly workload: Workload
  readonly diskBytes: number
  /** A device keeps one for all its streams: a changed workload carries on, it does not repeat the first offsets. */
  readonly random: Random
  /** The load begins here if its own start lies before: 0, or the time of a change. */
  readonly fromNs: number
  /** For a workload of kind trace. */
  readonly trace: Trace | null
}

export function deviceRandom(seed: number, deviceId: string): Random {
  return new Random(seed, deviceId)
}

export function createStream(options: StreamOptions): RequestStream {
  const { workload } = options
  switch (workload.kind) {
    case 'idle':
      return IDLE_STREAM
    case 'synthetic':
      return new SyntheticStream(workload, options)
    case 'trace':
      assert(options.trace !== null, 'a trace workload comes with its trace')
      return new TraceStream(workload, options.trace, options)
    default:
      return assertNever(workload)
  }
}

const IDLE_STREAM: RequestStream = {
  iodepth: 1,
  rateIops: 0,
  mix: null,
  dueNs: () => Number.POSITIVE_INFINITY,
  take: () => assert(false, 'an idle load has no request to take'),
  backlog: () => 0,
}
