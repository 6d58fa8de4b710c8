import fs from 'node:fs/promises'
import { RunFolder, removeLeftovers } from '#main/device/run-folder.ts'

/** The backing files that Weir makes for a lab: their folder is made with the first of them and goes with the lab. */
export class OwnFiles {
  readonly #dataFolder: string
  #folder: RunFolder | null = null

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
  }

  /** A name for a new file, in a folder that is there. Throws EngineError where it cannot be made. */
  async next(): Promise<string> {
    if (this.#folder === null) {
      await removeLeftovers(this.#dataFolder)
      this.#folder = await RunFolder.create(this.#dataFolder)
    }
    return this.#folder.nextFile()
  }

  async remove(file: string): Promise<void> {
    await fs.rm(file, { force: true })
  }

  /** Makes the folder again if somebody took it away. */
  async restore(): Promise<void> {
    await this.#folder?.restore()
  }

  async close(): Promise<void> {
    await this.#folder?.remove()
    this.#folder = null
  }
}
