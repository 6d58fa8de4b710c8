import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { create } from 'zustand'
import { closeDialog, type DialogName, notify, useUi } from './store/ui.ts'

// What the first picture does not need comes after it. Each such piece of the window is a file of its own, which is
// loaded when the window has nothing else to do, or at once when it is asked for before.

/** How long a window that is never idle, such as one with a thousand busy devices, puts off a piece. */
const PATIENCE_MS = 2000

const ADVICE = 'Save your work, then close Weir and start it again.'

type Loading<P> = Promise<{ readonly default: ComponentType<P> }>

const pieces: (() => Promise<unknown>)[] = []
let isMissing = false
const useLoaded = create<{ readonly all: boolean }>()(() => ({ all: false }))

/** A component that `load` brings; `waiting` stands for it until then. */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode = null,
): ComponentType<P> {
  let loading: Loading<P> | null = null
  let arrived: ComponentType<P> | null = null
  const once = () => {
    loading ??= load()
      .catch(missing)
      .then((component) => {
        arrived = component
        return { default: component }
      })
    return loading
  }
  pieces.push(once)
  const Awaited = lazy<ComponentType<P>>(once)
  return function Later(props: P) {
    // What has arrived is there at once: a lazy component would show `waiting` for a moment all the same.
    const [Here] = useState(() => arrived)
    if (Here !== null) return <Here {...props} />
    return (
      <Suspense fallback={waiting}>
        <Awaited {...props} />
      </Suspense>
    )
  }
}

/** The files of the window that runs are gone, as after an update: said, and the rest of it goes on. */
function missing(): () => null {
  if (!isMissing) notify('danger', 'A part of the window could not be loaded.', ADVICE)
  isMissing = true
  closeDialog()
  return () => null
}

/** Loads every piece, one after the other, once the first picture is there. Returns the function that stops it. */
export function loadTheRest(): () => void {
  let handle = 0
  let isStopped = false
  const rest = pieces.values()
  const next = () => {
    const { value: piece, done } = rest.next()
    if (done || piece === undefined) useLoaded.setState({ all: true })
    else void piece().then(wait)
  }
  const wait = () => {
    if (isStopped) return
    handle = requestIdleCallback(next, { timeout: PATIENCE_MS })
  }
  wait()
  return () => {
    isStopped = true
    cancelIdleCallback(handle)
  }
}

/** The palette is there from the start: what is typed into it right after its keys must not be lost. */
function comesLater(dialog: DialogName | null): boolean {
  return dialog !== null && dialog !== 'palette'
}

/** False until a dialog is asked for or everything has loaded; from then on dialogs stay, closed, and keep their choices. */
export function useDialogsNeeded(): boolean {
  const isAskedFor = useUi((ui) => comesLater(ui.dialog))
  const isLoaded = useLoaded((state) => state.all)
  const [isNeeded, setNeeded] = useState(false)
  if (!isNeeded && (isAskedFor || isLoaded)) setNeeded(true)
  return isNeeded
}

/** A dialog has the keyboard to itself from the moment it is asked for, though it is not there yet: no key means the board. */
export function DialogKeys() {
  useEffect(() => {
    const hold = (event: KeyboardEvent) => {
      if (!comesLater(useUi.getState().dialog)) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (event.key === 'Escape') closeDialog()
    }
    window.addEventListener('keydown', hold, { capture: true })
    return () => window.removeEventListener('keydown', hold, { capture: true })
  }, [])
  return null
}
