import { useUi } from '../store/ui.ts'
import { CutOffBar } from './CutOffBar.tsx'
import { DriftBar } from './DriftBar.tsx'
import styles from './LiveBars.module.css'
import { LostBanner } from './LostBanner.tsx'
import { StagedBar } from './StagedBar.tsx'
import { UnknownBar } from './UnknownBar.tsx'

/** Above the lanes of a live VM: what is the matter, what differs, what is staged. */
export function LiveBars() {
  const mode = useUi((ui) => ui.mode)
  const isDetached = useUi((ui) => !ui.qemu || ui.qemu.status === 'detached')
  if (mode !== 'qemu' || isDetached) return null
  return (
    <div className={styles.bars}>
      <LostBanner />
      <CutOffBar />
      <DriftBar />
      <UnknownBar />
      <StagedBar />
    </div>
  )
}
