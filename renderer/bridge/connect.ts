import type { BoardMode, DocumentState, QemuState, Replies } from '#shared/ipc/contract.ts'
import type { Settings } from '#shared/ipc/settings-contract.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { takeHost } from '../store/host.ts'
import { setLessons } from '../store/lessons.ts'
import { takeLift, takeRecording } from '../store/live.ts'
import { endRuns, forgetPredictions, resumePrediction, takeProgress } from '../store/predict.ts'
import { forgetSource, resumeSource, setAside } from '../store/recordings.ts'
import { pushSnapshot, resetTelemetry } from '../store/telemetry.ts'
import { announce, notify, selectGroup, setUi, useUi } from '../store/ui.ts'
import { replaceWorkspace, setIssues, setSaved, useWorkspace } from '../store/workspace.ts'
import { createApplier } from './apply.ts'
import { runCommand } from './commands.ts'
import { invoke, listen } from './ipc.ts'
import { watchLessons } from './lessons.ts'

// Joins the window's stores to the main process. Down goes the workspace, up come snapshots and the states of document,
// mode, VM and settings; no store asks for anything.

/** Subscribes everything, says `board/ready` and returns the function that undoes it. */
export function connectBridge(): () => void {
  const undo = [
    listen('snapshot', takeSnapshot),
    listen('document', takeDocument),
    listen('mode', takeMode),
    listen('qemu', takeQemu),
    listen('host', takeHost),
    listen('lift', takeLift),
    listen('recording', takeRecording),
    listen('predict', takeProgress),
    listen('settings', takeSettings),
    listen('menu', runCommand),
    listen('problem', ({ message, advice }) => notify('danger', message, advice)),
    sendChanges(),
    watchLessons(),
  ]
  invoke('board/ready', null).then(takeReady, (error: unknown) => notify('danger', String(error)))
  return () => {
    for (const stop of undo) stop()
  }
}

/** Revision of the last workspace that came from the main process: it holds that one already. */
let takenRevision = -1

const applier = createApplier({
  send: (request) => invoke('board/apply', request),
  sendDifference: (request) => invoke('board/apply-difference', request),
  answered: setIssues,
  broke: (error) => notify('danger', 'The change did not reach the engine.', String(error)),
})

function sendChanges(): () => void {
  return useWorkspace.subscribe((state, before) => {
    // A live VM would burst again with each step of a drag: there a gesture is staged when it ends.
    const isHeld = useUi.getState().mode === 'qemu' && state.gesture !== null
    const isNew = state.revision !== before.revision || (before.gesture !== null && state.gesture === null)
    if (isNew && !isHeld && state.revision !== takenRevision) {
      applier.request({ workspace: state.workspace, revision: state.revision })
    }
  })
}

function takeSnapshot(snapshot: Snapshot): void {
  pushSnapshot(snapshot)
  const [first, ...others] = snapshot.events.filter(({ kind }) => kind === 'failed')
  if (first) announce(others.length === 0 ? `${first.text}.` : `${first.text}, and ${others.length} more problems.`)
}

function takeReady(reply: Replies['board/ready']): void {
  setUi({ mode: reply.mode, qemu: reply.qemu, about: reply.about })
  takeHost(reply.host)
  takeLift(reply.lift)
  takeRecording(reply.recording)
  setLessons({ progress: reply.lessons })
  takeSettings(reply.settings)
  takeDocument(reply.document)
  if (reply.snapshot) pushSnapshot(reply.snapshot)
  setUi({ ready: true })
  // In the frame after the one that draws it, which a window out of sight never has: the main process waits no longer for it.
  requestAnimationFrame(() => requestAnimationFrame(() => void invoke('board/drawn', null)))
}

function takeDocument(document: DocumentState): void {
  const { workspace, ...rest } = document
  const known = useUi.getState().document
  setUi({ document: rest })
  if (document.generation !== known.generation) {
    takenRevision = useWorkspace.getState().revision + 1
    replaceWorkspace(workspace)
    applier.replaced(workspace, document.generation)
    resetTelemetry()
    forgetSource('lab')
    forgetSource('qemu')
    forgetPredictions()
    selectGroup(Object.keys(workspace.groups)[0] ?? null)
  }
  if (document.fileName !== null && !document.dirty) setSaved(workspace)
}

function takeQemu(qemu: QemuState): void {
  // Another VM, or none: what was measured of the one before is not its history.
  if (qemu.address !== useUi.getState().qemu?.address) forgetSource('qemu')
  setUi({ qemu })
}

/** The board's numbers are another source's from now on. */
function takeMode(mode: BoardMode): void {
  const before = useUi.getState().mode
  if (mode === before) return
  // The main process ends the run under way when another source takes the board.
  endRuns()
  setUi({ mode })
  if (before === 'predict') resetTelemetry()
  else setAside(before)
  if (mode !== 'predict') resumeSource(mode)
  if (mode === 'predict') resumePrediction()
}

function takeSettings(settings: Settings): void {
  setUi({ settings })
  const { dataset } = window.document.documentElement
  if (settings.theme === 'system') delete dataset.theme
  else dataset.theme = settings.theme
  if (settings.reducedMotion) dataset.motion = 'reduced'
  else delete dataset.motion
}
