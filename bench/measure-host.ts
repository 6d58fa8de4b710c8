import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFakeVms } from './fake-vms.ts'
import { pass } from './lab-run.ts'

// 9. `weir exporter` as a process of its own, over VMs that answer as QEMU does, scraped every 15 s.

export interface HostRow {
  readonly vms: number
  readonly disks: number
  /** Of a core, in the exporter's process, scrapes included. */
  readonly cpuShare: number
  readonly residentMiB: number
  readonly series: number
  readonly scrapeMs: number
  /** Looks that a VM got, over those it should have got. */
  readonly kept: number
}

const DISKS = 4
/** V8 compiles what runs so seldom only after a while. */
const WARM_UP_MS = 30_000
const SCRAPE_MS = 15_000
const TICKS_PER_S = 100

export async function measureHost(
  root: string,
  out: URL,
  { vms, scrapes }: { vms: number; scrapes: number },
): Promise<HostRow> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-vms-'))
  const stop = await startFakeVms(root, folder, vms)
  const cli = fileURLToPath(new URL('cli.js', out))
  const args = [cli, 'exporter', '--qmp-dir', folder, '--listen', '127.0.0.1:0', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [said] = await once(child.stdout, 'data')
    const { url } = JSON.parse(String(said)) as { url: string } // the exporter's first line
    await pass(WARM_UP_MS)
    await scrape(url)
    const [cpuBefore, looksBefore, began] = [cpuS(child), answered(await scrape(url)), performance.now()]
    let text = ''
    let scrapeMs = 0
    for (let done = 0; done < scrapes; done += 1) {
      await pass(SCRAPE_MS)
      const asked = performance.now()
      text = await scrape(url)
      scrapeMs = Math.max(scrapeMs, performance.now() - asked)
    }
    const elapsedS = (performance.now() - began) / 1000
    return {
      vms,
      disks: vms * DISKS,
      cpuShare: (cpuS(child) - cpuBefore) / elapsedS,
      residentMiB: residentMiB(child),
      series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
      scrapeMs,
      kept: (answered(text) - looksBefore) / (vms * elapsedS),
    }
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
    await stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function scrape(url: string): Promise<string> {
  return (await fetch(url)).text()
}

function answered(text: string): number {
  const counts = [...text.matchAll(/^weir_vm_looks_total\{.*result="answered"\} (\S+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** User and system time so far. */
function cpuS({ pid }: ChildProcess): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

function residentMiB({ pid }: ChildProcess): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
