import { readText } from '#main/workspace/read-text.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { type Format, formatLoss, summariseLosses, type WriteOptions, type Written } from '#shared/formats/format.ts'
import { findFormat, writableIds } from '#shared/formats/formats.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { CommandCall, ExitCode, OptionValues } from './command.ts'
import { textOption } from './options.ts'
import { outputFile } from './output-file.ts'

/** `weir export WORKSPACE --to NAME`: the text goes to stdout or `--out`, what it cannot say to stderr. */
export async function exportWorkspace(call: CommandCall): Promise<Result<ExitCode>> {
  const format = chosenFormat(call.options)
  if (!format.ok) return format
  const [file = ''] = call.args
  const out = await outputFile(call, 'out', [file, textOption(call.options, 'since', null)])
  if (!out.ok) return out
  const read = await readWorkspaceFile(file)
  if (!read.ok) return read
  const options = await writeOptions(call.options, format.value)
  if (!options.ok) return options
  const written = format.value.write?.(read.value.workspace, options.value)
  if (written === undefined) return failed([unknownTarget(format.value.id)])
  if (!written.ok) return failed(written.issues.map(asOptionIssue))
  if (out.value !== null) await saveFile(out.value, written.value.text)
  report(call, { format: format.value, written: written.value, out: textOption(call.options, 'out', null) })
  return ok(0)
}

function chosenFormat(options: OptionValues): Result<Format> {
  const name = textOption(options, 'to', null)
  if (name === null) {
    return failed([
      { path: '--to', code: 'missing-option', message: `say the format; use ${writableIds().join(', ')}` },
    ])
  }
  const format = findFormat(name)
  return format?.write ? ok(format) : failed([unknownTarget(name)])
}

function unknownTarget(name: string): Issue {
  const known = findFormat(name)
  const reason = known ? 'can only be read' : 'is not a known format'
  return {
    path: '--to',
    code: 'unknown-format',
    message: `${JSON.stringify(name)} ${reason}; use ${writableIds().join(', ')}`,
  }
}

const TEXT_OPTIONS = ['style', 'split', 'vm', 'numbers', 'targets'] as const

/** What was given, if the format knows it; an option that would have no effect is a mistake of the caller's. */
async function writeOptions(options: OptionValues, format: Format): Promise<Result<WriteOptions>> {
  const useless = (['since', ...TEXT_OPTIONS] as const)
    .filter((key) => options[key] !== undefined && !format.options.some((spec) => spec.key === key))
    .map(
      (key): Issue => ({
        path: `--${key}`,
        code: 'option-useless',
        message: `${format.id} takes no such option; leave it out`,
      }),
    )
  if (useless.length > 0) return failed(useless)
  const texts = TEXT_OPTIONS.flatMap((key) => {
    const value = textOption(options, key, null)
    return value === null ? [] : [[key, value] as const]
  })
  const since = textOption(options, 'since', null)
  const targets = await targetsText(textOption(options, 'targets', null))
  if (!targets.ok) return targets
  const given = { ...Object.fromEntries(texts), ...(targets.value === null ? {} : { targets: targets.value }) }
  if (since === null) return ok(given)
  const old = await readWorkspaceFile(since)
  if (!old.ok)
    return failed(
      old.issues.map((issue) => ({ ...issue, path: issue.path === '' ? '--since' : `--since ${issue.path}` })),
    )
  return ok({ ...given, since: old.value.workspace })
}

/** `db=vda` as it stands; anything else is a file of what virsh prints. */
async function targetsText(given: string | null): Promise<Result<string | null>> {
  if (given === null || given.includes('=')) return ok(given)
  const text = await readText(given)
  return text.ok ? text : failed(text.issues.map((issue) => ({ ...issue, path: `--targets ${given}` })))
}

/** Formats know their options by key; on the command line they have dashes. */
function asOptionIssue(issue: Issue): Issue {
  return ['since', ...TEXT_OPTIONS].includes(issue.path) ? { ...issue, path: `--${issue.path}` } : issue
}

interface Told {
  readonly format: Format
  readonly written: Written
  readonly out: string | null
}

function report({ terminal, json }: CommandCall, { format, written, out }: Told): void {
  const { text, losses, notes } = written
  if (json) {
    const said = { format: 'weir-export/1', to: format.id, ...(out === null ? { text } : { out }), losses, notes }
    terminal.print(JSON.stringify(said, null, 2))
    return
  }
  if (out === null) terminal.write(text)
  for (const loss of losses) terminal.complain(terminal.paint.warn(formatLoss(loss)))
  for (const note of notes) terminal.complain(terminal.paint.dim(note))
  terminal.complain(`${format.id}: ${format.note}. ${summariseLosses(losses).sentence}.`)
}
