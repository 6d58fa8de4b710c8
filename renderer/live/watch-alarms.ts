import { AlarmWatch } from '#shared/alarms/alarm-watch.ts'
import { alarmRulesOf } from '../store/alarm-rules.ts'
import { setAlarms, useLive } from '../store/live.ts'
import { latestSnapshot, onSnapshot } from '../store/telemetry.ts'
import { announce, useUi } from '../store/ui.ts'
import { readingOfSession } from './session-reading.ts'

/** Looks at each snapshot of a live VM until its undo is called. Begins and ends are also said to assistive technology. */
export function watchAlarms(): () => void {
  let watch: AlarmWatch | null = null
  let address: string | null = null
  const see = (): void => {
    const { mode, qemu, settings } = useUi.getState()
    const snapshot = latestSnapshot()
    if (mode !== 'qemu' || qemu === null || qemu.status === 'detached' || snapshot === null || !settings.alarms.isOn) {
      watch = null
      if (useLive.getState().alarms.length > 0) setAlarms([])
      return
    }
    if (snapshot.source !== 'qemu') return
    if (watch === null || qemu.address !== address) watch = new AlarmWatch(alarmRulesOf(settings.alarms))
    address = qemu.address
    watch.setRules(alarmRulesOf(settings.alarms))
    const events = watch.read(readingOfSession(snapshot, qemu), snapshot.nowNs)
    if (events.length === 0) return
    setAlarms(watch.active)
    const [first] = events
    if (first !== undefined) announce(`Alarm ${first.event === 'begin' ? 'begins' : 'ends'}: ${first.alarm.text}`)
  }
  return onSnapshot(see)
}
