import { expect, test } from 'vitest'
import type { Operation } from './messages.ts'
import { OperationRunner, type OperationTools } from './operation-runner.ts'

test('the memory of requests is given back when a device has gone', () => {
  let shrunk = 0
  const depth = { aio: { shrink: () => (shrunk += 1) } }
  const clock = { freeze: () => {}, thaw: () => {} }
  const runner = new OperationRunner({ depth, clock, arrivals: null } as unknown as OperationTools) // no more is asked
  const run = (...operations: Operation[]) => runner.run(operations)
  run({ kind: 'resume' }, { kind: 'pause' })
  expect(shrunk).toBe(0)
  run({ kind: 'pause' }, { kind: 'close', slot: 3 }, { kind: 'resume' })
  expect(shrunk).toBe(1)
})
