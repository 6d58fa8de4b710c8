import { type ExecFileException, execFile } from 'node:child_process'
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
      if (error === null) return resolve({ ok: true, value: {} })
      const killed = endedBy(error, timeoutMs)
      if (killed !== null) return reject(killedError(words, killed))
      const desc = `qm: ${(stderr.trim() || stdout.trim() || error.message).slice(0, 1000)}`
      resolve({ ok: false, class: '', desc })
    })
  })
}

/** null: it ended by itself. Node kills one that prints too much, and one whose time is over. */
function endedBy(error: ExecFileException, timeoutMs: number): string | null {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed too much, so Weir stopped it'
  if (error.killed) return `timed out after ${timeoutMs / 1000} s`
  return error.signal ? `was killed (${error.signal})` : null
}

function killedError(words: readonly string[], how: string): EngineError {
  return new EngineError(
    'qmp-timeout',
    `qm ${words[0] ?? ''} ${how}.`,
    'Proxmox may be stuck. Weir cannot tell whether the command still takes effect.',
  )
}
