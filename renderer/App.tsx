import styles from './App.module.css'
import { LiveRegion } from './LiveRegion.tsx'
import { useUi } from './store/ui.ts'

/** The window's frame. Features do not know each other; they meet here. */
export function App() {
  const panelOpen = useUi((ui) => ui.panelOpen)
  const dockOpen = useUi((ui) => ui.dockOpen)
  return (
    <div className={styles.app} data-panel={panelOpen ? 'open' : 'closed'} data-dock={dockOpen ? 'open' : 'closed'}>
      <main className={styles.lanes} aria-label="Board" />
      <LiveRegion />
    </div>
  )
}
