import { FileUp } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useState } from 'react'
import { FORMATS } from '#shared/formats/formats.ts'
import type { ReadingProgress } from '#shared/ipc/file-contract.ts'
import { formatInteger } from '#shared/units.ts'
import { isTooLargeToDrop } from '../bridge/dropped-file.ts'
import { invoke, listen } from '../bridge/ipc.ts'
import { type ImportSource, notify } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { CodeView } from '../ui/CodeView.tsx'
import { ProgressBar } from '../ui/ProgressBar.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './ImportSourcePane.module.css'
import type { FormatChoice, Reading } from './import-model.ts'
import { WEIR_FORMAT } from './weir-format.ts'

/** A text field with more in it takes seconds per key. */
const EDITABLE_CHARS = 300_000

const READABLE = [...FORMATS.filter((format) => format.read), WEIR_FORMAT]

interface Props {
  readonly source: ImportSource
  readonly choice: FormatChoice
  readonly reading: Reading
  readonly onSource: (source: ImportSource) => void
  readonly onChoice: (choice: FormatChoice) => void
}

export function ImportSourcePane({ source, choice, reading, onSource, onChoice }: Props) {
  const [opening, setOpening] = useState(false)
  const [progress, setProgress] = useState<ReadingProgress | null>(null)
  const open = async () => {
    setOpening(true)
    const opened = await openFile(setProgress)
    setOpening(false)
    setProgress(null)
    if (opened) onSource(opened)
  }
  return (
    <section className={styles.pane} aria-label="Text to import">
      <div className={styles.row}>
        <Button disabled={opening} onClick={() => void open()}>
          <FileUp />
          {opening ? 'Reading…' : 'Open file…'}
        </Button>
        {progress === null ? (
          <span className={styles.name}>{source.fileName ?? (source.text === '' ? '' : 'pasted text')}</span>
        ) : (
          <ReadingBar progress={progress} />
        )}
        <Select
          label="Format"
          value={choice}
          options={formatOptions(reading)}
          disabled={source.recording !== undefined}
          onChange={onChoice}
        />
      </div>
      {source.recording !== undefined ? (
        <RecordingPane onClear={() => onSource({ fileName: null, text: '' })} />
      ) : source.text.length > EDITABLE_CHARS ? (
        <LargeText source={source} onClear={() => onSource({ fileName: null, text: '' })} />
      ) : (
        <textarea
          className={styles.text}
          aria-label="Text"
          spellCheck={false}
          placeholder={PLACEHOLDER}
          value={source.text}
          onChange={(event) => onSource({ ...source, text: event.currentTarget.value })}
          onPaste={(event) => takePaste(event, onSource)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => takeDrop(event, onSource)}
        />
      )}
    </section>
  )
}

function ReadingBar({ progress: { fraction, requests } }: { readonly progress: ReadingProgress }) {
  return (
    <span className={styles.reading}>
      <ProgressBar label="Reading the file" value={fraction} />
      {Math.floor(fraction * 100)} %, {formatInteger(requests)} requests
    </span>
  )
}

/** null: the user cancelled, or was told why it cannot be. */
async function openFile(onProgress: (progress: ReadingProgress) => void): Promise<ImportSource | null> {
  const stop = listen('reading', onProgress)
  try {
    const opened = await invoke('file/open-text', { purpose: 'import' })
    if (!opened) return null
    const { fileName, text, recording } = opened
    return recording === null ? { fileName, text } : { fileName, text, recording }
  } catch (error) {
    notify('danger', 'The file could not be read.', error instanceof Error ? error.message : String(error))
    return null
  } finally {
    stop()
  }
}

function RecordingPane({ onClear }: { readonly onClear: () => void }) {
  return (
    <div className={styles.row}>
      <span className={styles.name}>A recording, read from its file; its lines are not shown here</span>
      <Button size="s" onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}

const PLACEHOLDER = `Paste here, drop a file, or open one:

• QMP commands, or what query-block answered
• a QEMU command line, HMP, info block
• libvirt domain XML, snapshots, libvirtd’s debug log
• a Proxmox VM configuration
• cgroup io.max, systemd units
• Incus, Cloud Hypervisor, Firecracker, SPDK
• fio job files or command lines
• traces: fio iolog, blktrace, CSV`

function formatOptions(reading: Reading) {
  const guessed = 'format' in reading ? READABLE.find((format) => format.id === reading.format)?.title : undefined
  return [
    { value: 'auto', label: guessed === undefined ? 'Guess the format' : `Guessed: ${guessed}` },
    ...READABLE.map((format) => ({ value: format.id, label: format.title })),
  ]
}

function LargeText({ source, onClear }: { readonly source: ImportSource; readonly onClear: () => void }) {
  return (
    <>
      <div className={styles.code}>
        <CodeView label="Text" text={source.text} language="text" />
      </div>
      <div className={styles.row}>
        <span className={styles.name}>{formatInteger(source.text.length)} characters: too long to edit here</span>
        <Button size="s" onClick={onClear}>
          Clear
        </Button>
      </div>
    </>
  )
}

/** A pasted text that replaces all, however long, goes past the text field. */
function takePaste(event: ClipboardEvent<HTMLTextAreaElement>, onSource: Props['onSource']) {
  const text = event.clipboardData.getData('text/plain')
  if (text.length <= EDITABLE_CHARS) return
  event.preventDefault()
  onSource({ fileName: null, text })
}

function takeDrop(event: DragEvent<HTMLTextAreaElement>, onSource: Props['onSource']) {
  const [file] = event.dataTransfer.files
  if (!file) return
  event.preventDefault()
  if (isTooLargeToDrop(file)) return
  void file.text().then((text) => onSource({ fileName: file.name, text }))
}
