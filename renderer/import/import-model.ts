import {
  type Format,
  type Imported,
  type Loss,
  type LossSummary,
  type SeenMachine,
  summariseLosses,
} from '#shared/formats/format.ts'
import { findFormat, guessFormat } from '#shared/formats/formats.ts'
import { machinesOf } from '#shared/formats/machines.ts'
import { isLost } from '#shared/formats/sort-losses.ts'
import type { Issue } from '#shared/issue.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import type { ByteUnits } from '#shared/units.ts'
import { describeWorkload } from '#shared/workspace/workload-words.ts'
import { type Device, membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import { isWeirText, WEIR_FORMAT } from './weir-format.ts'

// What the import dialog shows of a text, as plain values. Reading happens in a worker (reading.ts): a hostile or very
// long text must not hold up the window.

/** `auto`: the format that is surest of the text. */
export type FormatChoice = 'auto' | (string & {})

export interface ReadRequest {
  readonly text: string
  readonly choice: FormatChoice
  readonly fileName: string | null
  /** Of a text about several machines: the one that is meant; null: none chosen. */
  readonly machine: string | null
}

export type Reading =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'unknown' }
  /** It is about several machines, of which none is chosen. */
  | { readonly kind: 'several'; readonly format: string; readonly machines: readonly SeenMachine[] }
  | { readonly kind: 'refused'; readonly format: string; readonly issues: readonly Issue[] }
  | { readonly kind: 'read'; readonly format: string; readonly imported: Imported }

/** What `text` says, in the chosen format or the one that is surest of it. Weir's own files can be merged too. */
export function readText({ text, choice, fileName, machine }: ReadRequest): Reading {
  if (text.trim() === '') return { kind: 'nothing' }
  const format = choice === 'auto' ? guess(text) : formatOf(choice)
  if (!format?.read) return { kind: 'unknown' }
  const read = format.read(text, {
    ...(fileName === null ? {} : { fileName }),
    ...(machine === null ? {} : { machine }),
  })
  const machines = read.ok ? [] : machinesOf(read.issues)
  if (machines.length > 0) return { kind: 'several', format: format.id, machines }
  if (!read.ok) return { kind: 'refused', format: format.id, issues: read.issues }
  return { kind: 'read', format: format.id, imported: read.value }
}

function guess(text: string): Format | null {
  if (isWeirText(text)) return WEIR_FORMAT
  const guessed = guessFormat(text)
  return guessed.ok ? guessed.value : null
}

function formatOf(id: string): Format | null {
  return id === WEIR_FORMAT.id ? WEIR_FORMAT : findFormat(id)
}

export interface FoundGroup {
  /** null: the devices that are not throttled. */
  readonly name: string | null
  readonly limits: string
  readonly devices: readonly { readonly id: string; readonly load: string }[]
}

/** The groups of an import with their limits and devices in words; the free devices last. */
export function foundGroups(workspace: Workspace, units: ByteUnits): readonly FoundGroup[] {
  const groups = Object.entries(workspace.groups).map(([name, limits]) => ({
    name,
    limits: limitsInWords(limits, units),
    devices: membersOf(workspace, name).map(foundDevice),
  }))
  const free = membersOf(workspace, null).map(foundDevice)
  return free.length === 0 ? groups : [...groups, { name: null, limits: 'no limits', devices: free }]
}

function foundDevice({ id, workload }: Device): FoundGroup['devices'][number] {
  return { id, load: workload.kind === 'idle' ? '' : describeWorkload(workload) }
}

/** `3 groups, 12 devices`. */
export function countsOf(workspace: Workspace): string {
  const count = (number: number, one: string) => `${number} ${number === 1 ? one : `${one}s`}`
  return `${count(Object.keys(workspace.groups).length, 'group')}, ${count(workspace.devices.length, 'device')}`
}

/** As for an export, in the words of a reader. */
export function readSummary(losses: readonly Loss[]): LossSummary {
  const summary = summariseLosses(losses)
  if (summary.exact) return { ...summary, sentence: 'Everything was understood' }
  const lost = losses.filter(isLost).length
  if (lost === 0) return { ...summary, sentence: 'Everything was understood; some of it is expressed differently' }
  return { ...summary, sentence: `${lost} ${lost === 1 ? 'thing was' : 'things were'} not understood or left out` }
}
