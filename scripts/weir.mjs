// npm run -s weir -- COMMAND …: the command line from the sources, built again when they changed. Nothing but the
// command's own output goes to stdout.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildApp } from './setup/build.mjs'
import { installDependencies } from './setup/dependencies.mjs'
import { withSetupLock } from './setup/lock.mjs'
import { OUT } from './setup/paths.mjs'
import { runScript } from './setup.mjs'

const say = (line) => console.error(line)

await runScript(async () => {
  await withSetupLock(say, async () => {
    await installDependencies(say)
    await buildApp(say)
  })
  // npm moved to the project's folder; file names mean the folder the user stands in.
  process.chdir(process.env.INIT_CWD ?? process.cwd())
  const cli = path.join(OUT, 'app/cli.js')
  process.argv[1] = cli
  await import(pathToFileURL(cli).href)
  return process.exitCode
})
