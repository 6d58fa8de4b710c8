import { FolderOpen, RefreshCw } from 'lucide-react'
import { useShallow } from 'zustand/react/shallow'
import type { FrontierPercentile } from '#shared/frontier.ts'
import { formatDurationNs, NS_PER_S, parseDurationS } from '#shared/units.ts'
import { openRecording, refreshChart } from '../bridge/choose.ts'
import { type ChooseSource, setChoose, sourceName, useChoose } from '../store/choose.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './ChooseTools.module.css'
import { roundedWait } from './choose-model.ts'
import { changeWait } from './use-choose-drag.ts'

const UNITS = [
  { value: 'iops', label: 'IOPS' },
  { value: 'bps', label: 'Bandwidth' },
] as const

const DIRECTIONS = [
  { value: 'total', label: 'Total' },
  { value: 'read', label: 'Reads' },
  { value: 'write', label: 'Writes' },
] as const

const PERCENTILES = [
  { value: '95', label: 'p95' },
  { value: '99', label: 'p99' },
  { value: '99.9', label: 'p99.9' },
  { value: '100', label: 'longest' },
] as const

const RECORDING = 'recording'
/** More cards are opened from the board. */
const MOST_DEVICES = 200

/** Whose load, which limit, which wait. */
export function ChooseTools() {
  const unit = useChoose((state) => state.unit)
  const direction = useChoose((state) => state.direction)
  const percentile = useChoose((state) => state.percentile)
  const isOfCards = useChoose(({ source }) => source !== null && source.kind !== 'recording')
  const isMeasured = useUi((ui) => ui.mode === 'qemu') && isOfCards
  return (
    <div className={styles.tools}>
      <SourceChoice />
      <Button size="s" onClick={() => void openRecording()}>
        <FolderOpen />
        Open a recording…
      </Button>
      {isMeasured && (
        <Button size="s" onClick={() => void refreshChart()} title="With what was measured meanwhile">
          <RefreshCw />
          Look again
        </Button>
      )}
      <span className={styles.space} />
      <Segmented
        label="Kind of limit"
        size="s"
        value={unit}
        segments={UNITS}
        onChange={(next) => setChoose({ unit: next })}
      />
      <Segmented
        label="Requests that the limit counts"
        size="s"
        value={direction}
        segments={DIRECTIONS}
        onChange={(next) => setChoose({ direction: next })}
      />
      <span className={styles.label}>Wait</span>
      <Segmented
        label="Percentile of the wait"
        size="s"
        value={`${percentile}` as const}
        segments={PERCENTILES}
        onChange={(next) => setChoose({ percentile: Number(next) as FrontierPercentile | 100 })} // the values above
      />
      <WaitField />
    </div>
  )
}

function SourceChoice() {
  const source = useChoose((state) => state.source)
  const groups = useWorkspace(useShallow((state) => Object.keys(state.workspace.groups)))
  const devices = useWorkspace(
    useShallow((state) => state.workspace.devices.slice(0, MOST_DEVICES).map(({ id }) => id)),
  )
  const known: readonly ChooseSource[] = [
    ...groups.map((group) => ({ kind: 'group' as const, group })),
    ...devices.map((id) => ({ kind: 'device' as const, id })),
  ]
  const isListed = source !== null && known.some((each) => keyOf(each) === keyOf(source))
  const options = source === null || isListed ? known : [...known, source]
  return (
    <Select
      label="Whose load"
      value={source === null ? null : keyOf(source)}
      options={options.map((each) => ({ value: keyOf(each), label: sourceName(each), hint: each.kind }))}
      placeholder="Choose a group or a card"
      onChange={(key) => {
        const next = options.find((each) => keyOf(each) === key)
        if (next !== undefined && next.kind !== 'recording') setChoose({ source: next })
      }}
    />
  )
}

function keyOf(source: ChooseSource): string {
  return source.kind === 'recording' ? RECORDING : `${source.kind} ${sourceName(source)}`
}

function WaitField() {
  const waitS = useChoose((state) => state.waitS)
  const chart = useChoose((state) => state.chart)
  const set = (next: number) => (chart === null ? setChoose({ waitS: next }) : changeWait(chart, next))
  return (
    <NumberField
      label="Longest wait allowed"
      value={waitS}
      width="s"
      format={(value) => {
        const [number = '', unit = ''] = formatDurationNs(value * NS_PER_S).split(' ')
        return { value: number, unit }
      }}
      parse={(text) => {
        const seconds = parseDurationS(text)
        if (typeof seconds === 'number' && seconds > 0) return roundedWait(seconds)
        return { problem: `“${text.trim()}” is not a time: use 10ms or 1s` }
      }}
      step={(value, towards) => roundedWait(towards === 'up' ? value * 2 : value / 2)}
      onCommit={set}
    />
  )
}
