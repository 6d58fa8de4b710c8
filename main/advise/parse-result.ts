import { z } from 'zod'
import { failed, ok, type Result } from '#shared/issue.ts'
import { RESULT_FORMAT, type RunResult } from '#shared/result.ts'
import { LIMIT_KEYS } from '#shared/throttle/limits.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { issuesOfZod } from '#shared/workspace/zod-issues.ts'

// Reads back what `weir run --json` and `weir simulate --json` print. Newer results may say more: that is ignored.

const amount = z.number().min(0)
const percentiles = z.object({ p50: amount, p95: amount, p99: amount, max: amount })
const flow = z.object({
  requests: amount,
  bytes: amount,
  iops: amount,
  bps: amount,
  delayed: amount,
  waitNs: percentiles,
  serviceNs: percentiles,
})
const device = z.object({
  group: z.string().nullable(),
  groups: z.array(z.string()).exactOptional(),
  levels: z.array(z.object({ group: z.string(), waitMeanNs: amount.nullable(), throttledS: amount })).exactOptional(),
  read: flow,
  write: flow,
  queuedMax: amount,
  throttledS: amount,
  assumedServiceUs: amount.exactOptional(),
  unlimited: z.literal(true).exactOptional(),
  failed: z.string().exactOptional(),
})
const group = z.object({
  members: z.array(z.string()),
  limits: z.partialRecord(z.enum(LIMIT_KEYS), amount),
  iops: amount,
  bps: amount,
  fairness: amount,
  waitNs: z.object({ p50: amount, p95: amount, p99: amount }).exactOptional(),
})
const bounds = z.object({ fromNs: amount, toNs: amount.nullable() })
const latency = z.object({ requests: amount, p50: bounds, p99: bounds }).nullable()
const result = z.object({
  format: z.literal(RESULT_FORMAT),
  source: z.enum(['lab', 'simulation']),
  name: z.string(),
  durationS: amount,
  seed: amount,
  devices: z.record(z.string(), device),
  groups: z.record(z.string(), group),
  workspace: z.unknown().exactOptional(),
  hidden: z
    .array(z.object({ device: z.string(), timeShare: amount.nullable(), isSteady: z.literal(true).exactOptional() }))
    .exactOptional(),
  recordedLatency: z.array(z.object({ device: z.string(), read: latency, write: latency })).exactOptional(),
  overTime: z
    .object({
      stepS: z.number().gt(0),
      groups: z.record(z.string(), z.object({ iops: z.array(amount), bps: z.array(amount) })),
    })
    .exactOptional(),
})

export function parseResult(value: unknown): Result<RunResult> {
  const parsed = result.safeParse(value)
  if (!parsed.success) return failed(issuesOfZod(parsed.error, value))
  const { workspace, ...rest } = parsed.data
  if (workspace === undefined) return ok(rest as RunResult) // absent limits stay absent
  const whole = parseWorkspace(workspace)
  if (!whole.ok) return failed(whole.issues.map((issue) => ({ ...issue, path: `workspace.${issue.path}` })))
  return ok({ ...rest, workspace: whole.value } as RunResult) // absent limits stay absent
}
