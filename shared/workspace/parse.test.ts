import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatWorkspace, parseWorkspace, parseWorkspaceText } from './parse.ts'

const MINIMAL = { format: 'weir-workspace/1', groups: {}, devices: [] }

/** The paths and codes of what is wrong with `MINIMAL` plus `parts`. */
function complaints(parts: Record<string, unknown>): readonly string[] {
  const result = parseWorkspace({ ...MINIMAL, ...parts })
  return result.ok ? [] : result.issues.map((issue) => `${issue.path} ${issue.code}`)
}

test('what is left out is filled in', () => {
  const result = parseWorkspace({
    ...MINIMAL,
    groups: { gold: { 'iops-total': 10, 'bps-read': 0 } },
    devices: [{ id: 'db', group: 'gold' }],
  })
  expect(result).toEqual({
    ok: true,
    value: {
      format: 'weir-workspace/1',
      name: 'Untitled',
      seed: 1,
      iothreads: 2,
      groups: { gold: { 'iops-total': 10 } },
      devices: [
        {
          id: 'db',
          groups: ['gold'],
          iothread: null,
          disk: { kind: 'file', sizeBytes: 268435456, direct: false },
          workload: { kind: 'idle' },
          qemu: {},
        },
      ],
      script: [],
    },
  })
})

test('the example is a workspace, and its text comes back as the same value', () => {
  const text = readFileSync(new URL('../../examples/noisy-neighbour.weir.json', import.meta.url), 'utf8')
  const first = parseWorkspaceText(text)
  if (!first.ok) throw new Error(JSON.stringify(first.issues))
  expect(parseWorkspaceText(formatWorkspace(first.value))).toEqual(first)
})

describe('a wrong workspace is refused with the place and the reason', () => {
  test.each([
    [{ colour: 'red' }, ['colour unknown-key']],
    [{ groups: { g: { 'iops-totl': 5 } } }, ['groups.g.iops-totl unknown-key']],
    [{ groups: { g: { 'iops-total': 5, 'iops-read': 3 } } }, ['groups.g.iops-total limits-total-and-split']],
    [{ groups: { g: { 'iops-size': 4096 } } }, ['groups.g.iops-size limits-iops-size-alone']],
    [{ groups: { g: { 'iops-total': 2e15 } } }, ['groups.g.iops-total limits-out-of-range']],
    [
      { groups: { g: { 'iops-total': 5, 'iops-total-max': 9, 'iops-total-max-length': 0 } } },
      ['groups.g.iops-total-max-length limits-length-zero'],
    ],
    [
      { groups: { g: { 'iops-total': 5, 'iops-total-max-length': 2 } } },
      ['groups.g.iops-total-max-length limits-length-without-max'],
    ],
    [
      { groups: { g: { 'iops-total': 5, 'iops-total-max': 1e14, 'iops-total-max-length': 11 } } },
      ['groups.g.iops-total-max-length limits-length-too-high'],
    ],
    [{ groups: { g: { 'iops-total-max': 5 } } }, ['groups.g.iops-total-max limits-max-without-avg']],
    [{ groups: { g: { 'iops-total': 5, 'iops-total-max': 4 } } }, ['groups.g.iops-total-max limits-max-below-avg']],
    [{ groups: { g: { 'iops-total': 1.5 } } }, ['groups.g.iops-total wrong-type']],
    [{ groups: { g: { 'iops-total': -1 } } }, ['groups.g.iops-total wrong-value']],
    [{ groups: { '': {} } }, ['groups[""] wrong-name']],
    [{ devices: [{ id: 'a' }, { id: 'a' }] }, ['devices[1].id duplicate-id']],
    [{ devices: [{ id: 'a', group: 'nope' }] }, ['devices[0].group unknown-group']],
    [{ devices: [{ id: 'a', iothread: 2 }] }, ['devices[0].iothread unknown-iothread']],
    [{ devices: [{ id: 'a', disk: { kind: 'file', sizeBytes: 0 } }] }, ['devices[0].disk.sizeBytes wrong-value']],
    [{ devices: [{ id: 'a', disk: { kind: 'tape' } }] }, ['devices[0].disk.kind wrong-value']],
    [{ devices: [{}] }, ['devices[0].id missing']],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', arrivals: 'poisson' } }] },
      ['devices[0].workload.rateIops open-loop-without-rate'],
    ],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', arrivals: 'fixed', rateIops: 5, writeRateIops: 3 } }] },
      ['devices[0].workload.writeRateIops open-loop-with-ceiling'],
    ],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', readRateIops: 0 } }] },
      ['devices[0].workload.readRateIops wrong-value'],
    ],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', onS: 1 } }] },
      ['devices[0].workload.offS phase-half-given'],
    ],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', startS: 5, stopS: 5 } }] },
      ['devices[0].workload.stopS stop-before-start'],
    ],
    [
      { devices: [{ id: 'a', workload: { kind: 'synthetic', blockBytes: [{ bytes: 100, weight: 1 }] } }] },
      ['devices[0].workload.blockBytes[0].bytes wrong-value'],
    ],
    [{ script: [{ atS: 1, setLimits: { group: 'g', limits: {} } }] }, ['script[0].setLimits.group unknown-group']],
    [
      { script: [{ atS: 1, moveDevice: { device: 'a', group: null } }] },
      ['script[0].moveDevice.device unknown-device'],
    ],
    [{ script: [{ atS: 1, moveDevice: { device: 'a' } }] }, ['script[0].moveDevice.group missing']],
    [{ format: 'weir-workspace/2' }, ['format newer-format']],
    [{ format: 'fio' }, ['format wrong-format']],
  ])('%j', (parts, expected) => {
    expect(complaints(parts)).toEqual(expected)
  })
})

test('half a file says where it ends', () => {
  const result = parseWorkspaceText('{\n  "format": "weir-workspace/1",\n  "groups": {')
  expect(result.ok ? [] : result.issues[0]?.message).toMatch(/^this is not JSON/)
})

test('deep nesting is refused without a stack overflow', () => {
  const deep = `{"format":"weir-workspace/1","groups":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  const result = parseWorkspaceText(deep)
  expect(result.ok ? [] : result.issues.map((issue) => issue.code)).toEqual(['too-deep'])
})

test('a value of a wrong kind, and a file without its format, say what would be right', () => {
  const problems = (value: unknown) => {
    const read = parseWorkspace(value)
    return read.ok ? [] : read.issues.map(({ path, message }) => `${path}: ${message}`)
  }
  const base = { format: 'weir-workspace/1', name: 'x', groups: {}, devices: [] }
  expect(problems({})).toEqual(['format: this is missing; use "weir-workspace/1"'])
  expect(problems({ ...base, groups: { g: { 'iops-total': '10k' } } })).toEqual([
    'groups.g.iops-total: "10k" is not valid; use a number',
  ])
  expect(problems({ ...base, devices: {} })).toEqual(['devices: {} is not valid; use a list in [ ]'])
})
