// A check before each commit, for those who want it: lint of what is staged, types of the folders it touches. A few
// seconds. Turn it on with `git config core.hooksPath scripts/hooks`, off with `git config --unset core.hooksPath`.
import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'

const PROJECTS = ['shared', 'main', 'renderer', 'app', 'e2e']

const staged = execFileSync('git', ['diff', '--cached', '--name-only', '--diff-filter=d'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|tsx|mjs|css)$/.test(file))

function run(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}

/** What is in `shared` concerns all who import it. */
function projectsOf(files) {
  if (files.some((file) => file.startsWith('shared/'))) return PROJECTS
  const touched = PROJECTS.filter((project) => files.some((file) => file.startsWith(`${project}/`)))
  return touched.includes('main') && !touched.includes('app') ? [...touched, 'app'] : touched
}

if (staged.length > 0) {
  const lint = [
    path.join(NODE_MODULES, '@biomejs/biome/bin/biome'),
    'check',
    '--error-on-warnings',
    '--no-errors-on-unmatched',
  ]
  const types = [path.join(ROOT, 'scripts/types.mjs'), ...projectsOf(staged)]
  const isRight = run([...lint, ...staged]) && (types.length === 1 || run(types))
  if (!isRight) process.exit(1)
}
