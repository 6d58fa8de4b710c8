import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Format } from '#shared/formats/format.ts'
import { formatInteger } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { announce, notify, useUi } from '../store/ui.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import styles from './ExportDialog.module.css'
import { type Preview, suggestedFileName } from './export-model.ts'

const TOLD_MS = 1600

interface Props {
  readonly format: Format
  readonly preview: Preview
  readonly workspace: Workspace
}

export function ExportFoot({ format, preview, workspace }: Props) {
  const fileName = useUi((ui) => ui.document.fileName)
  const [copiedText, setCopiedText] = useState<string | null>(null)
  useEffect(() => {
    if (copiedText === null) return
    const timer = setTimeout(() => setCopiedText(null), TOLD_MS)
    return () => clearTimeout(timer)
  }, [copiedText])
  const text = preview.kind === 'written' ? preview.text : null
  const isCopied = text !== null && copiedText === text
  const copy = async () => {
    if (text === null) return
    const outcome = await invoke('clipboard/write', { text })
    if (!outcome.ok) return notify('warn', outcome.message)
    setCopiedText(text)
    announce(`Copied ${formatInteger(text.length)} characters.`)
  }
  return (
    <div className={styles.foot}>
      <div className={styles.about}>
        {preview.kind === 'written' && (
          <Badge tone={preview.summary.exact ? 'ok' : preview.summary.badge.endsWith('lost') ? 'warn' : 'plain'}>
            {preview.summary.sentence}
          </Badge>
        )}
        <span className={styles.note}>{format.note}</span>
      </div>
      <Button
        disabled={text === null}
        onClick={() => {
          if (text === null) return
          reportFailure(save(suggestedFileName(fileName, workspace.name, format), text))
        }}
      >
        Save as…
      </Button>
      <Button variant="primary" disabled={text === null} onClick={() => void copy()}>
        {isCopied ? <Check /> : <Copy />}
        Copy
      </Button>
    </div>
  )
}

async function save(suggestedName: string, text: string) {
  const outcome = await invoke('file/save-text', { suggestedName, text })
  if (outcome.ok && outcome.fileName !== undefined) notify('ok', `Saved ${outcome.fileName}.`)
  return outcome
}
