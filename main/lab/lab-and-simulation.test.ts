import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { DeviceResult, RunResult } from '#shared/result.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { Lab } from './lab.ts'

// One workspace on real threads and in virtual time: the same throttle over other memory, clock, timers and disks.

const WORKSPACE = {
  format: 'weir-workspace/1',
  groups: {
    gold: { 'iops-total': 800, 'iops-size': 8192 },
    bulk: { 'bps-read': 20_000_000, 'iops-write': 300, 'iops-write-max': 600, 'iops-write-max-length': 2 },
  },
  devices: [
    { id: 'db', group: 'gold', workload: { readPercent: 70, blockBytes: 4096, iodepth: 8 } },
    { id: 'web', group: 'gold', workload: { readPercent: 100, blockBytes: 16_384, iodepth: 2 } },
    { id: 'cron', group: 'gold', workload: { arrivals: 'poisson', rateIops: 120, readPercent: 0 } },
    { id: 'scan', group: 'bulk', workload: { readPercent: 100, blockBytes: 65_536, pattern: 'sequential' } },
    { id: 'log', group: 'bulk', workload: { readPercent: 0, onS: 0.4, offS: 0.2 } },
    { id: 'free', group: null, workload: { arrivals: 'fixed', rateIops: 400 } },
  ].map((device) => ({ ...device, disk: { kind: 'null' }, workload: { kind: 'synthetic', ...device.workload } })),
  script: [{ atS: 1, setLimits: { group: 'gold', limits: { 'iops-total': 400 } } }],
}

function requests(device: DeviceResult | undefined): number {
  return (device?.read.requests ?? 0) + (device?.write.requests ?? 0)
}

function totals(result: RunResult): Record<string, number> {
  return Object.fromEntries(Object.keys(result.devices).map((id) => [id, requests(result.devices[id])]))
}

test('the lab does in real time what the simulator says', { retry: 3, timeout: 60_000 }, async () => {
  const parsed = parseWorkspace(WORKSPACE)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const iothreadUrl = await buildIothread()
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-lab-'))
  const lab = new Lab({ iothreadUrl, dataFolder })
  try {
    await lab.apply(parsed.value, 1)
    await lab.start()
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await lab.pause()
    const real = lab.result()
    const simulation = new Simulation({ workspace: parsed.value })
    simulation.advance(Math.round(real.durationS * 1e9))
    const virtual = simulation.result()
    for (const [id, count] of Object.entries(totals(virtual))) {
      // Who of a group gets how many follows from the order of arrivals within microseconds; the sum does not.
      const deviation = Math.abs(totals(real)[id]! / count - 1)
      expect(deviation, `${id}: ${totals(real)[id]} of ${count}`).toBeLessThan(0.15)
    }
    for (const [name, group] of Object.entries(virtual.groups)) {
      expect(real.groups[name]!.iops / group.iops, name).toBeCloseTo(1, 1)
      expect(real.groups[name]!.bps / group.bps, name).toBeCloseTo(1, 1)
    }
  } finally {
    await lab.close()
    fs.rmSync(dataFolder, { recursive: true, force: true })
  }
})
