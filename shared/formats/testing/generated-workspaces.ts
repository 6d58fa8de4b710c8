import fc from 'fast-check'
import {
  type Bucket,
  canonicalLimits,
  type LimitKey,
  type Limits,
  lengthKey,
  MAX_LENGTH_S,
  MAX_RATE,
  maxKey,
} from '#shared/throttle/limits.ts'
import { chainOf } from '#shared/workspace/chain.ts'
import {
  DEFAULT_DISK,
  type Device,
  EMPTY_WORKSPACE,
  IDLE,
  type QemuNames,
  type Workspace,
} from '#shared/workspace/workspace.ts'

// Workspaces for property tests: valid by QEMU's rules, with awkward names and numbers. Imported by tests only.

/** Small numbers, round ones and the largest, all about equally often. */
function rate(most: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1, max: Math.min(20, most) }),
    fc.integer({ min: 1, max: Math.min(1_000_000, most) }),
    fc
      .integer({ min: 1, max: Math.min(4096, Math.max(1, Math.floor(most / 1_048_576))) })
      .map((mib) => Math.min(most, mib * 1_048_576)),
    fc.integer({ min: 1, max: most }),
    fc.constant(most),
  )
}

function bucketLimits(bucket: Bucket): fc.Arbitrary<Limits> {
  return rate(MAX_RATE).chain((avg) =>
    fc.oneof(
      fc.constant<Limits>({ [bucket]: avg }),
      fc
        .integer({ min: avg, max: MAX_RATE })
        .chain((max) =>
          rate(Math.min(MAX_LENGTH_S, Math.floor(MAX_RATE / max))).map(
            (length): Limits => ({ [bucket]: avg, [maxKey(bucket)]: max, [lengthKey(bucket)]: length }),
          ),
        ),
    ),
  )
}

function unitLimits(unit: 'bps' | 'iops'): fc.Arbitrary<Limits> {
  const read = bucketLimits(`${unit}-read`)
  const write = bucketLimits(`${unit}-write`)
  return fc.oneof(
    fc.constant<Limits>({}),
    bucketLimits(`${unit}-total`),
    read,
    write,
    fc.tuple(read, write).map(([a, b]): Limits => ({ ...a, ...b })),
  )
}

export const limitsArbitrary: fc.Arbitrary<Limits> = fc
  .tuple(unitLimits('bps'), unitLimits('iops'), fc.option(rate(Number.MAX_SAFE_INTEGER)))
  .map(([bps, iops, size]) => {
    const limits: Partial<Record<LimitKey, number>> = { ...bps, ...iops }
    if (size !== null && Object.keys(iops).length > 0) limits['iops-size'] = size
    return canonicalLimits(limits)
  })

const isName = (name: string) => name.length > 0 && name.length <= 128 && name !== '__proto__' && !/\p{Cc}/u.test(name)

/** Names that programs take, names that look like something else, and anything that a workspace allows. */
const nameArbitrary: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_-]{0,11}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z][a-z0-9._-]{20,60}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'type',
      'pc.ram',
      'true',
      'null',
      '0',
      '12',
      'a b',
      'a,b',
      "it's",
      '"q"',
      'vda',
      'sdb',
      'scsi0',
      'virtio3',
      '-x',
      'x-throttle',
      'x',
      '#block1',
      '[g]',
      '<g>',
      '&amp;',
      'a\\b',
      '$(id)',
      '`id`',
      ' lead',
      'trail ',
      'ä☃',
      '=1+1',
      'constructor',
      'toString',
      '8:16',
      'global',
      'group',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(isName) },
)

/** Names of QEMU's own that a workspace may hold: valid there, as they come from there. */
function qemuNamesArbitrary(index: number): fc.Arbitrary<QemuNames> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<QemuNames>({}) },
    { weight: 1, arbitrary: fc.constant<QemuNames>({ drive: `drive-virtio-disk${index}` }) },
    { weight: 1, arbitrary: fc.constant<QemuNames>({ qdev: `virtio-disk${index}` }) },
    {
      weight: 1,
      arbitrary: fc.constant<QemuNames>({
        qdev: `/machine/peripheral/vd${index}/virtio-backend`,
        node: `libvirt-${index}-format`,
      }),
    },
    { weight: 1, arbitrary: fc.constant<QemuNames>({ node: `node${index}`, filter: `filter${index}` }) },
  )
}

export interface GeneratedOptions {
  readonly maxDevices: number
  /** Whether devices have names of QEMU's own. */
  readonly qemuNames: boolean
}

export function workspaceArbitrary({ maxDevices, qemuNames }: GeneratedOptions): fc.Arbitrary<Workspace> {
  const groups = fc.uniqueArray(fc.tuple(nameArbitrary, limitsArbitrary), { maxLength: 5, selector: ([name]) => name })
  const ids = fc.uniqueArray(nameArbitrary, { maxLength: maxDevices })
  return fc.tuple(groups, ids).chain(([groupList, idList]) => {
    const place = fc.option(fc.nat(Math.max(0, groupList.length - 1)), { freq: 4 })
    const devices = idList.map((id, index) =>
      fc.tuple(place, qemuNames ? qemuNamesArbitrary(index) : fc.constant<QemuNames>({})).map(
        ([at, qemu]): Device => ({
          id,
          groups: chainOf(at === null ? null : (groupList[at]?.[0] ?? null)),
          iothread: null,
          disk: DEFAULT_DISK,
          workload: IDLE,
          qemu,
        }),
      ),
    )
    return fc.tuple(...devices).map(
      (list): Workspace => ({
        ...EMPTY_WORKSPACE,
        name: 'generated',
        groups: Object.fromEntries(groupList),
        devices: list,
      }),
    )
  })
}

/** The same with disks that virsh knows: `vda`, `vdb`, … */
export function withTargets(workspace: Workspace): Workspace {
  const devices = workspace.devices.map((device, index) => ({ ...device, id: `vd${String.fromCharCode(97 + index)}` }))
  return { ...workspace, devices }
}
