import fs from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import { saveFile } from '#main/workspace/save-file.ts'

/**
 * A small value of the app's own (settings, recent files, where the window stood), kept in a JSON file. A file that is
 * missing or wrong counts as the default: none of these values is worth refusing to start for.
 */
export class JsonStore<T> {
  readonly #file: string
  readonly #schema: z.ZodType<T>
  #value: T
  /** Writes happen one after the other, the last value last. */
  #writing: Promise<void> = Promise.resolve()

  private constructor(file: string, schema: z.ZodType<T>, value: T) {
    this.#file = file
    this.#schema = schema
    this.#value = value
  }

  static async load<T>(file: string, { schema, initial }: { schema: z.ZodType<T>; initial: T }): Promise<JsonStore<T>> {
    return new JsonStore(file, schema, await readValue(file, schema, initial))
  }

  get value(): T {
    return this.#value
  }

  /** Resolves when the value is on disk. Throws EngineError where it cannot be written; the value holds all the same. */
  set(value: T): Promise<void> {
    this.#value = this.#schema.parse(value)
    const write = async () => {
      await fs.mkdir(path.dirname(this.#file), { recursive: true })
      await saveFile(this.#file, `${JSON.stringify(this.#value, null, 2)}\n`)
    }
    this.#writing = this.#writing.then(write, write)
    return this.#writing
  }
}

async function readValue<T>(file: string, schema: z.ZodType<T>, initial: T): Promise<T> {
  try {
    const parsed = schema.safeParse(JSON.parse(await fs.readFile(file, 'utf8')))
    return parsed.success ? parsed.data : initial
  } catch (error) {
    const isExpected = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code !== undefined
    if (isExpected) return initial
    throw error
  }
}
