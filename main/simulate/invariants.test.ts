import fc from 'fast-check'
import { test } from 'vitest'
import { Replay } from '#main/replay/replay.ts'
import type { ReplayAnswer } from '#main/replay/replay-answer.ts'
import type { Scenario } from '#main/replay/scenario.ts'
import { largestCharge, parsed, scenarioArbitrary } from '#main/replay/testing/random-scenarios.ts'
import { armedOf, disabledCount, groupPending, memberCount, ringHead, tokenOf } from '#main/throttle/group-table.ts'
import { memberGroup, memberPending, nextMember } from '#main/throttle/member-table.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, type ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { BUCKETS, type Bucket, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { isIn } from '#shared/workspace/chain.ts'

// What holds after every event of any scenario. fast-check prints seed and path of what fails, shrunk.

const NS_PER_S = 1e9
/** More with WEIR_RUNS=… when hunting. */
const RUNS = Number(process.env.WEIR_RUNS ?? 200)
/** Shrinking a failure takes a while, and machines are shared. */
const PATIENCE = { timeout: 120_000 }

/** As `expect`, but a million times. */
function must(holds: boolean, fact: string): void {
  if (!holds) throw new Error(`does not hold: ${fact}`)
}

function membersOf(memory: ThrottleMemory, group: number): number[] {
  const head = ringHead(memory, group)
  const members: number[] = []
  for (let member = head; member !== -1; ) {
    members.push(member)
    member = nextMember(memory, member)
    if (member === head) break
  }
  return members
}

/**
 * A drained member keeps the token although another's timer runs, in QEMU too: its queue goes at once, and each request
 * takes the token along. So timer and token are held against each other only where nothing was drained.
 */
type Drains = 'drained' | 'never drained'

/**
 * Of a device that is in one group at two levels, from the start, by a reopen or by limits of its own, a request on its way from one to the other may arm the timer of a member whose
 * drain then lets all go, in QEMU too: that timer fires for nobody.
 */
function mayFireForNobody(scenario: Scenario, drains: Drains): boolean {
  if (drains !== 'drained') return false
  return scenario.devices.some(({ id, groups }) => {
    const filters = groups.map((group, level) => [group, ...reopenedTo(scenario, id, level)])
    const everAt = [ownGroups(scenario, id), ...filters].map((names) => new Set(names))
    return everAt.some((here, level) =>
      everAt.slice(0, level).some((above) => [...here].some((group) => above.has(group))),
    )
  })
}

function reopenedTo({ events }: Scenario, device: string, level: number): readonly string[] {
  return events.flatMap((event) =>
    event.kind === 'reopen' && event.device === device && event.level === level ? [event.group] : [],
  )
}

/** Groups of the limits that the device has at its block backend; without a name it is called as the device. */
function ownGroups({ events }: Scenario, device: string): readonly string[] {
  return events.flatMap((event) =>
    event.kind === 'set-io-throttle' && event.values.device === device ? [String(event.values.group ?? device)] : [],
  )
}

function checkDirection(
  replay: Replay,
  {
    group,
    direction,
    drains,
    isIdleTimer,
  }: {
    readonly group: number
    readonly direction: DirectionIndex
    readonly drains: Drains
    readonly isIdleTimer: boolean
  },
  members: readonly number[],
): void {
  const { memory } = replay.throttle
  const pending = members.reduce((sum, member) => sum + memberPending(memory, member, direction), 0)
  const armed = armedOf(memory, group, direction)
  const token = tokenOf(memory, group, direction)
  const timerIsSet = replay.queue.timeNs(group * 2 + direction) !== Number.POSITIVE_INFINITY
  must(groupPending(memory, group, direction) === pending, 'the pending of a group is that of its members')
  must(armed !== -1 || pending === 0, 'a timer runs while somebody waits')
  must(armed === -1 || pending > 0 || isIdleTimer, 'no timer runs while nobody waits')
  must(timerIsSet === (armed !== -1), 'the one timer is the armed one')
  must(members.length === 0 ? token === -1 : members.includes(token), 'a member holds the token')
  if (armed === -1) return
  must(memberPending(memory, armed, direction) > 0 || isIdleTimer, 'the armed member has a request waiting')
  if (drains === 'never drained') must(token === armed, 'the armed member holds the token')
}

function checkState(replay: Replay, scenario: Scenario, drains: Drains): void {
  const { memory } = replay.throttle
  const isIdleTimer = mayFireForNobody(scenario, drains)
  for (let group = 0; group < memory.size.groups; group += 1) {
    const members = membersOf(memory, group)
    must(members.length === memberCount(memory, group), 'the ring has as many members as the group')
    must(disabledCount(memory, group) === 0, 'drains end with the command')
    for (const direction of BOTH_DIRECTIONS) checkDirection(replay, { group, direction, drains, isIdleTimer }, members)
  }
  for (let device = 0; device < scenario.devices.length; device += 1) {
    for (const direction of BOTH_DIRECTIONS) checkQueue(replay, device, direction)
  }
}

function checkQueue(replay: Replay, device: number, direction: DirectionIndex): void {
  const { memory } = replay.throttle
  const places = replay.membersOf(device) // block backend and filters
  const waiting = places.map((member) => memberPending(memory, member, direction))
  must(
    waiting.reduce((sum, each) => sum + each, 0) === replay.outstanding(device, direction),
    'pending is the length of the queue',
  )
  must(
    places.every((member, index) => memberGroup(memory, member) !== -1 || waiting[index] === 0),
    'free devices do not wait',
  )
}

for (const style of ['legacy', 'filter', 'chain'] as const) {
  for (const drains of ['drained', 'never drained'] as const) {
    test(`rings, tokens, timers and queues are consistent after every event (${style}, ${drains})`, PATIENCE, () => {
      fc.assert(
        fc.property(scenarioArbitrary({ reconfigure: drains === 'drained', style }), (generated) => {
          const scenario = parsed(generated)
          const replay = new Replay(scenario)
          replay.run(() => checkState(replay, scenario, drains))
        }),
        { numRuns: RUNS },
      )
    })
  }
}

/** Completions that one bucket of one group counts, in order: [ns, units]. */
function chargesOf(
  scenario: Scenario,
  answer: ReplayAnswer,
  group: string,
  bucket: Bucket,
): readonly [number, number][] {
  const limits = scenario.groups[group] as Limits // one of its groups
  const members = scenario.devices.filter((device) => isIn(device, group)).map((device) => device.id)
  const letters = bucket.endsWith('-total') ? ['r', 'w'] : [bucket.endsWith('-read') ? 'r' : 'w']
  const sizes = sizesOf(scenario)
  const size = limitOf(limits, 'iops-size')
  return answer.order
    .filter(([, device, letter]) => members.includes(device) && letters.includes(letter))
    .map(([ns, device, letter, n]) => {
      const bytes = sizes.get(`${device} ${letter}`)?.[n] ?? Number.NaN
      if (bucket.startsWith('bps')) return [ns, bytes]
      return [ns, size > 0 && bytes > size ? bytes / size : 1]
    })
}

function sizesOf(scenario: Scenario): ReadonlyMap<string, readonly number[]> {
  const sizes = new Map<string, number[]>()
  for (const event of scenario.events) {
    if (event.kind !== 'io') continue
    const key = `${event.device} ${event.op === 'read' ? 'r' : 'w'}`
    sizes.set(key, [...(sizes.get(key) ?? []), ...Array.from({ length: event.count }, () => event.bytes)])
  }
  return sizes
}

/** Between any two completions no more goes than the bucket holds, what leaks meanwhile, and the requests that overlap. */
function checkRate(charges: readonly [number, number][], most: { avg: number; size: number; slack: number }): void {
  const early = (2 * most.avg) / NS_PER_S // waits are whole ns, rounded down
  let lowest = Number.POSITIVE_INFINITY // of `units before − avg · t` so far: the bucket was emptiest there
  let total = 0
  for (const [ns, units] of charges) {
    const drained = (most.avg * ns) / NS_PER_S
    lowest = Math.min(lowest, total - drained)
    total += units
    const overdrawn = total - drained - lowest
    must(
      overdrawn <= (most.size + most.slack + early) * (1 + 1e-12),
      `${overdrawn} units at ${ns} are within ${JSON.stringify(most)}`,
    )
  }
}

test('no more goes than avg · t + bucket, and with a longer burst than max · t + a tenth of max', PATIENCE, () => {
  fc.assert(
    fc.property(scenarioArbitrary({ reconfigure: false, style: 'filter' }), (generated) => {
      const scenario = parsed(generated)
      const answer = new Replay(scenario).run()
      for (const [group, limits] of Object.entries(scenario.groups)) {
        for (const bucket of BUCKETS) {
          const [avg, max, lengthS] = [
            limitOf(limits, bucket),
            limitOf(limits, maxKey(bucket)),
            limitOf(limits, lengthKey(bucket)),
          ]
          if (avg === 0) continue
          const charges = chargesOf(scenario, answer, group, bucket)
          // One request passes a bucket that is exactly full. One is charged before the time it waited for another
          // bucket has leaked, which may swallow it. A total is watched by two timers that do not know of each other, so
          // each may add one. While the main bucket is full the burst bucket is not looked at: the request that filled it
          // may come on top there.
          const charge = largestCharge(scenario, limits, bucket)
          const overlap = bucket.endsWith('-total') ? 4 : 2
          checkRate(charges, { avg, size: max > 0 ? max * lengthS : avg / 10, slack: overlap * charge })
          if (max > 0 && lengthS > 1) checkRate(charges, { avg: max, size: max / 10, slack: (overlap + 1) * charge })
        }
      }
    }),
    { numRuns: RUNS },
  )
})

test('nobody starves: whatever was submitted is done in the end', PATIENCE, () => {
  fc.assert(
    fc.property(scenarioArbitrary({ reconfigure: true, style: 'legacy' }), (generated) => {
      const scenario = parsed({ ...generated, run_ns: 1e15 })
      const replay = new Replay(scenario)
      const { pending } = replay.run()
      must(
        Object.values(pending).every(({ read, write }) => read + write === 0),
        'nothing waits in the end',
      )
    }),
    { numRuns: RUNS },
  )
})

test('while somebody waits, every other member gets no more than one turn of the timer before it', PATIENCE, () => {
  fc.assert(
    fc.property(scenarioArbitrary({ reconfigure: false, style: 'filter' }), (generated) => {
      const replay = new Replay(parsed(generated))
      const { memory } = replay.throttle
      /** Per group and direction and member that waits: which others had the timer since it was last served or began to wait. */
      const turns = new Map<string, number[]>()
      let before = new Map<string, number>()
      replay.run(() => {
        const now = new Map<string, number>()
        for (let group = 0; group < memory.size.groups; group += 1) {
          for (const direction of BOTH_DIRECTIONS) {
            const armed = armedOf(memory, group, direction)
            if (armed !== -1) now.set(`${group} ${direction}`, armed)
            for (const member of membersOf(memory, group)) {
              const key = `${group} ${direction} ${member}`
              const waits = memberPending(memory, member, direction) > 0
              const had = turns.get(key) ?? []
              const wasArmed = before.get(`${group} ${direction}`)
              if (!waits || armed === member) turns.set(key, [])
              else if (armed !== -1 && armed !== wasArmed) turns.set(key, [...had, armed])
              const others = turns.get(key) ?? []
              must(new Set(others).size === others.length, `nobody had two turns before ${key}: ${others}`)
            }
          }
        }
        before = now
      })
    }),
    { numRuns: RUNS },
  )
})
