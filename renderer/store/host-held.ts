import type { HostLook } from '#shared/host-look.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'

// Since when limits hold VMs back, as far as anybody has looked.

/** A limit that lets go for less is the same one still: a look sees a second, and a VM at its limit wavers about it. */
const PAUSE_NS = 5 * NS_PER_S

export interface HeldSince {
  /** Wall clock, ms since 1970. */
  readonly sinceMs: number
  /** It did so already when it was looked at first. */
  readonly orBefore: boolean
}

interface Hold extends HeldSince {
  readonly seenNs: number
}

export class HeldTimes {
  /** VM, group and limit → since when; null: it was looked at, and held nothing back. */
  #holds = new Map<string, Hold | null>()

  see({ vms, nowNs, wallMs }: HostLook): void {
    const holds = new Map<string, Hold | null>()
    for (const { id, groups } of vms) {
      for (const { name, buckets } of groups) {
        for (const { bucket, atLimit } of buckets) {
          const key = keyOf(id, name, bucket)
          const before = this.#holds.get(key)
          const isOn = before != null && nowNs - before.seenNs <= PAUSE_NS
          if (atLimit === true) {
            const since = isOn ? before : { sinceMs: wallMs, orBefore: before === undefined }
            holds.set(key, { ...since, seenNs: nowNs })
            // Not known: nothing changes.
          } else if (atLimit === false || before !== undefined) holds.set(key, isOn ? before : null)
        }
      }
    }
    this.#holds = holds
  }

  /** null: it holds nothing back. */
  since(vm: string, group: string, bucket: Bucket): HeldSince | null {
    return this.#holds.get(keyOf(vm, group, bucket)) ?? null
  }
}

function keyOf(vm: string, group: string, bucket: Bucket): string {
  return `${bucket} ${group}\n${vm}`
}
