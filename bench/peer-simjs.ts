import { createRequire } from 'node:module'

// The nearest that the general simulator simjs offers: a group is a facility that serves one request per ms, first come
// first served; each member keeps 16 requests at it. No buckets, no tokens, no statistics, no offsets: less work than ours.

const SERVICE_MS = 1
const IODEPTH = 16
/** Never reached: simjs drops the event at which it stops for the time, but not the one at which it stops for their number. */
const END_MS = 1e12
const EVENTS_PER_LOOK = 10_000

interface Entity {
  useFacility(facility: object, duration: number): { done(callback: () => void, context: object): void }
}

interface Simjs {
  readonly Sim: new () => {
    addEntity(kind: new () => Entity, name: string, ...args: readonly unknown[]): void
    simulate(endTime: number, maxEvents: number): boolean
  }
  readonly Facility: new (name: string) => object
  readonly Entity: new () => Entity
}

let loaded: Simjs | null = null

/** It exports nothing: it puts itself on a browser's window, once. */
function loadSimjs(): Simjs {
  const page = globalThis as { window?: { Sim?: Simjs } } // for as long as it takes to load
  const before = page.window
  page.window = {}
  createRequire(import.meta.url)('simjs')
  const found = page.window.Sim
  if (before === undefined) delete page.window
  else page.window = before
  if (found === undefined) throw new Error('simjs did not show up')
  return found
}

/** Requests that simjs simulates per second of wall time. */
export function simjsRate(groups: number, members: number, wallMs: number): number {
  loaded ??= loadSimjs()
  const { Sim, Facility, Entity } = loaded
  let done = 0
  class Member extends Entity {
    facility: object = {}

    start(facility: object): void {
      this.facility = facility
      for (let request = 0; request < IODEPTH; request += 1) this.next()
    }

    next(): void {
      // biome-ignore lint/correctness/useHookAtTopLevel: simjs' name for it, not React's
      this.useFacility(this.facility, SERVICE_MS).done(this.onDone, this)
    }

    onDone(): void {
      done += 1
      this.next()
    }
  }
  const sim = new Sim()
  for (let group = 0; group < groups; group += 1) {
    const facility = new Facility(`g${group}`)
    for (let member = 0; member < members; member += 1) sim.addEntity(Member, `g${group}-d${member}`, facility)
  }
  const began = performance.now()
  while (performance.now() - began < wallMs) sim.simulate(END_MS, EVENTS_PER_LOOK)
  return (done * 1000) / (performance.now() - began)
}
