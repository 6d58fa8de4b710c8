import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { protocol, type Session } from 'electron'
import { contentSecurityPolicy, insertNonce } from './content-security.ts'

// The window's pages come over app://weir/, never file://: an origin of their own, headers of our choice, and no path
// that leads out of the page folder.

const SCHEME = 'app'
const HOST = 'weir'
export const PAGE_ORIGIN = `${SCHEME}://${HOST}`
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
}

/** Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
  ])
}

/** Serves `folder`, the built window, to the windows of `session`. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(SCHEME, async (request) => {
    const file = fileOf(request, folder)
    if (file === null) return new Response('Not found', { status: 404 })
    try {
      return await answer(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Response('Not found', { status: 404 })
      throw error
    }
  })
}

/** The file below `folder` that a request means; null: none that is served. */
function fileOf(request: Request, folder: string): string | null {
  const { host, pathname } = new URL(request.url)
  if (request.method !== 'GET' || host !== HOST) return null
  const file = path.join(folder, path.normalize(decodeURIComponent(pathname)))
  const isInside = file.startsWith(folder + path.sep)
  return isInside && CONTENT_TYPES[path.extname(file)] !== undefined ? file : null
}

async function answer(file: string): Promise<Response> {
  const type = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream'
  const headers = { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }
  if (!file.endsWith('.html')) return new Response(await fs.readFile(file), { headers })
  const nonce = randomBytes(16).toString('base64')
  return new Response(insertNonce(await fs.readFile(file, 'utf8'), nonce), {
    headers: {
      ...headers,
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    },
  })
}
