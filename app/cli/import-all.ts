import fs from 'node:fs/promises'
import path from 'node:path'
import { saveFile } from '#main/workspace/save-file.ts'
import { formatLoss, type Imported } from '#shared/formats/format.ts'
import { machinesOf } from '#shared/formats/machines.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { formatWorkspace } from '#shared/workspace/parse.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { clashesWith, fileNameOf } from './machine-files.ts'

// `weir import FILE --all DIR`: every machine that a file is about, as a workspace of its own. All of them are read before
// the first is written, and no file that is there already and says anything else is written over. Exit 1 when some machines
// are not understood.

interface Source {
  readonly folder: string
  readonly format: string
  /** null: the only one, or the question which. */
  readonly read: (machine: string | null) => Result<Imported>
}

interface Entry {
  readonly machine: string
  readonly file: string
  readonly imported: Imported
  readonly text: string
}

export async function importAll(call: CommandCall, source: Source): Promise<Result<ExitCode>> {
  const folder = path.resolve(source.folder)
  const read = readAll(source)
  if (!read.ok) return read
  if (read.value.entries.length === 0) return failed(nothingRead(read.value))
  const entries = read.value.entries.map((each) => ({ ...each, file: path.join(folder, each.file) }))
  const issues = [...filesBeside(entries), ...(await clashesWith('--all', entries))]
  if (issues.length > 0) return failed(issues)
  await fs.mkdir(folder, { recursive: true })
  for (const { file, text } of entries) await saveFile(file, text)
  report(call, source, { ...read.value, entries })
  return ok(read.value.unread.length > 0 ? 1 : 0)
}

interface AllRead {
  readonly entries: readonly Entry[]
  readonly diskless: readonly string[]
  /** Machines of which nothing was understood, and why. */
  readonly unread: readonly { readonly machine: string; readonly message: string }[]
}

function readAll({ read }: Source): Result<AllRead> {
  const first = read(null)
  const machines = first.ok ? [] : machinesOf(first.issues)
  if (!first.ok && machines.length === 0) return first
  if (first.ok) {
    const entry = entryOf(first.value.workspace.name, first.value, new Set())
    return ok({ entries: [entry], diskless: [], unread: [] })
  }
  const entries: Entry[] = []
  const diskless: string[] = []
  const unread: { machine: string; message: string }[] = []
  const taken = new Set<string>()
  for (const { name } of machines) {
    const each = read(name)
    if (!each.ok && each.issues[0]?.code === 'nothing-found') {
      diskless.push(name)
      continue
    }
    if (!each.ok && each.issues[0]?.code === 'nothing-understood') {
      unread.push({ machine: name, message: each.issues[0].message })
      continue
    }
    if (!each.ok) return failed(each.issues.map((issue) => ({ ...issue, path: placeIn(name, issue.path) })))
    entries.push(entryOf(name, each.value, taken))
  }
  return ok({ entries, diskless, unread })
}

function nothingRead({ unread, diskless }: AllRead): readonly Issue[] {
  return [
    ...unread.map(({ machine, message }) => ({ path: machine, code: 'nothing-understood', message })),
    ...diskless.map((machine) => ({ path: machine, code: 'nothing-found', message: 'it has no disks' })),
  ]
}

function placeIn(machine: string, place: string): string {
  return place === '' ? machine : `${machine}: ${place}`
}

function entryOf(machine: string, imported: Imported, taken: Set<string>): Entry {
  return { machine, imported, file: fileNameOf(machine, taken), text: formatWorkspace(imported.workspace) }
}

function filesBeside(entries: readonly Entry[]): readonly Issue[] {
  const issues: Issue[] = []
  for (const { imported } of entries) {
    if (imported.files.length > 0) {
      const message = `${imported.files.map(({ name }) => name).join(', ')} would come along; import this one with --out`
      issues.push({ path: '--all', code: 'files-beside', message })
    }
  }
  return issues
}

function report({ terminal, json }: CommandCall, { format }: Source, { entries, diskless, unread }: AllRead): void {
  if (json) {
    const machines = entries.map(({ machine, file, imported: { workspace, losses, notes } }) => {
      return { machine, file, workspace, losses, notes }
    })
    terminal.print(JSON.stringify({ format: 'weir-import/1', from: format, machines, diskless, unread }, null, 2))
    return
  }
  for (const { machine, file, imported } of entries) {
    for (const loss of imported.losses) terminal.complain(terminal.paint.warn(`${machine}: ${formatLoss(loss)}`))
    for (const note of imported.notes) terminal.complain(terminal.paint.dim(`${machine}: ${note}`))
    terminal.complain(`${machine} → ${file}`)
  }
  for (const { machine, message } of unread)
    terminal.complain(terminal.paint.warn(`${machine}: not written; ${message}`))
  for (const machine of diskless) terminal.complain(terminal.paint.dim(`${machine}: not written; it has no disks`))
  terminal.complain(`read as ${format}: ${entries.length} ${entries.length === 1 ? 'machine' : 'machines'}`)
}
