import { expect, test } from 'vitest'
import type { PredictProgress } from '#shared/ipc/contract.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { ChooseRunner } from './choose-runner.ts'
import { PredictRunner } from './predict-runner.ts'

// The runners of the threads of a prediction and of the Choose view, with threads that do as a test needs.

const thread = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`)
const order = { workspace: EMPTY_WORKSPACE, durationS: 1, sampleS: 1 }
const facts = { ask: 'facts', limits: {} } as const

test('a prediction whose thread fails while it is cancelled has ended', async () => {
  const told: PredictProgress[] = []
  const stopped =
    "import { workerData } from 'node:worker_threads'\nAtomics.wait(new Int32Array(workerData.stop), 0, 0)\n"
  const runner = new PredictRunner(thread(`${stopped}throw new Error('no memory')`), (progress) => told.push(progress))
  await runner.run(1, order)
  await runner.cancel()
  expect(told).toMatchObject([{ run: 1, error: 'The prediction failed: no memory' }])
})

test('of two runs that are asked for at once the first one is ended', async () => {
  const ended: number[] = []
  const code = `
    import { parentPort, workerData } from 'node:worker_threads'
    Atomics.wait(new Int32Array(workerData.stop), 0, 0)
    parentPort.postMessage({ fraction: workerData.durationS, snapshots: [], result: null, error: null })
  `
  const runner = new PredictRunner(thread(code), ({ fraction }) => ended.push(fraction))
  await runner.run(0, { ...order, durationS: 10 })
  await Promise.all([runner.run(1, { ...order, durationS: 11 }), runner.run(2, { ...order, durationS: 12 })])
  await runner.cancel()
  expect(ended).toEqual([10, 11, 12])
})

test('a run that waits for the one before is not begun when it is cancelled meanwhile', async () => {
  const told: number[] = []
  const code = `
    import { parentPort, workerData } from 'node:worker_threads'
    parentPort.postMessage({ fraction: workerData.durationS, snapshots: [], result: null, error: null })
    Atomics.wait(new Int32Array(workerData.stop), 0, 0)
  `
  const runner = new PredictRunner(thread(code), ({ fraction }) => told.push(fraction))
  await runner.run(0, { ...order, durationS: 10 })
  const next = runner.run(1, { ...order, durationS: 11 })
  await Promise.all([next, runner.cancel()])
  await runner.run(2, { ...order, durationS: 12 })
  await runner.cancel()
  expect(told).toEqual([10, 12])
})

test('the end of a thread that failed is no answer to what the next one is asked', async () => {
  const code = `
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ id, order }) => {
      if (order.ask === 'what-if') throw new Error('broken')
      setTimeout(() => parentPort.postMessage({ id, answer: { ok: true, facts: [] } }), 200)
    })
  `
  const runner = new ChooseRunner(thread(code))
  const broken = await runner.ask({ ask: 'what-if' } as Parameters<typeof runner.ask>[0])
  expect(broken).toEqual({ ok: false, message: 'The calculation failed: broken' })
  expect(await runner.ask(facts)).toEqual({ ok: true, facts: [] })
  await runner.close()
})
