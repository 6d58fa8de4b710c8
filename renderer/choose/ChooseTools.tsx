import { FolderOpen } from 'lucide-react'
import { useShallow } from 'zustand/react/shallow'
import type { FrontierPercentile } from '#shared/frontier.ts'
import { formatDurationNs, NS_PER_S, parseDurationS } from '#shared/units.ts'
import { openRecording } from '../bridge/choose.ts'
import { type ChooseSource, setChoose, useChoose } from '../store/choose.ts'
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

const PERCENTILES = [
  { value: '95', label: 'p95' },
  { value: '99', label: 'p99' },
  { value: '99.9', label: 'p99.9' },
  { value: '100', label: 'longest' },
] as const

const RECORDING = 'recording:'
const GROUP = 'group:'

/** Whose load, which limit, which wait. */
export function ChooseTools() {
  const unit = useChoose((state) => state.unit)
  const percentile = useChoose((state) => state.percentile)
  return (
    <div className={styles.tools}>
      <SourceChoice />
      <Button size="s" onClick={() => void openRecording()}>
        <FolderOpen />
        Open a recording…
      </Button>
      <span className={styles.space} />
      <Segmented
        label="Kind of limit"
        size="s"
        value={unit}
        segments={UNITS}
        onChange={(next) => setChoose({ unit: next })}
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
  const recorded = source?.kind === 'recording' ? [{ value: RECORDING, label: source.fileName, hint: 'recording' }] : []
  return (
    <Select
      label="Whose load"
      value={source === null ? null : source.kind === 'group' ? `${GROUP}${source.group}` : RECORDING}
      options={[...groups.map((group) => ({ value: `${GROUP}${group}`, label: group, hint: 'group' })), ...recorded]}
      placeholder="Choose a group"
      onChange={(value) => {
        if (value === RECORDING) return
        const next: ChooseSource = { kind: 'group', group: value.slice(GROUP.length) }
        setChoose({ source: next })
      }}
    />
  )
}

function WaitField() {
  const waitS = useChoose((state) => state.waitS)
  const picture = useChoose((state) => state.picture)
  const set = (next: number) => (picture === null ? setChoose({ waitS: next }) : changeWait(picture, next))
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
