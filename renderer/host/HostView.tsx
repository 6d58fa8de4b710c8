import { Server } from 'lucide-react'
import { useRef } from 'react'
import type { HostLook } from '#shared/host-look.ts'
import { setHostView, useHost } from '../store/host.ts'
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
import { openVm } from './open-vm.ts'
import { useHostKeys } from './use-host-keys.ts'

/** Every VM of the host that is watched, the noisiest on top. */
export function HostView() {
  const look = useHost(({ host }) => host?.look ?? null)
  return look === null ? null : <Host look={look} />
}

function Host({ look }: { readonly look: HostLook }) {
  const units = useUi((ui) => ui.settings.units)
  const { filter, sort } = useHost((state) => state.view)
  const rows = useHost((state) => state.rows)
  const fold = useHost((state) => state.fold)
  const current = useHost((state) => state.current?.vm.id ?? null)
  const root = useRef<HTMLDivElement>(null)
  const scrollTo = useRef<((id: string) => void) | null>(null)
  const press = useHostKeys({ scrollTo, focusFilter: () => root.current?.querySelector('input')?.focus() })
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys pressed on the rows and fields inside bubble up to here
    <div ref={root} className={styles.host} onKeyDown={press}>
      <HostTotals look={look}>
        <HostCounts look={look} filter={filter} onFilter={(next) => setHostView({ filter: next })} />
      </HostTotals>
      {look.problems.map((problem) => (
        <Note key={problem} tone="warn">
          {problem}
        </Note>
      ))}
      <Controls look={look} />
      {rows.length === 0 ? (
        <NoRows look={look} />
      ) : (
        <HostTable
          rows={rows}
          fold={fold}
          sort={sort}
          selected={current}
          units={units}
          onSort={(next) => setHostView({ sort: next })}
          onOpen={openVm}
          scrollTo={scrollTo}
        />
      )}
      <p className={styles.foot}>
        ↑ ↓ select · Enter opens the board · C chooses limits · L lifts limits · P puts them back · / filters · S sorts
        {fold !== null && ' · Q shows quiet VMs or folds them'} · ≈ is estimated from counters and limits
      </p>
    </div>
  )
}

/** Which VMs the table shows. */
function Controls({ look }: { readonly look: HostLook }) {
  const { filter, text } = useHost((state) => state.view)
  const alarms = useHost((state) => state.alarms)
  const segments: readonly Segment<HostFilter>[] = usefulFilters(look, filter).map(([value, label]) => ({
    value,
    label: `${label} ${countOf(look, value, alarms)}`,
  }))
  return (
    <div className={styles.controls}>
      <Segmented
        label="Which VMs"
        size="s"
        value={filter}
        segments={segments}
        onChange={(next) => setHostView({ filter: next })}
      />
      <span className={styles.hint}>Share: of the host's IOPS or bandwidth, whichever is larger</span>
      <TextField
        label="Filter VMs"
        value={text}
        placeholder="Filter VMs  /"
        onChange={(next) => setHostView({ text: next })}
      />
    </div>
  )
}

function NoRows({ look }: { readonly look: HostLook }) {
  const isEmpty = look.vms.length === 0
  return (
    <EmptyState icon={<Server />} title={isEmpty ? 'No VM runs here' : 'No matches'}>
      {isEmpty ? 'A VM appears here within a second of its start.' : 'No VM matches the filter.'}
    </EmptyState>
  )
}
