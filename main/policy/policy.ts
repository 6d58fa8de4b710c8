import { z } from 'zod'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { isLimitKey, LIMIT_KEYS, type LimitKey } from '#shared/throttle/limits.ts'
import { GIB } from '#shared/units.ts'
import { issuesOfZod } from '#shared/workspace/zod-issues.ts'
import { neverHolds } from './never-holds.ts'
import type { PolicyRule } from './policy-rule.ts'
import { parseScaledLimit, type ScaledLimit } from './scaled-limit.ts'

// How the VMs of a host shall be limited, by patterns: the first rule that matches a disk decides; a disk that none matches
// is nobody's business.

export const POLICY_FORMAT = 'weir-policy/1'

export interface Policy {
  readonly rules: readonly PolicyRule[]
}

const PATTERN = z.string().min(1).max(256)
const SIZE = z.number().min(0)
const RULE = z.strictObject({
  vms: PATTERN.optional(),
  title: PATTERN.optional(),
  disks: PATTERN.optional(),
  sizeGib: z.strictObject({ from: SIZE.optional(), below: SIZE.optional() }).optional(),
  per: z.enum(['disk', 'vm']).optional(),
  limits: z.record(z.string(), z.union([z.number().int().min(0), z.string().max(256)])),
})
const SCHEMA = z.strictObject({ format: z.literal(POLICY_FORMAT), rules: z.array(RULE).min(1).max(1024) })

export function parsePolicy(text: string): Result<Policy> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failed([{ path: '', code: 'json', message: `this is not JSON: ${(error as Error).message}` }]) // what JSON.parse throws
  }
  const parsed = SCHEMA.safeParse(value)
  if (!parsed.success) return failed(issuesOfZod(parsed.error, value))
  const issues: Issue[] = []
  const rules = parsed.data.rules.map((rule, index) => ruleOf(rule, `rules[${index}]`, issues))
  if (issues.length === 0) issues.push(...rules.flatMap((rule, index) => neverHolds(rule, `rules[${index}].limits`)))
  return issues.length > 0 ? failed(issues) : ok({ rules })
}

function ruleOf(rule: z.infer<typeof RULE>, path: string, issues: Issue[]): PolicyRule {
  const { from = 0, below = Number.POSITIVE_INFINITY } = rule.sizeGib ?? {}
  if (from >= below) {
    const message = `${below} is not valid: "below" must be greater than "from" (${from} GiB)`
    issues.push({ path: `${path}.sizeGib.below`, code: 'policy-size', message })
  }
  return {
    vms: glob(rule.vms ?? '*'),
    title: rule.title === undefined ? null : glob(rule.title),
    disks: glob(rule.disks ?? '*'),
    sizeBytes: { from: from * GIB, to: below * GIB },
    per: rule.per ?? 'disk',
    limits: limitsOf(rule.limits, `${path}.limits`, issues),
  }
}

function limitsOf(
  given: Readonly<Record<string, string | number>>,
  path: string,
  issues: Issue[],
): ReadonlyMap<LimitKey, ScaledLimit> {
  const limits = new Map<LimitKey, ScaledLimit>()
  for (const [key, value] of Object.entries(given)) {
    if (!isLimitKey(key)) {
      const message = `${JSON.stringify(key)} is not a limit; use one of ${LIMIT_KEYS.join(', ')}`
      issues.push({ path: `${path}.${key}`, code: 'unknown-key', message })
      continue
    }
    const parsed = parseScaledLimit(key, value, `${path}.${key}`)
    if (parsed.ok) limits.set(key, parsed.value)
    else issues.push(...parsed.issues)
  }
  return limits
}

/** `*` is any text, `?` one character; everything else is itself. */
function glob(pattern: string): RegExp {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*'
    return part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('').replace(/(\.\*)+/g, '.*')}$`, 'su')
}
