// Types of every folder, each against its own lib and types (docs/ARCHITECTURE.md). All are checked before the verdict, so that one
// run names every mistake. What was found is kept, so that the next run looks only at what changed.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'

const PROJECTS = ['shared', 'main', 'main/tsconfig.pure.json', 'renderer', 'app', 'e2e']
const CACHE = path.resolve(import.meta.dirname, '../node_modules/.cache/types')
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

/** Resolves to whether `project` has no type error; the errors themselves go to the terminal. */
function check(project) {
  return new Promise((resolve) => {
    const kept = path.join(CACHE, `${project.replaceAll('/', '-')}.tsbuildinfo`)
    const options = ['-p', project, '--incremental', '--tsBuildInfoFile', kept]
    const child = spawn(process.execPath, [tsc, ...options], { stdio: 'inherit' })
    child.on('close', (code) => resolve(code === 0))
  })
}

const asked = process.argv.slice(2)
const wrong = []
for (const project of asked.length > 0 ? asked : PROJECTS) if (!(await check(project))) wrong.push(project)
if (wrong.length > 0) {
  console.error(`types: errors in ${wrong.join(', ')}`)
  process.exit(1)
}
