import type { BrowserWindow } from 'electron'
import { clipboard } from 'electron'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { BoardDocument } from '../document/document.ts'
import { readExample, readExamples } from '../document/examples.ts'
import { Recordings } from '../document/recordings.ts'
import { keepFiles, keepRecording, openText, saveText } from '../document/text-files.ts'
import type { Handlers } from '../ipc/ipc-server.ts'
import { aboutWeir, diagnosticsText, licencesText } from '../shell/about.ts'
import type { Shell } from '../shell/shell.ts'
import type { BoardSession } from './board-session.ts'
import type { ChooseBoard } from './choose-board.ts'
import type { Push } from './push.ts'

const FINE: Outcome = { ok: true }

export interface BoardParts {
  readonly window: BrowserWindow
  readonly document: BoardDocument
  readonly session: BoardSession
  readonly choose: ChooseBoard
  readonly shell: Shell
  readonly push: Push
  /** The page listens from now on; resolves when there is something to show. */
  readonly ready: () => Promise<void>
  /** The page has drawn it. */
  readonly drawn: () => void
}

/** What a window may ask: each of the contract's requests, and who answers it. */
export function boardHandlers(parts: BoardParts): Handlers {
  const { document, session, choose, shell, ready, drawn } = parts
  return {
    'board/ready': async () => {
      await ready()
      return {
        mode: session.mode,
        document: document.state(),
        qemu: session.qemu.state,
        host: session.host.state,
        lift: session.qemu.lift?.state ?? null,
        recording: session.qemu.recording,
        settings: shell.settings.value,
        lessons: shell.lessons.value,
        snapshot: session.latestSnapshot,
        about: aboutWeir(),
      }
    },
    'board/drawn': () => {
      drawn()
      return FINE
    },
    'board/apply': (edit) => session.apply(edit),
    'board/apply-difference': (edit) => session.applyDifference(edit),
    'board/control': ({ action }) => session.control(action),
    'board/mode': ({ mode }) => session.setMode(mode),

    ...documentHandlers(parts),
    ...qemuHandlers(session),
    ...hostHandlers(session),

    'predict/run': (order) => session.predict(order),
    'predict/cancel': () => session.cancelPrediction(),

    'choose/chart': (wanted) => choose.chart(wanted),
    'choose/facts': (wanted) => choose.facts(wanted),
    'choose/split': (asked) => choose.split(asked),
    'choose/what-if': (asked) => choose.whatIf(asked),
    'choose/open-dropped': (dropped) => choose.openDropped(dropped),
    'choose/open-recording': () => choose.openRecording(),

    ...appHandlers(document, shell),
  }
}

type FileChannel = `${'document' | 'file' | 'clipboard'}/${string}`

/** Of the open workspace, and of other files that the user names. */
function documentHandlers({
  window,
  document,
  shell,
  push,
}: BoardParts): Pick<Handlers, Extract<keyof Handlers, FileChannel>> {
  const reading = { recordings: new Recordings(shell.folders.imports), push }
  return {
    'document/new': () => document.createNew(),
    'document/open': () => document.open(),
    'document/open-recent': ({ index }) => document.openRecent(index),
    'document/open-example': async ({ id }) => {
      const example = await readExample(shell.folders.examples, id)
      if (!example.ok) return { ok: false, message: 'This example cannot be opened.', issues: example.issues }
      return document.adopt(example.value, { isSaved: true })
    },
    'document/open-dropped': ({ path }) => document.openFile(path),
    'document/save': ({ workspace }) => document.save(workspace),
    'document/save-as': ({ workspace }) => document.saveAs(workspace),
    'document/import': async ({ workspace, name }) => {
      const parsed = parseWorkspace(workspace)
      if (!parsed.ok) return { ok: false, message: `${name} is not a valid workspace.`, issues: parsed.issues }
      return document.adopt(resolvePaths(parsed.value, document.folder), { isSaved: false })
    },
    'document/examples': () => readExamples(shell.folders.examples),
    'document/keep-files': (files) => keepFiles(shell.folders.imports, files),
    'document/keep-recording': () => keepRecording(reading),

    'file/save-text': (file) => saveText(window, file),
    'file/open-text': (request) => openText(window, request, reading),
    'clipboard/write': ({ text }) => {
      clipboard.writeText(text)
      return FINE
    },
  }
}

function hostHandlers(session: BoardSession): Pick<Handlers, Extract<keyof Handlers, `host/${string}`>> {
  return {
    'host/open-vm': ({ id }) => session.openVm(id),
    'host/back': async () => {
      await session.disconnect()
      return FINE
    },
    'host/disconnect': async () => {
      await session.leaveHost()
      return FINE
    },
    'host/select': ({ id }) => session.host.select(id),
    'host/percentiles': (request) => session.host.setPercentiles(request),
    'host/job-speed': (request) => session.host.setJobSpeed(request),
  }
}

type LiveChannel = Extract<keyof Handlers, `qemu/${string}` | `lift/${string}` | `record/${string}`>

function qemuHandlers(session: BoardSession): Pick<Handlers, LiveChannel> {
  return {
    'qemu/sockets': () => session.qemu.sockets(),
    'qemu/connect': ({ address }) => session.connect(address),
    'qemu/disconnect': async () => {
      await session.disconnect()
      return FINE
    },
    'qemu/apply': ({ commands }) => session.qemu.sendStaged(commands),
    'qemu/cut-off': ({ action }) => session.qemu.settleCutOff(action),
    'lift/begin': ({ vm, ...request }) =>
      vm === null ? session.qemu.beginLift(request) : session.host.beginLift(vm, request),
    'lift/put-back': ({ vm }) => (vm === null ? session.qemu.putBackLift() : session.host.putBackLift(vm)),
    'qemu/percentiles': (request) => session.qemu.setPercentiles(request),
    'record/start': () => session.qemu.startRecording(),
    'record/stop': () => session.qemu.stopRecording(),
    'qemu/next-start': ({ isOn }) => session.qemu.setNextStart(isOn),
    'qemu/job-speed': ({ id, speedBps }) => session.qemu.stageJobSpeed(id, speedBps),
    'qemu/drift': ({ action }) => session.qemu.settleDrift(action),
  }
}

type AppChannel =
  | 'settings/set'
  | 'lessons/set'
  | 'app/about'
  | 'app/licences'
  | 'app/open-log-folder'
  | 'app/copy-diagnostics'

/** What all windows share. */
function appHandlers(document: BoardDocument, shell: Shell): Pick<Handlers, AppChannel> {
  return {
    'settings/set': async (settings) => {
      await shell.changeSettings(settings)
      return FINE
    },
    'lessons/set': async (progress) => {
      await shell.lessons.set(progress)
      return FINE
    },
    'app/about': () => aboutWeir(),
    'app/licences': () => licencesText(shell.folders.out),
    'app/open-log-folder': () => shell.openLogFolder(),
    'app/copy-diagnostics': () => {
      clipboard.writeText(diagnosticsText(aboutWeir(), document.workspace))
      return FINE
    },
  }
}
