import { create } from 'zustand'
import type { Alarm } from '#shared/alarms/alarm.ts'
import { HostAlarms } from '#shared/alarms/host-alarms.ts'
import type { HostState } from '#shared/host-look.ts'
import type { HostRow } from '#shared/host-rows.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { alarmRulesOf } from './alarm-rules.ts'
import { type HostView, nextSort, SORT_WORDS, shownRows, stepRow } from './host-filter.ts'
import { type HeldSince, HeldTimes } from './host-held.ts'
import { forgetLoads, seeLoads } from './host-loads.ts'
import { type Fold, foldQuiet } from './host-quiet.ts'
import { HostTrails, type Trail } from './host-trails.ts'
import { announce, useUi } from './ui.ts'

// The host that is watched: its latest look, one a second, the last minutes of each of its VMs, and which of them the
// table shows. The row that is current, the panel beside it and the keys all mean the same VM: `current`.

interface HostStore {
  /** null: no host is watched. */
  readonly host: HostState | null
  /** Order and filter of the table. */
  readonly view: HostView
  /** Id of a VM → its alarms now; VMs without are left out. */
  readonly alarms: ReadonlyMap<string, readonly Alarm[]>
  /** Id of the VM that was selected in the table, shown or not; null: none was. */
  readonly selected: string | null
  /** What the table shows, in its order. */
  readonly rows: readonly HostRow[]
  /** The line under which quiet VMs are folded; null: there is none. */
  readonly fold: Fold | null
  /** The row of the selected VM, else the first one; null: the table shows none. */
  readonly current: HostRow | null
}

const NO_ALARMS: HostStore['alarms'] = new Map()
const WHOLE: HostView = { sort: 'share', filter: 'all', text: '', isQuietOpen: false }
export const useHost = create<HostStore>()(() => ({
  host: null,
  view: WHOLE,
  alarms: NO_ALARMS,
  selected: null,
  rows: [],
  fold: null,
  current: null,
}))

const { getState } = useHost

let trails = new HostTrails()
let watch = new HostAlarms(alarmRulesOf(useUi.getState().settings.alarms))
let heldTimes = new HeldTimes()
let lastNs = Number.NEGATIVE_INFINITY
let source = ''

export function takeHost(host: HostState | null): void {
  const isOther = host === null || host.look.host !== source
  if (isOther || host.look.nowNs < lastNs) {
    trails = new HostTrails()
    forgetLoads()
    heldTimes = new HeldTimes()
    watch = new HostAlarms(alarmRulesOf(useUi.getState().settings.alarms))
    lastNs = Number.NEGATIVE_INFINITY
  }
  source = host?.look.host ?? ''
  // Opening a board tells the same look again.
  if (host !== null && host.look.nowNs - lastNs > 500e6) {
    lastNs = host.look.nowNs
    trails.see(host.look.vms)
    seeLoads(host.look)
    heldTimes.see(host.look)
    watch.setRules(alarmRulesOf(useUi.getState().settings.alarms))
    watch.see(host.look)
  }
  const alarms = host === null ? NO_ALARMS : watch.active()
  const { sort } = getState().view
  update(isOther ? { host, alarms, selected: null, view: { ...WHOLE, sort } } : { host, alarms })
}

export function selectVm(id: string): void {
  if (id !== getState().selected) update({ selected: id })
}

/** Selects the row below or above the current one. Gives the id of its VM; null: the table shows none. */
export function stepVm(step: 1 | -1): string | null {
  const { rows, current } = getState()
  const next = stepRow(rows, current?.vm.id ?? null, step)
  if (next !== null) selectVm(next)
  return next
}

/** Orders the table by its next column, or by the one before. */
export function sortByNext(step: 1 | -1): void {
  const { view, rows } = getState()
  const sort = nextSort(rows, view.sort, step)
  setHostView({ sort })
  announce(`Sorted by ${SORT_WORDS[sort]}.`)
}

/** Orders or filters the table otherwise. */
export function setHostView(part: Partial<HostView>): void {
  update({ view: { ...getState().view, ...part } })
}

/** Shows quiet VMs as rows, or folds them again. Gives whether there are any. */
export function toggleQuiet(): boolean {
  const { fold, view } = getState()
  if (fold === null) return false
  setHostView({ isQuietOpen: !view.isQuietOpen })
  return true
}

/** Since when a limit holds a VM back; null: it does not. */
export function heldSince(vm: string, group: string, bucket: Bucket): HeldSince | null {
  return heldTimes.since(vm, group, bucket)
}

export function trailOf(id: string): Trail | null {
  return trails.of(id)
}

/** Of all VMs together. */
export function wholeTrail(): Trail {
  return trails.whole
}

/** Nothing else sets the state, so that rows and current row always go with the rest of it. */
function update(part: Partial<Pick<HostStore, 'host' | 'view' | 'alarms' | 'selected'>>): void {
  const { host, view, alarms, selected } = { ...getState(), ...part }
  const { units } = useUi.getState().settings
  const { rows, fold } =
    host === null ? NO_ROWS : rowsOf(host, { view, selected, rows: shownRows(host.look, view, { units, alarms }) })
  const current = rows.find(({ vm }) => vm.id === selected) ?? rows[0] ?? null
  useHost.setState({ host, view, alarms, selected, rows, fold, current })
}

const NO_ROWS = { rows: [], fold: null }

/** Who looks for something is shown all that matches. */
function rowsOf(
  host: HostState,
  { view, selected, rows }: Pick<HostStore, 'view' | 'selected' | 'rows'>,
): Pick<HostStore, 'rows' | 'fold'> {
  if (view.filter !== 'all' || view.text.trim() !== '') return { rows, fold: null }
  const iopsOf = (id: string) => trails.of(id)?.iops ?? null
  return foldQuiet(rows, { host, isOpen: view.isQuietOpen, selected, iopsOf })
}

useUi.subscribe((ui, before) => {
  if (ui.settings.units !== before.settings.units) update({})
})
