import { z } from 'zod'
import { PRINTABLE, PRINTABLE_RULE } from '../printable.ts'
import { isLengthKey, LIMIT_KEYS, MAX_LENGTH_S } from '../throttle/limits.ts'
import { chainOf, MAX_LEVELS } from './chain.ts'
import {
  DEFAULT_DISK,
  DEFAULT_WORKLOAD,
  EMPTY_WORKSPACE,
  IDLE,
  MAX_DEVICES,
  MAX_DISK_BYTES,
  MAX_GOALS,
  MAX_IODEPTH,
  MAX_IOTHREADS,
  MAX_LOAD_S,
  MAX_RATE_IOPS,
  MAX_REQUEST_BYTES,
  MAX_SCRIPT_STEPS,
  WORKSPACE_FORMAT,
} from './workspace.ts'

// The one schema of the workspace file: it validates, fills in what is left out, and is published as JSON Schema.
// Rules that span several places (unknown group, duplicate id, QEMU's limit rules) are in parse.ts.

// Without this zod compiles validators with `new Function`, which the window's CSP rightly refuses.
z.config({ jitless: true })

const RATE = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const printable = z.string().regex(PRINTABLE, PRINTABLE_RULE)

/** Names people give: printable, not empty, no path to Object.prototype. */
export const nameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(PRINTABLE, PRINTABLE_RULE)
  .refine((name) => name !== '__proto__', 'not __proto__')

export const limitsSchema = z.strictObject(
  Object.fromEntries(
    LIMIT_KEYS.map((key) => [key, (isLengthKey(key) ? RATE.max(MAX_LENGTH_S) : RATE).exactOptional()]),
  ) as Record<(typeof LIMIT_KEYS)[number], z.ZodExactOptional<typeof RATE>>, // every key is listed
)

const serviceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), us: z.number().min(0).max(60_000_000) }),
  z.strictObject({ kind: z.literal('exponential'), us: z.number().min(0).max(60_000_000) }),
  z.strictObject({ kind: z.literal('sampled'), us: z.array(z.number().min(0).max(60_000_000)).min(1).max(100_000) }),
])

const sizeSchema = z.int().min(512).max(MAX_DISK_BYTES)

export const diskSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    sizeBytes: sizeSchema.default(DEFAULT_DISK.sizeBytes),
    direct: z.boolean().default(false),
    path: printable.min(1).max(4096).exactOptional(),
    write: z.boolean().exactOptional(),
    service: serviceSchema.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('null'),
    sizeBytes: sizeSchema.default(DEFAULT_DISK.sizeBytes),
    service: serviceSchema.exactOptional(),
  }),
])

const blockSchema = z.int().min(512).max(MAX_REQUEST_BYTES)
const secondsSchema = z.number().min(0).max(MAX_LOAD_S)
const spanSchema = z.number().gt(0).max(MAX_LOAD_S)

export const workloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('idle') }),
  z.strictObject({
    kind: z.literal('synthetic'),
    pattern: z.enum(['random', 'sequential']).default(DEFAULT_WORKLOAD.pattern),
    readPercent: z.number().min(0).max(100).default(DEFAULT_WORKLOAD.readPercent),
    blockBytes: z
      .union([
        blockSchema,
        z
          .array(z.strictObject({ bytes: blockSchema, weight: z.number().gt(0).max(1e6) }))
          .min(1)
          .max(32),
      ])
      .default(4096),
    iodepth: z.int().min(1).max(MAX_IODEPTH).default(DEFAULT_WORKLOAD.iodepth),
    rateIops: z.number().min(0).max(MAX_RATE_IOPS).default(0),
    readRateIops: z.number().gt(0).max(MAX_RATE_IOPS).exactOptional(),
    writeRateIops: z.number().gt(0).max(MAX_RATE_IOPS).exactOptional(),
    arrivals: z.enum(['closed', 'fixed', 'poisson']).default('closed'),
    startS: secondsSchema.default(0),
    stopS: secondsSchema.nullable().default(null),
    onS: spanSchema.nullable().default(null),
    offS: spanSchema.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('trace'),
    path: printable.min(1).max(4096),
    iodepth: z.int().min(1).max(MAX_IODEPTH).default(64),
    speed: z.number().gt(0).max(1000).default(1),
    loop: z.boolean().default(false),
  }),
])

export const qemuNamesSchema = z.strictObject({
  drive: nameSchema.exactOptional(),
  qdev: printable.min(1).max(1024).exactOptional(),
  node: nameSchema.exactOptional(),
  filter: nameSchema.exactOptional(),
  style: z.enum(['legacy', 'filter']).exactOptional(),
})

/** Files say `"group"` for one group or none, `"groups"` for a chain; inside it is always a chain. */
const chainFields = {
  group: nameSchema.nullable().exactOptional(),
  groups: z.array(nameSchema).max(MAX_LEVELS).exactOptional(),
}

interface ChainFields {
  readonly group?: string | null
  readonly groups?: readonly string[]
}

function saysChainOnce({ group, groups }: ChainFields): boolean {
  return group === undefined || groups === undefined
}

function saysChain({ group, groups }: ChainFields): boolean {
  return group !== undefined || groups !== undefined
}

const CHAIN_TWICE = { path: ['groups'], error: 'either "group" or "groups", not both' }

function withChain<T extends ChainFields>({ group, groups, ...rest }: T) {
  return { ...rest, groups: groups ?? chainOf(group ?? null) }
}

const deviceFields = z.strictObject({
  id: nameSchema,
  ...chainFields,
  iothread: z
    .int()
    .min(0)
    .max(MAX_IOTHREADS - 1)
    .nullable()
    .default(null),
  disk: diskSchema.default(() => ({ kind: 'file' as const, sizeBytes: DEFAULT_DISK.sizeBytes, direct: false })),
  workload: workloadSchema.default(IDLE),
  qemu: qemuNamesSchema.default({}),
})

export const deviceSchema = deviceFields.refine(saysChainOnce, CHAIN_TWICE).transform(withChain)

const moveFields = z.strictObject({ device: nameSchema, ...chainFields })
const moveSchema = moveFields
  .refine(saysChainOnce, CHAIN_TWICE)
  .refine(saysChain, { path: ['group'], error: 'a group, null, or a chain as "groups"' })
  .transform(withChain)

const scriptStepSchema = z.union([
  z.strictObject({ atS: secondsSchema, setLimits: z.strictObject({ group: nameSchema, limits: limitsSchema }) }),
  z.strictObject({
    atS: secondsSchema,
    moveDevice: moveSchema,
  }),
  z.strictObject({ atS: secondsSchema, setWorkload: z.strictObject({ device: nameSchema, workload: workloadSchema }) }),
])

export const goalSchema = z.strictObject({
  device: nameSchema,
  percentile: z.union([z.literal(50), z.literal(95), z.literal(99), z.literal(100)]).default(99),
  waitMs: z.number().min(0).max(3_600_000),
})

export const workspaceSchema = z.strictObject({
  $schema: printable.max(1024).exactOptional(),
  format: z.literal(WORKSPACE_FORMAT),
  name: printable.max(256).default(EMPTY_WORKSPACE.name),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(EMPTY_WORKSPACE.seed),
  iothreads: z.int().min(1).max(MAX_IOTHREADS).default(EMPTY_WORKSPACE.iothreads),
  groups: z.record(nameSchema, limitsSchema),
  devices: z.array(deviceSchema).max(MAX_DEVICES),
  script: z.array(scriptStepSchema).max(MAX_SCRIPT_STEPS).default([]),
  goals: z.array(goalSchema).max(MAX_GOALS).exactOptional(),
})
