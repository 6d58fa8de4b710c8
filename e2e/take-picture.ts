import fs from 'node:fs'
import path from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import type { BoardPage } from './board-page.ts'
import { expect, ROOT } from './weir-app.ts'

// How the pictures of README and docs are taken: a window of a known size and theme, and what it shows as a file.

const FOLDER = path.join(ROOT, 'docs/pictures')
const SIZE = { width: 1440, height: 900 }

/** A window of the usual size whose whole content is the page. */
export async function frame(app: ElectronApplication, size = SIZE): Promise<void> {
  await app.evaluate(({ BrowserWindow }, size) => {
    const window = BrowserWindow.getAllWindows()[0]
    window?.setMenuBarVisibility(false)
    window?.setContentSize(size.width, size.height)
  }, size)
}

export async function setTheme(page: Page, theme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
}

export async function take(page: Page, name: string): Promise<void> {
  fs.mkdirSync(FOLDER, { recursive: true })
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`) })
}

export async function takePart(page: Page, name: string, selector: string): Promise<void> {
  await page
    .locator(selector)
    .first()
    .screenshot({ path: path.join(FOLDER, `${name}.png`) })
}

/** As many snapshots; a few at a time, since a VM gives one a second. */
export async function watch(board: BoardPage, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen += 5) await board.snapshots(5)
}

/** Until the run has gone on for so long by the clock in the toolbar. */
export async function waitUntilS(page: Page, seconds: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const clock = /^(\d+):(\d\d)$/.exec((await page.locator('time').first().textContent()) ?? '')
        return clock ? Number(clock[1]) * 60 + Number(clock[2]) : 0
      },
      { timeout: 90_000, intervals: [200] },
    )
    .toBeGreaterThanOrEqual(seconds)
}
