import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import { type ApplyJournal, type CutOff, unsettled } from './apply-journal.ts'
import { absoluteAddress } from './lift/same-vm.ts'
import type { Picture } from './picture.ts'
import type { ApplyRecord } from './send-recorded.ts'

/** One VM's part of the journal, as a session sees it. */
export class SessionRecord implements ApplyRecord {
  readonly #journal: ApplyJournal | null
  readonly #address: string
  #cutOff: CutOff | null = null

  /** `journal` null: nothing is written down. */
  constructor(journal: ApplyJournal | null, address: VmAddress) {
    this.#journal = journal
    this.#address = formatVmAddress(absoluteAddress(address))
  }

  /** The Apply that ended in the middle; null: none did. */
  get cutOff(): CutOff | null {
    return this.#cutOff
  }

  /** At each attach: the VM shows whether an Apply before it was cut off. */
  async look(picture: Picture): Promise<void> {
    this.#cutOff = this.#journal === null ? null : await unsettled(this.#journal, this.#address, picture)
  }

  async begin(about: Pick<CutOff, 'before' | 'desired'>): Promise<void> {
    await this.#journal?.begin(this.#address, about)
  }

  async end(): Promise<void> {
    this.#cutOff = null
    await this.#journal?.end(this.#address)
  }
}
