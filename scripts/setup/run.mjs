import { spawn } from 'node:child_process'

/**
 * Runs a program to its end with its output kept. Resolves to its exit code and the output, also when it failed or
 * could not be started (code null); the caller decides what that means.
 */
export function run(program, args, { cwd, env, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const chunks = []
    const child = spawn(program, args, {
      cwd,
      env: env ?? { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    })
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

/** A step of the set-up that cannot go on: what happened, and what the user can do. Shown without a stack. */
export class SetupError extends Error {
  name = 'SetupError'
}

/** What the user asked for is not possible, as one line that says what would be. */
export class WrongInput extends Error {
  name = 'WrongInput'
}

export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
