import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFormat } from '#shared/formats/formats.ts'
import { splitShellWords } from '#shared/formats/text/shell-quoting.ts'
import { canonicalLimits } from '#shared/throttle/limits.ts'
import { DEFAULT_DISK, type Device, EMPTY_WORKSPACE, IDLE } from '#shared/workspace/workspace.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'
import { readTune } from './virsh-answers.ts'

// Scripts of several blkdeviotune commands, given to a real libvirt and to the reader of virsh scripts: after each of them
// the disks must have the same limits and groups. A command that libvirt refuses must change nothing in either.

const PATIENCE_MS = 240_000
const NAMES = ['bytes', 'iops'].flatMap((unit) => ['total', 'read', 'write'].map((half) => `--${half}-${unit}-sec`))
const option = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(0, 5, 100, 5000)) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...NAMES.map((name) => `${name}-max`)), fc.constantFrom(0, 200, 9000)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NAMES.map((name) => `${name}-max-length`)), fc.constantFrom(0, 1, 6)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('--size-iops-sec'), fc.constantFrom(0, 4096)) },
)
const command = fc
  .tuple(
    fc.constantFrom('vda', 'vdb'),
    fc.uniqueArray(option, { minLength: 1, maxLength: 4, selector: ([name]) => name }),
    fc.option(fc.constantFrom('gold', 'silver'), { freq: 3 }),
  )
  .map(([target, options, group]) => [
    'blkdeviotune',
    'scripted',
    target,
    ...options.flatMap(([name, value]) => [name, String(value)]),
    ...(group === null ? [] : ['--group-name', group]),
  ])

/** A group that is made takes the disk's values along. */
const MOVE = [
  ['blkdeviotune', 'scripted', 'vda', '--read-iops-sec', '5', '--group-name', 'silver'],
  ['blkdeviotune', 'scripted', 'vda', '--write-bytes-sec-max', '0', '--group-name', 'gold'],
]

const TAKEN = { status: 0, stderr: '' }

function device(id: string): Device {
  return { id, groups: [], iothread: null, disk: DEFAULT_DISK, workload: IDLE, qemu: {} }
}

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  let libvirt: RealLibvirt
  beforeAll(async () => {
    libvirt = await RealLibvirt.start()
    await libvirt.boot('scripted', disk('vda') + disk('vdb'))
  }, PATIENCE_MS)
  afterAll(() => libvirt.close(), PATIENCE_MS)

  const run = (words: readonly string[]) =>
    spawnSync('virsh', ['-q', '-c', libvirt.uri, ...words], { encoding: 'utf8' })

  test('several commands merge as libvirt merges them', () => {
    let taken = 0
    const clear = (target: string) =>
      run([
        'blkdeviotune',
        'scripted',
        target,
        '--live',
        ...NAMES.flatMap((name) => [name, '0', `${name}-max`, '0', `${name}-max-length`, '0']),
        '--size-iops-sec',
        '0',
      ])
    const scripts = fc.sample(fc.array(command, { minLength: 1, maxLength: 4 }), { numRuns: 15, seed: 19 })
    for (const [index, script] of [MOVE, ...scripts].entries()) {
      for (const target of ['vda', 'vdb']) clear(target)
      for (const words of script) if (run([...words, '--live']).status === 0) taken += 1
      const text = script.map((words) => `virsh ${words.join(' ')} --live\n`).join('')
      const read = findFormat('virsh')?.read?.(text, {})
      const { groups, devices } = read?.ok ? read.value.workspace : EMPTY_WORKSPACE
      for (const target of ['vda', 'vdb']) {
        const shown = readTune(run(['blkdeviotune', 'scripted', target, '--live']).stdout)
        const group = devices.find(({ id }) => id === target)?.groups[0]
        const limits = group === undefined ? {} : (groups[group] ?? {})
        expect(canonicalLimits(limits), `script ${index}, ${target}:\n${text}`).toEqual(shown.limits)
      }
    }
    expect(taken).toBeGreaterThan(8)
  })

  test('exported domthrottlegroupset is taken, for a group without limits too; a disk must not pass that', async (context) => {
    if (run(['domthrottlegrouplist', 'scripted']).status !== 0)
      context.skip(`skipped: libvirt ${libvirt.version} has no <throttlegroups>`)
    const groups = { slow: { 'iops-total': 100 }, none: {} }
    const passing = { ...device('vda'), groups: ['slow', 'none'] }
    const written = findFormat('virsh')?.write?.(
      { ...EMPTY_WORKSPACE, groups, devices: [passing] },
      { style: 'throttlegroups', vm: 'scripted' },
    )
    const text = written?.ok ? written.value.text : ''
    const lines = text.trimEnd().split('\n')
    for (const line of lines)
      expect(run([...splitShellWords(line).words.slice(1), '--live']), line).toMatchObject(TAKEN)
    expect(run(['domthrottlegrouplist', 'scripted']).stdout.match(/\w+/g)).toEqual(['slow', 'none'])
    const chain = `<throttlefilters><throttlefilter group='none'/></throttlefilters>`
    const group = '<throttlegroups><throttlegroup><group_name>none</group_name></throttlegroup></throttlegroups>'
    await libvirt.define('passing', disk('vda', { inside: chain }), group)
    expect(run(['start', 'passing', '--paused']).stderr).toContain('does not exist')
    expect(written?.ok && written.value.losses.map(({ message }) => message)).toContain(
      'none has no limits. libvirt accepts it in <throttlefilters>, but the VM then does not start: leave it out for vda',
    )
  })
})
