import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Listeners } from '#main/live/listeners.ts'
import type { QemuSession } from '#main/live/qemu-session.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { liftedSession } from './lift-board.ts'
import { RecordBoard } from './record-board.ts'

const STATE = { status: 'attached', address: 'unix:/vm.qmp', label: 'vm' }

test('a recording whose file is chosen after the VM was let go does not begin', async () => {
  const folder = await makeTempFolder()
  try {
    let choose: (file: string) => void = () => undefined
    const session = { state: STATE, looks: new Listeners(), onState: () => () => undefined } as unknown as QemuSession
    const chosen = new Promise<string>((resolve) => {
      choose = resolve
    })
    const board = new RecordBoard(session, { chooseFile: () => chosen, onState: () => undefined })
    const start = board.start()
    await board.close()
    choose(path.join(folder.path, 'vm.trace.gz'))
    expect([(await start).ok, board.state, await readdir(folder.path)]).toEqual([false, null, []])
  } finally {
    await folder.remove()
  }
})

test('a job that has concluded and is kept holds no lift', () => {
  const jobs = [
    { id: 'done', status: 'concluded' },
    { id: 'runs', status: 'running' },
  ]
  const session = liftedSession({ state: STATE, latestSnapshot: { jobs } } as unknown as QemuSession)
  expect(['done', 'runs', 'none'].map((id) => session.hasJob(id))).toEqual([false, true, false])
})
