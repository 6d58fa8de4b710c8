import { EqualNot, Gauge, type LucideIcon, TriangleAlert, Zap } from 'lucide-react'
import type { HostLook } from '#shared/host-look.ts'
import { useHost } from '../store/host.ts'
import { countOf, type HostFilter, usefulFilters } from '../store/host-filter.ts'
import styles from './HostCounts.module.css'

/** Those that an operator looks for first. */
const ICONS: Readonly<Partial<Record<HostFilter, LucideIcon>>> = {
  held: Gauge,
  bursting: Zap,
  drifting: EqualNot,
  alarms: TriangleAlert,
}

interface Props {
  readonly look: HostLook
  readonly filter: HostFilter
  readonly onFilter: (filter: HostFilter) => void
}

/** How many VMs each of the things an operator looks for is true of; pressed, the table leaves only those. */
export function HostCounts({ look, filter, onFilter }: Props) {
  const alarms = useHost((state) => state.alarms)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className={styles.counts} role="group" aria-label="How many VMs">
      {usefulFilters(look, filter).map(([value, label]) => {
        const Icon = ICONS[value]
        if (Icon === undefined) return null
        const count = countOf(look, value, alarms)
        return (
          <button
            key={value}
            type="button"
            data-kind={value}
            data-none={count === 0 || undefined}
            aria-pressed={value === filter}
            onClick={() => onFilter(value === filter ? 'all' : value)}
          >
            <Icon aria-hidden="true" />
            <span>{label}</span>
            <b className="num">{count}</b>
          </button>
        )
      })}
    </div>
  )
}
