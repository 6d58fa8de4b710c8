import { failed, type Issue, ok, type Result } from '../issue.ts'
import { parseDurationS } from '../units.ts'
import { goalSchema } from './schema.ts'
import type { Goal } from './workspace.ts'
import { issuesOfZod, showValue } from './zod-issues.ts'

// A goal as people type it, and back. What is possible is the workspace's own schema, and so are its words.

const SHAPE =
  /^(?:(?:wait\s*)?p\s*(?<percentile>\d+(?:\.\d+)?)|(?<longest>longest(?:\s+wait)?|wait))?\s*(?:≤|<=|<|:)?\s*(?<time>[\d.,\s]+[a-z]*)$/i

/** `p99 ≤ 50 ms`, `wait p95 <= 5ms`, `longest wait ≤ 1 s`, `50 ms` (of 99 of 100), with or without `db: ` before it. */
export function parseGoalText(text: string, device: string): Result<Goal> {
  const bare = text.trim()
  const promise = bare.startsWith(`${device}:`) ? bare.slice(device.length + 1).trim() : bare
  const found = SHAPE.exec(promise)?.groups
  if (found?.time === undefined) return failed([notAGoal(promise)])
  const seconds = parseDurationS(found.time)
  if (seconds === null) return failed([notAGoal(promise)])
  if (typeof seconds !== 'number') return failed([{ path: 'waitMs', code: 'unclear', message: seconds.problem }])
  if (!/[a-z]\s*$/i.test(found.time)) {
    const number = found.time.trim()
    return failed([
      { path: 'waitMs', code: 'no-unit', message: `${number} has no unit; use ${number} ms or ${number} s` },
    ])
  }
  const percentile = found.longest?.toLowerCase().startsWith('longest') ? 100 : Number(found.percentile ?? 99)
  const value = { device, percentile, waitMs: Number((seconds * 1000).toPrecision(12)) }
  const parsed = goalSchema.safeParse(value)
  return parsed.success ? ok(parsed.data) : failed(issuesOfZod(parsed.error, value))
}

function notAGoal(text: string): Issue {
  return {
    path: '',
    code: 'not-a-goal',
    message: `${showValue(text)} is not a goal; use p99 ≤ 50 ms, or longest wait ≤ 1 s`,
  }
}

/** As `parseGoalText` takes it, with every digit: `p99 ≤ 50 ms`. */
export function goalText({ percentile, waitMs }: Goal): string {
  const time = waitMs >= 1000 && waitMs % 1000 === 0 ? `${waitMs / 1000} s` : `${waitMs} ms`
  return `${percentile === 100 ? 'longest wait' : `p${percentile}`} ≤ ${time}`
}
