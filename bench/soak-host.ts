import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { FolderPort } from '#main/live/host/folder-port.ts'
import { Host } from '#main/live/host/host.ts'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { Random } from '#main/load/random.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import { pass } from './lab-run.ts'

// `npm run soak-host -- --minutes N [--seed S]`: real QEMUs are killed, stopped, continued and started again under a host's
// looks. The others have no gap: each is looked at in every second, its counters never fall, and what was done to it
// is what was counted. At the end all are up.

const STEADY = ['steady0', 'steady1', 'steady2'] as const
const SHAKEN = ['shaken0', 'shaken1', 'shaken2', 'shaken3'] as const
const PAUSE_MS = 1500
/** Longest time between two looks at a VM that nothing happens to, on a machine with other things to do. */
const GAP_MS = 3000
const UP_AGAIN_MS = 40_000

interface Shaken {
  qemu: SmallQemu | null
  isHung: boolean
}

export async function soakHost(argv: readonly string[]): Promise<number> {
  const absent = missingQemu()
  if (absent !== null) {
    console.log(`soak-host: ${absent}`)
    return 0
  }
  const minutes = numberAfter(argv, '--minutes') ?? 1
  const seed = numberAfter(argv, '--seed') ?? Number(process.hrtime.bigint() % 1_000_000n)
  console.log(`soak-host: ${minutes} min, seed ${seed} (again with --seed ${seed})`)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-'))
  const sockets = path.join(folder, 's')
  fs.mkdirSync(sockets)
  const start = (name: string) =>
    SmallQemu.start({ name, socket: path.join(sockets, `${name}.qmp`), drives: ['id=d0,throttling.iops-total=200'] })
  const steady = await Promise.all(STEADY.map(start))
  const shaken = new Map<string, Shaken>()
  for (const name of SHAKEN) shaken.set(name, { qemu: await start(name), isHung: false })
  const host = new Host({ ports: [new FolderPort(sockets)] })
  const watcher = new Watcher()
  try {
    await host.start()
    await pass(5000)
    host.onLook((look) => watcher.see(look))
    await shake({
      shaken,
      steady,
      start,
      random: new Random(seed, 'soak-host'),
      untilMs: Date.now() + minutes * 60_000,
    })
    await allUp(host, shaken, { start, watcher })
    await watcher.compare(host, steady)
  } finally {
    host.close()
    for (const qemu of [...steady, ...[...shaken.values()].flatMap((each) => each.qemu ?? [])]) {
      qemu.resume()
      await qemu.kill()
    }
    fs.rmSync(folder, { recursive: true, force: true })
  }
  for (const breach of watcher.breaches.slice(0, 20)) console.log(`soak-host: BROKEN ${breach}`)
  console.log(
    `soak-host: ${watcher.looks} looks, longest gap ${Math.round(watcher.longestGapMs)} ms, ${watcher.breaches.length} breaches`,
  )
  return watcher.breaches.length === 0 ? 0 : 1
}

async function shake(about: {
  readonly shaken: ReadonlyMap<string, Shaken>
  readonly steady: readonly SmallQemu[]
  readonly start: (name: string) => Promise<SmallQemu>
  readonly random: Random
  readonly untilMs: number
}): Promise<void> {
  const { shaken, steady, start, random, untilMs } = about
  let events = 0
  while (Date.now() < untilMs) {
    for (const qemu of steady) await qemu.io('d0', 'read', { count: 20 })
    const name = SHAKEN[random.below(SHAKEN.length)] ?? SHAKEN[0]
    const vm = shaken.get(name)
    if (vm === undefined) throw new Error(`${name} is one of them`)
    if (vm.qemu === null) vm.qemu = await start(name)
    else if (vm.isHung) {
      vm.qemu.resume()
      vm.isHung = false
    } else if (random.below(2) === 0) {
      vm.qemu.suspend()
      vm.isHung = true
    } else {
      await vm.qemu.kill()
      vm.qemu = null
    }
    events += 1
    await pass(PAUSE_MS)
  }
  console.log(`soak-host: ${events} kills, stops, continues and starts`)
}

async function allUp(
  host: Host,
  shaken: ReadonlyMap<string, Shaken>,
  { start, watcher }: { readonly start: (name: string) => Promise<SmallQemu>; readonly watcher: Watcher },
): Promise<void> {
  for (const [name, vm] of shaken) {
    if (vm.qemu === null) vm.qemu = await start(name)
    if (vm.isHung) vm.qemu.resume()
    vm.isHung = false
  }
  const count = STEADY.length + SHAKEN.length
  const isUp = () => host.look().vms.filter((vm) => vm.up).length === count
  for (let waited = 0; waited < UP_AGAIN_MS && !isUp(); waited += 500) await pass(500)
  const states = host.look().vms.map((vm) => `${vm.name} ${vm.state}`)
  watcher.expect(isUp(), `not all are up again: ${states.join(', ')}`)
}

class Watcher {
  readonly breaches: string[] = []
  readonly #seen = new Map<string, { readonly seenNs: number; readonly requests: number }>()
  looks = 0
  longestGapMs = 0

  expect(isRight: boolean, what: string): void {
    if (!isRight) this.breaches.push(what)
  }

  see(look: HostLook): void {
    this.looks += 1
    for (const name of STEADY) {
      const vm = look.vms.find((each) => each.name === name)
      this.expect(vm?.up === true, `${name} is not up: ${vm?.problem ?? 'it is not there'}`)
      if (vm?.seenNs == null) continue
      const requests = requestsOf(vm)
      const before = this.#seen.get(name)
      const gapMs = (look.nowNs - vm.seenNs) / 1e6
      this.longestGapMs = Math.max(this.longestGapMs, gapMs)
      this.expect(gapMs < GAP_MS, `${name} was not looked at for ${Math.round(gapMs)} ms`)
      this.expect(requests >= (before?.requests ?? 0), `the counter of ${name} fell to ${requests}`)
      this.#seen.set(name, { seenNs: vm.seenNs, requests })
    }
  }

  /** What was counted is what QEMU itself says. */
  async compare(host: Host, steady: readonly SmallQemu[]): Promise<void> {
    await pass(4000)
    for (const [index, name] of STEADY.entries()) {
      const rows = (await steady[index]?.outside('query-blockstats')) as { stats: { rd_operations: number } }[]
      const [said, vm] = [rows[0]?.stats.rd_operations, host.look().vms.find((each) => each.name === name)]
      const counted = vm === undefined ? null : requestsOf(vm)
      this.expect(said === counted, `${name} did ${said} requests, ${counted} were counted`)
    }
  }
}

function requestsOf(vm: VmLook): number {
  return vm.disks.reduce((sum, disk) => sum + (disk.read?.requests ?? 0) + (disk.write?.requests ?? 0), 0)
}

function numberAfter(argv: readonly string[], name: string): number | null {
  const at = argv.indexOf(name)
  const value = at < 0 ? Number.NaN : Number(argv[at + 1])
  return Number.isFinite(value) ? value : null
}
