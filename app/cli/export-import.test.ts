import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from '#shared/formats/formats.ts'
import { COMMANDS } from './commands.ts'
import { runCli } from './run-cli.ts'
import type { Terminal } from './terminal.ts'

let folder: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-cli-formats-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: unknown): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

async function weir(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const plain = (text: string) => text
  const terminal: Terminal = {
    print: (text) => {
      texts.out += `${text}\n`
    },
    complain: (text) => {
      texts.err += `${text}\n`
    },
    write: (text) => {
      texts.out += text
    },
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  const exit = await runCli(argv, { terminal, signal: new AbortController().signal })
  return { exit, out: texts.out.replaceAll(folder, 'DIR'), err: texts.err.replaceAll(folder, 'DIR') }
}

const WORKSPACE = {
  format: 'weir-workspace/1',
  groups: { gold: { 'iops-total': 100, 'iops-total-max': 200 } },
  devices: [{ id: 'db', group: 'gold' }],
}

describe('weir export', () => {
  test('prints the text alone on stdout and the losses on stderr', async () => {
    expect(await weir('export', write('w.weir.json', WORKSPACE), '--to', 'hmp')).toMatchInlineSnapshot(`
      {
        "err": "groups.gold: renamed: HMP names no group; gold is known by its only disk db
      groups.gold.iops-total-max: dropped: HMP has no iops-total-max; 200 is left out
      Groups, limits and who is in which are written; disks, loads, seed and script stay in the workspace file.
      hmp: a disk that is in a group already stays in it, and sets the limits of the whole group. 1 thing is lost in this format.
      ",
        "exit": 0,
        "out": "block_set_io_throttle db 0 0 0 100 0 0
      ",
      }
    `)
  })

  test('every writable format comes out, to stdout and to a file alike', async () => {
    const file = write('w.weir.json', WORKSPACE)
    for (const { id, write: writer, options } of FORMATS) {
      if (!writer) continue
      const needs = (key: string) => options.some((spec) => spec.key === key)
      const old = write('old.weir.json', { ...WORKSPACE, groups: { gold: {} } })
      const more = [...(needs('since') ? ['--since', old] : []), ...(needs('split') ? ['--split', 'half'] : [])]
      const printed = await weir('export', file, '--to', id, ...more)
      const saved = await weir('export', file, '--to', id, ...more, '--out', path.join(folder, 'out.txt'))
      expect([printed.exit, saved.exit, saved.out], id).toEqual([0, 0, ''])
      expect(fs.readFileSync(path.join(folder, 'out.txt'), 'utf8'), id).toBe(printed.out)
      expect(printed.out.length, id).toBeGreaterThan(30)
    }
  })

  test('--json is one object', async () => {
    const { out, err } = await weir('export', write('w.weir.json', WORKSPACE), '--to', 'qmp-legacy', '--json')
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({ format: 'weir-export/1', to: 'qmp-legacy', losses: [] })
  })

  test('wrong calls exit 2 and say what would be right', async () => {
    const file = write('w.weir.json', WORKSPACE)
    const calls = [
      ['export', file],
      ['export', file, '--to', 'nope'],
      ['export', file, '--to', 'fio'],
      ['export', file, '--to', 'qmp', '--split', 'half'],
      ['export', file, '--to', 'qmp', '--style', 'nope'],
      ['export', file, '--to', 'qmp-change'],
      ['export', file, '--to', 'io-max', '--numbers', 'db=x'],
      ['export', file, '--to', 'proxmox', '--vm', 'web'],
    ]
    const answers = await Promise.all(calls.map((argv) => weir(...argv)))
    expect(answers.map((answer) => `${answer.exit} ${answer.err.split('\n')[1]}`)).toMatchInlineSnapshot(`
      [
        "2   --to: say the format; use qmp, qmp-legacy, qmp-change, hmp, qemu-args, storage-daemon-args, libvirt-xml, virsh, proxmox, cinder-qos, nova-flavor, openstack, io-max, incus, cloud-hypervisor, firecracker, spdk, csv, json-schema",
        "2   --to: "nope" is not a known format; use qmp, qmp-legacy, qmp-change, hmp, qemu-args, storage-daemon-args, libvirt-xml, virsh, proxmox, cinder-qos, nova-flavor, openstack, io-max, incus, cloud-hypervisor, firecracker, spdk, csv, json-schema",
        "2   --to: "fio" can only be read; use qmp, qmp-legacy, qmp-change, hmp, qemu-args, storage-daemon-args, libvirt-xml, virsh, proxmox, cinder-qos, nova-flavor, openstack, io-max, incus, cloud-hypervisor, firecracker, spdk, csv, json-schema",
        "2   --split: qmp takes no such option; leave it out",
        "2   --style: "nope" is not a style of this format; use json or shell",
        "2   --since: say what runs now: the workspace to compare with (--since OLD.weir.json)",
        "2   --numbers: "db=x" is not valid; use DEVICE=MAJ:MIN, for example db=8:16",
        "2   --vm: "web" is not the number of a VM; use one as qm list shows, such as 100",
      ]
    `)
  })
})

describe('weir import', () => {
  test('guesses the format and prints a workspace that is one', async () => {
    const exported = await weir('export', write('w.weir.json', WORKSPACE), '--to', 'qmp-legacy')
    const { exit, out, err } = await weir('import', write('limits.json', exported.out))
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      name: 'limits',
      groups: WORKSPACE.groups,
      devices: [{ id: 'db', group: 'gold' }],
    })
    expect(err).toBe('read as qmp: 1 group, 1 device\n')
    expect((await weir('check', write('back.weir.json', out))).exit).toBe(0)
  })

  test('a packed recording of two disks goes beside the workspace, a file each', async () => {
    const lines = '7,R,0,4096,1577808144360767\n8,W,512,512,1577808144360867\n7,W,4096,512,1577808144361767\n'
    const trace = path.join(folder, 'day.csv.gz')
    fs.writeFileSync(trace, gzipSync(lines))
    const out = path.join(folder, 'day.weir.json')
    const { exit, err } = await weir('import', trace, '--out', out)
    expect([exit, err]).toEqual([0, expect.stringContaining('times are in microseconds')])
    expect(fs.readFileSync(path.join(folder, 'day-7.trace.csv'), 'utf8')).toBe(
      'time_s,op,offset,bytes\n0,read,0,4096\n0.001,write,4096,512\n',
    )
    expect((await weir('import', trace, '--out', out)).exit).toBe(0)
    fs.appendFileSync(path.join(folder, 'day-8.trace.csv'), '1,read,0,512\n')
    expect((await weir('import', trace, '--out', out)).err).toContain('day-8.trace.csv exists with other content')
  })

  test('a trace goes beside the workspace, over no other file, and the workspace checks', async () => {
    const trace = write(
      'web.iolog',
      'fio version 3 iolog\n0 /dev/sdb add\n5 /dev/sdb open\n1000 /dev/sdb read 0 4096\n2000 /dev/sdb write 4096 512\n',
    )
    expect((await weir('import', trace)).err).toContain('--out')
    const out = path.join(folder, 'web.weir.json')
    expect((await weir('import', trace, '--out', out)).exit).toBe(0)
    expect(fs.readFileSync(path.join(folder, 'web.trace.csv'), 'utf8')).toBe(
      'time_s,op,offset,bytes\n0,read,0,4096\n0.001,write,4096,512\n',
    )
    expect((await weir('check', out)).exit).toBe(0)
    fs.writeFileSync(path.join(folder, 'web.trace.csv'), 'mine')
    const again = await weir('import', trace, '--out', out)
    expect([again.exit, fs.readFileSync(path.join(folder, 'web.trace.csv'), 'utf8')]).toEqual([2, 'mine'])
    expect(again.err).toContain('exists with other content')
  })

  test('the file that is read is not written over', async () => {
    const limits = write('limits.txt', 'block_set_io_throttle db 0 0 0 100 0 0\n')
    const { exit, err } = await weir('import', limits, '--out', limits)
    expect([exit, err]).toEqual([2, expect.stringContaining('another file: this one is the input')])
    const workspace = write('w.weir.json', WORKSPACE)
    expect((await weir('export', workspace, '--to', 'qmp', '--out', workspace)).exit).toBe(2)
    expect(fs.readFileSync(workspace, 'utf8')).toBe(JSON.stringify(WORKSPACE))
  })

  test('of a script about two machines one is asked for, or each is a workspace over no other file', async () => {
    const script = write('limits.sh', 'qm set 101 --scsi0 a:b,iops=5\nqm set 102 --scsi0 a:c,iops=7,group=g\n')
    expect(await weir('import', script)).toMatchInlineSnapshot(`
      {
        "err": "weir import DIR/limits.sh: 3 problems
        this is about 2 machines; say which one is meant (--machine NAME), or take each as a workspace of its own (--all DIR)
        101: scsi0 (IOPS 5)
        102: scsi0 (IOPS 7)
      ",
        "exit": 2,
        "out": "",
      }
    `)
    const one = await weir('import', script, '--machine', '102', '--json')
    expect(JSON.parse(one.out)).toMatchObject({ workspace: { name: '102', groups: { scsi0: { 'iops-total': 7 } } } })
    expect((await weir('import', script, '--machine', '103')).err).toContain('--machine: no machine "103"')
    const all = path.join(folder, 'all')
    expect(await weir('import', script, '--all', all)).toMatchInlineSnapshot(`
      {
        "err": "101: No machine version is named, so the QEMU that starts it decides: from Proxmox VE 9 on (QEMU 10) drives stand on throttle filters (group throttle-drive-scsi0), before that the limits are the drives’ own (drive-scsi0).
      101 → DIR/all/101.weir.json
      102: line 2 scsi0: not-understood: Proxmox does not read group; rates of bytes are mbps…, in MiB/s
      102: No machine version is named, so the QEMU that starts it decides: from Proxmox VE 9 on (QEMU 10) drives stand on throttle filters (group throttle-drive-scsi0), before that the limits are the drives’ own (drive-scsi0).
      102 → DIR/all/102.weir.json
      read as proxmox: 2 machines
      ",
        "exit": 0,
        "out": "",
      }
    `)
    expect(fs.readdirSync(all)).toEqual(['101.weir.json', '102.weir.json'])
    expect((await weir('check', path.join(all, '102.weir.json'))).exit).toBe(0)
    expect((await weir('import', script, '--all', all)).exit).toBe(0)
    fs.writeFileSync(path.join(all, '101.weir.json'), 'mine')
    fs.rmSync(path.join(all, '102.weir.json'))
    const again = await weir('import', script, '--all', all)
    expect([again.exit, again.err]).toEqual([2, expect.stringContaining('101.weir.json exists with other content')])
    expect(fs.readdirSync(all)).toEqual(['101.weir.json'])
    expect((await weir('import', script, '--all', all, '--machine', '101')).exit).toBe(2)
    const wrong = write(
      'wrong.sh',
      'virsh blkdeviotune a vda --total-iops-sec 5k\nvirsh blkdeviotune b vda --total-iops-sec 5\n',
    )
    const unread = await weir('import', wrong, '--all', path.join(folder, 'unread'))
    expect([unread.exit, unread.err]).toEqual([
      1,
      expect.stringMatching(/a: not written; nothing about disks .*virsh refuses it/),
    ])
    const none = write(
      'none.sh',
      'virsh blkdeviotune a vda --total-iops-sec 5k\nvirsh blkdeviotune b vda --total-iops-sec x\n',
    )
    const nothing = await weir('import', none, '--all', path.join(folder, 'none'))
    expect([nothing.exit, fs.existsSync(path.join(folder, 'none'))]).toEqual([2, false])
    expect(nothing.err).toMatch(/^ {2}a: nothing about disks .*5k.*\n {2}b: nothing about disks .*x/m)
    const outside = write(
      'names.sh',
      'virsh blkdeviotune ../A vda --total-iops-sec 1\nvirsh blkdeviotune a vda --total-iops-sec 2\n',
    )
    expect((await weir('import', outside, '--all', path.join(folder, 'names'))).exit).toBe(0)
    expect(fs.readdirSync(path.join(folder, 'names')).sort()).toEqual(['A.weir.json', 'a-2.weir.json'])
  })

  test('what is no format, and what is a workspace already, is refused', async () => {
    expect((await weir('import', write('x.txt', 'hello world'))).err).toContain('none of the formats')
    expect((await weir('import', write('x.txt', '\n'))).err).toContain('it is empty')
    expect((await weir('import', write('w.weir.json', WORKSPACE))).err).toContain('a Weir workspace already')
    expect((await weir('import', write('x.txt', 'hello'), '--from', 'cinder-qos')).err).toContain('can only be written')
  })
})

test('the help names every format', () => {
  const about = (command: string, option: string) =>
    COMMANDS.find((entry) => entry.name === command)?.options.find((each) => each.name === option)?.about ?? ''
  const names = (text: string) => text.split(': ')[1]?.split(/, | or /)
  expect(names(about('export', 'to'))).toEqual(FORMATS.filter((format) => format.write).map((format) => format.id))
  expect(names(about('import', 'from'))).toEqual(FORMATS.filter((format) => format.read).map((format) => format.id))
})
