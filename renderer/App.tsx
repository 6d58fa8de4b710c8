import { useEffect } from 'react'
import styles from './App.module.css'
import { Board } from './board/Board.tsx'
import { watchShortcuts } from './bridge/shortcuts.ts'
import { LiveBars } from './connect/LiveBars.tsx'
import { StatusPill } from './connect/StatusPill.tsx'
import { LiveRegion } from './LiveRegion.tsx'
import { LimitsPanel } from './limits/LimitsPanel.tsx'
import { Palette } from './palette/Palette.tsx'
import { dismissNotice, useUi } from './store/ui.ts'
import { Toolbar } from './toolbar/Toolbar.tsx'
import { Toasts } from './ui/Toasts.tsx'

/** The window's frame. Features do not know each other; they meet here. */
export function App() {
  const panelOpen = useUi((ui) => ui.panelOpen)
  const mode = useUi((ui) => ui.mode)
  const notices = useUi((ui) => ui.notices)
  useEffect(watchShortcuts, [])
  return (
    <div className={styles.app}>
      <div className={styles.toolbar}>
        <Toolbar liveStatus={<StatusPill />} />
      </div>
      <main className={styles.main}>
        {mode === 'qemu' && <LiveBars />}
        <div className={styles.lanes}>
          <Board />
        </div>
      </main>
      {panelOpen && (
        <div className={styles.panel}>
          <LimitsPanel />
        </div>
      )}
      <Palette />
      <Toasts toasts={notices} onDismiss={dismissNotice} />
      <LiveRegion />
    </div>
  )
}
