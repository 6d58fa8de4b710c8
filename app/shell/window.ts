import path from 'node:path'
import { BrowserWindow, screen } from 'electron'
import type { JsonStore } from '../store/json-store.ts'
import type { WindowPlace } from '../store/settings.ts'

const MIN_WIDTH = 900
const MIN_HEIGHT = 560
/** The dark theme's ground, so that nothing flashes before the page is drawn. */
const GROUND = '#0b0f15'

export interface WindowOptions {
  /** Folder of the built app: out/. */
  readonly out: string
  readonly place: JsonStore<WindowPlace>
  readonly devTools: boolean
  /** Picture for task bars that do not take it from the desktop entry. */
  readonly icon: string
}

/** A window with the page's rights cut to what Weir needs: none but its bridge. Shown when it is drawn. */
export function openWindow({ out, place, devTools, icon }: WindowOptions): BrowserWindow {
  const { x, y, width, height, isMaximized } = visiblePlace(place.value)
  const window = new BrowserWindow({
    ...(x === null || y === null ? {} : { x, y }),
    width,
    height,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    backgroundColor: GROUND,
    title: 'Weir',
    icon,
    webPreferences: {
      preload: path.join(out, 'preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools,
    },
  })
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize()
    window.show()
  })
  // The title is set from the document, never by the page.
  window.on('page-title-updated', (event) => event.preventDefault())
  return window
}

/** Where `window` stands, to open the next one there. */
export function placeOf(window: BrowserWindow): WindowPlace {
  const { x, y, width, height } = window.getNormalBounds()
  return { x, y, width, height, isMaximized: window.isMaximized() }
}

/** A place on a screen that is no longer there is forgotten; its size is kept. */
function visiblePlace(place: WindowPlace): WindowPlace {
  const { x, y } = place
  if (x === null || y === null) return place
  const isVisible = screen.getAllDisplays().some(({ workArea }) => {
    const insideX = x + 100 > workArea.x && x < workArea.x + workArea.width - 100
    return insideX && y >= workArea.y && y < workArea.y + workArea.height - 100
  })
  return isVisible ? place : { ...place, x: null, y: null }
}
