import { describe, expect, test } from 'vitest'
import { fixture, read } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { guessFormat } from '../formats.ts'

// What the readers make of recorded and described loads.

describe('fio', () => {
  test.each([
    ['a file', '[global]\nrw=write\n[a]\nrw=read\niodepth=4\niodepth=8\n'],
    ['a command', 'fio --rw=write --name=a --rw=read --iodepth=4 --iodepth=8'],
  ])('an option that one job sets twice is a loss, one of all jobs set again is none: %s', (_, text) => {
    const losses = read('fio', text).losses.map(formatLoss)
    expect(losses.filter((loss) => loss.includes('twice'))).toEqual([
      expect.stringContaining('iodepth is set twice; the last one counts: 8 replaces 4'),
    ])
  })
  test('jobs become disks with loads', () => {
    const { workspace, losses } = read('fio', fixture('mixed.fio'))
    expect(workspace.devices.map(({ id, disk, workload }) => ({ id, disk, workload }))).toMatchInlineSnapshot(`
      [
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "db",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 8192,
            "iodepth": 32,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "random",
            "rateIops": 1500,
            "readPercent": 66.66666666666666,
            "startS": 0,
            "stopS": 120,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "log",
          "workload": {
            "arrivals": "closed",
            "blockBytes": [
              {
                "bytes": 4096,
                "weight": 60,
              },
              {
                "bytes": 65536,
                "weight": 40,
              },
            ],
            "iodepth": 4,
            "kind": "synthetic",
            "offS": 0.002,
            "onS": 0.5,
            "pattern": "sequential",
            "rateIops": 0,
            "readPercent": 0,
            "startS": 10,
            "stopS": 130,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "backup.0",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 1048576,
            "iodepth": 1,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "sequential",
            "rateIops": 100,
            "readPercent": 100,
            "startS": 130,
            "stopS": 250,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "backup.1",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 1048576,
            "iodepth": 1,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "sequential",
            "rateIops": 100,
            "readPercent": 100,
            "startS": 130,
            "stopS": 250,
          },
        },
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "rate_iops: converted: fio holds reads to 1000 and writes to 500 requests/s, each by itself: 1500 together, of which 66.667 % are reads (db)",
        "verify: not-understood: Weir’s loads have no equivalent; "crc32c" is left out (backup)",
        "rate: converted: 100m bytes/s are 100 requests/s of 1048576 bytes (backup)",
        "iodepth: converted: fio’s psync waits for each request; the iodepth is 1, not 16 (backup)",
      ]
    `)
  })

  test('k is 1024 and ki 1000, unless kb_base turns that round', () => {
    const block = (lines: string) => read('fio', `[a]\n${lines}`).workspace.devices[0]?.workload
    expect(block('bs=4k')).toMatchObject({ blockBytes: 4096 })
    expect(block('bs=4ki')).toMatchObject({ blockBytes: 4000 })
    expect(block('bs=4k\nkb_base=1000')).toMatchObject({ blockBytes: 4000 })
    expect(block('bs=4KiB\nkb_base=1000')).toMatchObject({ blockBytes: 4096 })
  })
})

describe('traces', () => {
  test('fio iolog 3 by time and file', () => {
    const text =
      'fio version 3 iolog\n0 /a b add\n1 /a b open\n2000 /a b read 4096 512\n1000 /a b write 0 4096\n3000 /a b trim 0 4096\n1500 /c read 0 134217728\n4000 /a b close\nx y\n'
    const { workspace, files, losses } = read('fio-iolog', text, 'web.iolog')
    expect(files).toMatchInlineSnapshot(`
      [
        {
          "name": "web-a-b.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,0,4096
      0.001,read,4096,512
      ",
        },
        {
          "name": "web-c.trace.csv",
          "text": "time_s,op,offset,bytes
      0,read,0,67108864
      0,read,67108864,67108864
      ",
        },
      ]
    `)
    expect(workspace.devices.map(({ id, disk, workload }) => [id, disk.sizeBytes, workload])).toMatchInlineSnapshot(`
      [
        [
          "/a b",
          1048576,
          {
            "iodepth": 64,
            "kind": "trace",
            "loop": false,
            "path": "web-a-b.trace.csv",
            "speed": 1,
          },
        ],
        [
          "/c",
          134217728,
          {
            "iodepth": 64,
            "kind": "trace",
            "loop": false,
            "path": "web-c.trace.csv",
            "speed": 1,
          },
        ],
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "line 9: not-understood: "x y" is not a line of this format",
        "dropped: 1 × trim requests left out",
        "dropped: 1 × lines that are not of this format left out",
        "converted: 1 × requests of more than 64 MiB are cut into such pieces",
      ]
    `)
  })

  test('fio iolog 2 has waits for times', () => {
    const text = 'fio version 2 iolog\nf add\nf open\nf read 0 4096\nf wait 1500 0\nf write 4096 4096\nf sync 0 0\n'
    expect(read('fio-iolog', text).files[0]?.text).toBe(
      'time_s,op,offset,bytes\n0,read,0,4096\n0.0015,write,4096,4096\n',
    )
  })

  test('blkparse’s text', () => {
    const { workspace, files, losses } = read('blktrace', fixture('blkparse.txt'), 'sda.blktrace')
    expect(workspace.devices.map((device) => device.id)).toEqual(['8,0', '8,16'])
    expect(files).toMatchInlineSnapshot(`
      [
        {
          "name": "sda-8-0.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,114426880,4096
      0.001504803,read,524288,8192
      ",
        },
        {
          "name": "sda-8-16.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,2097152,512
      ",
        },
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "dropped: 1 × discards and flushes left out",
        "dropped: 1 × events without a place (flushes) left out",
      ]
    `)
  })

  test('CSV under other names and units, and Microsoft Research’s', () => {
    expect(read('trace-csv', 'time_us,rw,lba,sectors,pid\n10,R,8,1,7\n1010,W,16,2,7\n').files[0]?.text).toBe(
      'time_s,op,offset,bytes\n0,read,4096,512\n0.001,write,8192,1024\n',
    )
    const msr =
      '128166372003061629,hm,1,Read,383496192,32768,413\n128166372016382155,hm,0,Write,2822144,8192,131327\n128166372016385155,hm,1,Write,0,512,1\n'
    const { workspace, files } = read('trace-msr', msr, 'hm.csv')
    expect(workspace.devices.map((device) => device.id)).toEqual(['hm-1', 'hm-0'])
    expect(files[0]?.text).toBe('time_s,op,offset,bytes\n0,read,383496192,32768\n1.3323526,write,0,512\n')
  })
})

test.each([
  [';', 'time_s;op;offset;bytes\n0;read;0;512\n0,5;write;1024;4096\n'],
  ['commas, with quotes', '"time_s","op","offset","bytes"\n"0","read","0",512\n"0.5", "write",1024,4.096e3\n'],
  ['a tab', 'time_s\top\toffset\tbytes\n0\tread\t0\t512\n0.5\twrite\t1024\t4096\n'],
])('a trace of a spreadsheet, parted by %s, is that parted by commas', (_, text) => {
  expect(guessFormat(text)).toMatchObject({ ok: true, value: { id: 'trace-csv' } })
  const { files } = read('trace-csv', 'time_s,op,offset,bytes\n0,read,0,512\n0.5,write,1024,4096\n')
  expect(files).toHaveLength(1)
  expect(read('trace-csv', text).files).toEqual(files)
})
