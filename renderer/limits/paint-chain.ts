import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { formatDurationNs } from '#shared/units.ts'
import { bindingLevel, formatWait, wholeWaitNs } from '../store/level-waits.ts'
import { tightestUse } from '../store/limit-use.ts'
import { shownFlows } from '../store/shown-rates.ts'
import { formatPercent, writeAttribute, writeShare, writeText } from '../ui/metric.ts'

/** Writes what is measured of the device's chain into its panel. */
export function paintChain(root: HTMLElement | null, snapshot: Snapshot | null, id: string): void {
  if (!root) return
  const device = snapshot?.devices[id]
  const levels = device?.levels ?? []
  const binding = bindingLevel(levels)
  const flowOf = snapshot === null ? null : shownFlows(snapshot)
  const wholeNs = wholeWaitNs(levels)
  for (const row of root.querySelectorAll<HTMLElement>('[data-chain-level]')) {
    const index = Number(row.dataset.chainLevel)
    // Right after an edit the snapshot may be of the chain before.
    const level = levels[index]?.group === row.dataset.group ? levels[index] : undefined
    const isBinding = level !== undefined && binding === index
    writeAttribute(row, 'data-binds', isBinding ? 'true' : null)
    hide(find(row, 'binds'), !isBinding)
    const group = snapshot?.groups[row.dataset.group ?? '']
    const tightest = group && flowOf ? tightestUse(group, flowOf) : null
    const used = tightest === null ? null : tightest.use / tightest.limit
    writeText(find(row, 'used'), used === null ? '' : formatPercent(used))
    writeShare(find(row, 'fill'), used ?? 0)
    const waitNs = level?.waitMeanNs ?? null
    hide(find(row, 'wait-word'), waitNs === null)
    writeText(find(row, 'wait-word'), group?.estimated ? 'waits ≈' : 'waits')
    writeText(find(row, 'level-wait'), waitNs === null ? '' : formatWait(waitNs))
  }
  hide(find(root, 'whole'), wholeNs === null)
  const about = levels.some(({ group }) => snapshot?.groups[group]?.estimated) ? '≈ ' : ''
  writeText(find(root, 'whole-wait'), wholeNs === null ? '' : `${about}${formatWait(wholeNs)}`)
  for (const [index, part] of root.querySelectorAll<HTMLElement>('[data-part=share]').entries()) {
    part.style.flexGrow = String(wholeNs ? (levels[index]?.waitMeanNs ?? 0) / wholeNs : 0)
  }
  paintEnds(root, device)
}

function paintEnds(root: HTMLElement, device: DeviceSnapshot | undefined): void {
  const outstanding = device?.outstanding ?? null
  writeText(find(root, 'outstanding'), outstanding === null ? '' : `${outstanding.toFixed(1)} under way`)
  const services = [device?.read.serviceP50Ns, device?.write.serviceP50Ns].flatMap((ns) => ns ?? [])
  writeText(find(root, 'service'), services.length === 0 ? '' : `serves in ${formatDurationNs(Math.max(...services))}`)
}

function hide(element: HTMLElement | null, isHidden: boolean): void {
  writeAttribute(element, 'hidden', isHidden ? '' : null)
}

function find(root: HTMLElement, part: string): HTMLElement | null {
  return root.querySelector(`[data-part=${part}]`)
}
