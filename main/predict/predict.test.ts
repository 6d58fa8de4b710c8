import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { buildForTests } from '#main/iothread/testing/build-for-tests.ts'
import { partsOf } from '#main/simulate/parts.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { randomWorkspace } from '#main/simulate/testing/random-workspaces.ts'
import { assert } from '#shared/assert.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { divideParts } from './divide.ts'
import { predict } from './predict.ts'
import { predictInThreads } from './predict-in-threads.ts'
import type { Prediction, PredictionEnd } from './prediction.ts'

// Threads for real, from the build.

const S = 1e9
let workerUrl: URL

beforeAll(async () => {
  workerUrl = pathToFileURL(path.join(await buildForTests(), 'part-worker.js'))
}, 120_000)

function hundredDevices(): Workspace {
  const file = path.join(import.meta.dirname, '../../examples/hundred-devices.weir.json')
  const parsed = parseWorkspaceText(readFileSync(file, 'utf8'))
  assert(parsed.ok, 'an example is valid')
  return parsed.value
}

interface Said {
  readonly end: PredictionEnd
  readonly snapshots: readonly Snapshot[]
}

type More = Partial<
  Pick<Parameters<typeof predictInThreads>[0], 'workerUrl' | 'samplesNs' | 'isStopped' | 'onProgress'>
>

async function inThreads(workspace: Workspace, threads: number, more: More = {}): Promise<Said> {
  const snapshots: Snapshot[] = []
  const end = await predictInThreads({
    ...{ workspace, traces: new Map(), samplesNs: [1, 2, 3, 4].map((s) => s * S), takesSnapshots: true },
    ...{ threads, workerUrl, parts: partsOf(workspace), isStopped: () => false },
    onProgress: (progress) => {
      snapshots.push(...progress.snapshots)
    },
    ...more,
  })
  return { end, snapshots }
}

/** The same, undivided among threads. */
function inOne(workspace: Workspace): Said {
  const simulation = new Simulation({ workspace })
  const snapshots = [1, 2, 3, 4].map((s) => {
    simulation.advance(s * S)
    return simulation.snapshot('running')
  })
  return { end: { nowNs: 4 * S, result: simulation.result() }, snapshots }
}

const scripted = Array.from({ length: 40 }, (_, seed) => randomWorkspace(seed))
  .filter((workspace) => workspace.script.length > 1 && partsOf(workspace).length > 3)
  .slice(0, 2)

test('there are workspaces with a script to divide', () => expect(scripted).toHaveLength(2))

test.each([1, 2, 4])('%i threads say what one says, byte for byte', async (threads) => {
  for (const workspace of [hundredDevices(), ...scripted]) {
    const [divided, whole] = [await inThreads(workspace, threads), inOne(workspace)]
    expect(JSON.stringify(divided) === JSON.stringify(whole), workspace.name).toBe(true)
  }
})

test('stopped on its way, all parts tell of one time, and the snapshots of all of it', async () => {
  const workspace = hundredDevices()
  let told = 0
  const samplesNs = Array.from({ length: 3000 }, (_, sample) => ((sample + 1) * S) / 10)
  const snapshots: Snapshot[] = []
  const { end } = await inThreads(workspace, 2, {
    samplesNs,
    isStopped: () => told > 0,
    onProgress: (progress) => {
      if (progress.nowNs > 0) told += 1
      snapshots.push(...progress.snapshots)
    },
  })
  expect(end.nowNs).toBeGreaterThan(0)
  expect(end.nowNs).toBeLessThan(300 * S)
  expect(snapshots.map(({ nowNs }) => nowNs)).toEqual(samplesNs.filter((ns) => ns <= end.nowNs))
  const simulation = new Simulation({ workspace })
  simulation.advance(end.nowNs)
  expect(end.result).toEqual(simulation.result())
})

test('stopped before it began, one thread has begun nevertheless', async () => {
  const prediction: Prediction = {
    ...{ workspace: hundredDevices(), traces: new Map(), samplesNs: [3600 * S], takesSnapshots: true, threads: 1 },
    ...{ workerUrl: null, isStopped: () => true, onProgress: () => {} },
  }
  const { nowNs, result } = await predict(prediction)
  expect(nowNs).toBeGreaterThan(0)
  expect(nowNs).toBeLessThan(3600 * S)
  expect(result?.durationS).toBe(nowNs / S)
})

test('in one thread it says the same, and that it goes on', async () => {
  const workspace = hundredDevices()
  const snapshots: Snapshot[] = []
  const end = await predict({
    ...{ workspace, traces: new Map(), samplesNs: [1, 2, 3, 4].map((s) => s * S), takesSnapshots: true, threads: 4 },
    ...{ workerUrl: null, isStopped: () => false },
    onProgress: (progress) => {
      snapshots.push(...progress.snapshots)
    },
  })
  expect(JSON.stringify({ end, snapshots }) === JSON.stringify(inOne(workspace))).toBe(true)
})

test('a thread that breaks ends the prediction with its error', async () => {
  const broken = new URL('data:text/javascript,throw new Error("torn")')
  await expect(inThreads(hundredDevices(), 2, { workerUrl: broken })).rejects.toThrow('torn')
})

test('parts are divided by what they are likely to cost, and every part once', () => {
  const parts = partsOf(hundredDevices())
  const shares = divideParts(parts, 3)
  expect(shares.flat().sort((a, b) => a - b)).toEqual([...parts.keys()])
  expect(divideParts(parts.slice(0, 2), 8)).toHaveLength(2)
})

test('no thread is left without a part, even if some parts do nothing', () => {
  const idle = { ...hundredDevices(), groups: {} }
  const devices = idle.devices.map((device) => ({ ...device, groups: [], workload: { kind: 'idle' } as const }))
  const shares = divideParts(partsOf({ ...idle, devices }), 4)
  expect(shares.map((share) => share.length)).toEqual([25, 25, 25, 25])
})

test('stopped at once, it ends soon, also where an event stands for a thousand requests', async () => {
  const [gold] = hundredDevices().devices.filter(({ groups }) => groups[0] === 'gold-1')
  assert(gold !== undefined, 'the example has one')
  const { requests } = await stoppedAtOnce({ ...hundredDevices(), devices: [gold] })
  expect(requests).toBeGreaterThan(0)
  expect(requests).toBeLessThan(4_000_000) // of 22 million
})

async function stoppedAtOnce(workspace: Workspace): Promise<{ readonly requests: number }> {
  let done = 0
  await predict({
    ...{ workspace, traces: new Map(), samplesNs: [3 * 3600 * S], takesSnapshots: false, threads: 1, workerUrl: null },
    isStopped: () => true,
    onProgress: ({ requests }) => {
      done = requests
    },
  })
  return { requests: done }
}
