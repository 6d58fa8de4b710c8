import { failed, type Issue, ok, type Result } from '../issue.ts'
import { madePrintable } from '../printable.ts'
import { limitsInWords } from '../throttle/words.ts'
import { absentMachine, type Draft, finishDraft, newDraft } from './draft.ts'
import type { Imported, Loss, ReadOptions, SeenMachine } from './format.ts'

// Texts about several machines: `qm set 101 …` and then `qm set 102 …`, two domains in one file. Each machine has a draft of
// its own, so that no two are ever merged into one that exists nowhere. A reader asks `draftOf` for the draft of the machine
// that a line is about, and writes into `common` what names no machine.
//
// One machine, or none named: the text is about that one. Several: which is asked for (`ReadOptions.machine`), and the
// others are listed; a reading without an answer fails with an issue for each machine, which `machinesOf` reads back.

export interface Machines {
  readonly drafts: Map<string, Draft>
  /** What names no machine: of the only one there is, or of all. */
  readonly common: Draft
  /** Machines past the most that are kept. */
  unkept: number
}

/** More in one text is hardly meant. */
export const MAX_MACHINES = 1024
/** Listed in an issue; the window's list and `--all` have them all. */
const MAX_LISTED = 50
const MAX_DISKS_NAMED = 6

/** What a text says beside machines that have names. */
const UNNAMED = 'unnamed'

const SEVERAL = 'several-machines'
const MACHINE = 'machine'

/** `text`: what is read, as of `newDraft`. */
export function newMachines(text = ''): Machines {
  return { drafts: new Map(), common: newDraft(text), unkept: 0 }
}

/** The draft of a machine, made when it is first named. */
export function draftOf(machines: Machines, name: string): Draft {
  const known = machines.drafts.get(name)
  if (known) return known
  const made = emptyLike(machines.common)
  if (machines.drafts.size < MAX_MACHINES) machines.drafts.set(name, made)
  else machines.unkept += 1
  return made
}

/** A name that no machine has: `command line`, `command line 2`. */
export function freeMachineName(machines: Machines, name: string): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`
    if (!machines.drafts.has(free)) return free
  }
}

/** Of the machine asked for; of the only one; an issue for each where there are several and none is asked for. */
export function finishMachines(machines: Machines, options: ReadOptions): Result<Imported> {
  if (machines.unkept > 0) {
    const count = machines.drafts.size + machines.unkept
    const message = `this is about ${count} machines; ${MAX_MACHINES} are the most that Weir reads. Cut it into parts`
    return failed([{ path: '', code: 'too-many', message }])
  }
  const drafts = withUnnamed(machines)
  const seen = [...drafts].map(([name, draft]): SeenMachine => ({ name, about: aboutDraft(draft) }))
  const { machine: asked, ...rest } = options
  const [only, ...more] = drafts.values()
  if (asked !== undefined && !drafts.has(asked)) {
    return failed([absentMachine(asked, [...drafts.keys()].slice(0, MAX_LISTED))])
  }
  if (more.length === 0)
    return finishDraft(only === undefined ? machines.common : together(machines.common, only), rest)
  const draft = asked === undefined ? undefined : drafts.get(asked)
  if (draft === undefined) return failed(severalIssues(seen))
  const isCommon = draft === machines.common
  const named = isCommon ? draft : { ...draft, name: draft.name ?? asked ?? null }
  const finished = finishDraft(isCommon ? named : together(lossesOnly(machines.common), named), rest)
  return finished.ok ? ok({ ...finished.value, machines: seen }) : finished
}

/** The machines that a refused reading lists; [] where it was refused for another reason. */
export function machinesOf(issues: readonly Issue[]): readonly SeenMachine[] {
  if (issues[0]?.code !== SEVERAL) return []
  return issues.slice(1).map(({ path, message }) => ({ name: path, about: message }))
}

/** As for people: the machines past the first are counted. */
export function listedMachines(issues: readonly Issue[]): readonly Issue[] {
  const [first, ...machines] = issues
  if (first?.code !== SEVERAL || machines.length <= MAX_LISTED) return issues
  const more = { path: '', code: MACHINE, message: `and ${machines.length - MAX_LISTED} more` }
  return [first, ...machines.slice(0, MAX_LISTED), more]
}

/** Disks that no machine is named for are of a machine of their own where several have names. */
function withUnnamed({ drafts, common }: Machines): ReadonlyMap<string, Draft> {
  const says = common.devices.length > 0 || common.groups.size > 0
  if (drafts.size < 2 || !says) return drafts
  return new Map([...drafts, [UNNAMED, common]])
}

/** Of the same text. */
function emptyLike({ huge }: Draft): Draft {
  return { ...newDraft(), huge }
}

function lossesOnly(draft: Draft): Draft {
  const { losses, notes, unreported } = draft
  return { ...emptyLike(draft), losses, notes, unreported }
}

/** What is said of none in particular goes before what is said of the one. */
function together(common: Draft, own: Draft): Draft {
  return {
    name: own.name ?? common.name,
    groups: new Map([...common.groups, ...own.groups]),
    devices: [...common.devices, ...own.devices],
    losses: byLine([...common.losses, ...own.losses]),
    notes: [...common.notes, ...own.notes],
    files: [...common.files, ...own.files],
    unreported: common.unreported + own.unreported,
    huge: common.huge,
  }
}

/** In the order of the text; what has no line stays behind. */
function byLine(losses: readonly Loss[]): Loss[] {
  const lineOf = ({ path }: Loss) => Number(/^line (\d+)/.exec(path)?.[1] ?? Number.MAX_SAFE_INTEGER)
  return [...losses].sort((a, b) => lineOf(a) - lineOf(b))
}

function severalIssues(seen: readonly SeenMachine[]): readonly Issue[] {
  const message = `this is about ${seen.length} machines; say which one is meant`
  return [
    { path: '', code: SEVERAL, message },
    ...seen.map(({ name, about }) => ({ path: name, code: MACHINE, message: about })),
  ]
}

/** `scsi0 (IOPS 100), scsi1 (no limits)`; `gold (IOPS 5), without disks` */
function aboutDraft({ devices, groups, losses }: Draft): string {
  const disks = devices.map(({ id, group, inner = [] }) => {
    const limits = [...(group === null ? [] : [group]), ...inner].map((each) => limitsInWords(groups.get(each) ?? {}))
    return `${id} (${limits.length === 0 ? 'no limits' : limits.join(' → ')})`
  })
  const used = new Set(devices.flatMap(({ group, inner = [] }) => [group, ...inner]))
  const empty = [...groups].filter(([name]) => !used.has(name))
  const parts = [...disks, ...empty.map(([name, limits]) => `group ${name} (${limitsInWords(limits)})`)]
  const shown = parts.slice(0, MAX_DISKS_NAMED)
  const more = parts.length - shown.length
  const [lost] = losses
  if (parts.length === 0) return lost === undefined ? 'no disks' : madePrintable(`nothing understood: ${lost.message}`)
  return madePrintable(`${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`)
}
