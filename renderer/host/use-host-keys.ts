import { type RefObject, useEffect, useRef } from 'react'
import { setHostView, sortByNext, stepVm, toggleQuiet, useHost } from '../store/host.ts'
import { useUi } from '../store/ui.ts'
import { chooseFor, openVm } from './open-vm.ts'
import { operateVm } from './vm-keys.ts'

// The keys of the host view, which mean the current VM and the table wherever they are pressed: on a row, in the panel, or
// nowhere, as when a dialog that closes gives the focus back to nothing.

type Pressed = Pick<
  globalThis.KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'preventDefault'
> & { readonly target: unknown }

interface Places {
  /** Scrolls to a VM. */
  readonly scrollTo: RefObject<((id: string) => void) | null>
  readonly focusFilter: () => void
}

/** What the host view does with a key that is pressed inside it; the hook itself hears those that are pressed elsewhere. */
export function useHostKeys(places: Places): (event: Pressed) => void {
  const press = (event: Pressed) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isDone = isTyping(event) ? pressWhileTyping(event, places) : moves(event, places) || means(event, places)
    if (isDone) event.preventDefault()
  }
  const latest = useRef({ press, places })
  useEffect(() => {
    latest.current = { press, places }
  })
  useEffect(() => {
    const pressOutside = (event: globalThis.KeyboardEvent) => {
      if (useUi.getState().dialog !== null) return
      if (event.target === document.body) latest.current.press(event)
      else if (isInPanel(event) && !isTyping(event) && !hasModifier(event) && means(event, latest.current.places)) {
        event.preventDefault()
      }
    }
    document.addEventListener('keydown', pressOutside)
    return () => document.removeEventListener('keydown', pressOutside)
  }, [])
  return press
}

function isTyping({ target }: Pressed): boolean {
  return target instanceof HTMLInputElement && target.type !== 'radio'
}

function hasModifier({ ctrlKey, metaKey, altKey }: Pressed): boolean {
  return ctrlKey || metaKey || altKey
}

/** Its own controls have the arrow keys and Enter. */
function isInPanel({ target }: Pressed): boolean {
  return target instanceof Element && target.closest('[data-host-panel]') !== null
}

function pressWhileTyping(event: Pressed, places: Places): boolean {
  if (event.key !== 'Escape') return moves(event, places)
  setHostView({ text: '' })
  return true
}

function moves({ key, target }: Pressed, { scrollTo }: Places): boolean {
  const { current } = useHost.getState()
  if (key === 'Enter') {
    if (current === null || target instanceof HTMLButtonElement) return false
    openVm(current.vm.id)
    return true
  }
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return false
  const next = stepVm(key === 'ArrowDown' ? 1 : -1)
  if (next !== null) scrollTo.current?.(next)
  return true
}

function means({ key, shiftKey }: Pressed, { focusFilter }: Places): boolean {
  const { current } = useHost.getState()
  if (key === '/') focusFilter()
  else if (key.toLowerCase() === 's') sortByNext(shiftKey ? -1 : 1)
  else if (key.toLowerCase() === 'q') return toggleQuiet()
  else if (current === null) return false
  else if (key.toLowerCase() === 'c') chooseFor(current.vm)
  else return operateVm(key, current.vm.id)
  return true
}
