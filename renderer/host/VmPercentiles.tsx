import { ChartNoAxesColumn } from 'lucide-react'
import type { VmLook } from '#shared/host-look.ts'
import { boundsWords } from '#shared/latency-words.ts'
import { useHost } from '../store/host.ts'
import { Note } from '../ui/Note.tsx'
import { Switch } from '../ui/Switch.tsx'
import styles from './HostPanel.module.css'
import { setPercentiles } from './open-vm.ts'
import { hasWeirs, type MeasuredFlow, measuredFlows, ownersOf } from './percentile-words.ts'

/** Measured percentiles of a VM's disks: asked for, and whatever histograms tell of them. */
export function VmPercentiles({ vm }: { readonly vm: VmLook }) {
  const state = useHost(({ host }) => host?.histograms[vm.id])
  const whose = ownersOf(vm)
  return (
    <section className={styles.percentiles} aria-label="Latency percentiles">
      <p className={styles.ask}>
        Measure latency percentiles
        <Switch
          label="Measure latency percentiles"
          checked={state?.isOn ?? false}
          disabled={state === undefined}
          onChange={(isOn) => setPercentiles(vm.id, isOn)}
        />
      </p>
      {whose !== null && <Flows flows={measuredFlows(vm.disks)} />}
      {whose !== null && (
        <p className={styles.sub}>
          {hasWeirs(vm) && <ChartNoAxesColumn className={styles.mark} aria-hidden="true" />} {whose}
        </p>
      )}
      {state?.problems.map((problem) => (
        <Note key={problem} tone="warn">
          {problem}
        </Note>
      ))}
    </section>
  )
}

function Flows({ flows }: { readonly flows: readonly MeasuredFlow[] }) {
  if (flows.length === 0) return <p className={styles.sub}>No request was completed lately.</p>
  return (
    <table className={styles.disks} aria-label="Latency percentiles of disks">
      <thead>
        <tr>
          <th>Latency</th>
          <th>p50</th>
          <th>p95</th>
          <th>p99</th>
        </tr>
      </thead>
      <tbody>
        {flows.map(({ disk, direction, latency }) => (
          <tr key={`${direction} ${disk}`}>
            <th scope="row">
              {disk} {direction}s
            </th>
            <td>{boundsWords(latency.p50)}</td>
            <td>{boundsWords(latency.p95)}</td>
            <td>{boundsWords(latency.p99)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
