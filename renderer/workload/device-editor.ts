import { useEffect, useMemo, useRef } from 'react'
import { updateDevice } from '#shared/workspace/edits.ts'
import type { Device, SyntheticWorkload, TraceWorkload, Workspace } from '#shared/workspace/workspace.ts'
import { beginGesture, cancelGesture, edit, endGesture } from '../store/workspace.ts'
import type { GesturePhase } from '../ui/slider-reports.ts'

/** Edits of one or several devices at once: one step for Undo, however many there are. */
export interface DeviceEditor {
  change(what: string, change: (device: Device) => Device): void
  /** Touches devices with a synthetic load only. */
  synthetic(what: string, change: (workload: SyntheticWorkload) => SyntheticWorkload): void
  trace(what: string, change: (workload: TraceWorkload) => TraceWorkload): void
  gesture(what: string, phase: GesturePhase): void
}

export function useDeviceEditor(ids: readonly string[]): DeviceEditor {
  const isOpen = useRef(false)
  const key = ids.join('\n')
  useEffect(
    () => () => {
      if (isOpen.current) endGesture()
      isOpen.current = false
    },
    [],
  )
  return useMemo(() => {
    const subjects = key.split('\n')
    const label = (what: string) => `${what} of ${subjects.length === 1 ? subjects[0] : `${subjects.length} devices`}`
    const change = (what: string, changeOne: (device: Device) => Device) =>
      edit(label(what), (workspace) => changeDevices(workspace, subjects, changeOne))
    return {
      change,
      synthetic: (what, changeLoad) =>
        change(what, (device) =>
          device.workload.kind === 'synthetic' ? { ...device, workload: changeLoad(device.workload) } : device,
        ),
      trace: (what, changeLoad) =>
        change(what, (device) =>
          device.workload.kind === 'trace' ? { ...device, workload: changeLoad(device.workload) } : device,
        ),
      gesture: (what, phase) => {
        isOpen.current = phase === 'begin'
        if (phase === 'begin') beginGesture(label(what))
        else if (phase === 'end') endGesture()
        else cancelGesture()
      },
    }
  }, [key])
}

/** The same workspace when no device becomes another value, so that no empty step is left for Undo. */
function changeDevices(workspace: Workspace, ids: readonly string[], change: (device: Device) => Device): Workspace {
  return ids.reduce((current, id) => {
    const device = current.devices.find((each) => each.id === id)
    if (!device) return current
    const next = change(device)
    return JSON.stringify(next) === JSON.stringify(device) ? current : updateDevice(current, id, () => next)
  }, workspace)
}
