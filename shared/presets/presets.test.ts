import { expect, test } from 'vitest'
import { limitBreaches } from '../throttle/rules.ts'
import { PRESETS, presetLimits } from './presets.ts'

function limitsOf(id: string, sizeGib = 100) {
  const preset = PRESETS.find((each) => each.id === id)
  if (!preset) throw new Error(`no preset ${id}`)
  return presetLimits(preset, sizeGib)
}

test('QEMU takes every preset at every size', () => {
  for (const preset of PRESETS) {
    for (const sizeGib of [1, 33, 34, 170, 171, 999, 1000, 5334, 16_384]) {
      expect(limitBreaches(presetLimits(preset, sizeGib)), `${preset.id} of ${sizeGib} GiB`).toEqual([])
    }
  }
})

test('gp2 gives 3 IOPS per GiB and half an hour of 3 000', () => {
  expect(limitsOf('aws-gp2', 100)).toEqual({
    'bps-total': 134_217_728,
    'iops-total': 300,
    'iops-total-max': 3000,
    'iops-total-max-length': 1800,
    'iops-size': 262_144,
  })
})

test('gp2 never falls below 100 nor above 16 000, and from 1 000 GiB on needs no burst', () => {
  expect(limitsOf('aws-gp2', 8)['iops-total']).toBe(100)
  expect(limitsOf('aws-gp2', 1000)).toEqual({ 'bps-total': 262_144_000, 'iops-total': 3000, 'iops-size': 262_144 })
  expect(limitsOf('aws-gp2', 99_999)['iops-total']).toBe(16_000)
})

test('gp3 is 3 000 IOPS and 125 MiB/s at any size', () => {
  expect(limitsOf('aws-gp3')).toEqual({ 'bps-total': 131_072_000, 'iops-total': 3000, 'iops-size': 262_144 })
})
