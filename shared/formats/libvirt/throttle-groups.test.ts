import { expect, test } from 'vitest'
import { canonicalLimits } from '#shared/throttle/limits.ts'
import { fixture, read } from '../fixtures/read.ts'
import { keysByName, LIBVIRT_KEYS } from '../limit-names.ts'

// Forty `domthrottlegroupset`, and what a real libvirt 12.9 with QEMU 11.1 had after each: which values a command resets,
// which it keeps, and which commands are refused as a whole.

const KEYS = keysByName(LIBVIRT_KEYS)

interface Step {
  readonly group: string
  readonly command: string
  readonly isRefused: boolean
  readonly shown: Readonly<Record<string, number>>
}

function recorded(): readonly Step[] {
  return fixture('domthrottlegroupset-12.9.txt')
    .split(/^\$ (?=virsh domthrottlegroupset)/m)
    .slice(1)
    .map((block) => {
      const [command = '', ...lines] = block.split('\n')
      const shown = lines.flatMap((line): readonly (readonly [string, number])[] => {
        const [, name = '', value] = /^(\w+)\s*: (\d+)$/.exec(line) ?? []
        return value === undefined ? [] : [[KEYS.get(name) ?? name, Number(value)]]
      })
      const isRefused = lines.some((line) => line.startsWith('error:'))
      return { group: command.split(' ')[3] ?? '', command, isRefused, shown: Object.fromEntries(shown) }
    })
}

test('domthrottlegroupset merges and refuses as libvirt 12.9 does', () => {
  const steps = recorded()
  expect([steps.length, steps.filter(({ isRefused }) => isRefused).length]).toEqual([42, 18])
  for (const [index, { group, shown }] of steps.entries()) {
    const script = steps.slice(0, index + 1).map(({ command }) => command)
    // Commands on a group that are all refused leave no group.
    const { workspace } = read(
      'virsh',
      [...script, 'virsh domthrottlegroupset web01 other --total-iops-sec 1'].join('\n'),
    )
    const limits = workspace.groups[group] ?? {}
    expect(canonicalLimits(limits), script.slice(-1).join()).toEqual(canonicalLimits(shown))
  }
})

test('each command that libvirt refuses is a loss with its line', () => {
  const steps = recorded()
  const { losses } = read('virsh', steps.map(({ command }) => command).join('\n'))
  const refused = losses
    .filter(({ message }) => message.startsWith('this command has no effect'))
    .map(({ path }) => path)
  expect(refused).toEqual(steps.flatMap(({ isRefused }, index) => (isRefused ? [`line ${index + 1}`] : [])))
})

test('the terminal’s text with commands and answers says the same', () => {
  const { workspace } = read('virsh', fixture('domthrottlegroupset-12.9.txt'))
  const last = new Map(recorded().map(({ group, shown }) => [group, canonicalLimits(shown)]))
  for (const [group, limits] of Object.entries(workspace.groups))
    expect(canonicalLimits(limits), group).toEqual(last.get(group))
  expect(Object.keys(workspace.groups)).toContain('fresh')
})
