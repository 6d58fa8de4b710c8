import { useMemo, useState } from 'react'
import { formatIssue } from '#shared/issue.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { invoke } from '../bridge/ipc.ts'
import { notify, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import type { Origins } from './export-model.ts'

/** The workspaces that changes can be counted from: the saved version, what a VM runs, a file of the user's choice. */
export function useOrigins(): { readonly origins: Origins; readonly loadFile: () => Promise<boolean> } {
  const saved = useWorkspace((state) => state.saved)
  const vm = useUi((ui) => ui.qemu?.reality ?? null)
  const [file, setFile] = useState<Workspace | null>(null)
  const origins = useMemo(() => ({ saved, vm, file }), [saved, vm, file])
  return {
    origins,
    loadFile: async () => {
      const loaded = await loadWorkspace()
      if (loaded) setFile(loaded)
      return loaded !== null
    },
  }
}

async function loadWorkspace(): Promise<Workspace | null> {
  const opened = await invoke('file/open-text', { purpose: 'import' })
  if (!opened) return null
  const parsed = parseWorkspaceText(opened.text)
  if (parsed.ok) return parsed.value
  const [first] = parsed.issues
  notify('warn', `${opened.fileName} is not a workspace.`, first ? formatIssue(first) : '')
  return null
}
