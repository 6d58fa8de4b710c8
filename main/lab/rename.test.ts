import fs from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { DeviceResult } from '#shared/result.ts'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { addGroup, moveDevices, removeDevices, renameDevice, renameGroup } from '#shared/workspace/edits.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { type Device, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { labForTests, until } from './testing/test-lab.ts'

// A name is changed while the lab runs: real threads, real files.

const bench = labForTests({ samplePeriodMs: 20 })
const arrivalsNs = new WeakMap<Snapshot, number>()
let revision = 0

beforeEach(() => {
  bench.lab.onSnapshot((snapshot) => arrivalsNs.set(snapshot, performance.now() * 1e6))
})

/** A burst pool of 5 000 000 that leaks 1 a second: what is in it tells whether anybody emptied it. */
const LIMITS = { 'iops-total': 1, 'iops-total-max': 5_000_000 }
const FILE = { kind: 'file', sizeBytes: 1 << 20 }

function workspaceOf(extra: object = {}): Workspace {
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { gold: LIMITS, bulk: { 'iops-total': 50 } },
    devices: [
      { id: 'db', group: 'gold', disk: FILE, workload: { kind: 'synthetic' } },
      { id: 'web', group: 'gold', disk: FILE, workload: { kind: 'synthetic' } },
      { id: 'etl', group: 'bulk', disk: FILE, workload: { kind: 'synthetic', iodepth: 8 } },
    ],
    ...extra,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

async function apply(workspace: Workspace): Promise<void> {
  revision += 1
  expect(await bench.lab.apply(workspace, revision)).toEqual({ ok: true, value: { revision } })
}

/** The first snapshot that shows the workspace that was applied last. */
async function shown(): Promise<Snapshot> {
  await until('it is in force', () => bench.snapshots.at(-1)?.appliedRevision === revision)
  return bench.snapshots.find((snapshot) => snapshot.appliedRevision === revision)!
}

function requests(device: DeviceSnapshot | DeviceResult | undefined): number {
  return device!.read.requests + device!.write.requests
}

function events(): readonly string[] {
  return bench.snapshots.flatMap((snapshot) => snapshot.events.map(({ kind, text }) => `${kind}: ${text}`))
}

/** The names of the backing files, and whether each is still the file that it was. */
function ownFiles(): readonly (readonly [string, number])[] {
  const run = path.join(bench.dataFolder, fs.readdirSync(bench.dataFolder)[0]!)
  const images = fs.readdirSync(run).filter((name) => name.endsWith('.img'))
  return images.sort().map((name) => [name, fs.statSync(path.join(run, name)).ino] as const)
}

/** Runs the workspace until something is in the bucket and something waits in `bulk`. */
async function startSome(workspace: Workspace): Promise<void> {
  await apply(workspace)
  await bench.lab.start()
  await until(
    'it runs',
    () => requests(bench.snapshots.at(-1)?.devices.db) > 200 && (bench.last().groups.bulk?.read.queued ?? 0) > 0,
  )
}

/** Being drained lets its 8 waiting requests go, an emptied bucket another 5; by its limit it gets 50 a second. */
function gainOfEtl(before: Snapshot, etl: DeviceSnapshot | undefined, after: Snapshot): string {
  const gained = requests(etl) - requests(before.devices.etl)
  // Counters are read after the clock: on a busy machine a good deal later, but before the snapshot is handed out.
  const clockOffsetNs = Math.min(...bench.snapshots.map((snapshot) => arrivalsNs.get(snapshot)! - snapshot.nowNs))
  const atMost = (50 * (arrivalsNs.get(after)! - clockOffsetNs - before.nowNs)) / 1e9 + 2
  return gained <= atMost ? 'no fresh burst, no drain' : `${gained} of ${atMost}`
}

test('a renamed group keeps its levels, its ring, its token and what waits; its counts go on', async () => {
  const workspace = workspaceOf()
  await startSome(workspace)
  const before = bench.last()
  await apply(renameGroup(renameGroup(workspace, 'gold', 'silver'), 'bulk', 'batch'))
  const after = await shown()
  expect(Object.keys(after.groups)).toEqual(['silver', 'batch'])
  const level = ({ groups }: Snapshot, name: string) => groups[name]!.buckets['iops-total']!.level
  expect(level(before, 'gold')).toBeGreaterThan(200)
  expect(level(after, 'silver')).toBeGreaterThanOrEqual(level(before, 'gold') - 1)
  expect(after.groups.silver!.ring).toEqual(before.groups.gold!.ring)
  expect(after.groups.silver!.read.tokenMoves).toBeGreaterThanOrEqual(before.groups.gold!.read.tokenMoves!)
  expect(after.groups.batch).toMatchObject({ members: ['etl'], ring: ['etl'], read: { token: 'etl' } })
  expect(gainOfEtl(before, after.devices.etl, after)).toBe('no fresh burst, no drain')
  expect(after.devices.etl!.group).toBe('batch')
  expect(requests(after.devices.db)).toBeGreaterThanOrEqual(requests(before.devices.db))
  expect(events()).toEqual([
    'started: started',
    'renamed: group gold renamed silver',
    'renamed: group bulk renamed batch',
  ])
  await bench.lab.pause()
  const { groups, devices, durationS } = bench.lab.result()
  expect(groups.silver!.members).toEqual(['db', 'web'])
  expect(groups.silver!.iops * durationS).toBeCloseTo(requests(devices.db) + requests(devices.web), 3)
})

test('a renamed device keeps its file, its place and its counts; no rate jumps', async () => {
  const workspace = workspaceOf()
  await startSome(workspace)
  const files = ownFiles()
  const before = bench.last()
  await apply(renameDevice(renameDevice(workspace, 'etl', 'load'), 'db', 'sql'))
  const after = await shown()
  expect(Object.keys(after.devices)).toEqual(['sql', 'web', 'load'])
  expect(requests(after.devices.sql)).toBeGreaterThanOrEqual(requests(before.devices.db))
  expect(requests(after.devices.load)).toBeGreaterThanOrEqual(requests(before.devices.etl))
  // Nobody counts what the old name did before as news of the new one.
  const previous = bench.snapshots[bench.snapshots.indexOf(after) - 1]!
  const spanS = (after.nowNs - previous.nowNs) / 1e9
  const gain = requests(after.devices.sql) - requests(previous.devices.sql ?? previous.devices.db)
  expect((after.devices.sql!.read.iops + after.devices.sql!.write.iops) * spanS).toBeCloseTo(gain, 3)
  expect(after.groups.bulk).toMatchObject({ members: ['load'], ring: ['load'], read: { token: 'load' } })
  expect(gainOfEtl(before, after.devices.load, after)).toBe('no fresh burst, no drain')
  expect(ownFiles()).toEqual(files)
  expect(events().slice(1)).toEqual(['renamed: db renamed sql', 'renamed: etl renamed load'])
  await bench.lab.pause()
  const { groups, devices, durationS } = bench.lab.result()
  expect(groups.gold!.iops * durationS).toBeCloseTo(requests(devices.sql) + requests(devices.web), 3)
  expect(devices.sql!.group).toBe('gold')
})

test('an old name may come back for somebody else, who begins at nothing; removing takes the file along', async () => {
  const workspace = workspaceOf()
  await startSome(workspace)
  const named = renameGroup(renameDevice(workspace, 'db', 'sql'), 'gold', 'silver')
  await apply(named)
  const count = requests((await shown()).devices.sql)
  const newcomer: Device = { ...named.devices[0]!, id: 'db', groups: ['gold'], workload: IDLE }
  await apply({ ...addGroup(named, 'gold', { 'iops-total': 7 }), devices: [...named.devices, newcomer] })
  const after = await shown()
  expect(Object.keys(after.groups)).toEqual(['silver', 'bulk', 'gold'])
  expect(after.groups.gold).toMatchObject({ limits: { 'iops-total': 7 }, members: ['db'] })
  expect(requests(after.devices.db)).toBe(0)
  expect(requests(after.devices.sql)).toBeGreaterThanOrEqual(count)
  expect(ownFiles().map(([name]) => name)).toEqual(['disk-1.img', 'disk-2.img', 'disk-3.img', 'disk-4.img'])
  await apply(removeDevices(named, ['sql']))
  expect(Object.keys((await shown()).devices)).toEqual(['web', 'etl'])
  expect(ownFiles().map(([name]) => name)).toEqual(['disk-2.img', 'disk-3.img'])
  const { groups } = bench.lab.result()
  expect(groups.silver!.iops).toBeGreaterThan(0)
})

test('a reset gives the renamed their empty buckets and their disks; their load begins again', async () => {
  const workspace = workspaceOf()
  await startSome(workspace)
  await apply(renameDevice(renameGroup(workspace, 'gold', 'silver'), 'db', 'sql'))
  await bench.lab.pause()
  await bench.lab.reset()
  expect(bench.last()).toMatchObject({ nowNs: 0, state: 'stopped' })
  expect(bench.last().groups.silver!.buckets['iops-total']!.level).toBe(0)
  expect([requests(bench.last().devices.sql), bench.last().devices.sql!.group]).toEqual([0, 'silver'])
  await bench.lab.start()
  await until('it runs again', () => requests(bench.last().devices.sql) > 0)
})

test('what the script has changed stays changed under the new names', async () => {
  const workspace = workspaceOf({
    script: [
      { atS: 0.05, setLimits: { group: 'bulk', limits: { 'iops-total': 60 } } },
      { atS: 0.05, moveDevice: { device: 'web', group: 'bulk' } },
      { atS: 0.05, setWorkload: { device: 'etl', workload: { kind: 'idle' } } },
    ],
  })
  await apply(workspace)
  await bench.lab.start()
  await until('the steps are played', () => bench.snapshots.at(-1)?.devices.web?.group === 'bulk')
  const renamed = renameDevice(renameDevice(renameGroup(workspace, 'bulk', 'batch'), 'web', 'www'), 'etl', 'load')
  await apply(renamed)
  const after = await shown()
  expect(after.groups.batch).toMatchObject({ limits: { 'iops-total': 60 }, members: ['www', 'load'] })
  expect(after.devices.load!.status).toBe('idle')
  expect(events().filter((text) => !text.startsWith('renamed'))).toHaveLength(4)
})

test('a rename that comes with another iothread for the device keeps its file', async () => {
  const workspace = workspaceOf()
  const before = {
    ...workspace,
    devices: workspace.devices.map((each, index) => ({ ...each, iothread: index === 0 ? 0 : null })),
  }
  await startSome(before)
  const files = ownFiles()
  const iothreadOf = (id: string) => bench.last().devices[id]!.iothread
  expect([...new Set([iothreadOf('db'), iothreadOf('web'), iothreadOf('etl')])].sort()).toEqual([0, 1])
  await apply({ ...renameDevice(renameDevice(before, 'web', 'www'), 'etl', 'load'), iothreads: 1 })
  const after = await shown()
  expect(Object.values(after.devices).map((each) => each.iothread)).toEqual([0, 0, 0])
  expect(ownFiles()).toEqual(files)
})

test('two that look alike are not taken for each other: the newcomer begins with empty buckets', async () => {
  const workspace = workspaceOf()
  await startSome(workspace)
  const gone = moveDevices(workspace, ['db', 'web'], null)
  const { gold: _gold, ...groups } = gone.groups
  await apply({ ...gone, groups: { ...groups, a: LIMITS, b: LIMITS } })
  const after = await shown()
  expect([after.groups.a!, after.groups.b!].map((group) => group.buckets['iops-total']!.level)).toEqual([0, 0])
  expect(events()).toContain('removed: group gold removed')
})
