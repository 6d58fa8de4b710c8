import { type Draft, notUnderstood } from '../draft.ts'
import { listNames } from '../losses.ts'
import { draftOf, freeMachineName, type Machines } from '../machines.ts'
import { looksLikeThrottling, reportThrottling } from '../unread-throttling.ts'
import { PROXMOX_SLOTS } from './proxmox-drive.ts'
import { finishVm, newVmReading, setOption } from './proxmox-vm.ts'

// A VM's configuration as a text: /etc/pve/qemu-server/ID.conf, `qm config ID`, `qm pending ID`; or several of them, one
// behind the other, with headings as `tail -n +1 *.conf` writes them or without.

export interface ConfigLine {
  readonly text: string
  /** From 1. */
  readonly number: number
}

interface ConfigText {
  /** The VM's number from a heading; null: it has none. */
  readonly vm: string | null
  readonly lines: readonly ConfigLine[]
  /** What is a snapshot's, as it seems. */
  readonly snapshot: readonly ConfigLine[]
}

const MAX_SAID_CHARS = 120

/** What `grep` puts in front of each line. */
const GREP = /^(?:\S*\/)?(\d+)\.conf:(?:\d+:)?(.*)$/
const HEADING = /^==> (?:.*\/)?(\d+)\.conf <==$/
/** Options of which each VM has its own. */
const IDENTITY = /^(name|vmgenid|smbios1): *(.+)$/
const OPTION = /^(?:(cur|new|del) +)?([a-z][a-z0-9_-]*)(?:: ?(.*))?$/

export function readConfigTexts(machines: Machines, lines: readonly ConfigLine[]): void {
  const texts = splitTexts(lines).filter(({ lines: own }) => own.some(({ text }) => OPTION.test(text)))
  for (const text of texts) {
    const name = text.vm ?? nameIn(text.lines)
    const isOnly = texts.length === 1 && machines.drafts.size === 0
    readConfig(isOnly ? machines.common : draftOf(machines, freeMachineName(machines, name ?? 'VM')), text)
  }
}

function nameIn(lines: readonly ConfigLine[]): string | null {
  return lines.map(({ text }) => /^(?:cur +)?name: *(\S+)/.exec(text)?.[1]).find((name) => name !== undefined) ?? null
}

function splitTexts(lines: readonly ConfigLine[]): readonly ConfigText[] {
  const parts: { vm: string | null; isGrep?: true; lines: ConfigLine[] }[] = [{ vm: null, lines: [] }]
  for (const line of lines) {
    const heading = HEADING.exec(line.text)
    const [, vm, text] = GREP.exec(line.text) ?? []
    if (heading) parts.push({ vm: heading[1] ?? null, lines: [] })
    else if (vm !== undefined && text !== undefined) {
      if (parts.at(-1)?.vm !== vm) parts.push({ vm, isGrep: true, lines: [] })
      parts.at(-1)?.lines.push({ ...line, text })
    } else parts.at(-1)?.lines.push(line)
  }
  return parts.flatMap(({ vm, isGrep, lines: own }) =>
    isGrep
      ? [{ vm, ...withoutSnapshots(own) }]
      : splitByIdentity(own).map((each) => ({ vm, lines: each, snapshot: [] })),
  )
}

/**
 * `grep iops` leaves out the heading of a snapshot. What the VM has now stands first, each option once and in alphabetical
 * order: where an option comes again, a snapshot has begun where that order began again.
 */
function withoutSnapshots(lines: readonly ConfigLine[]): Omit<ConfigText, 'vm'> {
  const known = new Set<string>()
  let begun = 0
  let before = ''
  for (const [at, { text }] of lines.entries()) {
    const key = /^([a-z][a-z0-9_-]*): /.exec(text)?.[1]
    if (/^\[.+\]$/.test(text)) break
    if (key === undefined) continue
    if (key <= before) begun = at
    if (known.has(key)) {
      const current = lines.slice(0, begun)
      const isNew = (line: ConfigLine) => current.every((each) => each.text !== line.text)
      return { lines: current, snapshot: lines.slice(begun).filter(isNew) }
    }
    known.add(key)
    before = key
  }
  return { lines, snapshot: [] }
}

/**
 * Without headings: where an option that each VM has its own of comes again with another value, another VM has begun.
 * Proxmox writes options in alphabetical order, so it began where that order last began again. Snapshots repeat options, too,
 * but their sections are told by their headings.
 */
function splitByIdentity(lines: readonly ConfigLine[]): readonly (readonly ConfigLine[])[] {
  const parts: (readonly ConfigLine[])[] = []
  let rest = lines
  for (let begun = beginOfNext(rest); begun > 0; begun = beginOfNext(rest)) {
    parts.push(rest.slice(0, begun))
    rest = rest.slice(begun)
  }
  return [...parts, rest]
}

/** Where the lines of another VM begin; 0: nowhere. */
function beginOfNext(lines: readonly ConfigLine[]): number {
  const known = new Map<string, string>()
  let begun = 0
  let before = ''
  let inSection = false
  for (const [at, { text }] of lines.entries()) {
    const key = /^([a-z][a-z0-9_-]*): /.exec(text)?.[1]
    inSection ||= /^\[.+\]$/.test(text)
    if (key === undefined) continue
    if (key <= before) begun = at
    before = key
    const identity = IDENTITY.exec(text)
    if (identity?.[1] === undefined || identity[2] === undefined || inSection) continue
    const other = known.get(identity[1])
    if (other !== undefined && other !== identity[2] && begun > 0) return begun
    known.set(identity[1], identity[2])
  }
  return 0
}

function readConfig(draft: Draft, { lines, snapshot }: ConfigText): void {
  const vm = newVmReading(draft)
  const pending = new Section('PENDING', null)
  let section: Section | null = null
  const sections: Section[] = [pending]
  for (const { text, number } of lines) {
    const path = `line ${number}`
    const heading = /^\s*\[(.+)\]\s*$/.exec(text)?.[1]
    if (heading !== undefined) {
      section = new Section(heading, path)
      sections.push(section)
      continue
    }
    const [, state, name, value] = OPTION.exec(text) ?? []
    if (section !== null) section.add(text, name, value)
    else if (state === 'new') pending.add(text, name, value, path)
    else if (state === 'del') pending.add(text, 'delete', name, path)
    else if (name !== undefined && value !== undefined) setOption(vm, name, value, path)
    else if (!text.startsWith('#')) reportThrottling(draft, path, text)
  }
  const again = new Section(null, null)
  for (const { text, number } of snapshot) {
    const [, , name, value] = OPTION.exec(text) ?? []
    again.add(text, name, value, `line ${number}`)
  }
  for (const each of [...sections, again]) each.report(draft)
  finishVm(vm)
}

/** What stands in the file and is not what the VM has now: a snapshot, or changes that wait for its next start. */
export class Section {
  /** null: its heading is missing. */
  readonly #name: string | null
  #path: string | null
  /** What it says of drives and limits. */
  readonly #says: string[] = []

  constructor(name: string | null, path: string | null) {
    this.#name = name
    this.#path = path
  }

  add(text: string, name = '', value = '', path: string | null = null): void {
    this.#path ??= path
    const limits = value.split(',').filter((part) => looksLikeThrottling(part.split('=')[0] ?? ''))
    const words = limits.length === 0 ? 'no limits' : limits.join(',').slice(0, MAX_SAID_CHARS)
    if (name === 'delete') this.#says.push(`delete ${value}`)
    else if (PROXMOX_SLOTS.includes(name)) this.#says.push(`${name} (${words})`)
    else if (!text.startsWith('#') && looksLikeThrottling(text)) this.#says.push(text.slice(0, MAX_SAID_CHARS))
  }

  report(draft: Draft): void {
    if (this.#path === null) return
    const about = this.#says.length === 0 ? '' : `: ${listNames(this.#says)}`
    const path = this.#path
    if (/^special:/i.test(this.#name ?? '')) {
      if (this.#says.length > 0) notUnderstood(draft, path, `the section [${this.#name}] is not read${about}`)
      return
    }
    const message =
      this.#name === 'PENDING'
        ? `these changes wait for the VM’s next start; they are left out${about}`
        : this.#name === null
          ? `the first of each option counts; one that comes again is probably a snapshot’s, whose heading grep leaves out${about}`
          : `the section [${this.#name}] is a snapshot, not what the VM has now; it is left out${about}`
    draft.losses.push({ path, kind: 'dropped', message })
  }
}
