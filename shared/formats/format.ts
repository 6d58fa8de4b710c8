import type { Result } from '../issue.ts'
import type { Workspace } from '../workspace/workspace.ts'

// The port that every format fits. A writer takes a workspace and gives text; a reader takes text and gives a workspace.
// Both say what did not come across: `losses` are what this very text cannot carry or did not say clearly, `notes` are
// sentences for people that hold whatever the text (what the commands take for granted, what stays in the workspace).
//
// A format carries *throttling*: groups, limits, who is in which, QEMU's names. Disks, loads, seed and script belong to
// Weir; that they stay behind is a note, not a loss. A loss has a path into the workspace (or `line 7` of the text).

export type FormatFamily = 'QEMU' | 'libvirt' | 'Others' | 'Loads'

export type LossKind = 'dropped' | 'rounded' | 'renamed' | 'converted' | 'not-understood'

export interface Loss {
  /** `groups.gold.iops-size`, `devices[2].id`; `line 7` or an option's name where a reader stumbled. */
  readonly path: string
  readonly kind: LossKind
  /** A sentence for people: what, and what stands there instead. */
  readonly message: string
  /** For programs: the value or name before and after, where there is one. */
  readonly from?: string | number
  readonly to?: string | number
}

export interface Written {
  readonly text: string
  readonly losses: readonly Loss[]
  readonly notes: readonly string[]
}

/** A file that belongs beside the imported workspace: a trace, as the workspace's `path` names it. */
export interface ExtraFile {
  readonly name: string
  readonly text: string
}

/** A machine that a text is about. */
export interface SeenMachine {
  /** As the text calls it: a VM's number, a domain. */
  readonly name: string
  /** Its disks and limits: `scsi0 (IOPS 100), scsi1 (no limits)`. */
  readonly about: string
}

export interface Imported {
  readonly workspace: Workspace
  readonly losses: readonly Loss[]
  readonly notes: readonly string[]
  readonly files: readonly ExtraFile[]
  /** Where the text is about several machines: each of them, of which one was asked for. */
  readonly machines: readonly SeenMachine[]
}

export interface WriteOptions {
  /** qmp-change: what runs now. */
  readonly since?: Workspace
  /** One of the format's styles. */
  readonly style?: string
  /** How totals become read and write limits where a target has no totals. */
  readonly split?: string
  /** VM: libvirt domain name or Proxmox VM id. */
  readonly vm?: string
  /** virsh: targets of the disks, `db=vda,log=sdb`, or what domblklist or dumpxml prints. */
  readonly targets?: string
  /** io.max: device numbers of the host's disks, `db=8:16,log=8:32`. */
  readonly numbers?: string
}

export interface ReadOptions {
  /** File name without folder; names the workspace and the files beside it. */
  readonly fileName?: string
  /**
   * Where the text may name variables: the environment it is read in, and fio's own words such as `$ncpus`. Left out: not
   * known, which is a loss for each.
   */
  readonly variables?: Readonly<Record<string, string>>
  /** The text of another file that this one includes, which lies beside it; null: there is none that may be read. */
  readonly readInclude?: (name: string) => string | null
  /** Which of the machines that the text is about: `SeenMachine.name`. */
  readonly machine?: string
}

/** One option of a format, told so that a dialog and the command line can offer it without knowing the format. */
export interface OptionSpec {
  readonly key: keyof WriteOptions
  readonly label: string
  readonly help: string
  /** choice: one of `choices`; text: free; workspace: another workspace. */
  readonly kind: 'choice' | 'text' | 'workspace'
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  /** '' where nothing is preset. */
  readonly preset: string
}

export interface Format {
  readonly id: string
  /** Short label for a list: `QMP, throttle groups`. */
  readonly title: string
  readonly family: FormatFamily
  readonly direction: 'out' | 'in' | 'both'
  /** With dot: `.json`. */
  readonly fileExtension: string
  /** One line below the preview: what the text takes for granted. */
  readonly note: string
  readonly options: readonly OptionSpec[]
  readonly write?: (workspace: Workspace, options: WriteOptions) => Result<Written>
  readonly read?: (text: string, options: ReadOptions) => Result<Imported>
  /** How sure it is that `text` is of this format: 0 not at all … 1 certainly. Cheap: looks at the beginning only where it can. */
  readonly detect?: (text: string) => number
}

/** The choices of a `style` option, the first one preset. */
export function styleOption(help: string, styles: Readonly<Record<string, string>>): OptionSpec {
  const choices = Object.entries(styles).map(([value, label]) => ({ value, label }))
  return { key: 'style', label: 'Style', help, kind: 'choice', choices, preset: choices[0]?.value ?? '' }
}

export interface LossSummary {
  readonly exact: boolean
  /** For a badge: `exact`, `3 lost`, `2 mapped`. */
  readonly badge: string
  /** For the foot of the preview. */
  readonly sentence: string
}

const LOST: ReadonlySet<LossKind> = new Set(['dropped', 'rounded', 'not-understood'])

/** Renamed and converted things still say the same, so they do not count as lost. */
export function summariseLosses(losses: readonly Loss[]): LossSummary {
  const lost = losses.filter((loss) => LOST.has(loss.kind)).length
  const mapped = losses.length - lost
  if (lost > 0) {
    return {
      exact: false,
      badge: `${lost} lost`,
      sentence: `${lost} ${lost === 1 ? 'thing is' : 'things are'} lost in this format`,
    }
  }
  if (mapped > 0) {
    return {
      exact: false,
      badge: `${mapped} mapped`,
      sentence: `Nothing is lost; ${mapped} ${mapped === 1 ? 'thing is' : 'things are'} expressed differently`,
    }
  }
  return { exact: true, badge: 'exact', sentence: 'Nothing is lost in this format' }
}

/** `line 7 …: dropped: …` for a terminal. */
export function formatLoss(loss: Loss): string {
  return loss.path === '' ? `${loss.kind}: ${loss.message}` : `${loss.path}: ${loss.kind}: ${loss.message}`
}
