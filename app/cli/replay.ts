import { differences } from '#main/replay/compare-answers.ts'
import { replay as answerOf } from '#main/replay/replay.ts'
import type { ReplayAnswer } from '#main/replay/replay-answer.ts'
import { parseScenario, type Scenario } from '#main/replay/scenario.ts'
import { readText } from '#main/workspace/read-text.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { parseJsonText } from '#shared/json-text.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { flagOption } from './options.ts'

/** How many differences `--check` tells before it stops. */
const MAX_DIFFERENCES = 20

/**
 * `weir replay SCENARIO.json`: what QEMU would answer, in the `expected` form of a recorded scenario. `--check` holds it
 * against the answer recorded in the same file instead.
 */
export async function replay({ args, options, json, terminal }: CommandCall): Promise<Result<ExitCode>> {
  const [file = ''] = args
  const text = await readText(file)
  if (!text.ok) return text
  const input = parseJsonText(text.value, 'a scenario is a JSON object')
  if (!input.ok) return input
  if (isWorkspace(input.value)) {
    return failed([
      {
        path: 'format',
        code: 'not-a-scenario',
        message: 'this is a workspace; replay takes a recorded scenario. For a workspace use weir run or weir simulate',
      },
    ])
  }
  const scenario = parseScenario(input.value)
  if (!scenario.ok) return scenario
  const answer = answerOf(scenario.value)
  if (!flagOption(options, 'check')) {
    terminal.print(json ? JSON.stringify(answer) : formatAnswer(answer))
    return ok(0)
  }
  const recorded = (input.value as { readonly expected?: unknown }).expected // an object, or it would be no scenario
  if (recorded === undefined) {
    return failed([
      {
        path: 'expected',
        code: 'missing',
        message: 'the file holds no recorded answer; leave --check out to see the answer that Weir gives',
      },
    ])
  }
  const found = differences(answer, recorded, {
    limit: MAX_DIFFERENCES,
    asSetPerNs: scenario.value.backend === 'null-aio',
  })
  terminal.print(
    json ? JSON.stringify(checkResult(scenario.value, answer, found)) : checkText(scenario.value, answer, found),
  )
  return ok(found.length === 0 ? 0 : 1)
}

function isWorkspace(input: unknown): boolean {
  const format = typeof input === 'object' && input !== null && 'format' in input ? input.format : undefined
  return typeof format === 'string' && format.startsWith('weir-workspace/')
}

/** JSON with one line per request list and per completion, so that a line tool can compare two of them. */
function formatAnswer(answer: ReplayAnswer): string {
  const member = (value: unknown, depth: number): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const isFlat = Array.isArray(value)
      ? value.every((each) => typeof each !== 'object')
      : Object.values(value).every((each) => typeof each !== 'object') && depth > 1
    if (isFlat) return JSON.stringify(value)
    const pad = '  '.repeat(depth + 1)
    const lines = Array.isArray(value)
      ? value.map((each) => pad + member(each, depth + 1))
      : Object.entries(value).map(([key, each]) => `${pad}${JSON.stringify(key)}: ${member(each, depth + 1)}`)
    const [open, close] = Array.isArray(value) ? '[]' : '{}'
    return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${'  '.repeat(depth)}${close}`
  }
  return member(answer, 0)
}

function checkResult(scenario: Scenario, answer: ReplayAnswer, found: readonly string[]) {
  return {
    format: 'weir-replay-check/1',
    name: scenario.name,
    completions: answer.order.length,
    equal: found.length === 0,
    differences: found,
  }
}

function checkText(scenario: Scenario, answer: ReplayAnswer, found: readonly string[]): string {
  if (found.length === 0) return `${scenario.name}: equal to QEMU's answer, ${answer.order.length} completions`
  const count = found.length === MAX_DIFFERENCES ? `${MAX_DIFFERENCES} or more` : found.length
  return [`${scenario.name}: ${count} differences from QEMU's answer`, ...found.map((line) => `  ${line}`)].join('\n')
}
