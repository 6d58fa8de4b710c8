import { expect, test } from 'vitest'
import { bearsLibvirtsSigns } from '#main/qmp/libvirt-signs.ts'
import {
  groupOfFileName,
  readBlockViews,
  readExports,
  readGroupObjects,
  readNodeViews,
  readQapiLimits,
  readStatsViews,
} from '#main/qmp/qmp-views.ts'
import { recordedReturn, type TranscriptName } from '#main/qmp/testing/transcripts.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { captureWorkspace } from './capture.ts'
import type { Picture } from './picture.ts'
import { readPicture } from './read-picture.ts'
import { weirNames } from './weir-names.ts'

interface Parts {
  readonly block?: unknown
  readonly nodes?: unknown
  readonly stats?: unknown
  readonly nodeStats?: unknown
  readonly objects?: Readonly<Record<string, unknown>>
  readonly exports?: unknown
  readonly daemon?: boolean
  readonly isLibvirts?: boolean
}

function picture({
  block = [],
  nodes = [],
  stats = [],
  nodeStats = [],
  objects = {},
  exports = [],
  daemon,
  isLibvirts = false,
}: Parts): Picture {
  return readPicture({
    blocks: readBlockViews(block),
    nodes: readNodeViews(nodes),
    stats: readStatsViews(stats),
    nodeStats: readStatsViews(nodeStats),
    objects: Object.entries(objects).map(([name, limits]) => ({ name, limits: readQapiLimits(limits) })),
    exports: readExports(exports),
    daemon: daemon ?? false,
    isLibvirts,
    version: '7.2.22',
    status: null,
  })
}

/** The picture in short, and that its capture is a workspace. */
function brief(seen: Picture) {
  expect(parseWorkspace(captureWorkspace(seen, 'vm'))).toMatchObject({ ok: true })
  return {
    disks: seen.disks.map((disk) => `${disk.id} ${disk.style} ${disk.groups.join(' → ') || '-'} ${disk.node ?? '-'}`),
    groups: Object.fromEntries(seen.groups.map((group) => [group.name, group.limits])),
    unknown: seen.unknown,
  }
}

const recorded = (name: TranscriptName, command: string, after: string, n?: number) =>
  recordedReturn(name, command, after, n)

test('both styles beside each other: device limits, a default group, a free disk, a filter', () => {
  const note = 'unthrottled, throttled, default group, filter node'
  const seen = picture({
    block: recorded('query-views', 'query-block', note),
    nodes: recorded('query-views', 'query-named-block-nodes', note),
    stats: recorded('query-views', 'query-blockstats', note),
    objects: { tg0: { 'iops-total': 50, 'iops-total-max-length': 1, 'bps-total': 0 } },
  })
  expect(brief(seen)).toEqual({
    disks: [
      'disk0 legacy - n0',
      'legacy0 legacy grp n1',
      expect.stringMatching(/^legacy1 legacy legacy1 #block/),
      expect.stringMatching(/^plain0 legacy - #block/),
      'disk1 filter tg0 t0-file',
    ],
    groups: {
      grp: {
        'bps-read': 1_000_000,
        'bps-read-max': 3_000_000,
        'bps-read-max-length': 5,
        'iops-total': 100,
        'iops-size': 4096,
      },
      legacy1: { 'iops-read': 7 },
      tg0: { 'iops-total': 50 },
    },
    unknown: [],
  })
  expect(captureWorkspace(seen, 'vm').devices.map((device) => device.qemu)).toEqual([
    { qdev: 'disk0', node: 'n0' },
    { drive: 'legacy0', node: 'n1', style: 'legacy' },
    { drive: 'legacy1', style: 'legacy' },
    { drive: 'plain0' },
    { qdev: 'disk1', node: 't0-file', filter: 't0', style: 'filter' },
  ])
  expect(seen.disks.map((disk) => disk.target)).toEqual([
    { id: 'disk0' },
    { device: 'legacy0' },
    { device: 'legacy1' },
    { device: 'plain0' },
    { id: 'disk1' },
  ])
})

test('a disk with limits of its own over a filter is in a chain of both, its own first', () => {
  const note = 'they show; they come on top'
  const block = recorded('throttle-filter', 'query-block', note)
  const seen = picture({
    block,
    nodes: recorded('throttle-filter', 'query-named-block-nodes', 'both in g0'),
    nodeStats: [
      { 'node-name': 't2', stats: {}, parent: { 'node-name': 't1', parent: { 'node-name': 'n1' } } },
      { 'node-name': 't0', stats: {}, parent: { 'node-name': 'n0' } },
    ],
    objects: { g0: { 'iops-total': 123 }, g1: { 'iops-total': 20 } },
  })
  expect(brief(seen)).toEqual({
    disks: ['disk0 legacy disk0 → g0 n0'],
    groups: { disk0: { 'iops-total': 5 }, g0: { 'iops-total': 123 }, g1: { 'iops-total': 20 } },
    unknown: [
      'Filter t2 of g1 is above no disk that Weir can see.',
      'Filter t1 of g0 is above no disk that Weir can see.',
    ],
  })
})

test('filters over filters are a chain, the guest’s side first', () => {
  const node = (name: string, driver: string, file: string) => ({ 'node-name': name, drv: driver, file })
  const json = (group: string) =>
    `json:{"throttle-group": "${group}", "driver": "throttle", "file": {"driver": "null-co"}}`
  const seen = picture({
    block: [{ device: '', qdev: '/machine/peripheral/v0/virtio-backend', inserted: { 'node-name': 'fmt' } }],
    nodes: [
      node('fmt', 'qcow2', '/x'),
      {
        ...node('t1', 'throttle', json('outer')),
        ro: true,
        detect_zeroes: 'unmap',
        cache: { direct: true, 'no-flush': false },
      },
      node('t0', 'throttle', json('inner')),
      node('n0', 'null-co', 'null-co://'),
    ],
    stats: [
      {
        device: '',
        qdev: '/machine/peripheral/v0/virtio-backend',
        'node-name': 'fmt',
        stats: {},
        parent: { 'node-name': 't1', parent: { 'node-name': 't0', parent: { 'node-name': 'n0' } } },
      },
    ],
  })
  expect(brief(seen)).toEqual({
    disks: ['v0 filter outer → inner fmt'],
    groups: { outer: null, inner: null },
    unknown: [
      'outer: only filters are in it and it has no object, so QEMU does not report its limits.',
      'inner: only filters are in it and it has no object, so QEMU does not report its limits.',
    ],
  })
  expect(seen.disks[0]?.filters).toEqual([
    {
      node: 't1',
      group: 'outer',
      file: 't0',
      keep: { 'read-only': true, 'detect-zeroes': 'unmap', cache: { direct: true } },
    },
    { node: 't0', group: 'inner', file: 'n0', keep: {} },
  ])
})

test('a drive without medium is there, and what it hides is told', () => {
  const after = 'no medium, no inserted, limits not shown'
  expect(brief(picture({ block: recorded('removable-media', 'query-block', after) }))).toEqual({
    disks: ['dev0 legacy - -'],
    groups: {},
    unknown: ['dev0 has no medium: QEMU shows no limits then, though it keeps them for the next one.'],
  })
})

test('the storage daemon: every top node is a disk, moved by its filter alone, and nothing is counted', () => {
  const seen = picture({
    nodes: recorded('storage-daemon', 'query-named-block-nodes', 'nodes'),
    nodeStats: recorded('storage-daemon', 'query-blockstats', 'nodes', 1),
    objects: Object.fromEntries(
      readGroupObjects(recorded('storage-daemon', 'qom-list', 'objects')).map((name) => [name, { 'iops-total': 100 }]),
    ),
    daemon: true,
  })
  expect(brief(seen)).toEqual({
    disks: ['t0 filter g0 n0'],
    groups: { g0: { 'iops-total': 100 }, g1: { 'iops-total': 100 } },
    unknown: ['The storage daemon counts no requests: rates, bucket levels and waits are unknown.'],
  })
  expect(seen.disks[0]).toMatchObject({ target: null, countersKey: null })
})

test('two disks never share a name, and odd names of groups become names a workspace holds', () => {
  const seen = picture({
    block: [
      { device: 'disk0', qdev: 'x', inserted: { 'node-name': 'a', group: '', iops: 5 } },
      { device: '', qdev: 'disk0', inserted: { 'node-name': 'b', group: '__proto__', iops: 6, iops_size: -1 } },
      { device: '', qdev: '/machine/peripheral-anon/device[3]', inserted: { 'node-name': '#block7' } },
      { device: '', qdev: '/machine/peripheral-anon/device[4]/virtio-backend', inserted: { 'node-name': 'named' } },
    ],
  })
  expect(brief(seen)).toMatchObject({
    disks: [
      'disk0 legacy (no name) a',
      'disk0-1 legacy (__proto__) b',
      'device[3] legacy - #block7',
      'named legacy - named',
    ],
    groups: { '(no name)': { 'iops-total': 5 }, '(__proto__)': { 'iops-total': 6 } },
  })
  expect(seen.groups.map((group) => group.qemuName)).toEqual(['', '__proto__'])
})

test('names of groups stay one to one', () => {
  const long = 'x'.repeat(200)
  const names = ['a\tb', 'a·b', '', '(no name)', long, `${long}y`]
  expect(names.map((name) => weirNames(names).get(name))).toEqual([
    'a·b-2',
    'a·b',
    '(no name) 2',
    '(no name)',
    `${'x'.repeat(118)}…`,
    `${'x'.repeat(118)}…-2`,
  ])
})

test('the group is found in a file name, also in one that QEMU cut off', () => {
  const inner = '"file": {"throttle-group": "inner", "driver": "throttle", "file": {'
  expect(groupOfFileName(`json:{"throttle-group": "a \\"b\\"", "driver": "throttle", ${inner}`)).toBe('a "b"')
  expect(groupOfFileName(`json:{"driver": "throttle", ${inner}`)).toBeNull()
  expect(groupOfFileName('json:{"throttle-group": "g", "driver": "throttle", "file": {"driver": "null-co"}}')).toBe('g')
  expect(groupOfFileName('/var/lib/disk.img')).toBeNull()
})

test('views that no QEMU would give are refused', () => {
  expect(() => readBlockViews({})).toThrow('answers query-block with something')
  expect(() => readStatsViews(['x'])).toThrow('answers query-blockstats with something')
})

test('the signs of libvirt are its monitor and its key together', () => {
  const objects = [{ name: 'masterKey0', type: 'child<secret>' }]
  const chardevs = [{ label: 'charmonitor', filename: 'disconnected:unix:/x,server=on' }]
  const signs = [
    bearsLibvirtsSigns(objects, chardevs),
    bearsLibvirtsSigns(objects, []),
    bearsLibvirtsSigns([], chardevs),
  ]
  expect([...signs, bearsLibvirtsSigns(5, [null])]).toEqual([true, false, false, false])
})

test('a VM of libvirt is known by its nodes, or by its monitor and key, and the word is that libvirt does not learn of changes', () => {
  const node = (name: string) => ({ 'node-name': name, drv: 'raw', file: '/x', ro: false })
  const words = [expect.stringContaining('libvirt runs this VM and is not told what is changed here')]
  expect(picture({ nodes: [node('libvirt-1-format'), node('libvirt-1-storage')] }).unknown).toEqual(words)
  expect(picture({ isLibvirts: true }).unknown).toEqual(words)
  expect(picture({ nodes: [node('libvirt-1-other'), node('my-libvirt-1-format')] }).unknown).toEqual([])
})
