import { useMemo } from 'react'
import type { Format, Loss } from '#shared/formats/format.ts'
import { isLost, sortLosses } from '#shared/formats/sort-losses.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { CodeView } from '../ui/CodeView.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { type Finding, FindingList } from '../ui/FindingList.tsx'
import { Note } from '../ui/Note.tsx'
import { ExportNotes } from './ExportNotes.tsx'
import styles from './ExportPreview.module.css'
import { languageOf, namesIn, type Preview } from './export-model.ts'

interface Props {
  readonly format: Format
  readonly preview: Preview
  readonly workspace: Workspace
}

export function ExportPreview({ format, preview, workspace }: Props) {
  const names = useMemo(() => namesIn(workspace), [workspace])
  if (preview.kind === 'refused') {
    return (
      <div className={styles.refused}>
        {preview.issues.map((issue) => (
          <Note key={`${issue.path} ${issue.code}`} tone="warn">
            {issue.path !== '' && <b>{issue.path}: </b>}
            {issue.message}
          </Note>
        ))}
      </div>
    )
  }
  if (preview.text.trim() === '') {
    return (
      <>
        <div className={styles.nothing}>
          <EmptyState title="Nothing to write">
            {preview.notes[0] ?? 'This workspace has nothing for this format.'}
          </EmptyState>
        </div>
        {preview.notes.length > 1 && <ExportNotes notes={preview.notes.slice(1)} />}
      </>
    )
  }
  return (
    <>
      <div className={styles.code}>
        <CodeView
          label={`Preview of ${format.title}`}
          text={preview.text}
          language={languageOf(format.fileExtension, preview.text)}
          names={names}
        />
      </div>
      {preview.losses.length > 0 && (
        <div className={styles.losses}>
          <FindingList label="What this format cannot express" findings={sortLosses(preview.losses).map(findingOf)} />
        </div>
      )}
      {preview.notes.length > 0 && <ExportNotes notes={preview.notes} />}
    </>
  )
}

function findingOf(loss: Loss): Finding {
  return { kind: loss.kind, tone: isLost(loss) ? 'warn' : 'plain', path: loss.path, message: loss.message }
}
