import { create } from 'zustand'
import type { Alarm } from '#shared/alarms/alarm.ts'
import type { LiftState, RecordingState } from '#shared/ipc/live-ops.ts'

// What goes on with the live VM on the board beside its limits.

interface LiveStore {
  /** null: nothing is lifted. */
  readonly lift: LiftState | null
  /** null: nothing is recorded. */
  readonly recording: RecordingState | null
  readonly alarms: readonly Alarm[]
  /** Which of its dialogs is open. */
  readonly form: 'lift' | 'alarms' | 'taint' | null
  /** Id of the VM of the host that the dialog is about; null: the one on the board. */
  readonly formVm: string | null
}

export const useLive = create<LiveStore>()(() => ({
  lift: null,
  recording: null,
  alarms: [],
  form: null,
  formVm: null,
}))

/** What is an alarm of a group or disk now; null: nothing. */
export function useAlarmOf(subject: string | null): string | null {
  return useLive(
    ({ alarms }) => alarms.find((alarm) => alarm.subject !== null && alarm.subject === subject)?.text ?? null,
  )
}

export function takeLift(lift: LiftState | null): void {
  useLive.setState({ lift })
}

export function takeRecording(recording: RecordingState | null): void {
  useLive.setState({ recording })
}

export function setAlarms(alarms: readonly Alarm[]): void {
  useLive.setState({ alarms })
}

export function showForm(form: LiveStore['form'], formVm: string | null = null): void {
  // A dialog on its way out still says whose it was.
  useLive.setState(form === null ? { form } : { form, formVm })
}
