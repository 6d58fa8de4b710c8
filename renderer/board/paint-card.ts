import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { type ByteUnits, formatBytes, formatInteger, formatIops, splitBytes } from '#shared/units.ts'
import { deviceQueued, deviceWaitNs } from '../store/columns.ts'
import type { FlowOf } from '../store/group-use.ts'
import { formatWait, waitWords } from '../store/level-waits.ts'
import { shownFlows, shownMean, shownRates } from '../store/shown-rates.ts'
import { isStopped } from '../store/stop.ts'
import { formatPercent, writeAttribute, writeMetric, writeText } from '../ui/metric.ts'
import {
  failedRequests,
  formatOutstanding,
  latencyWords,
  meanLatencyNs,
  percentilesTitle,
  percentileWords,
} from './live-figures.ts'
import { paintLevels } from './paint-levels.ts'
import { limitShareIops } from './rates.ts'
import { drawSparkline } from './sparkline.ts'

interface CardView {
  readonly id: string
  /** The group in whose lane the card stands. */
  readonly lane: string | null
  /** Of the sparkline. */
  readonly width: number
  readonly units: ByteUnits
}

/** Writes a device's figures on its card. What the source cannot know is left out of the card, not shown as zero. */
export function paintCard(root: HTMLElement | null, snapshot: Snapshot | null, view: CardView): void {
  if (!root) return
  const device = snapshot?.devices[view.id]
  writeAttribute(root, 'data-status', device?.status ?? 'unknown')
  paintTokens(root, snapshot, view, device)
  const flowOf = snapshot === null ? null : shownFlows(snapshot)
  paintFigures(root, view, { snapshot, device, flowOf })
  paintFoot(root, device, snapshot === null ? null : shownMean(snapshot, view.id, 'throttled-share'))
  paintWaits(root, snapshot, view)
  paintLevels(root, { ...view, snapshot, flowOf })
  const canvas = root.querySelector('canvas')
  if (!canvas || isStopped(device)) return
  const limitIops = snapshot && flowOf ? limitShareIops(snapshot, view.id, flowOf) : null
  const limitY = drawSparkline(canvas, { id: view.id, widthPx: view.width, nowNs: snapshot?.nowNs ?? 0, limitIops })
  paintLimitLabel(find(root, 'share'), limitIops, limitY)
}

/** Above its line, or below where there is no room above. */
function paintLimitLabel(label: HTMLElement | null, limitIops: number | null, y: number | null): void {
  writeText(label, limitIops === null || y === null ? '' : formatIops(limitIops))
  if (!label || y === null) return
  const transform = `translateY(${Math.round(y > 15 ? y - 13 : y + 1)}px)`
  if (label.style.transform !== transform) label.style.transform = transform
}

function paintTokens(
  root: HTMLElement,
  snapshot: Snapshot | null,
  { id, lane }: CardView,
  device: DeviceSnapshot | undefined,
): void {
  // Of a chain those of the lane that the card stands in; a script may have a device elsewhere than its card.
  const name = device?.levels === undefined ? device?.group : lane
  const group = name == null ? undefined : snapshot?.groups[name]
  writeAttribute(find(root, 'read-token'), 'data-held', group?.read.token === id ? 'true' : null)
  writeAttribute(find(root, 'write-token'), 'data-held', group?.write.token === id ? 'true' : null)
}

interface Measured {
  readonly snapshot: Snapshot | null
  readonly device: DeviceSnapshot | undefined
  readonly flowOf: FlowOf | null
}

function paintFigures(root: HTMLElement, { id, units }: CardView, { snapshot, device, flowOf }: Measured): void {
  // A storage daemon counts nothing for its exports: unknown, not nothing.
  const isCounted = device !== undefined && !device.uncounted && flowOf !== null
  const rates = isCounted ? shownRates(flowOf, id) : null
  writeMetric(metric(root, 'iops'), rates?.iops ?? null, rates === null ? '–' : formatIops(rates.iops))
  const bytes = splitBytes(rates?.bps ?? 0, units)
  writeMetric(metric(root, 'bps'), rates?.bps ?? null, rates === null ? '–' : bytes.value)
  writeText(find(root, 'bps-unit'), `${bytes.unit}/s`)
  const demand = device && snapshot ? shownMean(snapshot, id, 'demand-iops') : null
  const isMeasured = device?.outstanding !== undefined && rates !== null && rates.iops > 0
  const each = isMeasured ? `${formatBytes(rates.bps / rates.iops, units)} each` : ''
  writeText(find(root, 'demand'), demand === null ? each : `of ${formatIops(demand)}`)
  const title = demand === null ? 'Mean size of a request' : 'What it would do without limits'
  writeAttribute(find(root, 'demand'), 'title', title)
}

function paintFoot(root: HTMLElement, device: DeviceSnapshot | undefined, meanShare: number | null): void {
  const wait = device ? deviceWaitNs(device, 'p99') : null
  const queued = device ? deviceQueued(device) : null
  const slowed = device?.throttledShare == null ? null : (meanShare ?? device.throttledShare)
  // Where waits are not known (a live VM) the whole time a request takes is, measured, under its own name.
  const isLive = device !== undefined && queued === null
  // Nothing measured yet is not zero; a running disk of which nothing waited is.
  const nothing = device === undefined ? '–' : '0'
  writeText(find(root, 'wait-label'), isLive ? 'latency' : 'wait p99')
  const shown = isLive ? latencyNs(device) : wait
  writeMetric(metric(root, 'wait-p99-ns'), shown, shown === null ? (isLive ? '–' : nothing) : formatWait(shown))
  writeAttribute(find(root, 'wait'), 'title', isLive ? latencyTitle(device) : null)
  writeAttribute(find(root, 'wait'), 'hidden', null)
  const meanNs = device ? waitMeanNs(device) : null
  writeAttribute(find(root, 'mean'), 'hidden', isLive && meanNs !== null ? null : '')
  writeText(find(root, 'mean-value'), meanNs === null ? '' : formatWait(meanNs))
  paintMeasured(root, isLive ? device : undefined)
  writeAttribute(find(root, 'queue'), 'hidden', isLive ? '' : null)
  writeMetric(metric(root, 'queued'), queued, queued === null ? nothing : formatInteger(queued))
  writeAttribute(find(root, 'slowed'), 'hidden', slowed === null && isLive ? '' : null)
  writeText(find(root, 'slowed-value'), device === undefined ? nothing : formatPercent(slowed ?? 0))
}

/** Of a chain: where the wait arises, in the place of what the whole says. */
function paintWaits(root: HTMLElement, snapshot: Snapshot | null, { id, lane }: CardView): void {
  const device = snapshot?.devices[id]
  const place = find(root, 'levels')
  const levels = device?.levels ?? []
  const own = levels.filter(({ group }) => group !== lane).length === 1
  const name = (group: string) => (own && group !== lane ? 'own' : shortName(group))
  const isEstimated = levels.some(({ group }) => snapshot?.groups[group]?.estimated)
  const word = isEstimated ? 'waits ≈' : 'waits'
  const words = waitWords(
    levels.map(({ group, waitMeanNs }) => ({ name: name(group), waitMeanNs })),
    word,
  )
  writeAttribute(place, 'hidden', words === null ? '' : null)
  if (words === null || device === undefined) return
  writeText(place, words)
  const p99Ns = deviceWaitNs(device, 'p99')
  const whole = waitWords(
    levels.map(({ group, waitMeanNs }) => ({ name: group, waitMeanNs })),
    word,
  )
  writeAttribute(place, 'title', `Mean of a request: ${whole}${p99Ns === null ? '' : `; p99 ${formatWait(p99Ns)}`}`)
  writeAttribute(find(root, 'slowed'), 'hidden', '')
  writeAttribute(find(root, 'mean'), 'hidden', '')
  // A live VM's latency is measured and stays; how many are under way is what there is no room for.
  writeAttribute(find(root, deviceQueued(device) === null ? 'outstanding' : 'wait'), 'hidden', '')
}

/** A foot has room for the figures rather than for a long name, which the lane says. */
function shortName(group: string): string {
  return group.length <= 10 ? group : `${group.slice(0, 9)}…`
}

/** What QEMU counts besides; undefined: the source is no live VM. */
function paintMeasured(root: HTMLElement, device: DeviceSnapshot | undefined): void {
  const outstanding = device?.outstanding ?? null
  const percentiles = device === undefined ? null : percentileWords(device)
  const place = find(root, 'percentiles')
  writeAttribute(place, 'hidden', device?.histograms === undefined ? '' : null)
  writeText(place, device?.histograms === undefined ? '' : (percentiles ?? 'p50 – · p99 –'))
  writeAttribute(place, 'data-histograms', device?.histograms ?? null)
  writeAttribute(place, 'title', device === undefined ? null : percentilesTitle(device))
  writeAttribute(find(root, 'outstanding'), 'hidden', outstanding === null ? '' : null)
  writeText(find(root, 'outstanding-value'), outstanding === null ? '' : formatOutstanding(outstanding))
  const failed = device === undefined ? null : failedRequests(device)
  writeAttribute(find(root, 'failed'), 'hidden', failed === null || failed === 0 ? '' : null)
  writeText(find(root, 'failed'), failed === null ? '' : `${formatInteger(failed)} failed`)
}

/** A prediction and a recording know percentiles of what the disk itself takes. */
function latencyNs(device: DeviceSnapshot): number | null {
  return meanLatencyNs(device) ?? serviceP99Ns(device)
}

function latencyTitle(device: DeviceSnapshot): string {
  const words = latencyWords(device)
  return words === ''
    ? 'Mean time of a request, measured by QEMU'
    : `Measured by QEMU, mean of the last second: ${words}`
}

/** The slower direction's, as with the percentiles. */
function waitMeanNs(device: DeviceSnapshot): number | null {
  const read = device.read.waitMeanNs ?? null
  const write = device.write.waitMeanNs ?? null
  if (read === null) return write
  return write === null ? read : Math.max(read, write)
}

function serviceP99Ns(device: DeviceSnapshot): number | null {
  const { read, write } = device
  if (read.serviceP99Ns === null) return write.serviceP99Ns
  return write.serviceP99Ns === null ? read.serviceP99Ns : Math.max(read.serviceP99Ns, write.serviceP99Ns)
}

function find(root: HTMLElement, part: string): HTMLElement | null {
  return root.querySelector(`[data-part=${part}]`)
}

function metric(root: HTMLElement, name: string): HTMLElement | null {
  return root.querySelector(`[data-metric=${name}]`)
}
