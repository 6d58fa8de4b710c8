import type { Issue } from '../issue.ts'
import type { Device, Workload } from './workspace.ts'

// Rules of a load that span several of its values.

export function blockSizeIssues(device: Device, path: string): readonly Issue[] {
  if (device.workload.kind !== 'synthetic') return []
  const { blockBytes } = device.workload
  const largest = typeof blockBytes === 'number' ? blockBytes : Math.max(...blockBytes.map((share) => share.bytes))
  if (largest <= device.disk.sizeBytes) return []
  return [
    {
      path: `${path}.workload.blockBytes`,
      code: 'block-larger-than-disk',
      message: `${largest} is more than the disk holds; use at most ${device.disk.sizeBytes}`,
    },
  ]
}

export function workloadIssues(workload: Workload, path: string): readonly Issue[] {
  if (workload.kind !== 'synthetic') return []
  const issues: Issue[] = []
  if (workload.arrivals !== 'closed' && workload.rateIops === 0) {
    issues.push({
      path: `${path}.rateIops`,
      code: 'open-loop-without-rate',
      message: `0 is not valid with ${workload.arrivals} arrivals; give the rate in requests per second`,
    })
  }
  for (const key of ['readRateIops', 'writeRateIops'] as const) {
    if (workload.arrivals === 'closed' || workload[key] === undefined) continue
    issues.push({
      path: `${path}.${key}`,
      code: 'open-loop-with-ceiling',
      message: `${workload[key]} is not valid with ${workload.arrivals} arrivals; leave it out, or use closed arrivals`,
    })
  }
  if (workload.stopS !== null && workload.stopS <= workload.startS) {
    issues.push({
      path: `${path}.stopS`,
      code: 'stop-before-start',
      message: `${workload.stopS} is not after startS; use more than ${workload.startS}, or null for never`,
    })
  }
  if ((workload.onS === null) !== (workload.offS === null)) {
    issues.push({
      path: `${path}.${workload.onS === null ? 'onS' : 'offS'}`,
      code: 'phase-half-given',
      message: 'onS and offS belong together; give both, or neither',
    })
  }
  return issues
}
