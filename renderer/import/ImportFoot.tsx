import { useState } from 'react'
import type { Imported } from '#shared/formats/format.ts'
import { type Clash, findClashes, mergeWorkspaces } from '#shared/workspace/merge.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { invoke, issuesLine, report } from '../bridge/ipc.ts'
import { announce, closeDialog, type ImportSource, notify } from '../store/ui.ts'
import { currentWorkspace, edit, useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import styles from './ImportDialog.module.css'
import { countsOf, type Reading } from './import-model.ts'

const CLASH_SEGMENTS = [
  { value: 'replace', label: 'Replace' },
  { value: 'keep-both', label: 'Keep both' },
] as const

interface Props {
  readonly reading: Reading
  readonly source: ImportSource
}

/** Where it shall go. */
export function ImportFoot({ reading, source }: Props) {
  const workspace = useWorkspace((state) => state.workspace)
  const [clash, setClash] = useState<Clash>('replace')
  const imported = reading.kind === 'read' ? reading.imported : null
  const clashes = imported ? findClashes(workspace, imported.workspace) : { groups: [], devices: [] }
  const clashing = [...clashes.groups, ...clashes.devices]
  return (
    <div className={styles.foot}>
      {clashing.length > 0 && (
        <div className={styles.clash}>
          <span className={styles.clashText} title={clashing.join(', ')}>
            {clashing.length === 1 ? `${clashing[0]} is` : `${clashing.length} names are`} in this workspace already:
          </span>
          <Segmented label="Names in both" value={clash} segments={CLASH_SEGMENTS} onChange={setClash} size="s" />
        </div>
      )}
      <span className={styles.grow} />
      <Button disabled={!imported} onClick={() => imported && void mergeInto(imported, clash, source)}>
        Merge into this one
      </Button>
      <Button variant="primary" disabled={!imported} onClick={() => imported && void openNew(imported, source)}>
        Open as new workspace
      </Button>
    </div>
  )
}

async function openNew(imported: Imported, source: ImportSource): Promise<void> {
  const workspace = await withFiles(imported, source)
  if (!workspace) return
  const outcome = await invoke('document/import', { workspace, name: source.fileName ?? workspace.name })
  if (outcome.ok) closeDialog()
  report(outcome, 'document')
}

async function mergeInto(imported: Imported, clash: Clash, source: ImportSource): Promise<void> {
  const incoming = await withFiles(imported, source)
  if (!incoming) return
  const merged = parseWorkspace(mergeWorkspaces(currentWorkspace(), incoming, clash))
  if (!merged.ok) {
    notify('warn', 'This does not fit into the open workspace.', issuesLine(merged.issues), 'document')
    return
  }
  edit(`Import ${source.fileName ?? 'pasted text'}`, () => merged.value)
  announce(`Imported ${countsOf(incoming)}.`)
  closeDialog()
}

/** Puts the traces that come along where the workspace finds them. Null: that was refused, and the user told. */
async function withFiles(imported: Imported, { recording }: ImportSource): Promise<Workspace | null> {
  if (imported.files.length === 0 && recording === undefined) return imported.workspace
  const kept = await (recording === undefined
    ? invoke('document/keep-files', { files: [...imported.files] })
    : invoke('document/keep-recording', null))
  if (!kept.ok) {
    notify('warn', kept.message, issuesLine(kept.issues), 'document')
    return null
  }
  const { paths } = kept
  return {
    ...imported.workspace,
    devices: imported.workspace.devices.map((device) =>
      device.workload.kind === 'trace'
        ? { ...device, workload: { ...device.workload, path: paths[device.workload.path] ?? device.workload.path } }
        : device,
    ),
  }
}
