import { qmpChange } from '../formats/qemu/qmp-change.ts'
import { goalWords, judgeGoals, verdictWords } from '../goals.ts'
import { playedHiddenWords } from '../hidden-words.ts'
import { boundsWords } from '../latency-words.ts'
import { formatQmp } from '../qemu/qmp-commands.ts'
import type { GroupResult, GroupWaits, JudgedGoal, LatencyFigures } from '../result.ts'
import { formatDurationNs, formatIops, formatShort, NS_PER_S } from '../units.ts'
import { describeChanges } from '../workspace/changes.ts'
import { commandWords } from './command-words.ts'
import { type DeviceGain, gainsBetween, gainsSentence } from './gains.ts'
import { escaped } from './html.ts'
import { backlogChange, type ChartInput, groupChart } from './report-chart.ts'
import { limitTables } from './report-limits.ts'
import { changeBar, goalBar, MARK, spareWords } from './report-marks.ts'
import type { ReportRun } from './report-run.ts'
import { REPORT_STYLE } from './report-style.ts'

// One page that one sends to a colleague: what changed, whether the goals are met, before and after on one axis, who
// gains and who pays, the commands, and how to do it again. One file, no script, nothing fetched; it prints on paper.

export interface ReportInput {
  readonly title: string
  readonly before: ReportRun
  readonly after: ReportRun
  /** Version of Weir that writes the page. */
  readonly version: string
  /** A figure counts as changed from this share on. */
  readonly tolerance: number
  /** When it is written: `2026-11-29T04:05:06.000Z`. */
  readonly writtenAt: string
}

export function reportHtml(input: ReportInput): string {
  const { before, after, title } = input
  const gains = gainsBetween(before.result, after.result, input.tolerance)
  const goals = after.workspace?.goals ?? []
  const judged = judgeGoals(goals, after.result)
  const was = judgeGoals(goals, before.result)
  const { source, durationS, name } = after.result
  const about = `${name} · ${source === 'lab' ? 'measured' : 'predicted'}, ${formatDurationNs(durationS * NS_PER_S)}`
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escaped(title)} – Weir report</title>`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<style>${REPORT_STYLE}</style></head><body><main>`,
    `<p class="top"><b>${MARK}Weir</b><span>${escaped(about)} · ${timeWords(input.writtenAt)}</span></p>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="lead">${escaped(leadSentences(gains, judged, input.tolerance) + backlogSentences(input))}</p>`,
    changedSection(before, after),
    goalsSection(judged, was),
    curvesSection(input),
    gainsSection(gains),
    groupsSection(before, after),
    recordedSection(after),
    commandsSection(before, after),
    reproduceSection(input),
    hiddenParagraph(after),
    finePrint(after),
    limitsSection(before, after),
    '</main></body></html>\n',
  ].join('\n')
}

/** In UTC, which every reader can reckon with. */
function timeWords(time: string): string {
  return `<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>`
}

/** The verdict in a few sentences. */
export function leadSentences(gains: readonly DeviceGain[], goals: readonly JudgedGoal[], tolerance: number): string {
  const met = goals.filter((goal) => goal.met).length
  const told = gainsSentence(gains)
  const said = told === '' ? `No device differs by more than ${formatShort(tolerance * 100)} %.` : told
  if (goals.length === 0) return said
  if (met === goals.length) return `${goals.length === 1 ? 'The goal is met.' : `All ${met} goals are met.`} ${said}`
  const missed = goals.filter((goal) => !goal.met).map((goal) => `${goalWords(goal.goal)} (${verdictWords(goal)})`)
  const are = met === 1 || goals.length === 1 ? 'is' : 'are'
  return `${met} of ${goals.length} goal${goals.length === 1 ? '' : 's'} ${are} met; missed: ${missed.join(', ')}. ${said}`
}

function section(title: string, hint: string, body: string): string {
  return `<section><h2>${title}${hint === '' ? '' : `<small>${escaped(hint)}</small>`}</h2><div>${body}</div></section>`
}

function changedSection(before: ReportRun, after: ReportRun): string {
  if (before.workspace === null || after.workspace === null) return ''
  const rows = describeChanges(before.workspace, after.workspace).map(
    ({ subject, from, to }) =>
      `<tr><th scope="row">${escaped(subject)}</th><td><s>${escaped(from)}</s> → <b>${escaped(to)}</b></td></tr>`,
  )
  const body =
    rows.length === 0 ? '<p>No limits, groups or loads.</p>' : `<table class="changes">${rows.join('')}</table>`
  return section('What changed', '', body)
}

function goalsSection(judged: readonly JudgedGoal[], was: readonly JudgedGoal[]): string {
  if (judged.length === 0) return ''
  const time = (goal: JudgedGoal | undefined) => (goal?.waitNs == null ? '–' : formatDurationNs(goal.waitNs))
  const rows = judged.map((goal, index) => {
    const tone = goal.met ? 'good' : 'bad'
    const name = `${escaped(goalWords(goal.goal))}<small class="${tone}">${escaped(spareWords(goal))}</small>`
    const waits = `<td>was ${time(was[index])}</td><td>now <b class="${tone}">${time(goal)}</b></td>`
    return `<tr><th scope="row">${name}</th><td>${goalBar(goal, was[index])}</td>${waits}</tr>`
  })
  const met = judged.filter((goal) => goal.met).length
  return section('Goals', `${met} of ${judged.length} met`, `<table class="goals">${rows.join('')}</table>`)
}

/** Of each group after the change. */
function chartInputs({ before, after }: ReportInput): readonly ChartInput[] {
  const was = before.result.groups
  return Object.entries(after.result.groups).map(([group, { limits }]) => ({
    group,
    before: before.curves,
    after: after.curves,
    limitsBefore: (Object.hasOwn(was, group) ? was[group]?.limits : undefined) ?? {},
    limits,
  }))
}

const MAX_BACKLOGS = 3

/** When backlogs end now, where that changed: ` The backlog of gold ends at 03:07 instead of 03:46.` */
function backlogSentences(input: ReportInput): string {
  const changed = chartInputs(input)
    .map(backlogChange)
    .filter((sentence) => sentence !== '')
  return changed
    .slice(0, MAX_BACKLOGS)
    .map((sentence) => ` ${sentence}`)
    .join('')
}

function curvesSection(input: ReportInput): string {
  const charts = chartInputs(input).map(groupChart)
  const drawn = charts.filter((chart) => chart !== '')
  if (drawn.length === 0) return ''
  const key =
    '<p class="key"><span class="k-before">before</span> <span class="k-after">after</span> <span class="k-limit">limit after</span></p>'
  return section('Before and after', '', `${key}<div class="charts">${drawn.join('')}</div>`)
}

function gainsSection(gains: readonly DeviceGain[]): string {
  const wait = (ns: number | null) => (ns === null ? '–' : formatDurationNs(ns))
  const most = Math.max(1, ...gains.map(({ iopsChange }) => Math.abs(iopsChange ?? 0)))
  const rows = gains.map(({ device, before, after, iopsChange, verdict, price }) => {
    const group =
      after.group === before.group
        ? (after.group ?? 'not throttled')
        : `${before.group ?? 'none'} → ${after.group ?? 'none'}`
    const tone = verdict === 'pays' ? 'bad' : verdict === 'gains' ? 'good' : ''
    const change = iopsChange === null ? 'new' : `${iopsChange > 0 ? '+' : ''}${formatShort(iopsChange * 100)} %`
    return `<tr><th scope="row">${escaped(device)} <small>${escaped(group)}</small></th><td><s>${formatIops(before.iops)}</s> ${formatIops(after.iops)}</td><td><s>${wait(before.waitP99Ns)}</s> ${wait(after.waitP99Ns)}</td><td>${changeBar(iopsChange, most, tone)}</td><td class="${tone}">${escaped(change)}</td><td class="pays">${escaped(price)}</td></tr>`
  })
  const head =
    '<thead><tr><th scope="col">Device</th><th scope="col">IOPS</th><th scope="col">Wait p99</th><th scope="col" colspan="2">IOPS change</th><th scope="col" class="pays">Pays</th></tr></thead>'
  return section('Who gains,<br>who pays', '', `<table>${head}<tbody>${rows.join('')}</tbody></table>`)
}

/** Of each group in either run: what its members did together. */
function groupsSection(before: ReportRun, after: ReportRun): string {
  const [was, is] = [before.result.groups, after.result.groups]
  const names = [...new Set([...Object.keys(is), ...Object.keys(was)])]
  const all = names.map((name) => ({ name, was: ownOf(was, name), is: ownOf(is, name) }))
  if (all.every((group) => (group.is ?? group.was)?.waitNs === undefined)) return ''
  const pair = (group: (typeof all)[number], text: (each: GroupResult) => string) =>
    `<td><s>${group.was ? text(group.was) : '–'}</s> ${group.is ? text(group.is) : '–'}</td>`
  const wait = (percentile: keyof GroupWaits) => (each: GroupResult) =>
    each.waitNs === undefined ? '–' : formatDurationNs(each.waitNs[percentile])
  const rows = all.map(
    (group) =>
      `<tr><th scope="row">${escaped(group.name)}</th>${pair(group, ({ iops }) => formatIops(iops))}${pair(group, wait('p50'))}${pair(group, wait('p99'))}</tr>`,
  )
  const head = ['Group', 'IOPS', 'Wait p50', 'Wait p99'].map((title) => `<th scope="col">${title}</th>`).join('')
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  return section('Groups', 'waits of all members’ requests', table)
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

/** How long the requests of recorded loads took in the VM that was recorded. */
function recordedSection({ result }: ReportRun): string {
  const cells = (flow: LatencyFigures | null) =>
    flow === null
      ? '<td>–</td><td>–</td>'
      : `<td>${escaped(boundsWords(flow.p50))}</td><td>${escaped(boundsWords(flow.p99))}</td>`
  const rows = (result.recordedLatency ?? []).map(
    ({ device, read, write }) => `<tr><th scope="row">${escaped(device)}</th>${cells(read)}${cells(write)}</tr>`,
  )
  if (rows.length === 0) return ''
  const names = ['Device', 'Reads p50', 'p99', 'Writes p50', 'p99'].map((name) => `<th scope="col">${name}</th>`)
  const table = `<table><thead><tr>${names.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  return section('While recorded', 'latency, measured, waits included', table)
}

function commandsSection(before: ReportRun, after: ReportRun): string {
  if (before.workspace === null || after.workspace === null) return ''
  const { commands } = qmpChange(before.workspace, after.workspace)
  if (commands.length === 0) return ''
  const items = commands.map(
    (command) => `<li>${escaped(commandWords(command))}<pre>${escaped(formatQmp(command))}</pre></li>`,
  )
  return section('Commands', 'QMP, in this order', `<ol class="commands">${items.join('')}</ol>`)
}

function limitsSection(before: ReportRun, after: ReportRun): string {
  const tables = limitTables(before, after)
  if (tables === '') return ''
  return section(
    'Appendix:<br>all limits',
    'QEMU’s names; bytes/s, requests/s, seconds',
    `<div class="charts">${tables}</div>`,
  )
}

function reproduceSection({ before, after, version }: ReportInput): string {
  const line = (name: string, { result, sha256 }: ReportRun) =>
    `<p><b>${name}</b> ${escaped(result.name)} · seed ${result.seed} · ${result.source === 'lab' ? 'run' : 'simulated'} ${formatShort(result.durationS)} s${sha256 === null ? '' : `<br><span class="sum">sha256 ${escaped(sha256)}</span>`}</p>`
  const how = `<p>Weir ${escaped(version)} · model: QEMU’s throttle groups, bit for bit</p>`
  return section('Reproduce', '', `<div class="num">${line('before', before)}${line('after', after)}${how}</div>`)
}

/** What the loads that were played may hide, said before anybody relies on the figures. */
function hiddenParagraph({ result }: ReportRun): string {
  const words = playedHiddenWords(result.hidden ?? [])
  return words.length === 0 ? '' : `<p class="fine">${escaped(words.join(' '))}</p>`
}

function finePrint({ result }: ReportRun): string {
  if (result.source === 'lab') {
    return '<p class="fine">Measured on one machine, whose disks and neighbours are part of every figure: repeat a run before you rely on a difference of a few percent.</p>'
  }
  return '<p class="fine">These are predictions, not measurements. The throttle is simulated as QEMU runs it; the disks below it are not: each takes a given time for a request. The loads are those of the workspace, not of a machine. One seed is one random run: try another before you rely on a small difference.</p>'
}
