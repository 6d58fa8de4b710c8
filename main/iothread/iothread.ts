import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '#shared/assert.ts'
import { IothreadLoop } from './iothread-loop.ts'
import type { IothreadStart } from './messages.ts'
import { sharpenTimers } from './sharpen-timers.ts'

// The worker's entry, built as a file of its own. It never returns to the event loop until it is asked to stop.

assert(parentPort !== null, 'an iothread is a worker of the engine')
sharpenTimers()
new IothreadLoop(workerData as IothreadStart, parentPort).run() // our own engine is the only one to start it
