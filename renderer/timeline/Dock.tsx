import type { ReactNode } from 'react'
import { useTape } from '../store/tape.ts'
import { type DockTab, setUi, useUi } from '../store/ui.ts'
import { type Tab, Tabs } from '../ui/Tabs.tsx'
import styles from './Dock.module.css'
import { DockResizer } from './DockResizer.tsx'
import { EventControls } from './EventControls.tsx'
import { EventsTab } from './EventsTab.tsx'
import { TapeControls } from './TapeControls.tsx'
import { TapeTab } from './TapeTab.tsx'
import { countCommands } from './tape.ts'
import { useTapeEntries } from './use-tape.ts'

interface Props {
  /** The charts are a feature of their own; they meet here. */
  readonly timeline: ReactNode
  readonly timelineControls: ReactNode
}

/** Over time: what was measured, what QEMU would have to be told, what happened. */
export function Dock({ timeline, timelineControls }: Props) {
  const tab = useUi((ui) => ui.dockTab)
  const commands = useCommandCount()
  const tabs: readonly Tab<DockTab>[] = [
    { value: 'timeline', label: 'Timeline', content: timeline },
    { value: 'tape', label: 'QMP tape', count: commands, content: <TapeTab /> },
    { value: 'events', label: 'Events', content: <EventsTab /> },
  ]
  const controls: Readonly<Record<DockTab, ReactNode>> = {
    timeline: timelineControls,
    tape: <TapeControls />,
    events: <EventControls />,
  }
  return (
    <section className={styles.dock} aria-label="Dock">
      <DockResizer />
      <Tabs label="Dock" value={tab} tabs={tabs} onChange={(next) => setUi({ dockTab: next })} aside={controls[tab]} />
    </section>
  )
}

function useCommandCount(): number {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const sent = useTape((state) => state.sent.length)
  const planned = useUi((ui) => ui.qemu?.plan.commands.length ?? 0)
  const entries = useTapeEntries()
  return isLive ? sent + planned : countCommands(entries)
}
