import { expect, test } from 'vitest'
import { boardOf, newPlaces, type PlaceWanted, takePlace } from './qemu-places.ts'

// What each QEMU called these drives (7.2 and 11.1 for x86, 7.2 for the others), from its `query-block`.

const ide = { if: 'ide' } as const
const cd = { cd: true } as const

interface Asked {
  readonly if?: string
  readonly cd?: boolean
  readonly index?: number
  readonly bus?: number
  readonly unit?: number
}

const RECORDED: readonly (readonly [program: string, machine: string, asked: readonly Asked[], names: string])[] = [
  ['qemu-system-x86_64', '', [{}, {}, {}, {}], 'ide0-hd0 ide0-hd1 ide1-hd0 ide1-hd1'],
  ['qemu-system-x86_64', 'q35', [{}, {}, {}, {}], 'ide0-hd0 ide1-hd0 ide2-hd0 ide3-hd0'],
  ['/usr/bin/qemu-system-x86_64', 'pc-q35-7.2', [cd, {}, {}], 'ide0-cd0 ide1-hd0 ide2-hd0'],
  ['qemu-system-i386', 'isapc', [cd, {}, {}], 'ide0-cd0 ide0-hd1 ide1-hd0'],
  ['kvm', 'pc', [{ index: 2 }, { index: 1 }], 'ide1-hd0 ide0-hd1'],
  ['kvm', 'q35', [{ index: 2 }, { index: 1 }], 'ide2-hd0 ide1-hd0'],
  ['kvm', 'pc', [{ bus: 1, unit: 0 }, {}], 'ide1-hd0 ide0-hd0'],
  ['kvm', 'pc', [{ bus: 1 }], 'ide1-hd0'],
  ['kvm', 'pc', [{ unit: 1 }], 'ide0-hd1'],
  ['kvm', 'pc', [{ if: 'virtio', index: 3 }, { if: 'virtio' }, { if: 'virtio', ...cd }], 'virtio3 virtio0 virtio1'],
  ['kvm', 'pc', [{ if: 'virtio', bus: 1 }], 'virtio0'],
  ['kvm', 'pc', [{ if: 'none' }, { if: 'none' }, { if: 'none', ...cd }], 'none0 none1 none2'],
  ['kvm', 'q35', [{ if: 'none', index: 3 }, { if: 'none' }], 'none3 none0'],
  ['kvm', 'pc', [{ if: 'floppy' }, { if: 'floppy' }], 'floppy0 floppy1'],
  ['kvm', 'pc', [{ if: 'pflash' }, { if: 'pflash' }], 'pflash0 pflash1'],
  ['qemu-system-x86_64', 'microvm', [{}, {}], 'none00 none10'],
  ['qemu-system-x86_64', 'none', [{}, {}, {}], 'none0 none1 none2'],
  ['qemu-system-aarch64', 'virt', [{}, cd], 'virtio0 virtio1'],
  ['qemu-system-arm', 'realview-eb', [{}, cd], 'scsi0-hd0 scsi0-cd1'],
  [
    'qemu-system-arm',
    'realview-eb',
    [{ if: 'scsi' }, { if: 'scsi', index: 9 }, { if: 'scsi', ...cd }],
    'scsi0-hd0 scsi1-hd2 scsi0-cd1',
  ],
  ['qemu-system-arm', 'raspi2b', [{}], 'sd0'],
  ['qemu-system-arm', 'vexpress-a9', [{}, cd], 'none0 none1'],
  ['qemu-system-riscv64', 'virt', [{}, cd], 'none0 none1'],
  ['qemu-system-s390x', '', [{}, cd], 'virtio0 virtio1'],
  ['qemu-system-ppc64', 'pseries', [{}, cd], 'scsi0-hd0 scsi0-cd1'],
  ['qemu-system-ppc', 'g3beige', [{}, cd], 'ide0-hd0 ide0-cd1'],
]

function wanted(usual: string | null, asked: Asked): PlaceWanted {
  return {
    kind: asked.if ?? usual ?? 'unknown',
    isCd: asked.cd ?? false,
    index: asked.index ?? null,
    bus: asked.bus ?? null,
    unit: asked.unit ?? null,
  }
}

test.each(RECORDED)('%s -M %s %j: %s', (program, machine, asked, names) => {
  const board = boardOf(program, machine)
  const taken = newPlaces()
  const places = asked.map((each) => takePlace(board, taken, wanted(board.usual, each)))
  expect(places.map((place) => place.name).join(' ')).toBe(names)
  expect(places.every((place) => place.problem === null)).toBe(true)
})

test('a place that is taken or that the bus does not have is QEMU’s refusal', () => {
  const q35 = boardOf('kvm', 'q35')
  expect(takePlace(q35, newPlaces(), wanted('ide', { ...ide, unit: 1 })).problem).toBe('unit 1 too big (max is 0)')
  const taken = newPlaces()
  takePlace(boardOf('kvm', ''), taken, wanted('ide', { index: 0 }))
  expect(takePlace(boardOf('kvm', ''), taken, wanted('ide', { index: 0 })).problem).toBe(
    'drive with bus=0, unit=0 exists',
  )
})

test('of a machine that was not tried the usual interface is not known', () => {
  expect(boardOf('qemu-system-sparc', 'SS-5').usual).toBeNull()
  expect(boardOf('qemu-system-aarch64', '').usual).toBeNull()
})
