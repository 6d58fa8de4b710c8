import { CircleHelp, X } from 'lucide-react'
import { useState } from 'react'
import { useUi } from '../store/ui.ts'
import { IconButton } from '../ui/IconButton.tsx'
import styles from './LiveBars.module.css'

const SHOWN = 3

/** What QEMU does not report about this VM, so that an empty place on the board is not taken for a zero. */
export function UnknownBar() {
  const untold = useUi((ui) => ui.qemu?.unknown)
  const problems = useUi((ui) => ui.qemu?.histograms.problems)
  const unknown = [...(untold ?? []), ...(problems ?? [])]
  const [dismissed, setDismissed] = useState('')
  if (unknown.length === 0 || unknown.join() === dismissed) return null
  return (
    <section className={styles.bar} data-tone="info" aria-label="Not reported by QEMU">
      <CircleHelp className={styles.icon} />
      <b>QEMU does not report everything</b>
      {unknown.slice(0, SHOWN).map((sentence) => (
        <span key={sentence} className={styles.change}>
          {sentence}
        </span>
      ))}
      {unknown.length > SHOWN && <span className={styles.change}>+ {unknown.length - SHOWN} more</span>}
      <span className={styles.actions}>
        <IconButton label="Dismiss" icon={<X />} size="s" onClick={() => setDismissed(unknown.join())} />
      </span>
    </section>
  )
}
