import { execFile } from 'node:child_process'
import { EngineError } from '#main/engine-error.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import { findQm } from './proxmox-files.ts'

const MAX_OUTPUT_BYTES = 1024 * 1024

const ABSENT = 'qm is not on this machine, so nothing was changed: run the command on the Proxmox node'

/** Runs Proxmox's `qm`, which asks nothing. A refusal has its own words. Throws EngineError when it was killed: it may have had effect. */
export async function runQm(words: readonly string[], timeoutMs: number): Promise<QmpAnswer> {
  if (!(await findQm())) return { ok: false, class: '', desc: ABSENT }
  return new Promise((resolve, reject) => {
    execFile('qm', [...words], { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, value: {} })
      else if (error.killed || error.signal) reject(killedError(words, timeoutMs))
      else
        resolve({
          ok: false,
          class: '',
          desc: `qm: ${(stderr.trim() || stdout.trim() || error.message).slice(0, 1000)}`,
        })
    })
  })
}

function killedError(words: readonly string[], timeoutMs: number): EngineError {
  return new EngineError(
    'qmp-timeout',
    `qm ${words[0] ?? ''} did not end within ${timeoutMs / 1000} s, or was killed.`,
    'Proxmox may be stuck. Weir cannot tell whether the command still takes effect.',
  )
}
