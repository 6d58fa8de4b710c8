import { describe, expect, test } from 'vitest'
import { read, transcript } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { newQemuModel } from './qemu-model.ts'
import { refusalOfCommand } from './qmp-refusal.ts'

// A script without answers: what QEMU would refuse changes nothing. Its own recorded refusals say which those are.

interface Exchange {
  readonly send: { readonly execute?: string; readonly arguments?: Readonly<Record<string, unknown>> }
  readonly receive: { readonly error?: { readonly desc: string } }
}

const CHECKED = ['block_set_io_throttle', 'object-add', 'qom-set', 'blockdev-add']
/** What only a running QEMU knows, and what it took before 6.0. */
const NOT_IN_THE_TEXT =
  /not found|does not exist|no medium|block device backend|Cannot find|'props' is unexpected|A group with this name|has not been found/

function recorded(name: string): readonly Exchange[] {
  const { exchanges } = JSON.parse(transcript(name)) as { exchanges: readonly Exchange[] }
  return exchanges.filter(({ send }) => CHECKED.includes(send.execute ?? ''))
}

describe.each(['block_set_io_throttle', 'throttle-group-object', 'throttle-filter'])(
  'as QEMU answered in %s',
  (name) => {
    test('refused and taken', () => {
      const model = newQemuModel()
      let refused = 0
      for (const { send, receive } of recorded(name)) {
        const args = send.arguments ?? {}
        const answer = receive.error?.desc ?? null
        if (answer !== null && NOT_IN_THE_TEXT.test(answer)) continue
        const reason = refusalOfCommand(model, send.execute ?? '', args)
        // It was sent 5.0, which is 5 in JavaScript.
        if (answer?.startsWith('Invalid parameter type') && reason === null) continue
        // `x-…-length value must be in therange` is its own misprint.
        const expected = answer?.replace(/^x-/, '').replace('therange', 'the range') ?? null
        expect(reason, JSON.stringify(send)).toBe(expected)
        if (answer === null && send.execute === 'object-add' && typeof args.id === 'string') {
          model.objects.set(args.id, (args.limits ?? {}) as Record<string, number>)
        }
        if (answer === null && send.execute === 'qom-set' && args.property === 'limits') {
          const group = String(args.path).replace('/objects/', '')
          model.objects.set(group, { ...model.objects.get(group), ...(args.value as Record<string, number>) })
        }
        if (answer === null && send.execute === 'blockdev-add') {
          model.nodes.set(String(args['node-name']), { file: null, group: null })
        }
        if (answer !== null) refused += 1
      }
      expect(refused).toBeGreaterThan(1)
    })
  },
)

test('a refused command is a loss with its place, and changes nothing', () => {
  const lines = [
    '{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"g","limits":{"iops-total":10}}}',
    '{"execute":"qom-set","arguments":{"path":"/objects/g","property":"limits","value":{"iops-read":5}}}',
    '{"execute":"qom-set","arguments":{"path":"/objects/g","property":"limits","value":{"iops-total":1,"iops-total":2}}}',
    '{"execute":"block_set_io_throttle","arguments":{"device":"d0","bps":1,"bps_rd":2,"bps_wr":0,"iops":0,"iops_rd":0,"iops_wr":0}}',
    '{"execute":"block_set_io_throttle","arguments":{"device":"d0","iops":5}}',
    '{"execute":"block_set_io_throttle","arguments":{"device":"d1","bps":0,"bps_rd":0,"bps_wr":0,"iops":7,"iops_rd":0,"iops_wr":0}}',
    '{"execute":"qom-set","arguments":{"path":"old","property":"limits","value":{"iops-read":5}}}',
  ]
  const { workspace, losses } = read('qmp', lines.join('\n'))
  expect(workspace.groups).toEqual({ g: { 'iops-total': 10 }, old: { 'iops-read': 5 }, d1: { 'iops-total': 7 } })
  expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
    [
      "line 2: dropped: QEMU refuses this qom-set and changes nothing: bps/iops/max total values and read/write values cannot be used at the same time",
      "line 3: dropped: QEMU refuses this qom-set and changes nothing: "iops-total" appears here a second time (first in line 1), and only one would count; remove one",
      "line 4: dropped: QEMU refuses this block_set_io_throttle and changes nothing: bps/iops/max total values and read/write values cannot be used at the same time",
      "line 5: dropped: QEMU refuses this block_set_io_throttle and changes nothing: Parameter 'bps' is missing",
      "line 7: not-understood: old was made before this text; limits that it has besides these are not known",
    ]
  `)
})

test.each(['5.0', '1e3', '-0.0', '5E+2'])('%s is no integer to QEMU, though JavaScript takes it for one', (number) => {
  const lines = [
    `{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"g","limits":{"iops-total":${number}}}}`,
    `{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"h","x-iops-total":${number}}}`,
    `[{"execute":"block_set_io_throttle","arguments":{"device":"a 5.0","bps":0,"bps_rd":0,"bps_wr":0,"iops":${number},"iops_rd":0,"iops_wr":0}}]`,
    `{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"i","limits":{"iops-total":5}}}`,
    `{"execute":"qom-set","arguments":{"path":"/objects/i","property":"limits","value":{"iops-total":${number}}}}`,
  ]
  const { workspace, losses } = read('qmp', lines.join('\n'))
  expect(workspace.groups).toEqual({ i: { 'iops-total': 5 } })
  expect(losses.map(formatLoss)).toEqual(
    [
      ['line 1', 'object-add', 'limits.iops-total'],
      ['line 2', 'object-add', 'x-iops-total'],
      ['line 3', 'block_set_io_throttle', 'iops'],
      ['line 5', 'qom-set', 'limits.iops-total'],
    ].map(
      ([line, command, name]) =>
        `${line}: dropped: QEMU refuses this ${command} and changes nothing: Invalid parameter type for '${name}', expected: integer`,
    ),
  )
  const option = `{"qom-type":"throttle-group","id":"g","limits":{"iops-total":${number}}}`
  expect(read('qemu-args', `kvm -object '${option}'`).losses.map(formatLoss)).toEqual([
    '-object g: not-understood: a throttle-group has no iops-total that is a whole number',
  ])
})

test('a key that is there twice in a list of commands is said', () => {
  const text =
    '[{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"g","id":"h","limits":{"iops-total":10}}}]'
  expect(read('qmp', text).losses.map(formatLoss)).toEqual([
    'line 1: not-understood: "id" appears here a second time (first in line 1), and only one would count; remove one',
  ])
})

test('qmp-shell, as its users copy it out of a terminal', () => {
  const text = `Welcome to the QMP low-level shell!
Connected to QEMU 7.2.22

(QEMU) object-add qom-type=throttle-group id=g limits={"iops-total":5,"iops-total-max":9}
{"return": {}}
(QEMU) object-add qom-type=throttle-group id=h limits.bps-read=7
{
    "return": {}
}
(QEMU) block_set_io_throttle device=d0 bps=1 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0 group=h
{"error": {"class": "GenericError", "desc": "no"}}
(QEMU) block_set_io_throttle id=disk1 bps=0 bps_rd=0 bps_wr=0 iops=3 iops_rd=0 iops_wr=0
{"return": {}}
(QEMU) query-status
{"return": {"status": "running"}}
`
  const { workspace, losses, notes } = read('qmp', text)
  expect(workspace.groups).toEqual({
    g: { 'iops-total': 5, 'iops-total-max': 9 },
    h: { 'bps-read': 7 },
    disk1: { 'iops-total': 3 },
  })
  expect(losses).toEqual([])
  expect(notes).toEqual(['Line 10: QEMU refused block_set_io_throttle (no); it changed nothing.'])
  const plain = 'block_set_io_throttle device=d0 bps=0 bps_rd=0 bps_wr=0 iops=x iops_rd=0 iops_wr=0\n'
  expect(read('qmp', `${plain}${plain.replace('=x', '=5')}`).losses.map(formatLoss)).toEqual([
    "line 1: dropped: QEMU refuses this block_set_io_throttle and changes nothing: Invalid parameter type for 'iops', expected: integer",
  ])
})
