import {
  type Format,
  type FormatFamily,
  type Loss,
  type LossSummary,
  type OptionSpec,
  summariseLosses,
  type WriteOptions,
} from '#shared/formats/format.ts'
import type { Issue } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { CodeLanguage } from '../ui/highlight.ts'

// What the export dialog shows of a format, as plain values: the dialog draws them and holds the choices.

/** The user's choices, by format and option: kept while the window is open. */
export type Choices = Readonly<Record<string, Readonly<Partial<Record<OptionSpec['key'], string>>>>>

/** Workspaces that an option of kind `workspace` may mean, by the value of its choice. */
export type Origins = Readonly<Record<string, Workspace | null>>

export type Preview =
  | {
      readonly kind: 'written'
      readonly text: string
      readonly losses: readonly Loss[]
      readonly notes: readonly string[]
      readonly summary: LossSummary
    }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }

const FAMILIES: readonly FormatFamily[] = ['QEMU', 'libvirt', 'Others', 'Loads']

export interface FamilySection {
  readonly family: FormatFamily
  readonly formats: readonly Format[]
}

/** The formats that can be written, by family, families without one left out. */
export function writableFamilies(formats: readonly Format[]): readonly FamilySection[] {
  return FAMILIES.map((family) => ({
    family,
    formats: formats.filter((format) => format.family === family && format.write !== undefined),
  })).filter((section) => section.formats.length > 0)
}

/** What `format` writes of `workspace` with these choices. */
export function previewOf(format: Format, workspace: Workspace, choices: Choices, origins: Origins): Preview {
  const written = format.write?.(workspace, optionsOf(format, choices, origins))
  if (!written) return { kind: 'refused', issues: [] }
  if (!written.ok) return { kind: 'refused', issues: written.issues }
  const { text, losses, notes } = written.value
  return { kind: 'written', text, losses, notes, summary: summariseLosses(losses) }
}

/** Presets where the user chose nothing; what is empty is left out. */
function optionsOf(format: Format, choices: Choices, origins: Origins): WriteOptions {
  return Object.fromEntries(
    format.options.flatMap((spec) => {
      const chosen = chosenValue(format, spec, choices, origins)
      const value = spec.kind === 'workspace' ? (origins[chosen] ?? null) : chosen
      return value === '' || value === null ? [] : [[spec.key, value]]
    }),
  )
}

/** Changes count from what a VM runs, if one is attached, else from the saved version. */
export function chosenValue(format: Format, spec: OptionSpec, choices: Choices, origins: Origins): string {
  const preset = spec.kind !== 'workspace' ? spec.preset : origins.vm ? 'vm' : 'saved'
  return choices[format.id]?.[spec.key] ?? preset
}

export function choose(choices: Choices, format: string, key: OptionSpec['key'], value: string): Choices {
  return { ...choices, [format]: { ...choices[format], [key]: value } }
}

const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  '.json': 'json',
  '.jsonl': 'json',
  '.xml': 'xml',
  '.sh': 'shell',
  '.args': 'shell',
  '.hmp': 'shell',
  '.conf': 'ini',
  '.ini': 'ini',
  '.fio': 'ini',
  '.csv': 'csv',
}

/** How to colour a text: by its ending, or where that says little, by how it begins. */
export function languageOf(fileExtension: string, text: string): CodeLanguage {
  const known = LANGUAGES[fileExtension]
  if (known) return known
  const start = text.trimStart()
  if (start.startsWith('{')) return 'json'
  if (start.startsWith('<')) return 'xml'
  return 'shell'
}

/** `vm-web01.qmp.json`, from the document's name. */
export function suggestedFileName(fileName: string | null, name: string, format: Format): string {
  const stem = (fileName ?? name).replace(/\.weir\.json$/i, '').replace(/[^\p{L}\p{N} ._-]+/gu, '-')
  return `${stem.trim() === '' ? 'weir' : stem.trim()}.${format.id}${format.fileExtension}`
}

/** Group names, device ids and their QEMU names: what stands out in a preview. */
export function namesIn(workspace: Workspace): ReadonlySet<string> {
  return new Set([
    ...Object.keys(workspace.groups),
    ...workspace.devices.flatMap((device) => [device.id, device.qemu.node ?? '', device.qemu.drive ?? '']),
  ])
}

/** `vm-web01 · 2 groups, 6 devices`. */
export function contentsOf(workspace: Workspace): string {
  const groups = Object.keys(workspace.groups).length
  const devices = workspace.devices.length
  return `${workspace.name} · ${groups} ${groups === 1 ? 'group' : 'groups'}, ${devices} ${devices === 1 ? 'device' : 'devices'}`
}
