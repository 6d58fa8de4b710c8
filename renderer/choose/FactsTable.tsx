import type { FrontierChart, LimitFacts } from '#shared/frontier.ts'
import { type BucketLimits, bucketLimits, burstDurationS } from '#shared/throttle/burst.ts'
import { formatDurationNs, formatShort, NS_PER_S } from '#shared/units.ts'
import { useChoose } from '../store/choose.ts'
import { heldBy } from '../store/choose-target.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './ChoosePanel.module.css'
import { wordsFor } from './choose-model.ts'

interface Props {
  readonly chart: FrontierChart
  readonly limits: BucketLimits
  /** Units a second in the busiest moment. */
  readonly peak: number
}

interface Row {
  readonly name: string
  readonly of: (facts: LimitFacts) => number
  readonly text: (value: number) => string
}

const percent = (share: number) => `${formatShort(share * 100)} %`
const seconds = (value: number) => formatDurationNs(value * NS_PER_S)

const ROWS: readonly Row[] = [
  { name: 'Requests delayed', of: (facts) => facts.delayedShare, text: percent },
  { name: 'Wait p99', of: (facts) => facts.waitS.p99, text: seconds },
  { name: 'Longest wait', of: (facts) => facts.waitS.max, text: seconds },
  { name: 'Time at the limit', of: (facts) => facts.atLimitShare, text: percent },
  { name: 'Longest time at it', of: (facts) => facts.longestAtLimitS, text: seconds },
]

/** What today's limits and the proposed ones do to this load, side by side. */
export function FactsTable({ chart, limits, peak }: Props) {
  const source = useChoose((state) => state.source)
  const todayFacts = useChoose((state) => state.todayFacts)
  const proposedFacts = useChoose((state) => state.proposedFacts)
  const units = useUi((ui) => ui.settings.units)
  const todays = useWorkspace(({ workspace }) => workspace.groups[heldBy(workspace, source) ?? ''])
  const today = todays === undefined ? null : bucketLimits(todays, chart.bucket)
  const burst = (each: BucketLimits | null) =>
    each === null || each.avg === 0 || each.avg >= peak ? 'never ends' : seconds(burstDurationS(each, peak))
  return (
    <table className={styles.table} aria-label="On this load">
      <caption>On this load</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">today</th>
          <th scope="col">proposed</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ name, of, text }) => {
          const was = todayFacts === null ? null : of(todayFacts)
          const now = proposedFacts === null ? null : of(proposedFacts)
          const isOther = was !== null && now !== null && text(was) !== text(now)
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={styles.was}>{was === null ? '–' : text(was)}</td>
              <td data-better={(isOther && now < was) || undefined} data-worse={(isOther && now > was) || undefined}>
                {now === null ? '…' : text(now)}
              </td>
            </tr>
          )
        })}
        <tr>
          <th scope="row">Burst at its peak, {wordsFor(chart.bucket, units).rate(peak)}</th>
          <td className={styles.was}>{todays === undefined ? '–' : burst(today)}</td>
          <td>{burst(limits)}</td>
        </tr>
      </tbody>
    </table>
  )
}
