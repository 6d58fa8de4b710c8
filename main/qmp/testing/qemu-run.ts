import { EngineError } from '#main/engine-error.ts'
import type { QemuOutcome } from '#main/replay/qemu-outcome.ts'
import { type ReopenDrains, Replay } from '#main/replay/replay.ts'
import type { ReplayAnswer } from '#main/replay/replay-answer.ts'
import type { Scenario, ScenarioAction } from '#main/replay/scenario.ts'
import { blockSetIoThrottleArguments } from '#shared/qemu/qmp-commands.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { FrozenQemu } from './frozen-qemu.ts'

// Plays a scenario to a real QEMU and holds it against our answer: what was done before and at every time at which we
// say that something is done, the order of it all, the answers to commands, and the final views.
//
// A request's place on the disk tells which it is: (device · PLACES + n) · 512, n-th of that device and direction.

const PLACES = 4096
const BLOCK = 512
const SETTLED = 8

type Counts = Readonly<Record<string, readonly [number, number]>>

function driveArgs(scenario: Scenario): readonly string[] {
  const plain = (id: string) => `if=none,id=${id},driver=null-co,read-zeroes=on`
  if (scenario.style === 'legacy') return scenario.devices.flatMap(({ id }) => ['-drive', plain(id)])
  const objects = Object.entries(scenario.groups).flatMap(([id, limits]) => [
    '-object',
    JSON.stringify({ 'qom-type': 'throttle-group', id, limits }),
  ])
  const drives = scenario.devices.flatMap(({ id, groups }) => {
    const filters = groups.map((group, level) => {
      const below = 'file.'.repeat(level)
      return `${below}driver=throttle,${below}node-name=${nodeOf(id, level, groups)},${below}throttle-group=${group}`
    })
    const disk = 'file.'.repeat(groups.length)
    const node = nodeOf(id, groups.length, groups)
    return [
      '-drive',
      `if=none,id=${id},${filters.join(',')},${disk}driver=null-co,${disk}node-name=${node},${disk}read-zeroes=on`,
    ]
  })
  return [...objects, ...drives]
}

/** The node at `level` of a device's chain; the one after its last filter is the disk. */
function nodeOf(device: string, level: number, { length }: readonly string[]): string {
  return level < length ? `filter-${device}-${level}` : `disk-${device}`
}

/** QEMU has given itself up, with its own words: there is no answer to compare with. */
export class QemuAborted extends Error {}

/** Where QEMU's answer differs from ours; none: they are equal. Throws QemuAborted. */
export async function compareWithQemu(scenario: Scenario): Promise<readonly string[]> {
  const qemu = await FrozenQemu.start(driveArgs(scenario))
  try {
    return await new QemuRun(scenario, qemu.majorVersion >= 10 ? 'every-node' : 'its-node', qemu).run()
  } catch (error) {
    const isLost = error instanceof EngineError && error.code === 'qmp-lost'
    const words = isLost ? await qemu.abortWords() : null
    throw words === null ? error : new QemuAborted(words)
  } finally {
    await qemu.kill()
  }
}

class QemuRun {
  readonly #scenario: Scenario
  readonly #ours: ReplayAnswer
  readonly #qemu: FrozenQemu
  readonly #differences: string[] = []
  /** At which something happens: of a chain, a request may go at one level without being done. */
  readonly #times = new Set<number>()
  readonly #submitted = new Map<string, number>()

  constructor(scenario: Scenario, drains: ReopenDrains, qemu: FrozenQemu) {
    this.#scenario = scenario
    const replay = new Replay(scenario, drains)
    this.#ours = replay.run(() => this.#times.add(replay.nowNs))
    this.#qemu = qemu
  }

  async run(): Promise<readonly string[]> {
    await this.#configureAtStart()
    const events = this.#scenario.events.filter((event) => event.atNs <= this.#scenario.runNs)
    const times = new Set([
      ...this.#times,
      ...this.#ours.order.map(([ns]) => ns),
      ...events.map((event) => event.atNs),
      this.#scenario.runNs,
    ])
    for (const ns of [...times].sort((a, b) => a - b)) {
      if (ns > 0) {
        await this.#qemu.setTime(ns - 1)
        await this.#checkDone(ns - 1)
        await this.#qemu.setTime(ns)
      }
      for (const event of events) if (event.atNs === ns) await this.#play(event)
      await this.#checkDone(ns)
      if (this.#differences.length > 0) return this.#differences
    }
    await this.#checkViews()
    this.#checkOrder(await this.#qemu.end())
    return this.#differences
  }

  async #configureAtStart(): Promise<void> {
    if (this.#scenario.style === 'filter') return
    for (const device of this.#scenario.devices) {
      const { id } = device
      const group = outermostGroup(device)
      const limits = group === null ? {} : (this.#scenario.groups[group] ?? {})
      const place = group === null ? {} : { group }
      await this.#qemu.value('block_set_io_throttle', { device: id, ...place, ...blockSetIoThrottleArguments(limits) })
    }
  }

  async #play(event: Scenario['events'][number]): Promise<void> {
    if (event.kind !== 'io') {
      const answer = await this.#configure(event)
      const theirs = answer.ok ? { ok: true } : { ok: false, class: answer.class, desc: answer.desc }
      const { event: _index, ...ours } = this.#ours.config_events.find((each) => each.event === event.index) ?? {
        event: -1,
      }
      this.#compare(`the answer to event ${event.index}`, ours, theirs)
      return
    }
    for (let request = 0; request < event.count; request += 1) {
      const flow = `${event.op} ${event.device}`
      const n = this.#submitted.get(flow) ?? 0
      this.#submitted.set(flow, n + 1)
      const device = this.#scenario.devices.findIndex(({ id }) => id === event.device)
      await this.#qemu.io(event.device, `aio_${event.op} ${(device * PLACES + n) * BLOCK} ${event.bytes}`)
    }
  }

  async #configure(action: Exclude<ScenarioAction, { kind: 'io' }>): Promise<QemuOutcome> {
    const { command, values } = this.#commandOf(action)
    const answer = await this.#qemu.execute(command, values)
    return answer.ok ? { ok: true } : { ok: false, class: answer.class as 'GenericError', desc: answer.desc }
  }

  #commandOf(action: Exclude<ScenarioAction, { kind: 'io' }>): { command: string; values: Record<string, unknown> } {
    switch (action.kind) {
      case 'set-io-throttle':
        return { command: 'block_set_io_throttle', values: { ...blockSetIoThrottleArguments({}), ...action.values } }
      case 'qom-set-limits':
        return {
          command: 'qom-set',
          values: { path: `/objects/${action.group}`, property: 'limits', value: action.values },
        }
      case 'drain-all':
        return {
          command: 'human-monitor-command',
          values: { 'command-line': `qemu-io ${this.#scenario.devices[0]?.id} "aio_flush"` },
        }
      case 'reopen': {
        const { device, level } = action
        const groups = this.#scenario.devices.find(({ id }) => id === device)?.groups ?? []
        const node = {
          driver: 'throttle',
          'node-name': nodeOf(device, level, groups),
          'throttle-group': action.group,
          file: nodeOf(device, level + 1, groups),
        }
        return { command: 'blockdev-reopen', values: { options: [node] } }
      }
    }
  }

  /** What is done when everything due at `ns` has happened. QEMU gets a few chances: its loop may not have got there. */
  async #checkDone(ns: number): Promise<void> {
    const ours = this.#doneBy(ns)
    let theirs = await this.#counts()
    for (let look = 0; look < SETTLED && JSON.stringify(theirs) !== JSON.stringify(ours); look += 1) {
      theirs = await this.#counts()
    }
    this.#compare(`requests done by ${ns}`, ours, theirs)
  }

  #doneBy(ns: number): Counts {
    const by = (times: readonly number[]) => times.filter((time) => time <= ns).length
    return Object.fromEntries(
      Object.entries(this.#ours.completions).map(([id, { read, write }]) => [id, [by(read), by(write)] as const]),
    )
  }

  async #counts(): Promise<Counts> {
    const rows = (await this.#qemu.value('query-blockstats')) as {
      device: string
      stats: { rd_operations: number; wr_operations: number }
    }[]
    const counts = new Map(
      rows.map(({ device, stats }) => [device, [stats.rd_operations, stats.wr_operations] as const]),
    )
    return Object.fromEntries(this.#scenario.devices.map(({ id }) => [id, counts.get(id) ?? ([-1, -1] as const)]))
  }

  async #checkViews(): Promise<void> {
    const rows = (await this.#qemu.value('query-block')) as { device: string; inserted: Record<string, unknown> }[]
    for (const { id } of this.#scenario.devices) {
      const { inserted = {} } = rows.find((row) => row.device === id) ?? {}
      const members = Object.entries(inserted).filter(([name]) => /^(bps|iops)|^group$/.test(name))
      const sorted = (record: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(record).sort())
      const ours = this.#ours.final['query-block'][id] ?? {}
      this.#compare(`query-block of ${id}`, sorted(ours), sorted(Object.fromEntries(members)))
    }
  }

  /** QEMU prints a line for every request that is done before it quits, which lets go what still waits. */
  #checkOrder(said: string): void {
    const lines = [...said.matchAll(/^(read|wrote) \d+\/\d+ bytes at offset (\d+)$/gm)]
    const theirs = lines.slice(0, this.#ours.order.length).map(([, word, offset]) => {
      const place = Number(offset) / BLOCK
      const device = this.#scenario.devices[Math.floor(place / PLACES)]?.id
      return `${device} ${word === 'read' ? 'r' : 'w'} ${place % PLACES}`
    })
    this.#compare(
      'the order of completions',
      this.#ours.order.map(([, device, letter, n]) => `${device} ${letter} ${n}`),
      theirs,
    )
  }

  #compare(what: string, ours: unknown, theirs: unknown): void {
    const [mine, qemus] = [JSON.stringify(ours), JSON.stringify(theirs)]
    if (mine !== qemus) this.#differences.push(`${what}: ${mine}, QEMU ${qemus}`)
  }
}
