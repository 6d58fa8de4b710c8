import { type IpcMainInvokeEvent, ipcMain, type WebFrameMain } from 'electron'
import { EngineError } from '#main/engine-error.ts'
import { type Channel, REQUESTS, type Replies, type RequestOf } from '#shared/ipc/contract.ts'
import { formatIssue } from '#shared/issue.ts'
import { issuesOfZod } from '#shared/workspace/zod-issues.ts'
import { originOf } from '../shell/page-origin.ts'
import { type IpcAnswer, REQUEST_CHANNEL } from './channels.ts'
import { whyNotPlainJson } from './plain-json.ts'

// The main process's edge. A request passes three gates before anything sees it: its sender is the top frame of one of
// our windows showing our page, its payload is a plain JSON tree, and it fits the contract's schema.

/** A million values are some ten times the largest workspace (1024 devices, long sampled service times). */
const MAX_NODES = 1_000_000

export type Handlers = {
  readonly [C in Channel]: (payload: RequestOf<C>) => Promise<Replies[C]> | Replies[C]
}

export interface IpcServer {
  /** The handlers of the window that `frame` is the page of; null: it is none of ours. */
  readonly handlersOf: (frame: WebFrameMain) => Handlers | null
  readonly pageOrigin: string
  readonly log: (text: string, error: unknown) => void
}

export function serveIpc(server: IpcServer): void {
  ipcMain.handle(REQUEST_CHANNEL, async (event, channel: unknown, payload: unknown): Promise<IpcAnswer> => {
    const handlers = senderHandlers(server, event)
    if (handlers === null) return refuse('This sender is not allowed to make requests.')
    if (typeof channel !== 'string' || !isChannel(channel)) return refuse('There is no such request.')
    try {
      const checked = checkPayload(channel, payload)
      if (!checked.ok) return checked
      const handler = handlers[channel] as (payload: unknown) => unknown // the schema of this very channel let it pass
      return { ok: true, value: await handler(checked.value) }
    } catch (error) {
      if (error instanceof EngineError) return refuse(`${error.message} ${error.advice}`.trim())
      server.log(`${channel} broke`, error)
      return refuse(`Internal error (${channel}): ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

function senderHandlers(server: IpcServer, event: IpcMainInvokeEvent): Handlers | null {
  const frame = event.senderFrame
  if (!frame || frame !== event.sender.mainFrame || originOf(frame.url) !== server.pageOrigin) return null
  return server.handlersOf(frame)
}

function isChannel(text: string): text is Channel {
  return Object.hasOwn(REQUESTS, text)
}

function checkPayload(channel: Channel, payload: unknown): IpcAnswer {
  const wrong = whyNotPlainJson(payload, MAX_NODES)
  if (wrong !== null) return refuse(`${channel}: the payload holds ${wrong}.`)
  const parsed = REQUESTS[channel].safeParse(payload)
  if (parsed.success) return { ok: true, value: parsed.data }
  return refuse(`${channel}: ${issuesOfZod(parsed.error, payload).map(formatIssue).join('; ')}`)
}

function refuse(message: string): IpcAnswer {
  return { ok: false, message }
}
