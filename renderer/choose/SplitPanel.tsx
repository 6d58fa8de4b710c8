import { useEffect } from 'react'
import type { FrontierChart, SplitComparison } from '#shared/frontier.ts'
import { savedWords } from '#shared/split-words.ts'
import { formatDurationNs, NS_PER_S } from '#shared/units.ts'
import { refreshSplit } from '../bridge/choose-split.ts'
import { useChoose } from '../store/choose.ts'
import { notify, useUi } from '../store/ui.ts'
import { wordsFor } from './choose-model.ts'
import styles from './SplitPanel.module.css'

/** A wait that is dragged asks once it rests. */
const REST_MS = 250

/** What these disks need apart and in one group, for the same promise. Nothing where one disk is looked at. */
export function SplitPanel({ chart }: { readonly chart: FrontierChart }) {
  const percentile = useChoose((state) => state.percentile)
  const waitS = useChoose((state) => state.waitS)
  const split = useChoose((state) => state.split)
  const units = useUi((ui) => ui.settings.units)
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when the answer is another one.
  useEffect(() => {
    const timer = setTimeout(() => {
      refreshSplit().catch((error: unknown) => notify('danger', String(error)))
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [chart, percentile, waitS])
  if (split === null) return null
  const { rate } = wordsFor(chart.bucket, units)
  const who = percentile === 100 ? 'longest wait' : `p${percentile}`
  // Where only counters are known the bound stands: it holds however the requests came.
  const bound = split.most ?? split
  const rows = rowsOf(split, bound)
  const top = Math.max(1, ...rows.map((row) => row.rate))
  return (
    <section className={styles.split} aria-label="Group or split">
      <header className={styles.head}>
        <h2>Group or split</h2>
        <span>
          {split.apart.length} disks, {who} ≤ {formatDurationNs(waitS * NS_PER_S)}, no burst
        </span>
      </header>
      <table className={styles.table}>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} title={row.hint}>
              <th scope="row">{row.name}</th>
              <td className={styles.bar} aria-hidden="true">
                <span data-kind={row.kind} style={{ transform: `scaleX(${row.rate / top})` }} />
              </td>
              <td className="num">{rate(row.rate)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.words}>
        One shared group needs <b>{savedWords(bound)}</b>
        {bound.sharedByEach < bound.apartSum ? ': these disks seldom peak together.' : ': these disks peak together.'}
      </p>
    </section>
  )
}

interface Row {
  readonly name: string
  readonly kind: 'apart' | 'shared'
  readonly rate: number
  readonly hint: string
}

function rowsOf({ apart }: SplitComparison, bound: NonNullable<SplitComparison['most']>): readonly Row[] {
  const each = apart.map(({ id, rate }) => `${id} ${Math.ceil(rate)}`).join(', ')
  return [
    { name: 'Apart', kind: 'apart', rate: bound.apartSum, hint: `The sum of a limit for each: ${each}` },
    {
      name: 'Shared, of each disk',
      kind: 'shared',
      rate: bound.sharedByEach,
      hint: 'One group: each disk keeps the promise for its own requests',
    },
    {
      name: 'Shared, of all together',
      kind: 'shared',
      rate: bound.sharedByAll,
      hint: 'One group: the promise is kept over all requests, in which a quiet disk among busy ones is lost',
    },
  ]
}
