import { equalLimits, type Limits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { chainWords, sameChain } from '#shared/workspace/chain.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { chainsOf } from './lifting.ts'

// What is to be put back at the end of a lift. The VM shows of each group and each disk where it stands:
//
//   as lifted       put back
//   as before       nothing to do: it was put back, or the VM was started again with its limits
//   anything else   somebody has changed it meanwhile: kept as it is, and said

export interface Lifted {
  readonly before: Workspace
  readonly lifted: Workspace
  readonly groups: readonly string[]
  readonly devices: readonly string[]
}

/** keep: what somebody has changed meanwhile stays. overwrite: it gets what was before, too. */
export type ChangedRule = 'keep' | 'overwrite'

export interface PutBackAim {
  /** What to make of `now`. */
  readonly desired: Workspace
  /** Names of groups and disks that need a command. */
  readonly pending: readonly string[]
  /** Names of those that are as before. */
  readonly back: readonly string[]
  /** What somebody has changed meanwhile, in sentences. */
  readonly kept: readonly string[]
  /** Disks and groups the VM does not have any more, in sentences. */
  readonly absent: readonly string[]
}

/** `now` is the VM's capture, with the names of `lift.before`. */
export function putBackAim(now: Workspace, lift: Lifted, rule: ChangedRule): PutBackAim {
  const sum = new Sum(now)
  for (const name of lift.groups) sum.group(name, lift, rule)
  for (const id of lift.devices) sum.device(id, lift, rule)
  return sum.aim()
}

class Sum {
  readonly #now: Workspace
  readonly #groups: Record<string, Limits> = {}
  readonly #chains = new Map<string, readonly string[]>()
  readonly #pending: string[] = []
  readonly #back: string[] = []
  readonly #kept: string[] = []
  readonly #absent: string[] = []

  constructor(now: Workspace) {
    this.#now = now
  }

  aim(): PutBackAim {
    const devices = this.#now.devices.map((device) => ({
      ...device,
      groups: this.#chains.get(device.id) ?? device.groups,
    }))
    const desired = { ...this.#now, groups: { ...this.#now.groups, ...this.#groups }, devices }
    return { desired, pending: this.#pending, back: this.#back, kept: this.#kept, absent: this.#absent }
  }

  /** A group with an object. */
  group(name: string, { before, lifted }: Lifted, rule: ChangedRule): void {
    const is = limitsOf(this.#now, name)
    const was = limitsOf(before, name) ?? NO_LIMITS
    if (is === undefined) this.#absent.push(`${name} no longer exists; it had ${limitsInWords(was)}.`)
    else if (equalLimits(is, was)) this.#back.push(name)
    else if (equalLimits(is, limitsOf(lifted, name) ?? NO_LIMITS) || rule === 'overwrite') {
      this.#groups[name] = was
      this.#pending.push(name)
    } else this.#kept.push(`${name}: ${limitsInWords(is)}, by somebody else; before the lift ${limitsInWords(was)}.`)
  }

  /** A disk that left a group without an object. */
  device(id: string, lift: Lifted, rule: ChangedRule): void {
    const chains = chainsOf(id, lift)
    const is = findDevice(this.#now, id)
    if (chains === null || is === undefined) {
      this.#absent.push(`${id} no longer exists.`)
      return
    }
    const isBefore = sameChain(is.groups, chains.before)
    const isLifted = sameChain(is.groups, chains.lifted)
    const was = `before the lift ${chainWords({ groups: chains.before })}`
    if (!isBefore && !isLifted && rule === 'keep') {
      this.#kept.push(`${id}: ${chainWords(is)}, by somebody else; ${was}.`)
      return
    }
    const left = chains.before.filter((group) => !chains.lifted.includes(group))
    const changed = left.filter((group) => this.#isChanged(group, lift))
    const [other] = changed
    if (other !== undefined && rule === 'keep') {
      const [has, had] = [this.#now, lift.before].map((each) => limitsInWords(limitsOf(each, other) ?? NO_LIMITS))
      this.#kept.push(`${id}: somebody else has made ${other} again with ${has}; before the lift ${had}.`)
      return
    }
    if (isBefore && changed.length === 0) {
      this.#back.push(id)
      return
    }
    this.#chains.set(id, chains.before)
    this.#pending.push(id)
    for (const group of left) this.#giveLimits(group, lift)
  }

  /** Limits of a group that disks stayed in are nobody's but theirs: who comes back takes them as they are. */
  #giveLimits(group: string, { before, lifted }: Lifted): void {
    if (limitsOf(lifted, group) === undefined) this.#groups[group] = limitsOf(before, group) ?? NO_LIMITS
    else if (limitsOf(this.#now, group) === undefined) this.#groups[group] = limitsOf(before, group) ?? NO_LIMITS
  }

  /** Every disk had left it, and now it is there with other limits. */
  #isChanged(group: string, { before, lifted }: Lifted): boolean {
    const is = limitsOf(this.#now, group)
    if (is === undefined || limitsOf(lifted, group) !== undefined) return false
    return !equalLimits(is, limitsOf(before, group) ?? NO_LIMITS)
  }
}

function limitsOf(workspace: Workspace, name: string): Limits | undefined {
  return Object.hasOwn(workspace.groups, name) ? workspace.groups[name] : undefined
}
