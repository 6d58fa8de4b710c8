import path from 'node:path'
import { shell as desktop } from 'electron'
import { EngineError } from '#main/engine-error.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import { lessonProgressSchema } from '#shared/ipc/lessons-contract.ts'
import { type Settings, settingsSchema, USUAL_SETTINGS } from '#shared/ipc/settings-contract.ts'
import { type LessonProgress, NO_PROGRESS } from '#shared/lessons/lessons.ts'
import type { RecentFiles } from '../document/document-ports.ts'
import { JsonStore } from '../store/json-store.ts'
import { DEFAULT_PLACE, recentSchema, rememberFile, type WindowPlace, windowPlaceSchema } from '../store/settings.ts'
import type { Folders } from './folders.ts'
import { logError, logFolder } from './log.ts'

/** What all windows share: settings, recent files, folders. */
export class Shell {
  readonly folders: Folders
  readonly settings: JsonStore<Settings>
  readonly place: JsonStore<WindowPlace>
  readonly lessons: JsonStore<LessonProgress>
  readonly #recent: JsonStore<string[]>
  readonly #sockets: JsonStore<string[]>
  readonly #changed: () => void

  private constructor(
    folders: Folders,
    stores: {
      readonly settings: JsonStore<Settings>
      readonly place: JsonStore<WindowPlace>
      readonly lessons: JsonStore<LessonProgress>
      readonly recent: JsonStore<string[]>
      readonly sockets: JsonStore<string[]>
    },
    changed: () => void,
  ) {
    this.folders = folders
    this.settings = stores.settings
    this.place = stores.place
    this.lessons = stores.lessons
    this.#recent = stores.recent
    this.#sockets = stores.sockets
    this.#changed = changed
  }

  /** `changed` is called when settings or recent files change. */
  static async load(folders: Folders, changed: () => void): Promise<Shell> {
    const file = (name: string) => path.join(folders.settings, name)
    const [settings, place, lessons, recent, sockets] = await Promise.all([
      JsonStore.load(file('settings.json'), { schema: settingsSchema, initial: USUAL_SETTINGS }),
      JsonStore.load(file('window.json'), { schema: windowPlaceSchema, initial: DEFAULT_PLACE }),
      JsonStore.load(file('lessons.json'), { schema: lessonProgressSchema, initial: NO_PROGRESS }),
      JsonStore.load<string[]>(file('recent.json'), { schema: recentSchema, initial: [] }),
      JsonStore.load<string[]>(file('sockets.json'), { schema: recentSchema, initial: [] }),
    ])
    return new Shell(folders, { settings, place, lessons, recent, sockets }, changed)
  }

  /** Newest first. A list that cannot be written to disk is worth a line in the log and no more. */
  readonly recent: RecentFiles = {
    list: () => this.#recent.value,
    remember: (name) => {
      this.#recent.set(rememberFile(this.#recent.value, name)).catch((error) => logError('recent files', error))
      this.#changed()
    },
  }

  /** QMP addresses that worked, newest first. */
  readonly recentSockets = {
    list: (): readonly string[] => this.#sockets.value,
    remember: (address: string): void => {
      this.#sockets.set(rememberFile(this.#sockets.value, address)).catch((error) => logError('recent sockets', error))
    },
  }

  forgetRecent(): void {
    this.#recent.set([]).catch((error) => logError('recent files', error))
    this.#changed()
  }

  async changeSettings(settings: Settings): Promise<void> {
    const written = this.settings.set(settings)
    this.#changed()
    await written
  }

  async openLogFolder(): Promise<Outcome> {
    const wrong = await desktop.openPath(logFolder())
    if (wrong === '') return { ok: true }
    throw new EngineError('file-missing', `The log folder cannot be opened: ${wrong}.`, `It is ${logFolder()}.`)
  }
}
