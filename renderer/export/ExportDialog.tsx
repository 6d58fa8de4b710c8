import { useDeferredValue, useMemo, useState } from 'react'
import { assert } from '#shared/assert.ts'
import { FORMATS } from '#shared/formats/formats.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Badge } from '../ui/Badge.tsx'
import { ChoiceList } from '../ui/ChoiceList.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './ExportDialog.module.css'
import { ExportFoot } from './ExportFoot.tsx'
import { ExportOptions } from './ExportOptions.tsx'
import { ExportPreview } from './ExportPreview.tsx'
import { type Choices, choose, contentsOf, type Origins, previewOf, writableFamilies } from './export-model.ts'
import { useBadges } from './use-badges.ts'
import { useOrigins } from './use-origins.ts'

const FAMILIES = writableFamilies(FORMATS)
const WRITABLE = FAMILIES.flatMap((section) => section.formats)

/** The workspace in another language: choose one, see what it cannot say, copy or save it. */
export function ExportDialog() {
  const open = useUi((ui) => ui.dialog === 'export')
  const contents = useWorkspace((state) => contentsOf(state.workspace))
  // Here, not in the body, so that the next export starts where the last one was.
  const [formatId, setFormatId] = useState(WRITABLE[0]?.id ?? '')
  const [choices, setChoices] = useState<Choices>({})
  return (
    <Dialog open={open} onClose={closeDialog} title="Export" subtitle={contents} size="l" flush>
      <Body formatId={formatId} onFormat={setFormatId} choices={choices} onChoices={setChoices} />
    </Dialog>
  )
}

interface BodyProps {
  readonly formatId: string
  readonly onFormat: (id: string) => void
  readonly choices: Choices
  readonly onChoices: (choices: Choices) => void
}

function Body({ formatId, onFormat, choices, onChoices }: BodyProps) {
  const workspace = useDeferredValue(useWorkspace((state) => state.workspace))
  const { origins, loadFile } = useOrigins()
  const format = WRITABLE.find((each) => each.id === formatId)
  assert(format !== undefined, 'the chosen format is one that can be written')
  const preview = useMemo(() => previewOf(format, workspace, choices, origins), [format, workspace, choices, origins])
  return (
    <div className={styles.columns}>
      <Formats value={formatId} onChange={onFormat} choices={choices} origins={origins} />
      <div className={styles.main}>
        <ExportOptions
          format={format}
          choices={choices}
          origins={origins}
          onChoose={(key, value) => onChoices(choose(choices, format.id, key, value))}
          onLoadFile={loadFile}
        />
        <ExportPreview format={format} preview={preview} workspace={workspace} />
        <ExportFoot format={format} preview={preview} workspace={workspace} />
      </div>
    </div>
  )
}

interface FormatsProps {
  readonly value: string
  readonly onChange: (id: string) => void
  readonly choices: Choices
  readonly origins: Origins
}

function Formats({ value, onChange, choices, origins }: FormatsProps) {
  const workspace = useDeferredValue(useWorkspace((state) => state.workspace))
  const badges = useBadges(WRITABLE, workspace, choices, origins)
  const sections = FAMILIES.map(({ family, formats }) => ({
    title: family,
    choices: formats.map((format) => {
      const badge = badges.get(format.id)
      return {
        value: format.id,
        label: format.title,
        ...(badge ? { badge: <Badge tone={badge.tone}>{badge.text}</Badge> } : {}),
      }
    }),
  }))
  return (
    <div className={styles.formats}>
      <ChoiceList label="Format" value={value} sections={sections} onChange={onChange} />
    </div>
  )
}
