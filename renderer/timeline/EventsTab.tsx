import {
  ArrowRightLeft,
  CircleAlert,
  CircleCheck,
  CirclePause,
  CirclePlay,
  Gauge,
  Info,
  ListPlus,
  ListX,
  Plug,
  TextCursorInput,
  Unplug,
  Waves,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { SourceEventKind } from '#shared/snapshot.ts'
import { formatClock } from '#shared/units.ts'
import { type LoggedEvent, useEvents } from '../store/events.ts'
import { selectDevices, selectGroup } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import styles from './EventsTab.module.css'
import { type EventFilter, isListed, useEventFilter } from './event-filter.ts'

const ICONS: Readonly<Record<SourceEventKind, ReactNode>> = {
  limits: <Gauge />,
  moved: <ArrowRightLeft />,
  workload: <Waves />,
  added: <ListPlus />,
  renamed: <TextCursorInput />,
  removed: <ListX />,
  started: <CirclePlay />,
  paused: <CirclePause />,
  failed: <CircleAlert />,
  recovered: <CircleCheck />,
  connected: <Plug />,
  disconnected: <Unplug />,
  note: <Info />,
}

const MAX_SHOWN = 400

/** What happened and why, the newest at the top. */
export function EventsTab() {
  const events = useEvents((state) => state.events)
  const filter = useEventFilter((state) => state.filter)
  const listed = events.filter((event) => isListed(event, filter))
  if (listed.length === 0) return <NoEvents filter={filter} />
  return (
    <ol className={styles.list} aria-label="Events">
      {listed
        .slice(-MAX_SHOWN)
        .reverse()
        .map((event) => (
          <Row key={event.id} event={event} />
        ))}
    </ol>
  )
}

function NoEvents({ filter }: { readonly filter: EventFilter }) {
  return (
    <EmptyState icon={<Info />} title={filter === 'problems' ? 'No problems' : 'Nothing has happened yet'}>
      {filter === 'problems'
        ? 'A disk that fails or a VM that goes away appears here with the reason.'
        : 'Starts, changes of limits, moves and failures appear here with their time and reason.'}
    </EmptyState>
  )
}

function Row({ event }: { readonly event: LoggedEvent }) {
  const { group, device } = event
  return (
    <li className={styles.row} data-kind={event.kind}>
      <span className="num">{formatClock(event.atNs)}</span>
      {ICONS[event.kind]}
      <span className={styles.text}>
        {event.text}
        {event.count > 1 && <span className={styles.count}> · {event.count} steps</span>}
      </span>
      {device !== null && (
        <Button size="s" variant="quiet" onClick={() => selectDevices([device])}>
          {device}
        </Button>
      )}
      {device === null && group !== null && (
        <Button size="s" variant="quiet" onClick={() => selectGroup(group)}>
          {group}
        </Button>
      )}
    </li>
  )
}
