import { afterEach, describe, expect, test } from 'vitest'
import { canonicalLimits, type Limits } from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import {
  absent,
  addDrives,
  addNodes,
  endAll,
  expectFilterViews,
  expectLegacyViews,
  HAS_DAEMON,
  HAS_QEMU,
  SLOW_MS,
  SYSTEM,
  start,
  WORKSPACES,
  write,
} from '../fixtures/real-qemu.ts'
import { named, qemuNames } from './qemu-names.ts'
import { readQmp } from './qmp-read.ts'

// Every form that is meant for QEMU, given to a real QEMU and looked at through QEMU's own views.

afterEach(endAll)

/** Options as a shell gives them to QEMU. */
function throughShell(command: string, fixed: readonly string[], text: string): readonly string[] {
  return ['-c', `exec ${command} ${fixed.map((word) => `'${word}'`).join(' ')} ${text}`]
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
        expect(
          Object.fromEntries(back.value.workspace.devices.map((device) => [device.id, innermostGroup(device)])),
        ).toEqual(
          Object.fromEntries(
            [...names.devices.values()].map(({ device, node }) => [
              node,
              device.groups.map((group) => named(names.groups, group)).at(-1) ?? null,
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
