import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react'
import { useCallback } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { laneNames } from '#shared/workspace/lanes.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Select, type SelectOption } from '../ui/Select.tsx'
import { showLevel, useChain, useShownLevel, useShownMetric } from './chain-level.ts'
import { METRIC_HINTS, metricTitle } from './metric-names.ts'
import { type ShownSubject, subjectTitle, useShownSubject } from './subject.ts'
import styles from './TimelineControls.module.css'
import {
  METRICS,
  type Metric,
  SPANS_S,
  type Subject,
  scrollTimeline,
  setTimelineView,
  spanOf,
  toggleHold,
  useTimelineView,
} from './timeline-view.ts'

const METRIC_OPTIONS: readonly SelectOption<Metric>[] = METRICS.map((value) => {
  const hint = METRIC_HINTS[value]
  return { value, label: metricTitle(value), ...(hint === undefined ? {} : { hint }) }
})
/** A device with one level waits there. */
const ONE_LEVEL_OPTIONS = METRIC_OPTIONS.filter(({ value }) => value !== 'wait-levels')
/** Those that are drawn of one level. */
const LEVEL_METRICS: readonly Metric[] = ['iops', 'bandwidth', 'level']
const SPAN_OPTIONS: readonly SelectOption<string>[] = SPANS_S.map((span) => ({
  value: String(span),
  label: spanTitle(span),
}))

/** Whose, what, over how long, and whether the chart stands still. */
export function TimelineControls() {
  const { spanS, heldNs } = useTimelineView()
  const subject = useShownSubject()
  const metric = useShownMetric(subject)
  const chain = useChain(subject)
  const shownSpanS = useSnapshot(useCallback(() => spanOf({ spanS }), [spanS]))
  return (
    <div className={styles.controls}>
      <SubjectSelect />
      <Select
        // A list that loses the entry that was chosen would choose its first one.
        key={chain.length > 0 ? 'chain' : 'one level'}
        label="Measure"
        size="s"
        value={metric}
        options={chain.length > 0 ? METRIC_OPTIONS : ONE_LEVEL_OPTIONS}
        onChange={(next) => setTimelineView({ metric: next })}
      />
      {LEVEL_METRICS.includes(metric) && <LevelSelect subject={subject} chain={chain} />}
      <Select
        label="Time span"
        size="s"
        value={String(shownSpanS)}
        options={SPAN_OPTIONS}
        onChange={(next) => setTimelineView({ spanS: next === 'null' ? null : Number(next) })}
      />
      <span className={styles.buttons}>
        <IconButton label="Earlier" icon={<ChevronLeft />} size="s" onClick={() => scrollTimeline(-0.5)} />
        <IconButton
          label="Later"
          icon={<ChevronRight />}
          size="s"
          disabled={heldNs === null}
          onClick={() => scrollTimeline(0.5)}
        />
        {heldNs === null ? (
          <IconButton label="Freeze the timeline" icon={<Pause />} size="s" onClick={toggleHold} />
        ) : (
          <Button size="s" variant="primary" onClick={toggleHold}>
            <Play /> Now
          </Button>
        )}
      </span>
    </div>
  )
}

function LevelSelect({ subject, chain }: { readonly subject: ShownSubject; readonly chain: readonly string[] }) {
  const level = useShownLevel(subject)
  if (level === null) return null
  return (
    <Select
      label="Level"
      size="s"
      value={level}
      options={chain.map((group) => ({ value: group, label: group }))}
      onChange={(next) => showLevel(subject, next)}
    />
  )
}

function SubjectSelect() {
  const subject = useTimelineView((view) => view.subject)
  const shown = useShownSubject()
  const names = useWorkspace(useShallow(({ workspace }) => laneNames(workspace)))
  const ids = useWorkspace(useShallow((state) => state.workspace.devices.map((device) => device.id)))
  const options: readonly SelectOption<string>[] = [
    {
      value: 'selection',
      label: subject.kind === 'selection' ? subjectTitle(shown) : 'Follow the selection',
      hint: 'follows the selection',
    },
    { value: 'all', label: 'All groups' },
    ...names.map((name) => ({ value: `group ${name}`, label: name, hint: 'group' })),
    ...ids.map((id) => ({ value: `device ${id}`, label: id, hint: 'device' })),
  ]
  return (
    <Select
      label="Shown in the timeline"
      size="s"
      value={optionOf(subject)}
      options={options}
      onChange={(value) => setTimelineView({ subject: subjectOf(value) })}
    />
  )
}

function optionOf(subject: Subject): string {
  if (subject.kind === 'group') return `group ${subject.name}`
  return subject.kind === 'device' ? `device ${subject.id}` : subject.kind
}

function subjectOf(value: string): Subject {
  if (value.startsWith('group ')) return { kind: 'group', name: value.slice('group '.length) }
  if (value.startsWith('device ')) return { kind: 'device', id: value.slice('device '.length) }
  return { kind: value === 'all' ? 'all' : 'selection' }
}

function spanTitle(spanS: number | null): string {
  if (spanS === null) return 'Everything'
  return spanS < 120 ? `${spanS} s` : `${spanS / 60} min`
}
