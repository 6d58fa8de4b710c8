import { expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

// What the reader makes of virsh commands as people write them; numbers and refusals as virsh 9.0 has them.

const TUNE = 'virsh blkdeviotune web vda'
const lossesOf = (text: string) => read('virsh', text).losses.map(formatLoss)
const groupsOf = (text: string) => read('virsh', text).workspace.groups

test.each([
  ['10bytes', 10],
  ['10byte', 10],
  ['10b', 10],
  ['+10', 10],
  ["' 10'", 10],
  ['010', 10],
  ['10KIB', 10240],
])('--total-bytes-sec %s is taken', (text, bps) => {
  const command = `${TUNE} --total-bytes-sec ${text}`
  expect([groupsOf(command), lossesOf(command)]).toEqual([{ vda: { 'bps-total': bps } }, []])
})

test.each(['10iB', '10KBytes', '0x10', "'10 '", "'10 k'", '-1'])('--total-bytes-sec %s is refused', (text) => {
  const losses = lossesOf(`${TUNE} --total-iops-sec 1\n${TUNE} --total-bytes-sec ${text}`)
  expect(losses).toEqual([expect.stringMatching(/^line 2: .*virsh refuses it/)])
})

test.each([
  ['--total-iops-sec 5 --total-iops-sec 6', '--total-iops-sec'],
  ['--total-iops-sec 5 --live --live', '--live'],
])('an option given twice is refused: %s', (words, option) => {
  expect(lossesOf(`${TUNE} --total-iops-sec 1\n${TUNE} ${words}`)).toEqual([
    `line 2: not-understood: this command has no effect, since virsh refuses it: option ${option} already seen`,
  ])
})

test('limits for the next start stay apart from those that hold now', () => {
  const live = `${TUNE} --total-iops-sec 100 --live`
  const config = `${TUNE} --total-iops-sec 50 --config`
  const kept = { vda: { 'iops-total': 100 } }
  expect([groupsOf(`${live}\n${config}`), groupsOf(`${config}\n${live}`)]).toEqual([kept, kept])
  expect(lossesOf(`${live}\n${config}`)).toEqual([
    'line 2: not-understood: these limits of vda apply from the next start; the ones in force now are kept',
  ])
  expect(lossesOf(`${config}\n${live}`)).toEqual([
    'line 2: not-understood: the limits of vda above apply from the next start; these are in force now and are kept',
  ])
  expect([groupsOf(config), lossesOf(config)]).toEqual([{ vda: { 'iops-total': 50 } }, []])
})

test('the same limits for now and for the next start are no loss', () => {
  const both = (command: string) => ['--live', '--config'].map((flag) => `${command} ${flag}`)
  for (const command of [
    `${TUNE} --total-iops-sec 100 --total-bytes-sec 5k`,
    `${TUNE} --total-iops-sec 0`,
    `${TUNE} --total-iops-sec 100 --group-name g`,
    'virsh domthrottlegroupset web vda --total-iops-sec 100',
  ]) {
    const [live = '', config = ''] = both(command)
    const alone = groupsOf(`${TUNE.replace('vda', 'vdb')} --total-iops-sec 1\n${live}`)
    for (const lines of [
      [live, config],
      [config, live],
    ]) {
      const text = [`${TUNE.replace('vda', 'vdb')} --total-iops-sec 1`, ...lines].join('\n')
      expect([groupsOf(text), lossesOf(text)]).toEqual([alone, []])
    }
  }
  const more = `${TUNE} --total-iops-sec 100 --live\n${TUNE} --total-iops-sec 100 --total-bytes-sec 9 --config`
  expect(lossesOf(more)).toHaveLength(1)
})

test('limits of a throttle group for the next start are none of those in force', () => {
  const set = 'virsh domthrottlegroupset web g'
  const text = `${set} --total-bytes-sec 50 --config\n${set} --total-iops-sec 100 --live`
  expect([groupsOf(text), lossesOf(text)]).toEqual([
    { g: { 'iops-total': 100 } },
    ['line 2: not-understood: the limits of g above apply from the next start; these are in force now and are kept'],
  ])
  const tune = text.replaceAll(set, TUNE)
  expect(groupsOf(tune)).toEqual({ vda: { 'iops-total': 100 } })
})

test('what the script assigns is put in, and a machine that is a variable is said', () => {
  const script = `VM=web LIM=500\nexport DISK=vda\nvirsh blkdeviotune $VM \${DISK} --total-iops-sec $LIM`
  expect([groupsOf(script), lossesOf(script)]).toEqual([{ vda: { 'iops-total': 500 } }, []])
  const loop = 'for vm in web01 web02; do virsh blkdeviotune $vm vda --total-iops-sec 5; done'
  expect(lossesOf(loop)).toEqual([
    'line 1: not-understood: the machine "$vm" is a shell variable; what it stands for is not in this text',
  ])
  const doubling = `A=aaaaaaaa\n${'A=$A$A\n'.repeat(60)}${TUNE} --total-iops-sec 5`
  expect(groupsOf(doubling)).toEqual({ vda: { 'iops-total': 5 } })
})

test('a command for QEMU’s monitor is told what it is', () => {
  const text = `${TUNE} --total-iops-sec 1\nvirsh qemu-monitor-command web --hmp "block_set_io_throttle d 0 0 0 500 0 0"`
  expect(lossesOf(text)).toEqual([
    'line 2: not-understood: a command for QEMU’s own monitor; import what is in its quotes alone, as HMP or QMP',
  ])
})

test('a command for another host is read', () => {
  const text = 'ssh kvm2 "virsh blkdeviotune web vda --total-iops-sec 5"'
  expect([groupsOf(text), lossesOf(text)]).toEqual([{ vda: { 'iops-total': 5 } }, []])
})
