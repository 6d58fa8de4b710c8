import { afterAll, describe, expect, test } from 'vitest'
import { FrozenQemu, missingFrozenQemu } from '#main/qmp/testing/frozen-qemu.ts'
import { compareWithQemu } from '#main/qmp/testing/qemu-run.ts'
import { Replay } from '#main/replay/replay.ts'
import { parseScenario, type Scenario } from '#main/replay/scenario.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { callWeir, ownFolder } from './testing/call-weir.ts'

// What limits chosen from a recording promise, held against a real QEMU on a clock of ours: its counters are recorded while a
// load of bursts comes, and the load comes again under what was chosen. Every wait is QEMU's, to the nanosecond, however busy
// this machine is.

const own = ownFolder('weir-promise-')
afterAll(own.remove)

const MS = 1_000_000
const RUN_NS = 12_000 * MS
const STEP_NS = 100 * MS
const WAIT_NS = 100 * MS

/** Requests at each time in ns: a trickle, and a burst every second that takes up to 90 ms to come. */
function load(): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  const add = (ns: number, count: number) => counts.set(ns, (counts.get(ns) ?? 0) + count)
  for (let ms = 7; ms < 11_000; ms += 53) add(ms * MS, 1)
  for (let second = 0; second < 11; second += 1) {
    const begins = second * 1000 + ((second * 37) % 100)
    for (let part = 0; part < 10; part += 1) add((begins + part * (second % 4) * 3) * MS, 4 + ((second * 5) % 9))
  }
  return new Map([...counts].sort(([a], [b]) => a - b))
}

const REQUESTS = load()
const TOTAL = [...REQUESTS.values()].reduce((sum, count) => sum + count, 0)

/** The load's counters as `weir record` reads them ten times a second. */
async function record(): Promise<string> {
  const qemu = await FrozenQemu.start(['-drive', 'if=none,id=d0,driver=null-co,read-zeroes=on'])
  const rows: string[] = []
  try {
    let seen = 0
    for (let fromNs = 0; fromNs < RUN_NS; fromNs += STEP_NS) {
      for (const [ns, count] of REQUESTS) {
        if (ns < fromNs || ns >= fromNs + STEP_NS) continue
        await qemu.setTime(ns)
        for (let request = 0; request < count; request += 1) await qemu.io('d0', 'aio_read -q 0 4096')
      }
      await qemu.setTime(fromNs + STEP_NS)
      const [row] = (await qemu.value('query-blockstats')) as { stats: { rd_operations: number } }[]
      const done = row?.stats.rd_operations ?? 0
      rows.push([fromNs / 1e9, (fromNs + STEP_NS) / 1e9, 'd0', done - seen, (done - seen) * 4096, 0, 0, '', ''].join())
      seen = done
    }
    expect(seen).toBe(TOTAL)
  } finally {
    await qemu.kill()
  }
  const head = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding'
  return own.write('d0.trace.csv', `# weir-recording/1\n# {"name":"d0"}\n${head}\n${rows.join('\n')}\n`)
}

function scenarioUnder(limits: Limits): Scenario {
  const parsed = parseScenario({
    name: 'the load again',
    style: 'legacy',
    backend: 'null-co',
    devices: [{ id: 'd0', group: 'd0' }],
    groups: { d0: limits },
    events: [...REQUESTS].map(([at_ns, count]) => ({ at_ns, device: 'd0', op: 'read', bytes: 4096, count })),
    run_ns: RUN_NS + 3_600_000 * MS,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

/** Of all the load's requests, that which 99 of 100 do not exceed. */
function p99WaitNs(scenario: Scenario): number {
  const done = new Replay(scenario).run().completions.d0?.read ?? []
  const came = [...REQUESTS].flatMap(([ns, count]) => Array.from({ length: count }, () => ns))
  expect(done).toHaveLength(came.length)
  const waits = done.map((ns, index) => ns - came[index]!).sort((a, b) => a - b)
  return waits[Math.ceil(waits.length * 0.99) - 1]!
}

const absent = missingFrozenQemu()
describe.skipIf(absent !== null)(`a real QEMU on a clock of ours ${absent ?? ''}`, () => {
  test('of the load that was recorded 99 of 100 requests wait no longer than was promised', {
    timeout: 180_000,
  }, async () => {
    expect(TOTAL).toBeGreaterThan(1000)
    const file = await record()
    const said = await callWeir('choose', file, '--wait', '100ms', '--percentile', '99', '--json')
    const { choices } = JSON.parse(said.out) as { choices: readonly { kind: string; limits: Limits }[] }
    expect(choices.length, said.err).toBeGreaterThan(1)
    for (const { kind, limits } of choices) {
      const scenario = scenarioUnder(limits)
      // Where nothing waits there is no wait to compare.
      const differences = kind === 'no wait, no burst' ? [] : await compareWithQemu(scenario)
      expect([kind, differences]).toEqual([kind, []])
      expect(p99WaitNs(scenario), `${kind} ${JSON.stringify(limits)}`).toBeLessThanOrEqual(WAIT_NS)
    }
    // It is the limit that does it: at a third of the rate the promise does not hold.
    const third = Math.floor(Math.max(...choices.map(({ limits }) => limits['iops-total'] ?? 0)) / 3)
    expect(p99WaitNs(scenarioUnder({ 'iops-total': third }))).toBeGreaterThan(WAIT_NS)
  })
})
