import { X } from 'lucide-react'
import { useState } from 'react'
import { useUi } from '../store/ui.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './NoticeBar.module.css'

/** What the document's owner must know: recovered after a crash, changed on disk, opened twice, read-only. */
export function NoticeBar() {
  const notice = useUi((ui) => ui.document.notice)
  const [dismissed, setDismissed] = useState<string | null>(null)
  if (notice === null || notice === dismissed) return null
  return (
    <div className={styles.bar} role="status">
      <Note tone="warn">{notice}</Note>
      <IconButton label="Dismiss notice" icon={<X />} size="s" onClick={() => setDismissed(notice)} />
    </div>
  )
}
