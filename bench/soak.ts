import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Lab } from '#main/lab/lab.ts'
import { Random } from '#main/load/random.ts'
import { formatIssue } from '#shared/issue.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { pass } from './lab-run.ts'
import { brokenIn, undecided } from './soak-checks.ts'
import { firstWorkspace, randomEdit } from './soak-edits.ts'
import { SoakMemory } from './soak-memory.ts'

// `npm run soak -- --minutes N [--seed S]`: 64 devices under random edits, moves, starts, pauses and resets. Whatever
// happens, each snapshot is consistent, memory stays flat, and no thread, descriptor or file is left over.

const EDIT_PAUSE_MS = 60

interface Counts {
  edits: number
  starts: number
  resets: number
  snapshots: number
}

export async function soak(argv: readonly string[], { out }: { readonly out: URL }): Promise<number> {
  const minutes = numberAfter(argv, '--minutes') ?? 1
  const seed = numberAfter(argv, '--seed') ?? Number(process.hrtime.bigint() % 1_000_000n)
  console.log(`soak: ${minutes} min, seed ${seed} (again with --seed ${seed})`)
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-soak-'))
  const before = { threads: count('task'), files: count('fd') }
  const lab = new Lab({ iothreadUrl: new URL('iothread.js', out), dataFolder })
  const watcher = new Watcher()
  const memory = new SoakMemory()
  lab.onSnapshot((snapshot) => watcher.see(snapshot))
  const counts = await run(lab, new Random(seed, 'soak'), minutes * 60_000, dataFolder, { watcher, memory })
  await lab.close()
  await pass(200)
  const left = fs.readdirSync(dataFolder)
  fs.rmSync(dataFolder, { recursive: true, force: true })
  watcher.expect(left.length === 0, `left in the data folder: ${left.join(', ')}`)
  watcher.expect(count('task') <= before.threads, `${count('task') - before.threads} threads left`)
  watcher.expect(count('fd') <= before.files, `${count('fd') - before.files} descriptors left`)
  watcher.expect(memory.isFlat(), `memory is not flat: ${memory.words()}`)
  console.log(
    `soak: ${counts.edits} edits, ${counts.starts} starts, ${counts.resets} resets, ${watcher.snapshots} snapshots; memory ${memory.words()}`,
  )
  for (const breach of watcher.breaches.slice(0, 20)) console.log(`soak: BROKEN ${breach}`)
  console.log(watcher.breaches.length === 0 ? 'soak: fine' : `soak: ${watcher.breaches.length} breaches`)
  return watcher.breaches.length === 0 ? 0 : 1
}

async function run(
  lab: Lab,
  random: Random,
  forMs: number,
  dataFolder: string,
  { watcher, memory }: { readonly watcher: Watcher; readonly memory: SoakMemory },
): Promise<Counts> {
  const counts: Counts = { edits: 0, starts: 1, resets: 0, snapshots: 0 }
  let workspace = firstWorkspace(random)
  await apply(lab, workspace, counts, watcher)
  await lab.start()
  const began = performance.now()
  let lookedMs = began
  while (performance.now() - began < forMs) {
    const edited = randomEdit(random, workspace)
    // The window would refuse what does not parse, such as a device on an iothread that is gone.
    if (parseWorkspace(edited).ok) {
      workspace = edited
      await apply(lab, workspace, counts, watcher)
    }
    if (random.below(60) === 0) await stopAndGo(lab, random, counts)
    await pass(EDIT_PAUSE_MS)
    if (performance.now() - lookedMs < 1000) continue
    lookedMs = performance.now()
    memory.note((lookedMs - began) / forMs, workspace.iothreads)
    checkFiles(workspace, dataFolder, watcher)
  }
  await lab.pause()
  return counts
}

async function apply(lab: Lab, workspace: Workspace, counts: Counts, watcher: Watcher): Promise<void> {
  counts.edits += 1
  watcher.isSettled = false
  const applied = await lab.apply(workspace, counts.edits)
  watcher.isSettled = true
  if (!applied.ok) throw new Error(`an edit was refused: ${applied.issues.map(formatIssue).join('; ')}`)
}

async function stopAndGo(lab: Lab, random: Random, counts: Counts): Promise<void> {
  if (random.below(3) === 0) {
    counts.resets += 1
    await lab.reset()
    return
  }
  counts.starts += 1
  await lab.pause()
  await pass(random.below(100))
  await lab.start()
}

/** Weir's own files are exactly those of the devices that need one. */
function checkFiles(workspace: Workspace, dataFolder: string, watcher: Watcher): void {
  const wanted = workspace.devices.filter(({ disk }) => disk.kind === 'file').length
  const found = fs.readdirSync(dataFolder, { recursive: true }).filter((name) => String(name).endsWith('.img')).length
  watcher.expect(found === wanted, `${found} backing files for ${wanted} devices`)
}

/** Collects what is broken. */
class Watcher {
  readonly breaches: string[] = []
  snapshots = 0
  /** False while a workspace is being put in force, when a device may be on its way between two rings. */
  isSettled = true
  #before: Snapshot | null = null
  #suspects = new Set<string>()

  see(snapshot: Snapshot): void {
    this.snapshots += 1
    const broken = new Set(this.isSettled ? brokenIn(snapshot, this.#before) : [])
    for (const breach of broken)
      if (this.#suspects.has(breach)) this.breaches.push(`${breach}, ${(snapshot.nowNs / 1e9).toFixed(1)} s of the run`)
    this.#suspects = new Set([...broken, ...undecided(this.#suspects, snapshot)])
    this.#before = snapshot
  }

  expect(holds: boolean, breach: string): void {
    if (!holds) this.breaches.push(breach)
  }
}

function count(what: 'task' | 'fd'): number {
  return process.platform === 'linux' ? fs.readdirSync(`/proc/self/${what}`).length : 0
}

function numberAfter(argv: readonly string[], name: string): number | null {
  const at = argv.indexOf(name)
  const value = Number(argv[at + 1])
  return at >= 0 && Number.isFinite(value) && value > 0 ? value : null
}
