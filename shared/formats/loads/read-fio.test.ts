// biome-ignore-all lint/suspicious/noTemplateCurlyInString: fio writes its variables so
import { describe, expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'
import { formatLoss, type ReadOptions } from '../format.ts'
import { findFormat, guessFormat } from '../formats.ts'

// fio's jobs and command lines, as fio 3.33 takes them; real-fio.test.ts holds such jobs against a real one.

function readWith(text: string, options: ReadOptions) {
  const result = findFormat('fio')?.read?.(text, options)
  if (!result?.ok) throw new Error(JSON.stringify(result))
  return result.value
}

const workloads = (text: string) => read('fio', text).workspace.devices.map((device) => device.workload)
const workload = (lines: string) => workloads(`[a]\n${lines.replaceAll(' ', '\n')}\n`)[0]
const losses = (lines: string) =>
  read('fio', `[a]\ntime_based\nruntime=9\n${lines.replaceAll(' ', '\n')}\n`).losses.map(formatLoss)

test('comments end a line wherever they stand', () => {
  const text =
    '; first\n[a] # the load\nrw=randread ; all reads\nbs=8k#x\n # and\niodepth=4;\nioengine=libaio\nsize=1m ; end\n'
  expect(workloads(text)).toMatchObject([{ readPercent: 100, blockBytes: 8192, iodepth: 4 }])
})

describe('reads and writes apart', () => {
  test('rates hold each direction by itself, whatever the mix', () => {
    const half = { blockBytes: [{ bytes: 4096 }, { bytes: 65_536 }], rateIops: 288 }
    expect(workload('rw=randrw rwmixread=75 bs=4k,64k rate=1m,2m')).toMatchObject(half)
    expect(workload('rw=randrw rwmixread=75 bs=4k,64k rate=1m,2m')).toHaveProperty('readPercent', (256 / 288) * 100)
    expect(workload('rw=randrw rwmixread=75 rate_iops=200')).toMatchObject({ rateIops: 400, readPercent: 50 })
    expect(workload('rw=randrw rwmixread=75 rate_iops=300,100')).toMatchObject({ rateIops: 400, readPercent: 75 })
  })

  test('a rate of one direction is not one of the other', () => {
    expect(workload('rw=randread rate_iops=,50')).toMatchObject({ rateIops: 0 })
    expect(workload('rw=randwrite rate=1m,')).toMatchObject({ rateIops: 0 })
    expect(workload('rw=randread rate=1m, bs=4k')).toMatchObject({ rateIops: 256 })
    expect(workload('rw=randrw rate_iops=200,')).toMatchObject({ rateIops: 0, readPercent: 50, readRateIops: 200 })
    expect(workload('rw=randrw rate_iops=200,')).not.toHaveProperty('writeRateIops')
    expect(workload('rw=randrw rate=,1m bs=4k')).toMatchObject({ rateIops: 0, writeRateIops: 256 })
    expect(workload('rw=randrw rate_iops=,50 filename=/x numjobs=3')).toMatchObject({ writeRateIops: 150 })
    expect(workload('rw=randrw rate_iops=20002001000,')).not.toHaveProperty('readRateIops')
    expect(workload('rw=randread rate_iops=20002001000')).toMatchObject({ rateIops: 0 })
    expect(losses('rw=randread rate_iops=20002001000')[0]).toContain('20002001000 requests/s are more than')
    expect(workload('rw=randread startdelay=4000000000s')).toMatchObject({ startS: 1e9 })
    expect(losses('rw=randrw rate_iops=200,')).toEqual([])
    expect(losses('rw=randrw rate_iops=200, rate_process=poisson')).toEqual([
      'rate_process: converted: fio’s reads come at random moments; here they come no faster than their rate, evenly (a)',
    ])
  })

  test('a size that is not said is fio’s own', () => {
    const sizes = (read: number, write: number) => ({
      blockBytes: [
        { bytes: read, weight: 50 },
        { bytes: write, weight: 50 },
      ],
    })
    expect(workload('rw=randrw bs=16k,')).toMatchObject(sizes(16_384, 4096))
    expect(workload('rw=randrw bs=,16k')).toMatchObject(sizes(4096, 16_384))
    expect(workload('rw=randrw bs=16k')).toMatchObject({ blockBytes: 16_384 })
    expect(workload('rw=randwrite bs=16k,')).toMatchObject({ blockBytes: 4096 })
  })
})

test('jobs alike on one file have together the rates of each, and the pauses of each', () => {
  expect(workload('rw=randread filename=/x numjobs=3 rate_iops=100 iodepth=2 ioengine=libaio')).toMatchObject({
    rateIops: 300,
    iodepth: 6,
  })
  expect(workload('rw=randread filename=/x numjobs=3 thinktime=10ms')).toMatchObject({ rateIops: 300 })
  expect(workloads('[a]\nnumjobs=3\nrate_iops=100\n')).toMatchObject([
    { rateIops: 100 },
    { rateIops: 100 },
    { rateIops: 100 },
  ])
})

test('a pause and a rate do not add up: the slower one holds', () => {
  expect(workload('rw=randread rate_iops=100 thinktime=50ms')).toMatchObject({ rateIops: 20 })
  expect(workload('rw=randread rate_iops=20 thinktime=20ms')).toMatchObject({ rateIops: 20 })
})

test('jobs of their own on one file are said', () => {
  const said = read('fio', '[global]\nfilename=/dev/sdb\n[a]\nrw=read\n[b]\nrw=write\n').losses.map(formatLoss)
  expect(said.at(-1)).toBe(
    'filename: converted: a and b use one file, /dev/sdb; in Weir each has a disk of its own, so that they no longer take from each other',
  )
})

describe('variables and included files', () => {
  const text =
    '[a]\nbs=${SIZE}\nnumjobs=2*$ncpus\niodepth=${UNSET}4\nioengine=libaio\nsize=256*$pagesize\ninclude more.fio\n'

  test('come from where the text is read', () => {
    const imported = readWith(text, {
      variables: { SIZE: '8k', $ncpus: '3' },
      readInclude: (name) => (name === 'more.fio' ? 'rate_iops=50 # each\n' : null),
    })
    expect(imported.workspace.devices.map((device) => device.id)).toHaveLength(6)
    expect(imported.workspace.devices[0]).toMatchObject({
      disk: { sizeBytes: 1_048_576 },
      workload: { blockBytes: 8192, iodepth: 4, rateIops: 50 },
    })
    expect(imported.notes.slice(0, 3)).toEqual(['${SIZE} is "8k" here.', '$ncpus is "3" here.', '${UNSET} is "" here.'])
  })

  test('or are losses, each with its place', () => {
    expect(
      read('fio', text)
        .losses.map(formatLoss)
        .filter((loss) => loss.startsWith('line')),
    ).toEqual([
      'line 2 (a): not-understood: bs=${SIZE}: ${SIZE} is not known here; the option is left out',
      'line 3 (a): not-understood: numjobs=2*$ncpus: $ncpus is not known here; the option is left out',
      'line 4 (a): not-understood: iodepth=${UNSET}4: ${UNSET} is not known here; the option is left out',
      'line 7: not-understood: "more.fio" is another file, which is not in this text; its options are missing',
    ])
    const nested = readWith('[a]\ninclude x\n', { readInclude: (name) => (name === 'x' ? 'include y\n[b]\n' : null) })
    expect(nested.losses.slice(0, 2).map(formatLoss)).toEqual([
      'line 2, x line 1: not-understood: "y" cannot be read beside this file; its options are missing',
      'line 2, x line 2: not-understood: fio takes no new sections in an included file; the rest of it is left out',
    ])
  })
})

test('a command line: what stands before the first --name is for all jobs', () => {
  const text = `RATE=500
    sudo fio --ioengine=libaio --direct=1 --bs 8k --time_based --runtime=60 --output-format=json \\
      --name=db --rw=randread --iodepth=16 --rate_iops=$RATE \\
      --name log --rw=write --bs=64k --thinktime=\${PAUSE} --group_reporting`
  const guessed = guessFormat(text)
  expect(guessed.ok ? guessed.value.id : guessed).toBe('fio')
  const { workspace, losses, notes } = read('fio', text)
  expect(workspace.devices.map(({ id, workload }) => [id, workload])).toMatchObject([
    ['db', { blockBytes: 8192, iodepth: 16, rateIops: 500, readPercent: 100, stopS: 60 }],
    ['log', { blockBytes: 65_536, readPercent: 0, rateIops: 0 }],
  ])
  expect(losses.map(formatLoss)).toEqual([
    '--thinktime: not-understood: thinktime=${PAUSE}: ${PAUSE} is not known here; the option is left out',
  ])
  expect(notes[0]).toBe('group_reporting concerns fio’s own reports and files, not the load.')
  const files = read('fio', 'fio jobs.fio --section=db --name=a --rw=read --size=1m').losses.map(formatLoss)
  expect(files.slice(0, 2)).toEqual([
    'jobs.fio: not-understood: this job file is not in this text; import it by itself',
    '--section: not-understood: only the section "db" of a job file runs; import that file by itself',
  ])
})

test('options that change the load and are not understood are losses, the others a note', () => {
  const said = losses('rw=randread loops=3 exitall random_distribution=zipf:1.2 write_bw_log=x flow=2')
  expect(said.map((loss) => loss.split(':')[0])).toEqual(['loops', 'exitall', 'random_distribution', 'flow'])
})
