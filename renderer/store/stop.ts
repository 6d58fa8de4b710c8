import { useCallback } from 'react'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { useSnapshot } from './telemetry.ts'

// What a device that does nothing any more says for itself.

export interface Stop {
  /** In a word, for those who see no colours. */
  readonly word: string
  /** danger: somebody must mend it; warn: it may be meant so. */
  readonly tone: 'danger' | 'warn'
  /** Whole sentences; '' where there is none. */
  readonly reason: string
  readonly advice: string
}

const STOPS: Readonly<Partial<Record<DeviceSnapshot['status'], Pick<Stop, 'word' | 'tone'>>>> = {
  failed: { word: 'Stopped', tone: 'danger' },
  gone: { word: 'Gone from the VM', tone: 'warn' },
  'no-medium': { word: 'No medium', tone: 'warn' },
}

export function isStopped(device: DeviceSnapshot | undefined): boolean {
  return device !== undefined && STOPS[device.status] !== undefined
}

/** Why the device has stopped; null: it has not. */
export function useStop(id: string): Stop | null {
  const status = useSnapshot(useCallback((snapshot: Snapshot | null) => snapshot?.devices[id]?.status ?? null, [id]))
  const reason = useSnapshot(useCallback((snapshot: Snapshot | null) => snapshot?.devices[id]?.reason ?? '', [id]))
  const advice = useSnapshot(useCallback((snapshot: Snapshot | null) => snapshot?.devices[id]?.advice ?? '', [id]))
  const stop = status === null ? undefined : STOPS[status]
  return stop === undefined ? null : { ...stop, reason: sentence(reason), advice: sentence(advice) }
}

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}
