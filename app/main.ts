import path from 'node:path'
import { app } from 'electron'
import { type Launch, readLaunch } from './shell/launch.ts'
import { logError, startLog } from './shell/log.ts'
import { registerPageScheme } from './shell/page-protocol.ts'
import { Weir } from './shell/weir.ts'

// The app's entry. Before it is ready: who may run, where pages come from. Then one `Weir` owns everything.

/** Ends the process: an app that could not start must not linger without a window. */
function giveUp(error: unknown): void {
  logError('Weir could not start', error)
  app.exit(3)
}

function start(): void {
  const launch = readLaunch(process.argv, {
    folder: process.cwd(),
    appPath: path.resolve(app.getAppPath()),
    isPackaged: app.isPackaged,
  })
  // One process per data folder: settings, recovery files and backing files have one owner.
  if (!app.requestSingleInstanceLock({ launch })) {
    app.exit(0)
    return
  }
  startLog()
  registerPageScheme()
  // Every process of Chromium in its sandbox; root has to ask for none, since Chromium refuses it to root.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // A Mac asks for files by an event, which may come before the app is ready.
  const early: string[] = []
  const isEarly = (event: Electron.Event, file: string) => {
    event.preventDefault()
    early.push(file)
  }
  app.on('open-file', isEarly)
  app
    .whenReady()
    .then(() => Weir.run({ ...launch, files: [...launch.files, ...early] }))
    .then((weir) => {
      app.off('open-file', isEarly)
      app.on('open-file', (event, file) => {
        event.preventDefault()
        weir.secondStart({ files: [file], run: false })
      })
      app.on('second-instance', (_event, _argv, _folder, data) => {
        weir.secondStart((data as { launch: Launch }).launch) // what the other process gave the lock above
      })
    })
    .catch(giveUp)
}

start()
