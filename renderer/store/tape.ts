import { create } from 'zustand'
import type { QemuApplyReply } from '#shared/ipc/contract.ts'
import { useUi } from './ui.ts'

// What was sent to a live VM, with its answers, oldest first. In the lab nothing is sent: there the tape follows from
// the steps of the workspace.

export interface SentCommand {
  readonly id: number
  readonly command: string
  readonly ok: boolean
  readonly answer: string
  /** Of the Apply it belongs to. */
  readonly batch: number
}

const MAX_SENT = 2000

export const useTape = create<{ readonly sent: readonly SentCommand[] }>()(() => ({ sent: [] }))

let nextId = 1
let nextBatch = 1

/** Enters the commands of one Apply. */
export function recordSent(reply: QemuApplyReply): void {
  const batch = nextBatch
  nextBatch += 1
  const entries = reply.answers.map(({ command, ok, answer }) => {
    const entry: SentCommand = { id: nextId, command, ok, answer, batch }
    nextId += 1
    return entry
  })
  useTape.setState({ sent: [...useTape.getState().sent, ...entries].slice(-MAX_SENT) })
}

// What was sent to another VM says nothing here.
useUi.subscribe(({ qemu }, before) => {
  const isOther = qemu !== null && qemu.address !== null && qemu.address !== before.qemu?.address
  if (isOther && useTape.getState().sent.length > 0) useTape.setState({ sent: [] })
})
