import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { type EventFilter, useEventFilter } from './event-filter.ts'

const SEGMENTS: readonly Segment<EventFilter>[] = [
  { value: 'all', label: 'All' },
  { value: 'changes', label: 'Changes' },
  { value: 'problems', label: 'Problems' },
]

export function EventControls() {
  const filter = useEventFilter((state) => state.filter)
  return (
    <Segmented
      label="Events shown"
      size="s"
      value={filter}
      segments={SEGMENTS}
      onChange={(next) => useEventFilter.setState({ filter: next })}
    />
  )
}
