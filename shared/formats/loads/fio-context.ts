import { MAX_LOAD_S } from '#shared/workspace/workspace.ts'
import type { LossKind } from '../format.ts'
import type { FioJob } from './fio-sections.ts'
import { parseFioNumber, parseFioTimeS } from './fio-values.ts'

// A job while it becomes a disk and a load, and its plain options.

export interface FioContext {
  readonly job: FioJob
  readonly kbBase: 1000 | 1024
  /** Seconds after which the jobs before a stonewall are through. */
  readonly startS: number
  /** Jobs alike on one file, which are one disk. */
  readonly clones: number
  readonly report: (kind: LossKind, option: string, message: string) => void
}

export function optionOf(context: FioContext, name: string): string | null {
  return context.job.options.get(name) ?? null
}

export function readNumber(context: FioContext, name: string, otherwise: number): number {
  const text = optionOf(context, name)
  if (text === null) return otherwise
  const value = parseFioNumber(text, context.kbBase)
  if (value === null)
    context.report('not-understood', name, `${JSON.stringify(text)} is not a plain number; ${otherwise} is taken`)
  return value ?? otherwise
}

export function readTimeS(context: FioContext, name: string, bare: 's' | 'us'): number | null {
  const text = optionOf(context, name)
  if (text === null) return null
  const value = parseFioTimeS(text.split('-')[0] ?? '', bare)
  if (value === null) context.report('not-understood', name, `${JSON.stringify(text)} is not a plain time`)
  else if (text.includes('-')) context.report('converted', name, `fio draws from ${text}; ${value} s is taken`)
  if (value === null || value <= MAX_LOAD_S) return value
  context.report('rounded', name, `${value} s are more than a load’s ${MAX_LOAD_S} s, which are taken`)
  return MAX_LOAD_S
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
