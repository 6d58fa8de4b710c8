import { lockWordOf } from '#main/throttle/group-table.ts'
import { CONTENDED, ONE_HOLD, OWNER } from '#main/throttle/lock-word.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { MAX_GROUPS } from '#shared/workspace/workspace.ts'
import { type IothreadMemory, isDead } from './iothread-memory.ts'

// A group's lock: one Int32 (lock-word.ts), held for microseconds, taken by iothreads only. Never by the main process,
// never across anything that blocks. The owner stands in the word, so a waiter can see that it died holding the lock, and
// take over. Everybody who waits sets `contended` and waits with a time limit.

/** Attempts before waiting in the kernel: a hold is shorter than a system call. */
const SPINS = 100
/** How long to wait before looking whether the holder is still alive. */
const PATIENCE_MS = 50

/** Of each lock, the word with which this thread last left it. */
const lastLeft = new Int32Array(MAX_GROUPS)

/** Takes the lock. True if its holder died holding it: the group must then be repaired before it is used. */
export function acquireGroup(memory: IothreadMemory, group: number, iothread: number): boolean {
  const at = lockWordOf(group)
  const words = memory.groupWords
  // Nobody has held it since, as a rule. If somebody has, the attempt brings the cache line here: one that is only read first is
  // fetched twice.
  const left = lastLeft[group]!
  const word = Atomics.compareExchange(words, at, left, left | (iothread + 1))
  if (word === left) return false
  const free = (word & (OWNER | CONTENDED)) === 0
  if (free && Atomics.compareExchange(words, at, word, word | (iothread + 1)) === word) return false
  return acquireContended(memory, at, iothread)
}

function acquireContended(memory: IothreadMemory, at: number, iothread: number): boolean {
  const words = memory.groupWords
  for (let spin = 0; spin < SPINS; spin += 1) {
    const word = Atomics.load(words, at)
    if ((word & OWNER) !== 0) continue
    if (Atomics.compareExchange(words, at, word, word | (iothread + 1)) === word) return false
  }
  while (true) {
    const word = Atomics.load(words, at)
    if ((word & OWNER) === 0) {
      // Others may wait as well, and the release that let us in has cleared their mark.
      const taken = (word & ~CONTENDED) | CONTENDED | (iothread + 1)
      if (Atomics.compareExchange(words, at, word, taken) === word) return false
      continue
    }
    const marked = word | CONTENDED
    if (word !== marked && Atomics.compareExchange(words, at, word, marked) !== word) continue
    const outcome = Atomics.wait(words, at, marked, PATIENCE_MS)
    if (outcome === 'timed-out' && tookOver(memory, at, marked, iothread)) return true
  }
}

/** Takes the lock from a holder that died. Its place in the word tells one hold from another, so nobody is robbed. */
function tookOver(memory: IothreadMemory, at: number, seen: number, iothread: number): boolean {
  if (!isDead(memory, (seen & OWNER) - 1)) return false
  const mine = (seen & ~OWNER) | (iothread + 1)
  return Atomics.compareExchange(memory.groupWords, at, seen, mine) === seen
}

export function releaseGroup(memory: ThrottleMemory, group: number): void {
  const at = lockWordOf(group)
  const words = memory.groupWords
  const next = ((words[at]! & ~(OWNER | CONTENDED)) + ONE_HOLD) | 0 // only `contended` can change under us
  lastLeft[group] = next
  if ((Atomics.exchange(words, at, next) & CONTENDED) !== 0) Atomics.notify(words, at, 1)
}
