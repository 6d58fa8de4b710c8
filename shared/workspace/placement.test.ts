import { expect, test } from 'vitest'
import { placeDevices } from './placement.ts'
import { DEFAULT_DISK, type Device, EMPTY_WORKSPACE, IDLE } from './workspace.ts'

const quick = (id: string, iothread: number | null = null): Device => ({
  id,
  groups: [],
  iothread,
  disk: DEFAULT_DISK,
  workload: IDLE,
  qemu: {},
})
const slow = (id: string): Device => ({ ...quick(id), disk: { ...DEFAULT_DISK, direct: true } })

function check(iothreads: number, devices: readonly Device[], expected: readonly number[]): void {
  expect(placeDevices({ ...EMPTY_WORKSPACE, iothreads, devices })).toEqual(expected)
}

test('quick devices are spread evenly', () => check(2, [quick('a'), quick('b'), quick('c'), quick('d')], [0, 1, 0, 1]))

test('a slow disk gets an iothread of its own, the quick ones share the others', () =>
  check(3, [quick('a'), slow('s'), quick('b'), quick('c')], [1, 0, 2, 1]))

test('with one iothread everybody shares it', () => check(1, [slow('s'), quick('a')], [0, 0]))

test('what the workspace says holds', () => check(2, [quick('a', 1), quick('b', 1), quick('c')], [1, 1, 0]))

test('devices that sit already stay where they are', () => {
  const workspace = { ...EMPTY_WORKSPACE, iothreads: 2, devices: [slow('new'), quick('a'), quick('b')] }
  expect(
    placeDevices(
      workspace,
      new Map([
        ['a', 0],
        ['b', 0],
      ]),
    ),
  ).toEqual([1, 0, 0])
})
