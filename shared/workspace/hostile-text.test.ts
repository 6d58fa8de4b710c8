import { expect, test } from 'vitest'
import { FORMATS, findFormat } from '../formats/formats.ts'
import { parseWorkspace, parseWorkspaceText } from './parse.ts'

// Names and free text made to be taken for something else, at the door of a workspace and in what is written.

const LINE = 'db\nquit'
const TURNED = 'web\u202egpj.exe'

function issuesOf(changes: object): readonly string[] {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...changes })
  return parsed.ok ? [] : parsed.issues.map((issue) => issue.path)
}

const device = (changes: object) => issuesOf({ devices: [{ id: 'a', ...changes }] })

test.each([LINE, TURNED, 'a\u009b31m', 'a\u2028b', 'tag\u{e0041}'])(
  '%j is refused in every place of a workspace',
  (text) => {
    expect(issuesOf({ name: text })).toEqual(['name'])
    expect(issuesOf({ groups: { [text]: {} } })).toHaveLength(1)
    expect(device({ id: text })).toEqual(['devices[0].id'])
    expect(device({ qemu: { qdev: text } })).toEqual(['devices[0].qemu.qdev'])
    expect(device({ qemu: { drive: text, node: text, filter: text } })).toHaveLength(3)
    expect(device({ disk: { kind: 'file', path: text } })).toEqual(['devices[0].disk.path'])
    expect(device({ workload: { kind: 'trace', path: text } })).toEqual(['devices[0].workload.path'])
  },
)

test('readers make such names printable and never throw', () => {
  for (const { id, read } of FORMATS) {
    const texts = [
      `device,group,qdev\n"a${TURNED}","g${LINE}","q\u0007"\n`,
      `virsh blkdeviotune 'vm${TURNED}' vda --total-iops-sec 5 --group-name '${TURNED}'`,
      `{"execute":"block_set_io_throttle","arguments":{"id":"/a\\nquit","bps":0,"bps_rd":0,"bps_wr":0,"iops":5,"iops_rd":0,"iops_wr":0}}`,
    ]
    for (const text of texts) {
      const result = read?.(text, { fileName: TURNED })
      if (result?.ok) expect(JSON.stringify(result.value.workspace), id).not.toMatch(/\u202e|\\n|\\u0007/)
    }
  }
})

test('a cell that a spreadsheet would run is guarded, and comes back as it was', () => {
  const names = ['=1+1', '+a', '-b', '@c', "'=d", "''+e", "'f"]
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: Object.fromEntries(names.map((name) => [name, { 'iops-total': 5 }])),
    devices: names.map((name) => ({ id: name, group: name, qemu: { qdev: name } })),
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const written = findFormat('csv')?.write?.(parsed.value, {})
  const text = written?.ok ? written.value.text : ''
  expect(text.split(/[,\r\n]/).filter((cell) => /^"?[=+@-]/.test(cell))).toEqual([])
  const read = findFormat('csv')?.read?.(text, {})
  expect(read?.ok && read.value.workspace.devices.map(({ id, groups, qemu }) => [id, groups, qemu.qdev])).toEqual(
    names.map((name) => [name, [name], name]),
  )
})

test('virsh takes no name for an option', () => {
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { '--config': { 'iops-total': 5 } },
    devices: [{ id: 'vda', group: '--config' }],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const written = findFormat('virsh')?.write?.(parsed.value, { vm: '--help' })
  const words = written?.ok ? written.value.text.trim().split(' ') : []
  expect(words.slice(0, 3)).toEqual(['virsh', 'blkdeviotune', '--domain=--help'])
  expect(words.at(-1)).toBe('--group-name=--config')
})

const WORDS = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'prototype']

test.each(WORDS)('%s is a word like any other to every reader', (word) => {
  const texts = [
    `qemu-system-x86_64 -${word} x -drive id=${word},${word}=1,iops=5 -object throttle-group,id=${word},limits.${word}=5`,
    `virsh blkdeviotune ${word} ${word} --${word} 5 --total-iops-sec 5`,
    `qm set 100 --scsi0 local:x,${word}=5,iops=5`,
    `[${word}]\n${word}=5\nrw=read\nrw_${word}=${word}\nfilename=${word}\ntotal_iops_sec=5\n`,
    `8:16 ${word}=5 rbps=2097152\n`,
    `block_set_io_throttle ${word} 0 0 0 5 0 0\n${word} 5\n`,
    `device,group,${word}\n${word},${word},5\n`,
    `time_s,op,offset,bytes,${word}\n0,${word},0,512,1\n1,read,0,512,1\n`,
    `<domain><name>${word}</name><devices><disk><target dev="${word}"/><iotune><${word}>5</${word}><total_iops_sec>5</total_iops_sec></iotune></disk></devices></domain>`,
    `{"execute":"${word}","arguments":{"${word}":1}}{"return":{}}[{"device":"${word}","inserted":{"${word}":1,"iops":5}}]`,
  ]
  for (const { id, read } of FORMATS) {
    for (const text of texts) {
      const result = read?.(text, {})
      expect(JSON.stringify(result) ?? '', id).not.toContain('native code')
    }
  }
})

test('a key that is there twice, or is dropped, is said with its lines', () => {
  const say = (text: string) => {
    const parsed = parseWorkspaceText(text)
    return parsed.ok ? 'read' : parsed.issues.map(({ path, code }) => `${path}: ${code}`).join('; ')
  }
  const head = '{"format":"weir-workspace/1","devices":[],'
  expect(say(`${head}\n"groups":{"a":{},\n"b":{},\n"\\u0061":{"iops-total":5}}}`)).toBe('line 4: duplicate-key')
  expect(say(`${head}"groups":{\n"__proto__":{"iops-total":5}}}`)).toBe('line 2: reserved-key')
  expect(say(`${head}"groups":{"a, b":{},"c":{"iops-total":1}, "d":{"iops-total":1}}}`)).toBe('read')
})

test('125 000 wrong groups are one complaint, and a thousand wrong ones a list', () => {
  const wrong = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`g${index}`, 5]))
  expect(issuesOf({ groups: wrong(125_000) })).toEqual(['groups'])
  expect(issuesOf({ groups: wrong(1000) })).toHaveLength(1000)
  expect(issuesOf({ devices: Array.from({ length: 125_000 }, () => 5) })).toEqual(['devices'])
  expect(device({ ...wrong(125_000) })).toHaveLength(1000)
})
