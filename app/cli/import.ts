import fs from 'node:fs/promises'
import path from 'node:path'
import { traceDialectOf } from '#main/workspace/import-recording.ts'
import { decodeUtf8, readText } from '#main/workspace/read-text.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { type Format, formatLoss, type Imported } from '#shared/formats/format.ts'
import { findFormat, guessFormat, readableIds } from '#shared/formats/formats.ts'
import { listedMachines, machinesOf } from '#shared/formats/machines.ts'
import { MAX_IMPORT_CHARS } from '#shared/formats/text/guard.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { formatWorkspace } from '#shared/workspace/parse.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { importAll } from './import-all.ts'
import { readOptions } from './import-surroundings.ts'
import { importTrace } from './import-trace.ts'
import { textOption } from './options.ts'
import { outputFile } from './output-file.ts'

/** `weir import FILE [--from NAME]`: the workspace goes to stdout or `--out`, what was not understood to stderr. */
export async function importFile(call: CommandCall): Promise<Result<ExitCode>> {
  const [file = '-'] = call.args
  const out = await outputFile(call, 'out', [file === '-' ? null : file])
  if (!out.ok) return out
  const from = textOption(call.options, 'from', null)
  const machine = textOption(call.options, 'machine', null)
  const all = textOption(call.options, 'all', null)
  const clash = clashIssue({ machine, all, out: out.value })
  if (clash !== null) return failed([clash])
  const dialect = file === '-' ? null : await traceDialectOf(file, from)
  if (dialect !== null) {
    if (machine !== null || all !== null) return failed([recordingIssue(machine === null ? 'all' : 'machine')])
    const done = await importTrace(call, { file, dialect, out: out.value })
    if (!done.ok) return done
    const { imported, files, format } = done.value
    if (out.value !== null) await saveFile(out.value, formatWorkspace(imported.workspace))
    report(call, { format, imported, files, out: textOption(call.options, 'out', null) })
    return ok(0)
  }
  const text = file === '-' ? await readStdin() : await readText(file)
  if (!text.ok) return text
  if (text.value.trim() === '') {
    return failed([{ path: '', code: 'empty', message: 'it is empty; name a file with something in it' }])
  }
  const format = chosenFormat(from, text.value)
  if (!format.ok) return format
  const options = readOptions(file)
  const read = (machine: string | null) =>
    format.value.read?.(text.value, machine === null ? options : { ...options, machine }) ??
    failed([unknownSource(format.value.id)])
  if (all !== null) return importAll(call, { folder: all, format: format.value.id, read })
  const imported = read(machine)
  if (!imported.ok) return failed(issuesOfMachines(imported.issues))
  const kept = await keepFiles(imported.value, out.value)
  if (!kept.ok) return kept
  if (out.value !== null) await saveFile(out.value, formatWorkspace(imported.value.workspace))
  const files = imported.value.files.map(({ name }) => name)
  report(call, { format: format.value.id, imported: imported.value, files, out: textOption(call.options, 'out', null) })
  return ok(0)
}

/** What goes together with `--machine` and `--all`. */
function clashIssue(given: Readonly<Record<'machine' | 'all' | 'out', string | null>>): Issue | null {
  if (given.all === null) return null
  const other = given.machine === null ? (given.out === null ? null : '--out') : '--machine'
  if (other === null) return null
  const message = `--all writes a workspace of each machine into its folder; leave ${other} out`
  return { path: '--all', code: 'option-clash', message }
}

function recordingIssue(option: 'all' | 'machine'): Issue {
  const message = 'this is a recording, which names no machines; leave the option out'
  return { path: `--${option}`, code: 'no-such-machine', message }
}

/** Says by which option a machine is chosen. */
function issuesOfMachines(issues: readonly Issue[]): readonly Issue[] {
  const [first, ...rest] = listedMachines(issues)
  if (first === undefined) return issues
  if (first.code === 'no-such-machine') return [{ ...first, path: '--machine' }, ...rest]
  if (machinesOf(issues).length === 0) return issues
  const message = `${first.message} (--machine NAME), or take each as a workspace of its own (--all DIR)`
  return [{ ...first, message }, ...rest]
}

async function readStdin(): Promise<Result<string>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer) // stdin has no encoding set: its chunks are Buffers
    bytes += (chunk as Buffer).length
    if (bytes > MAX_IMPORT_CHARS) {
      return failed([
        {
          path: '',
          code: 'too-large',
          message: `more than ${MAX_IMPORT_CHARS} bytes come from stdin; shorten them first`,
        },
      ])
    }
  }
  return decodeUtf8(Buffer.concat(chunks), 'stdin')
}

function chosenFormat(name: string | null, text: string): Result<Format> {
  if (name !== null) {
    const format = findFormat(name)
    return format?.read ? ok(format) : failed([unknownSource(name)])
  }
  if (/^\s*\{[\s\S]{0,400}"format"\s*:\s*"weir-workspace\//.test(text.slice(0, 1000))) {
    return failed([
      { path: '', code: 'already-a-workspace', message: 'this is a Weir workspace already; use it as it is' },
    ])
  }
  return guessFormat(text)
}

function unknownSource(name: string): Issue {
  const reason = findFormat(name) ? 'can only be written' : 'is not a known format'
  return {
    path: '--from',
    code: 'unknown-format',
    message: `${JSON.stringify(name)} ${reason}; use ${readableIds().join(', ')}`,
  }
}

/** Traces go beside the workspace, and over nobody's file. */
async function keepFiles({ files }: Imported, out: string | null): Promise<Result<null>> {
  if (files.length === 0) return ok(null)
  if (out === null) {
    const names = files.map((file) => file.name).join(', ')
    return failed([
      {
        path: '--out',
        code: 'missing-option',
        message: `this import brings ${names} along; say where the workspace goes (--out FILE): they are written beside it`,
      },
    ])
  }
  const folder = path.dirname(out)
  const issues: Issue[] = []
  for (const { name, text } of files)
    if (await holdsOther(path.join(folder, name), text)) {
      issues.push({
        path: name,
        code: 'file-exists',
        message: `${path.join(folder, name)} exists with other content; move it away, or import into another folder`,
      })
    }
  if (issues.length > 0) return failed(issues)
  for (const { name, text } of files) await saveFile(path.join(folder, name), text)
  return ok(null)
}

async function holdsOther(file: string, text: string): Promise<boolean> {
  try {
    return (await fs.readFile(file, 'utf8')) !== text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what node:fs rejects with
    return code !== 'ENOENT'
  }
}

interface Told {
  readonly format: string
  readonly imported: Imported
  readonly files: readonly string[]
  readonly out: string | null
}

function report({ terminal, json }: CommandCall, { format, imported, files, out }: Told): void {
  const { workspace, losses, notes } = imported
  if (json) {
    const said = {
      format: 'weir-import/1',
      from: format,
      workspace,
      losses,
      notes,
      files,
    }
    terminal.print(JSON.stringify(said, null, 2))
    return
  }
  if (out === null) terminal.write(formatWorkspace(workspace))
  for (const loss of losses) terminal.complain(terminal.paint.warn(formatLoss(loss)))
  for (const note of notes) terminal.complain(terminal.paint.dim(note))
  const groups = Object.keys(workspace.groups).length
  const counts = `${groups} ${groups === 1 ? 'group' : 'groups'}, ${workspace.devices.length} ${workspace.devices.length === 1 ? 'device' : 'devices'}`
  terminal.complain(`read as ${format}: ${counts}${out === null ? '' : ` → ${out}`}`)
}
