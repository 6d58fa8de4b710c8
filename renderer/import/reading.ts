import { useEffect, useState } from 'react'
import type { Reading, ReadRequest } from './import-model.ts'

/** Typing should not start a reading per key. */
const SETTLE_MS = 120
/** Readers take seconds for the largest traces; more than this is a text made to take for ever. */
const MAX_READ_MS = 60_000

const READING: Reading = { kind: 'reading' }

/** What a text says, read in a worker; a newer text ends the reading of an older one. */
export function useReading({ text, choice, fileName, machine }: ReadRequest): Reading {
  const [read, setRead] = useState<Omit<ReadRequest, 'fileName'> & { readonly reading: Reading }>()
  useEffect(() => {
    if (text.trim() === '') return
    let worker: Worker | null = null
    const finish = (reading: Reading) => {
      worker?.terminate()
      clearTimeout(timer)
      setRead({ text, choice, machine, reading })
    }
    const start = () => {
      worker = new Worker(new URL('./read.worker.ts', import.meta.url), { type: 'module' })
      worker.onmessage = (event: MessageEvent<Reading>) => finish(event.data)
      worker.onerror = (event) => finish(broken(event.message))
      worker.postMessage({ text, choice, fileName, machine } satisfies ReadRequest)
      timer = setTimeout(() => finish(broken('reading it took more than a minute')), MAX_READ_MS)
    }
    let timer = setTimeout(start, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      worker?.terminate()
    }
  }, [text, choice, fileName, machine])
  if (text.trim() === '') return { kind: 'nothing' }
  const isOfThis = read?.text === text && read.choice === choice && read.machine === machine
  return isOfThis ? read.reading : READING
}

function broken(reason: string): Reading {
  const message = `this text could not be read: ${reason}`
  return { kind: 'refused', format: '', issues: [{ path: '', code: 'not-read', message }] }
}
