import { useUi } from '../store/ui.ts'
import { type CommandName, runCommand } from './commands.ts'

// The window's shortcuts. The native menu shows the same ones; a key that means something here does not reach it, so
// that nothing happens twice.

export interface Shortcut {
  readonly command: CommandName
  /** As it is shown: `Ctrl Shift Z`. Ctrl is Cmd on a Mac. */
  readonly keys: string
  /** Works while typing in a field too. */
  readonly always: boolean
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: 'new', keys: 'Ctrl N', always: true },
  { command: 'open', keys: 'Ctrl O', always: true },
  { command: 'save', keys: 'Ctrl S', always: true },
  { command: 'save-as', keys: 'Ctrl Shift S', always: true },
  { command: 'undo', keys: 'Ctrl Z', always: false },
  { command: 'redo', keys: 'Ctrl Shift Z', always: false },
  { command: 'redo', keys: 'Ctrl Y', always: false },
  { command: 'export', keys: 'Ctrl E', always: true },
  { command: 'import', keys: 'Ctrl I', always: true },
  { command: 'palette', keys: 'Ctrl K', always: true },
  { command: 'settings', keys: 'Ctrl ,', always: true },
  { command: 'new-group', keys: 'Ctrl G', always: true },
  { command: 'new-device', keys: 'Ctrl Shift D', always: true },
  { command: 'duplicate', keys: 'Ctrl D', always: false },
  { command: 'give-own-limits', keys: 'Ctrl L', always: false },
  { command: 'take-own-limits', keys: 'Ctrl Shift L', always: false },
  { command: 'select-all', keys: 'Ctrl A', always: false },
  { command: 'start-pause', keys: 'Ctrl Enter', always: true },
  { command: 'reset', keys: 'Ctrl Shift Enter', always: true },
  { command: 'toggle-dock', keys: 'Ctrl J', always: true },
  { command: 'toggle-panel', keys: 'Ctrl B', always: true },
  { command: 'mode-lab', keys: 'Ctrl 1', always: true },
  { command: 'mode-qemu', keys: 'Ctrl 2', always: true },
  { command: 'mode-predict', keys: 'Ctrl 3', always: true },
  { command: 'choose', keys: 'Ctrl 4', always: true },
  { command: 'shortcuts', keys: 'Ctrl /', always: true },
]

/** `Ctrl K` for a command that has a shortcut. */
export function keysOf(command: CommandName): string | undefined {
  return SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys
}

/** Listens on the whole window. Returns the function that stops it. */
export function watchShortcuts(): () => void {
  const press = (event: KeyboardEvent) => {
    const shortcut = findShortcut(event)
    if (!shortcut || event.defaultPrevented) return
    if (!shortcut.always && isTyping(event.target)) return
    // A dialog has the keyboard to itself; only the palette's own key closes it again.
    if (useUi.getState().dialog !== null) return
    event.preventDefault()
    runCommand(shortcut.command)
  }
  window.addEventListener('keydown', press)
  return () => window.removeEventListener('keydown', press)
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

export function findShortcut(event: Pressed): Shortcut | undefined {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return undefined
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const keys = `Ctrl ${event.shiftKey ? 'Shift ' : ''}${key}`
  return SHORTCUTS.find((shortcut) => shortcut.keys === keys)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select, [contenteditable]')
}
