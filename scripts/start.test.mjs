import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

// The exit codes of `npm start` and `npm run weir` are the command line's: 2 is wrong input, 3 something broke. 1 would
// say that a check was not met.

const root = path.resolve(import.meta.dirname, '..')

function node(...args) {
  const env = { ...process.env, INIT_CWD: root }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('a file that is not there is wrong input', () => {
  expect(node('scripts/start.mjs', 'nofile.weir.json')).toEqual({
    status: 2,
    stdout: '',
    stderr: `${path.join(root, 'nofile.weir.json')}: there is no such file; check the name.\n`,
  })
})

test('a second file is wrong input, not left out in silence', () => {
  expect(node('scripts/start.mjs', 'package.json', 'more.weir.json')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'more.weir.json: unexpected argument; usage: npm start -- FILE\n',
  })
})

test('a set-up that cannot go on and a defect are something broken', () => {
  const failing = (error) =>
    node(
      '--input-type=module',
      '-e',
      `import { runScript } from './scripts/setup.mjs'
       import { SetupError } from './scripts/setup/run.mjs'
       await runScript(() => { throw ${error} })`,
    )
  expect(failing(`new SetupError('no network')`)).toEqual({ status: 3, stdout: '', stderr: 'no network\n' })
  expect(failing(`new TypeError('a defect')`)).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/^TypeError: a defect\n +at /),
  })
})
