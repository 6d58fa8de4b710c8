import { FileDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { openDroppedRecording } from '../bridge/choose.ts'
import { isTooLargeToDrop } from '../bridge/dropped-file.ts'
import { openDropped, reportFailure } from '../bridge/ipc.ts'
import { useChoose } from '../store/choose.ts'
import { notify, openImport } from '../store/ui.ts'
import styles from './WindowDrop.module.css'

/** A file dropped anywhere on the window: a workspace is opened, anything else goes to the import dialog, or to Choose while it is open. */
export function WindowDrop() {
  const isOver = useFileDrag()
  const isChoosing = useChoose((state) => state.open)
  if (!isOver) return null
  return (
    <div className={styles.veil}>
      <p className={styles.words}>
        <FileDown />
        {isChoosing
          ? 'Drop to open a workspace or to look at a recorded load.'
          : 'Drop to open a workspace or to import anything else.'}
      </p>
    </div>
  )
}

function useFileDrag(): boolean {
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    // Entering a child comes before leaving its parent, so a flag alone would flicker.
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth += 1
      setIsOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setIsOver(false)
    }
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      depth = 0
      setIsOver(false)
      if (!hasFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      const [file] = event.dataTransfer?.files ?? []
      if (file) void takeFile(file)
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', over)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', over)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return isOver
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

async function takeFile(file: File): Promise<void> {
  if (file.name.endsWith('.weir.json')) return reportFailure(openDropped(file, 'document'), 'document')
  if (useChoose.getState().open) return reportFailure(openDroppedRecording(file))
  if (isTooLargeToDrop(file)) return
  try {
    openImport({ fileName: file.name, text: await file.text() })
  } catch (error) {
    notify('warn', `${file.name} cannot be read.`, error instanceof Error ? error.message : String(error))
  }
}
