import { useState } from 'react'
import { closeDialog, type ImportSource, useUi } from '../store/ui.ts'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './ImportDialog.module.css'
import { ImportFoot } from './ImportFoot.tsx'
import { ImportResult } from './ImportResult.tsx'
import { ImportSourcePane } from './ImportSourcePane.tsx'
import type { FormatChoice, Reading } from './import-model.ts'
import { useReading } from './reading.ts'

const EMPTY: ImportSource = { fileName: null, text: '' }

/** From a file, a drop or the clipboard: what is in it, what is not understood, and where it shall go. */
export function ImportDialog() {
  const open = useUi((ui) => ui.dialog === 'import')
  const start = useUi((ui) => ui.importing)
  return (
    <Dialog open={open} onClose={closeDialog} title="Import" subtitle="limits, groups and loads" size="l" flush>
      <Body key={start?.text} start={start ?? EMPTY} />
    </Dialog>
  )
}

function Body({ start }: { readonly start: ImportSource }) {
  const [source, setSource] = useState(start)
  const [choice, setChoice] = useState<FormatChoice>('auto')
  const [machine, setMachine] = useState<string | null>(null)
  const read = useReading({ ...source, choice, machine })
  const reading: Reading = source.recording === undefined ? read : { kind: 'read', ...source.recording }
  const take = (next: ImportSource) => {
    setSource(next)
    setMachine(null)
    if (next.fileName !== source.fileName) setChoice('auto')
  }
  const choose = (next: FormatChoice) => {
    setChoice(next)
    setMachine(null)
  }
  return (
    <div className={styles.frame}>
      <div className={styles.columns}>
        <ImportSourcePane source={source} choice={choice} reading={reading} onSource={take} onChoice={choose} />
        <ImportResult reading={reading} machine={machine} onMachine={setMachine} />
      </div>
      <ImportFoot reading={reading} source={source} />
    </div>
  )
}
