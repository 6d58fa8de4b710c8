import { app, type Session, type WebContents } from 'electron'
import { originOf } from './page-origin.ts'

// What no page of Weir may do, whatever runs in it: leave its origin, open a window, embed a guest, ask for a
// permission, download, or fetch anything that is not the app's own. docs/security.md goes through the list.

/** Applies to every web contents of the process, present and future. `origin` is the page's own. */
export function hardenAllContents(origin: string): void {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, origin))
}

function hardenContents(contents: WebContents, origin: string): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (originOf(event.url) !== origin) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

export function hardenSession(session: Session, origin: string): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.on('will-download', (event) => event.preventDefault())
  // The CSP stops the page's requests; this stops those that no CSP governs.
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwn(url, origin) }))
}

function isOwn(url: string, origin: string): boolean {
  const asked = originOf(url)
  if (asked.startsWith('devtools://')) return !app.isPackaged
  // The development server's page talks to it over a web socket of the same host.
  return asked === origin || asked === origin.replace(/^http/, 'ws')
}
