import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CACHE } from './paths.mjs'

// Two set-ups at once (`npm start` in one terminal, `npm test` in another) would delete each other's node_modules.

const LOCK = path.join(CACHE, 'setup.lock')

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function tryLock() {
  try {
    fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Runs `work` while no other set-up of this folder runs. A lock whose process died is taken over. */
export async function withSetupLock(say, work) {
  fs.mkdirSync(CACHE, { recursive: true })
  for (let waited = 0; !tryLock(); waited += 1) {
    const holder = Number(fs.existsSync(LOCK) ? fs.readFileSync(LOCK, 'utf8') : 0)
    if (holder > 0 && !isAlive(holder)) fs.rmSync(LOCK, { force: true })
    else if (waited === 0) say('Waiting for another set-up in this folder …')
    if (!(holder > 0 && !isAlive(holder))) await sleep(100)
  }
  try {
    return await work()
  } finally {
    fs.rmSync(LOCK, { force: true })
  }
}
