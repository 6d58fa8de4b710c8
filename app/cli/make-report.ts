import { createHash } from 'node:crypto'
import path from 'node:path'
import { parseResult } from '#main/advise/parse-result.ts'
import { readText } from '#main/workspace/read-text.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { parseJsonText } from '#shared/json-text.ts'
import { reportHtml } from '#shared/report/report.ts'
import { type ReportRun, reportRunOf, reportTitle, USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { version } from '../../package.json'
import type { CommandCall, ExitCode } from './command.ts'
import { integerOption, textOption } from './options.ts'
import { outputFile } from './output-file.ts'

// `weir report A.json B.json -o report.html`: two results as one page to send.

export async function makeReport(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal } = call
  const [first = '', second = ''] = args
  const out = await outputFile(call, 'out', [first, second])
  if (!out.ok) return out
  const tolerance = integerOption(options, 'tolerance', { min: 0, max: 100, fallback: USUAL_TOLERANCE * 100 })
  if (!tolerance.ok) return tolerance
  const before = await readRun(first)
  if (!before.ok) return before
  const after = await readRun(second)
  if (!after.ok) return after
  const title = textOption(options, 'title', null) ?? reportTitle(before.value, after.value)
  const html = reportHtml({
    title,
    before: before.value,
    after: after.value,
    version,
    tolerance: tolerance.value / 100,
    writtenAt: new Date().toISOString(),
  })
  if (out.value === null) {
    if (json) terminal.print(JSON.stringify({ format: 'weir-report/1', title, html }, null, 2))
    else terminal.write(html)
    return ok(0)
  }
  await saveFile(out.value, html)
  if (json) terminal.print(JSON.stringify({ format: 'weir-report/1', title, file: out.value }, null, 2))
  else terminal.print(`${out.value}: ${title}`)
  return ok(0)
}

async function readRun(file: string): Promise<Result<ReportRun>> {
  const text = await readText(path.resolve(file))
  if (!text.ok) return text
  const value = parseJsonText(
    text.value,
    'a result is a JSON object, as weir run --json and weir simulate --json print it',
  )
  const parsed = value.ok ? parseResult(value.value) : value
  if (!parsed.ok) {
    return failed(
      parsed.issues.map((issue) => ({ ...issue, path: issue.path === '' ? file : `${file}: ${issue.path}` })),
    )
  }
  return ok(reportRunOf(parsed.value, createHash('sha256').update(text.value).digest('hex')))
}
