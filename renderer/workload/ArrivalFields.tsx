import type { Direction } from '#shared/throttle/limits.ts'
import { ceilingOf, withCeiling, withoutCeilings } from '#shared/workspace/asked-rate.ts'
import type { SyntheticWorkload } from '#shared/workspace/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { common } from './common.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { countText } from './field-text.ts'
import { OPEN_RATE_SCALE, RATE_SCALE } from './scales.ts'
import type { SyntheticProps } from './synthetic-props.ts'
import { ValueRow } from './ValueRow.tsx'
import styles from './WorkloadPanel.module.css'

type Arrivals = SyntheticWorkload['arrivals']

const ARRIVALS: readonly Segment<Arrivals>[] = [
  { value: 'closed', label: 'Closed loop' },
  { value: 'fixed', label: 'Fixed' },
  { value: 'poisson', label: 'Poisson' },
]

const MEANING: Readonly<Record<Arrivals, string>> = {
  closed: 'A new request follows when one is done, up to the depth.',
  fixed: 'A request at a fixed interval, whether or not the last one is done; those that wait pile up to the depth.',
  poisson: 'Requests at random moments with this rate on average.',
}

const MAX_RATE_IOPS = 1e9
const CEILING = countText({ min: 0, max: MAX_RATE_IOPS }, '/s', 'no ceiling')
const RATE = countText({ min: 1, max: MAX_RATE_IOPS }, '/s')
/** An open loop needs a rate; until the user gives one. */
const FIRST_RATE_IOPS = 1000

export function ArrivalFields({ ids, loads, editor }: SyntheticProps) {
  const arrivals = common(loads, (load) => load.arrivals)
  const isOpen = loads.some((load) => load.arrivals !== 'closed')
  const turn = (next: Arrivals) =>
    editor.synthetic('Arrivals', (load) => ({
      ...(next === 'closed' ? load : withoutCeilings(load)),
      arrivals: next,
      rateIops: next !== 'closed' && load.rateIops === 0 ? FIRST_RATE_IOPS : load.rateIops,
    }))
  const ceiling = (label: string, direction: Direction) => (
    <NumberField
      label={label}
      value={common(loads, (load) => ceilingOf(load, direction) ?? 0)}
      format={CEILING.format}
      parse={CEILING.parse}
      onCommit={(iops) => editor.synthetic(label, (load) => withCeiling(load, direction, iops))}
    />
  )
  return (
    <>
      <FieldRow label="Arrivals" below={arrivals && <p className={styles.hint}>{MEANING[arrivals]}</p>}>
        <Segmented label="Arrivals" size="s" value={arrivals} segments={ARRIVALS} onChange={turn} />
      </FieldRow>
      <ValueRow
        label={isOpen ? 'Rate' : 'Rate ceiling'}
        value={common(loads, ({ rateIops }) => rateIops)}
        first={loads[0]?.rateIops ?? 0}
        scale={isOpen ? OPEN_RATE_SCALE : RATE_SCALE}
        text={isOpen ? RATE : CEILING}
        onChange={(rateIops) => editor.synthetic('Rate', (load) => ({ ...load, rateIops }))}
        onGesture={(phase) => editor.gesture('Rate', phase)}
        below={<FieldIssues ids={ids} part="workload.rateIops" />}
      />
      {!isOpen && (
        <FieldRow
          label="Reads, writes"
          below={
            <>
              <FieldIssues ids={ids} part="workload.readRateIops" />
              <FieldIssues ids={ids} part="workload.writeRateIops" />
            </>
          }
        >
          <span className={styles.pair}>
            {ceiling('Ceiling of reads', 'read')}
            <span aria-hidden="true">,</span>
            {ceiling('Ceiling of writes', 'write')}
          </span>
        </FieldRow>
      )}
    </>
  )
}
