import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { canonicalLimits, fullLimits, hasAnyLimit, type Limits } from '../throttle/limits.ts'
import { EMPTY_WORKSPACE, type Workspace } from '../workspace/workspace.ts'
import type { WriteOptions } from './format.ts'
import { findFormat } from './formats.ts'
import { workspaceArbitrary } from './generated-workspaces.ts'
import { legacyView } from './legacy-limits.ts'
import { mixedChangeArbitrary, mixedWalkArbitrary, mixedWorkspace, objectGroups } from './mixed-workspaces.ts'
import { named, qemuNames } from './qemu-names.ts'
import { readQmp } from './qmp-read.ts'

// Every form that is meant for QEMU, given to a real QEMU and looked at through QEMU's own views.

const has = (program: string) => spawnSync(program, ['--version']).status === 0
const HAS_QEMU = has('qemu-system-x86_64')
const HAS_DAEMON = has('qemu-storage-daemon')
const SLOW_MS = 300_000
const SAMPLES = 12

const SYSTEM = ['-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio']
const WORKSPACES: readonly Workspace[] = [
  ...fc.sample(workspaceArbitrary({ maxDevices: 6, qemuNames: false }), { numRuns: SAMPLES, seed: 42 }),
]

type Json = Record<string, unknown>

/** A QEMU (or storage daemon) with its monitor on stdio. */
class Qemu {
  private readonly waiting: ((reply: Json) => void)[] = []
  private readonly child
  readonly log: Json[] = []
  errors = ''

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stderr.on('data', (data) => {
      this.errors += String(data)
    })
    this.child.stdin.on('error', () => undefined)
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Json
      if ('return' in message || 'error' in message) {
        this.log.push(message)
        this.waiting.shift()?.(message)
      }
    })
    this.child.on('exit', () => {
      for (const waiter of this.waiting.splice(0)) waiter({ error: { desc: `QEMU ended: ${this.errors}` } })
    })
  }

  /** Sends a line as it stands. */
  send(line: string): Promise<Json> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.log.push(JSON.parse(line) as Json)
      this.child.stdin.write(`${line}\n`)
    })
  }

  async do(execute: string, args: Json = {}): Promise<unknown> {
    const reply = await this.send(JSON.stringify({ execute, arguments: args }))
    if (!('return' in reply)) throw new Error(`${execute} ${JSON.stringify(args)}: ${JSON.stringify(reply)}`)
    return reply.return
  }

  async start(): Promise<this> {
    await this.do('qmp_capabilities')
    return this
  }

  /** Every line of `text` is accepted. */
  async feed(text: string): Promise<void> {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const reply = await this.send(line)
      expect(reply, line).toHaveProperty('return')
    }
  }

  end(): void {
    this.child.kill('SIGKILL')
  }
}

const running: Qemu[] = []
afterEach(() => {
  for (const qemu of running.splice(0)) qemu.end()
})

async function start(command: string, args: readonly string[]): Promise<Qemu> {
  const qemu = new Qemu(command, args)
  running.push(qemu)
  return qemu.start()
}

function write(format: string, workspace: Workspace, options: WriteOptions = {}) {
  const written = findFormat(format)?.write?.(workspace, options)
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return written.value
}

async function addNodes(qemu: Qemu, workspace: Workspace): Promise<void> {
  const names = qemuNames(workspace, 'object', 'filter')
  for (const { node } of names.devices.values()) await qemu.do('blockdev-add', { driver: 'null-co', 'node-name': node })
}

async function addDrives(qemu: Qemu, workspace: Workspace): Promise<void> {
  for (const { drive } of qemuNames(workspace, 'name', 'legacy').devices.values()) {
    expect(
      await qemu.do('human-monitor-command', { 'command-line': `drive_add 0 if=none,id=${drive},driver=null-co` }),
    ).toMatch(/^OK|^$/)
  }
}

interface View {
  readonly device: string
  readonly qdev?: string
  readonly inserted?: Json
}

/** What `query-block` must show of the limits of `workspace`. */
async function expectLegacyViews(
  qemu: Qemu,
  workspace: Workspace,
  limitsNow: (limits: Limits) => Limits = (limits) => limits,
): Promise<void> {
  const views = (await qemu.do('query-block')) as View[]
  const names = qemuNames(workspace, 'name', 'legacy')
  for (const { device, drive } of names.devices.values()) {
    const inserted = views.find((view) =>
      device.qemu.qdev === undefined ? view.device === drive : view.qdev === device.qemu.qdev,
    )?.inserted
    const limits = device.group === null ? {} : (workspace.groups[device.group] ?? {})
    const isIn = device.group !== null && hasAnyLimit(limits)
    expect(inserted?.group, drive).toBe(isIn ? named(names.groups, device.group ?? '') : undefined)
    expect(inserted, drive).toMatchObject(legacyView(isIn ? limitsNow(limits) : {}))
  }
}

async function objectsIn(qemu: Qemu): Promise<readonly string[]> {
  // Without a single object there is no container.
  const listed = await qemu.send(JSON.stringify({ execute: 'qom-list', arguments: { path: '/objects' } }))
  const objects = (listed.return ?? []) as { name: string; type: string }[]
  return objects.filter((object) => object.type === 'child<throttle-group>').map((object) => object.name)
}

/** The group of each filter. */
async function filtersIn(qemu: Qemu): Promise<Json> {
  const nodes = (await qemu.do('query-named-block-nodes', { flat: true })) as {
    'node-name': string
    drv: string
    file: string
  }[]
  const filters = nodes.filter((node) => node.drv === 'throttle')
  return Object.fromEntries(
    filters.map((node) => {
      const options = JSON.parse(node.file.slice('json:'.length)) as Json
      return [node['node-name'], options['throttle-group']]
    }),
  )
}

/** What `qom-get` and the file names of the filters must show. */
async function expectFilterViews(qemu: Qemu, workspace: Workspace): Promise<void> {
  const names = qemuNames(workspace, 'object', 'filter')
  const groups = [...(await objectsIn(qemu))]
  expect(groups.sort()).toEqual([...names.groups.values()].sort())
  for (const [group, limits] of Object.entries(workspace.groups)) {
    const path = `/objects/${named(names.groups, group)}`
    expect(await qemu.do('qom-get', { path, property: 'limits' })).toEqual(fullLimits(limits))
  }
  const wanted = [...names.devices.values()].flatMap(({ device, filter }) =>
    device.group === null ? [] : [[filter, named(names.groups, device.group)]],
  )
  expect(await filtersIn(qemu)).toEqual(Object.fromEntries(wanted))
}

/** Options as a shell gives them to QEMU. */
function throughShell(command: string, fixed: readonly string[], text: string): readonly string[] {
  return ['-c', `exec ${command} ${fixed.map((word) => `'${word}'`).join(' ')} ${text}`]
}

function only(workspace: Workspace, style: 'legacy' | 'filter'): Workspace {
  return { ...workspace, devices: workspace.devices.filter((device) => device.qemu.style === style) }
}

/** For a suite's name: why it is skipped. */
function absent(program: string, isThere: boolean): string {
  return isThere ? '' : ` (no ${program} on this machine)`
}

/** What a QEMU shows that was led from workspace to workspace. */
async function expectMixedViews(qemu: Qemu, workspace: Workspace): Promise<void> {
  await expectLegacyViews(qemu, only(workspace, 'legacy'))
  const filters = only(workspace, 'filter').devices.filter(({ group }) => group !== null)
  expect(await filtersIn(qemu)).toEqual(Object.fromEntries(filters.map(({ id, group }) => [`${id}-throttle`, group])))
  const objects = [...(await objectsIn(qemu))]
  expect(objects.sort()).toEqual(objectGroups(workspace))
  for (const group of objects) {
    const limits = await qemu.do('qom-get', { path: `/objects/${group}`, property: 'limits' })
    expect(limits, group).toEqual(fullLimits(workspace.groups[group] ?? {}))
  }
}

/** Sends every change of a walk, and looks after each. */
async function walk(workspaces: readonly Workspace[]): Promise<void> {
  const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
  const [first = EMPTY_WORKSPACE] = workspaces
  await addDrives(qemu, only(first, 'legacy'))
  await addNodes(qemu, only(first, 'filter'))
  let now = EMPTY_WORKSPACE
  for (const next of workspaces) {
    await qemu.feed(write('qmp-change', next, { since: now }).text)
    await expectMixedViews(qemu, next)
    now = next
  }
}

describe.runIf(HAS_QEMU)(`a real QEMU${absent('qemu-system-x86_64', HAS_QEMU)} takes`, () => {
  test.each(WORKSPACES.map((workspace, index) => [index, workspace] as const))(
    'qmp, workspace %i',
    async (_, workspace) => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      await addNodes(qemu, workspace)
      await qemu.feed(write('qmp', workspace).text)
      await expectFilterViews(qemu, workspace)
    },
    SLOW_MS,
  )

  test.each(WORKSPACES.map((workspace, index) => [index, workspace] as const))(
    'qmp-legacy and hmp, workspace %i',
    async (_, workspace) => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      await addDrives(qemu, workspace)
      await qemu.feed(write('qmp-legacy', workspace).text)
      await expectLegacyViews(qemu, workspace)
      const lines = write('hmp', workspace)
        .text.split('\n')
        .filter((line) => line !== '')
      for (const line of lines) expect(await qemu.do('human-monitor-command', { 'command-line': line })).toBe('')
      // HMP has no bursts: those that were there are gone, and disks stay in their groups.
      const averages = (limits: Limits) =>
        canonicalLimits(Object.fromEntries(Object.entries(limits).filter(([key]) => !/-max|size/.test(key))))
      await expectLegacyViews(qemu, workspace, averages)
    },
    SLOW_MS,
  )

  test.each(
    WORKSPACES.flatMap((workspace, index) =>
      (['json', 'dotted'] as const).map((style) => [style, index, workspace] as const),
    ),
  )(
    'qemu-args %s, workspace %i',
    async (style, _, workspace) => {
      const names = qemuNames(workspace, 'object', 'filter')
      const nodes = [...names.devices.values()].flatMap(({ node }) => ['-blockdev', `null-co,node-name=${node}`])
      const qemu = await start(
        'sh',
        throughShell(
          'qemu-system-x86_64',
          ['-M', 'none', ...SYSTEM, ...nodes],
          write('qemu-args', workspace, { style }).text,
        ),
      )
      await expectFilterViews(qemu, workspace)
    },
    SLOW_MS,
  )

  test.each(WORKSPACES.map((workspace, index) => [index, workspace] as const))(
    'qemu-args drive, workspace %i',
    async (_, workspace) => {
      const { text } = write('qemu-args', workspace, { style: 'drive' })
      const names = qemuNames(workspace, 'name', 'drive')
      const free = [...names.devices.values()]
        .filter(({ drive }) => !text.includes(`id=${drive},`))
        .flatMap(({ drive }) => ['-drive', `if=none,id=${drive},driver=null-co`])
      // The disks' own part of the option, which the export leaves to its reader.
      const disks = text.replaceAll('if=none,id=', 'if=none,driver=null-co,id=')
      const qemu = await start('sh', throughShell('qemu-system-x86_64', ['-M', 'none', ...SYSTEM, ...free], disks))
      await expectLegacyViews(qemu, workspace)
    },
    SLOW_MS,
  )

  test(
    'qmp-change from one workspace to the next, filters',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      let now: Workspace = EMPTY_WORKSPACE
      const known = new Set<string>()
      for (const next of WORKSPACES) {
        for (const { node } of qemuNames(next, 'object', 'filter').devices.values()) {
          if (!known.has(node)) await qemu.do('blockdev-add', { driver: 'null-co', 'node-name': node })
          known.add(node)
        }
        await qemu.feed(write('qmp-change', next, { since: now }).text)
        await expectFilterViews(qemu, next)
        now = next
      }
    },
    SLOW_MS,
  )

  test(
    'qmp-change from one workspace to the next, legacy',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      let now: Workspace = EMPTY_WORKSPACE
      const known = new Set<string>()
      for (const next of WORKSPACES) {
        for (const { drive } of qemuNames(next, 'name', 'legacy').devices.values()) {
          if (!known.has(drive))
            await qemu.do('human-monitor-command', { 'command-line': `drive_add 0 if=none,id=${drive},driver=null-co` })
          known.add(drive)
        }
        await qemu.feed(write('qmp-change', next, { since: now, style: 'legacy' }).text)
        const views = (await qemu.do('query-block')) as View[]
        const names = qemuNames(next, 'name', 'legacy')
        for (const { device, drive } of names.devices.values()) {
          const limits = device.group === null ? {} : (next.groups[device.group] ?? {})
          const inserted = views.find((view) => view.device === drive)?.inserted
          expect(inserted?.group).toBe(
            device.group === null || !hasAnyLimit(limits) ? undefined : named(names.groups, device.group),
          )
          expect(inserted).toMatchObject(legacyView(device.group === null ? {} : limits))
        }
        now = next
      }
    },
    SLOW_MS,
  )

  test.each(fc.sample(mixedChangeArbitrary, { numRuns: 24, seed: 8 }).map((change, index) => [index, change] as const))(
    'qmp-change where groups lose their last block_set_io_throttle disk, change %i',
    (_, change) => walk(change),
    SLOW_MS,
  )

  test(
    'qmp-change where a block_set_io_throttle disk leaves its group, comes back and leaves again',
    () => {
      const alone = mixedWorkspace(['g0', null, null, null], ['g0'])
      const empty = mixedWorkspace([null, null, null, null], ['g0'])
      return walk([alone, empty, alone, empty, mixedWorkspace(['g0', null, 'g0', null], ['g0']), alone, empty])
    },
    SLOW_MS,
  )

  test.each(fc.sample(mixedWalkArbitrary, { numRuns: 12, seed: 9 }).map((steps, index) => [index, steps] as const))(
    'qmp-change through many workspaces of filters and block_set_io_throttle disks, walk %i',
    (_, steps) => walk(steps),
    SLOW_MS,
  )

  test(
    'the notes put filters under running disks whose qdev is known, and take them out again; the scripts may be sent twice',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'pc', ...SYSTEM, '-device', 'virtio-scsi-pci,id=scsi0'])
      const device = (id: string, qdev: string, group: string | null) => ({
        ...{
          id,
          group,
          iothread: null,
          disk: { kind: 'null' as const, sizeBytes: 1 << 30 },
          workload: { kind: 'idle' as const },
        },
        qemu: { node: id, qdev },
      })
      const workspace: Workspace = {
        ...EMPTY_WORKSPACE,
        groups: { gold: { 'iops-total': 100 } },
        devices: [device('n0', 'disk0', 'gold'), device('n1', '/machine/peripheral/vd0/virtio-backend', 'gold')],
      }
      await addNodes(qemu, workspace)
      await qemu.do('device_add', { driver: 'scsi-hd', id: 'disk0', drive: 'n0', bus: 'scsi0.0' })
      await qemu.do('device_add', { driver: 'virtio-blk-pci', id: 'vd0', drive: 'n1' })
      const commandsIn = (notes: readonly string[]) =>
        notes.flatMap((note) => /\{ "execute": .*$/.exec(note)?.[0] ?? []).join('\n')
      const script = write('qmp', workspace)
      await qemu.feed(script.text)
      await qemu.feed(commandsIn(script.notes))
      for (const line of script.text.trim().split('\n')) await expect(qemu.feed(line)).rejects.toThrow()
      expect(((await qemu.do('query-block')) as View[]).map((view) => view.inserted?.['node-name'])).toEqual([
        'n0-throttle',
        'n1-throttle',
      ])
      const freed: Workspace = {
        ...workspace,
        groups: {},
        devices: workspace.devices.map((each) => ({ ...each, group: null })),
      }
      const change = write('qmp-change', freed, { since: workspace })
      await qemu.feed(commandsIn(change.notes))
      await qemu.feed(change.text)
      expect(((await qemu.do('query-block')) as View[]).map((view) => view.inserted?.['node-name'])).toEqual([
        'n0',
        'n1',
      ])
      await expectFilterViews(qemu, freed)
      await qemu.feed(write('qmp-legacy', workspace).text)
      await expectLegacyViews(qemu, workspace)
    },
    SLOW_MS,
  )

  test(
    'and what was said to it, with its answers, is read back',
    async () => {
      for (const workspace of WORKSPACES.slice(0, 4)) {
        const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
        await addNodes(qemu, workspace)
        await qemu.feed(write('qmp', workspace).text)
        const back = readQmp(qemu.log.map((each) => JSON.stringify(each)).join('\n'), {})
        if (workspace.devices.length === 0 && Object.keys(workspace.groups).length === 0) continue
        if (!back.ok) throw new Error(JSON.stringify(back.issues))
        const names = qemuNames(workspace, 'object', 'filter')
        expect(back.value.workspace.groups).toEqual(
          Object.fromEntries(
            Object.entries(workspace.groups).map(([group, limits]) => [named(names.groups, group), limits]),
          ),
        )
        expect(Object.fromEntries(back.value.workspace.devices.map((device) => [device.id, device.group]))).toEqual(
          Object.fromEntries(
            [...names.devices.values()].map(({ device, node }) => [
              node,
              device.group === null ? null : named(names.groups, device.group),
            ]),
          ),
        )
      }
    },
    SLOW_MS,
  )
})

describe.runIf(HAS_DAEMON)(`a real qemu-storage-daemon${absent('qemu-storage-daemon', HAS_DAEMON)} takes`, () => {
  test.each(
    WORKSPACES.flatMap((workspace, index) =>
      (['json', 'dotted'] as const).map((style) => [style, index, workspace] as const),
    ),
  )(
    'storage-daemon-args %s, workspace %i',
    async (style, _, workspace) => {
      const names = qemuNames(workspace, 'object', 'filter')
      const nodes = [...names.devices.values()].flatMap(({ node }) => ['--blockdev', `null-co,node-name=${node}`])
      const fixed = ['--chardev', 'stdio,id=c', '--monitor', 'c', ...nodes]
      const daemon = await start(
        'sh',
        throughShell('qemu-storage-daemon', fixed, write('storage-daemon-args', workspace, { style }).text),
      )
      await expectFilterViews(daemon, workspace)
    },
    SLOW_MS,
  )
})
