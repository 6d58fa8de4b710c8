import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { addGroup } from '#shared/workspace/edits.ts'
import { formatWorkspace, parseWorkspaceText } from '#shared/workspace/parse.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { BoardDocument } from '../document.ts'
import { RecoveryFile } from '../recovery.ts'

// Documents in a folder that lives as long as one test, and a user who answers as told.

let folder: string
export function makeFolder(): void {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-document-'))
}

export function removeFolder(): void {
  fs.rmSync(folder, { recursive: true, force: true })
}

export const at = (name: string) => path.join(folder, name)
export const gold = addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 })
export const goldAndBulk = addGroup(gold, 'bulk')

export function write(name: string, workspace: Workspace): string {
  fs.writeFileSync(at(name), formatWorkspace(workspace))
  return at(name)
}

export function readBack(name: string): Workspace | undefined {
  const parsed = parseWorkspaceText(fs.readFileSync(at(name), 'utf8'))
  return parsed.ok ? parsed.value : undefined
}

/** A document whose user answers as told, and a log of what was asked. */
export function openDocument(
  answers: { save?: 'save' | 'discard' | 'cancel'; overwrite?: 'overwrite' | 'save-as' | 'cancel' } = {},
  board = 'board-1',
) {
  const asked: string[] = []
  const recent: string[] = []
  let saveTo: string | null = at('chosen.weir.json')
  let openElsewhere: string | null = null
  const recovery = new RecoveryFile(at('recovery'), board)
  const document = new BoardDocument({
    dialogs: {
      chooseFileToOpen: async () => null,
      chooseFileToSave: async (suggested) => {
        asked.push(`save as ${suggested}`)
        return saveTo
      },
      askToSave: async (name) => {
        asked.push(`save ${name}?`)
        return answers.save ?? 'cancel'
      },
      askToOverwrite: async (name) => {
        asked.push(`overwrite ${name}?`)
        return answers.overwrite ?? 'cancel'
      },
    },
    recent: { list: () => recent, remember: (file) => recent.unshift(path.basename(file)) },
    recovery,
    showElsewhere: (file) => file === openElsewhere,
    changed: () => {},
    replaced: () => {},
    nowMs: () => Date.UTC(2026, 0, 1),
  })
  return {
    document,
    recovery,
    asked,
    recent,
    chooses: (file: string | null) => {
      saveTo = file
    },
    opensElsewhere: (file: string) => {
      openElsewhere = file
    },
  }
}
