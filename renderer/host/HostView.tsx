import { Server } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { HostLook } from '#shared/host-look.ts'
import { setHostView, stepVm, useHost } from '../store/host.ts'
import { countOf, type HostFilter, usefulFilters } from '../store/host-filter.ts'
import { useUi } from '../store/ui.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Note } from '../ui/Note.tsx'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { TextField } from '../ui/TextField.tsx'
import { HostCounts } from './HostCounts.tsx'
import { HostTable } from './HostTable.tsx'
import { HostTotals } from './HostTotals.tsx'
import styles from './HostView.module.css'
import { chooseFor, openVm } from './open-vm.ts'
import { operateVm } from './vm-keys.ts'

/** Every VM of the host that is watched, the noisiest on top. */
export function HostView() {
  const look = useHost(({ host }) => host?.look ?? null)
  return look === null ? null : <Host look={look} />
}

type Pressed = Pick<globalThis.KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'preventDefault'> & {
  readonly target: unknown
}

function Host({ look }: { readonly look: HostLook }) {
  const units = useUi((ui) => ui.settings.units)
  const { filter, sort, text } = useHost((state) => state.view)
  const alarms = useHost((state) => state.alarms)
  const rows = useHost((state) => state.rows)
  const currentVm = useHost((state) => state.current?.vm ?? null)
  const current = currentVm?.id ?? null
  const root = useRef<HTMLDivElement>(null)
  const scrollTo = useRef<((id: string) => void) | null>(null)
  const press = (event: Pressed) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
    const move = (step: 1 | -1) => {
      const next = stepVm(step)
      if (next !== null) scrollTo.current?.(next)
    }
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter' && current !== null && !(event.target instanceof HTMLButtonElement)) openVm(current)
    else if (event.key === 'c' && !isTyping && currentVm !== null) chooseFor(currentVm)
    else if (event.key === '/' && !isTyping) root.current?.querySelector('input')?.focus()
    else if (event.key === 'Escape' && isTyping) setHostView({ text: '' })
    else if (isTyping || current === null || !operateVm(event.key, current)) return
    event.preventDefault()
  }
  const latest = useRef(press)
  useEffect(() => {
    latest.current = press
  })
  // A dialog that closes gives the focus back to nothing: the keys mean the table then, too.
  useEffect(() => {
    const pressOutside = (event: globalThis.KeyboardEvent) => {
      if (event.target === document.body && useUi.getState().dialog === null) latest.current(event)
    }
    document.addEventListener('keydown', pressOutside)
    return () => document.removeEventListener('keydown', pressOutside)
  }, [])
  const setFilter = (next: HostFilter) => setHostView({ filter: next })
  const segments: readonly Segment<HostFilter>[] = usefulFilters(look, filter).map(([value, label]) => ({
    value,
    label: `${label} ${countOf(look, value, alarms)}`,
  }))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys pressed on the rows and fields inside bubble up to here
    <div ref={root} className={styles.host} onKeyDown={press}>
      <HostTotals look={look}>
        <HostCounts look={look} filter={filter} onFilter={setFilter} />
      </HostTotals>
      {look.problems.map((problem) => (
        <Note key={problem} tone="warn">
          {problem}
        </Note>
      ))}
      <div className={styles.controls}>
        <Segmented label="Which VMs" size="s" value={filter} segments={segments} onChange={setFilter} />
        <span className={styles.hint}>Share: of the host's IOPS or bandwidth, whichever is larger</span>
        <TextField
          label="Filter VMs"
          value={text}
          placeholder="Filter VMs  /"
          onChange={(next) => setHostView({ text: next })}
        />
      </div>
      {rows.length === 0 ? (
        <EmptyState icon={<Server />} title={look.vms.length === 0 ? 'No VM runs here' : 'No matches'}>
          {look.vms.length === 0 ? 'A VM appears here within a second of its start.' : 'No VM matches the filter.'}
        </EmptyState>
      ) : (
        <HostTable
          rows={rows}
          sort={sort}
          selected={current}
          units={units}
          onSort={(next) => setHostView({ sort: next })}
          onOpen={openVm}
          scrollTo={scrollTo}
        />
      )}
      <p className={styles.foot}>
        ↑ ↓ select · Enter opens the board · C chooses limits · L lifts limits · P puts them back · / filters · ≈ is
        estimated from counters and limits
      </p>
    </div>
  )
}
