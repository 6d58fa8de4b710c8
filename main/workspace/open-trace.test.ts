import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatLoss } from '#shared/formats/format.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import { loadTrace, openTrace, openTraceText } from './open-trace.ts'

let folder: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-trace-'))
})

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, content)
  return file
}

/** `device@ns op offset+bytes` of each request. */
async function requestsOf(file: string): Promise<readonly string[]> {
  const opened = await openTrace(file)
  if (!opened.ok) throw new Error(opened.issues.map((issue) => issue.message).join('\n'))
  return opened.value.recordings.flatMap(({ device, trace }) =>
    Array.from({ length: trace.count }, (_, index) => {
      const size = trace.sizes[index]!
      const op = size >= TRACE_WRITE_BIT ? 'w' : 'r'
      return `${device}@${trace.timesNs[index]} ${op} ${trace.offsets[index]}+${size % TRACE_WRITE_BIT}`
    }),
  )
}

const DIALECTS: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ['own', 'time_s,op,offset,bytes\n5,read,0,512\n5.25,w,4096,8192\n', ['disk@0 r 0+512', 'disk@250000000 w 4096+8192']],
  [
    'Alibaba, µs',
    '419,W,8792731648,16384,1577808144360767\n419,R,0,4096,1577808144360867\n725,R,4096,4096,1577808144360768\n',
    ['419@0 w 8792731648+16384', '419@100000 r 0+4096', '725@0 r 4096+4096'],
  ],
  [
    'Tencent, sectors and seconds',
    '1538323200,12910952,128,0,1063\n1538323201,6338688,8,1,1063\n',
    ['1063@0 r 6610407424+65536', '1063@1000000000 w 3245408256+4096'],
  ],
  [
    'SPC',
    '0,20941264,8192,W,0.551706\n0,20939840,8192,r,0.554041\n',
    ['0@0 w 10721927168+8192', '0@2335000 r 10721198080+8192'],
  ],
  [
    'SYSTOR ’17',
    'Timestamp,Response,IOType,LUN,Offset,Size\n1455592201.107000828,0.000231,R,0,1023,4096\n1455592201.207000829,,W,0,4096,512\n',
    ['0@0 r 1023+4096', '0@100000001 w 4096+512'],
  ],
  [
    'MSR, 100 ns',
    '128166372003061629,hm,1,Read,383496192,32768,413\n128166372016385155,hm,1,Write,0,512,1\n',
    ['hm-1@0 r 383496192+32768', 'hm-1@1332352600 w 0+512'],
  ],
  [
    'WorkloadCompactor, without offsets',
    '564037000,0x00001000,DiskWrite\n564243000,0x00000200,DiskRead\n',
    ['disk@0 w 0+4096', 'disk@206000 r 4096+512'],
  ],
  [
    'fio iolog 2',
    'fio version 2 iolog\nf open\nf read 0 4096\nf wait 1500 0\nf write 4096 512\n',
    ['f@0 r 0+4096', 'f@1500000 w 4096+512'],
  ],
]

test.each(DIALECTS)('%s: the same requests packed and unpacked', async (name, text, expected) => {
  expect(await requestsOf(write(`${name}.txt`, text))).toEqual(expected)
  expect(await requestsOf(write(`${name}.gz`, zlib.gzipSync(text)))).toEqual(expected)
})

test('requests out of order are sorted, and a file may end without a line end', async () => {
  const msr =
    '128166372003061639,a,0,Read,0,512,1\r\n128166372003061629,a,0,Write,512,512,1\r\n128166372003061639,a,0,Read,1024,512,1'
  expect(await requestsOf(write('order.csv', msr))).toEqual([
    'a-0@0 w 512+512',
    'a-0@1000 r 0+512',
    'a-0@1000 r 1024+512',
  ])
})

test('a unit of time that was guessed is said', async () => {
  const opened = await openTrace(
    write('guess.csv', 'timestamp,op,offset,bytes\n1577808144360767,R,0,512\n1577808144360967,R,0,512\n'),
  )
  const said = opened.ok ? opened.value.losses.map(formatLoss) : opened.issues
  expect(said).toEqual([
    'timestamp: converted: the heading does not say the unit of time; microseconds are assumed, as "1577808144360767" suggests. Name the column time_s, time_ms, time_us or time_ns to be sure',
  ])
  expect(opened.ok && opened.value.recordings[0]?.trace.timesNs[1]).toBe(200_000)
})

test('what cannot be read says why, with the file', async () => {
  const message = async (file: string) => {
    const opened = await loadTrace(file)
    return opened.ok ? 'read' : opened.issues.map((issue) => issue.message.replaceAll(folder, 'DIR')).join('; ')
  }
  expect([
    await message(path.join(folder, 'gone.csv')),
    await message(write('latin.csv', Buffer.from('time_s,op,offset,bytes # \xe9\n0,r,0,512\n', 'latin1'))),
    await message(write('half.gz', zlib.gzipSync('0,r,0,512\n'.repeat(1000)).subarray(0, 40))),
    await message(write('other.csv', 'a,b\n1,2\n')),
    await message(write('odd.csv', '1,W,0,512,1577808144360767\nnonsense\n')),
    await message(write('two.csv', '1,W,0,512,1577808144360767\n2,W,0,512,1577808144360767\n')),
    await message(write('long.csv', `419,W,0,512,1577808144360767\n${'x'.repeat(3 << 20)}`)),
  ]).toMatchInlineSnapshot(`
    [
      "DIR/gone.csv: there is no such file; check the name",
      "DIR/latin.csv: this is not UTF-8 text; give the text form of the trace",
      "DIR/half.gz: this gzip file is damaged: unexpected end of file",
      "DIR/other.csv, line 1: "a,b" is not time_s,op,offset,bytes; DIR/other.csv, line 2: "1,2" is not time_s,op,offset,bytes",
      "DIR/odd.csv, line 2: "nonsense" is not a line of this format",
      "DIR/two.csv is a recording of 2 disks (1, 2); make a workspace of it with weir import, which gives each disk a device",
      "DIR/long.csv, line 2: this line has more than 1048576 characters; this is probably not the file you meant",
    ]
  `)
})

test('a million lines come in pieces, with progress', async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `7,R,${index * 512},512,1577808144${360767 + index}\n`).join(
    '',
  )
  const file = write('long.gz', zlib.gzipSync(lines.repeat(1000)))
  const told: number[] = []
  const opened = await openTrace(file, { onProgress: (fraction) => told.push(fraction) })
  expect(opened.ok && opened.value.recordings[0]?.trace.count).toBe(1_000_000)
  expect(told.length).toBeGreaterThan(0)
  expect(told.every((fraction, index) => fraction > 0 && fraction <= 1 && fraction >= (told[index - 1] ?? 0))).toBe(
    true,
  )
}, 60_000)

test('a recording that is no file has its intervals, and what is wrong with it has its name', () => {
  const opened = openTraceText(
    'web01',
    '# weir-recording/1\nfrom_s,to_s,device,reads,read_bytes,writes,write_bytes\n0,1,vda,2,8192,1,4096\n',
  )
  expect(opened.ok && opened.value.recordings.map(({ device, trace }) => [device, trace.count])).toEqual([['vda', 3]])
  expect(opened.ok && opened.value.recordings[0]?.trace.about?.intervals).toHaveLength(1)
  const wrong = openTraceText('web01', 'nonsense\n')
  expect(!wrong.ok && wrong.issues[0]?.message).toContain('web01, line 1')
})
