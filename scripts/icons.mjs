// npm run icons: draws build/icon.svg in all sizes that packages take, with the Chromium of the Electron that is set up.
// The results are committed; run it after a change of the drawing.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from './setup/paths.mjs'
import { runScript, setUp } from './setup.mjs'

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const ICONS = path.join(ROOT, 'build/icons')

/** The program that Electron runs: one image per size on a canvas, so that no window's size or scale matters. */
const DRAW = `
import fs from 'node:fs'
import path from 'node:path'
import { app, BrowserWindow } from 'electron'
const { svg, sizes, folder } = JSON.parse(fs.readFileSync(process.env.WEIR_ICONS, 'utf8'))
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false })
  await window.loadURL('about:blank')
  for (const size of sizes) {
    const url = await window.webContents.executeJavaScript(\`(async () => {
      const image = new Image()
      image.src = 'data:image/svg+xml;base64,' + \${JSON.stringify(Buffer.from(svg).toString('base64'))}
      await image.decode()
      const canvas = Object.assign(document.createElement('canvas'), { width: \${size}, height: \${size} })
      const context = canvas.getContext('2d')
      context.imageSmoothingQuality = 'high'
      context.drawImage(image, 0, 0, \${size}, \${size})
      return canvas.toDataURL('image/png')
    })()\`)
    fs.writeFileSync(path.join(folder, size + 'x' + size + '.png'), Buffer.from(url.split(',')[1], 'base64'))
  }
  app.exit(0)
})
`

await runScript(async () => {
  const { runtime } = await setUp()
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-icons-'))
  const order = { svg: fs.readFileSync(path.join(ROOT, 'build/icon.svg'), 'utf8'), sizes: SIZES, folder: ICONS }
  fs.writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'icons', type: 'module', main: 'draw.js' }))
  fs.writeFileSync(path.join(work, 'draw.js'), DRAW)
  fs.writeFileSync(path.join(work, 'order.json'), JSON.stringify(order))
  fs.mkdirSync(ICONS, { recursive: true })
  const command = [runtime.executable, '--no-sandbox', `--user-data-dir=${path.join(work, 'data')}`, work]
  const inX = process.platform === 'linux' && !process.env.DISPLAY ? ['xvfb-run', '-a'] : []
  const [program, ...args] = [...inX, ...command]
  const env = { ...process.env, WEIR_ICONS: path.join(work, 'order.json') }
  const { status } = spawnSync(program, args, { env, stdio: ['ignore', 'inherit', 'ignore'], timeout: 60_000 })
  fs.rmSync(work, { recursive: true, force: true })
  return status ?? 1
})
