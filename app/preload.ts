import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { PushChannel, WeirBridge } from '#shared/ipc/contract.ts'
import { type IpcAnswer, PUSH_CHANNEL, REQUEST_CHANNEL } from './ipc/channels.ts'
import { hearParts } from './ipc/hear-parts.ts'

// The only way out of the sandboxed page: `window.weir`. Two IPC channels carry everything; the main process checks each
// request against the contract. Types only are imported: zod has no business in here.

async function ask(channel: string, payload: unknown): Promise<unknown> {
  const answer: IpcAnswer = await ipcRenderer.invoke(REQUEST_CHANNEL, channel, payload)
  if (answer.ok) return answer.value
  throw new Error(answer.message)
}

const listeners = new Map<string, Set<(json: string, isMore: boolean) => void>>()

const hear = hearParts((channel) => listeners.get(channel) ?? [])

ipcRenderer.on(PUSH_CHANNEL, (_event, channel: string, json: string, isMore: boolean) => hear(channel, json, isMore))

const DROPS = ['document/open-dropped', 'choose/open-dropped']

const bridge = {
  invoke: (channel: string, payload: unknown) => {
    // A path may come from a drop only, which `openDropped` resolves where the page cannot reach.
    if (DROPS.some((each) => each === channel)) return Promise.reject(new Error('Drop a file to open it.'))
    return ask(channel, payload)
  },
  on: (channel: PushChannel, listener: (json: string, isMore: boolean) => void) => {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
    return () => {
      known.delete(listener)
    }
  },
  openDropped: (file: unknown, as: unknown) => {
    const path = webUtils.getPathForFile(file as File) // anything else makes it throw
    return ask(as === 'recording' ? 'choose/open-dropped' : 'document/open-dropped', { path })
  },
}

contextBridge.exposeInMainWorld('weir', bridge as WeirBridge) // what comes back was typed by the main process
