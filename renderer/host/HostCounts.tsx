import { EqualNot, Gauge, type LucideIcon, TriangleAlert, Zap } from 'lucide-react'
import type { HostLook } from '#shared/host-look.ts'
import { useHost } from '../store/host.ts'
import styles from './HostCounts.module.css'
import { countOf, type HostFilter } from './host-model.ts'

const COUNTS: readonly (readonly [HostFilter, string, LucideIcon])[] = [
  ['held', 'At their limit', Gauge],
  ['bursting', 'Bursting past it', Zap],
  ['drifting', 'Drifting', EqualNot],
  ['alarms', 'Alarms', TriangleAlert],
]

/** How many VMs each of the things an operator looks for is true of. */
export function HostCounts({ look }: { readonly look: HostLook }) {
  const alarms = useHost((state) => state.alarms)
  return (
    <dl className={styles.counts} aria-label="How many VMs">
      {COUNTS.map(([filter, label, Icon]) => {
        const count = countOf(look, filter, alarms)
        return (
          <div key={filter} data-kind={filter} data-none={count === 0 || undefined}>
            <dt>
              <Icon aria-hidden="true" />
              {label}
            </dt>
            <dd className="num">{count}</dd>
          </div>
        )
      })}
    </dl>
  )
}
