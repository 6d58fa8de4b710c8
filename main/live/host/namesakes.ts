import type { VmSeen } from './vm-watch.ts'

/**
 * VMs of one name are told apart by where they are, all of them and from then on: a name that went from one to the other
 * would join what was measured of both.
 */
export class Namesakes {
  readonly #shared = new Set<string>()

  /** The names of all VMs at one time. */
  see(names: readonly string[]): void {
    const seen = new Set<string>()
    for (const name of names) {
      if (seen.has(name)) this.#shared.add(name)
      seen.add(name)
    }
  }

  nameOf({ name, id }: Pick<VmSeen, 'name' | 'id'>): string {
    return this.#shared.has(name) ? `${name} (${id})` : name
  }
}
