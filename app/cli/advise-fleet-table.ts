import type { BucketAdvice, Interval, Verdict } from '#main/advise/fleet-advice.ts'
import { counted } from '#shared/counted.ts'
import { formatBps, formatDurationNs, formatIops, formatShort, NS_PER_S } from '#shared/units.ts'
import type { GroupVerdict, VmVerdict } from './fleet-verdict.ts'
import { printableName } from './printable.ts'
import type { Paint } from './terminal.ts'

// What `weir advise --prometheus` says, a limit a line, those that are too small first.

const ORDER: readonly Verdict[] = ['under', 'over', 'unknown', 'well']

const WORDS: Readonly<Record<Verdict, string>> = {
  under: 'too small',
  over: 'too large',
  well: 'fits',
  unknown: 'not known',
}

interface Row {
  readonly vm: string
  readonly group: GroupVerdict
  readonly advice: BucketAdvice
}

export function fleetLines(
  vms: readonly VmVerdict[],
  { fromS, toS, stepS }: { readonly fromS: number; readonly toS: number; readonly stepS: number },
  paint: Paint,
): readonly string[] {
  const hosts = new Set(vms.map(({ instance }) => instance)).size
  const nameOf = (vm: VmVerdict) => printableName(hosts > 1 ? `${vm.domain} @ ${vm.instance}` : vm.domain)
  const rows = vms.flatMap((vm) =>
    vm.groups.flatMap((group) => group.buckets.map((advice): Row => ({ vm: nameOf(vm), group, advice }))),
  )
  rows.sort((a, b) => ORDER.indexOf(a.advice.verdict) - ORDER.indexOf(b.advice.verdict))
  const count = (verdict: Verdict) => rows.filter(({ advice }) => advice.verdict === verdict).length
  const counts = ORDER.map((verdict) => `${count(verdict)} ${WORDS[verdict]}`).join(', ')
  const period = `${formatDurationNs((toS - fromS) * NS_PER_S)} in steps of ${formatDurationNs(stepS * NS_PER_S)}`
  const unlimited = vms.flatMap(({ disks }) => Object.values(disks)).filter((chain) => chain.length === 0).length
  return [
    paint.bold(`${counted(vms.length, 'VM')}, ${counted(rows.length, 'limit')} over ${period}: ${counts}`),
    ...rows.flatMap((row) => rowLines(row, paint)),
    ...(unlimited > 0
      ? [paint.dim(`${counted(unlimited, 'disk')} ${unlimited === 1 ? 'has' : 'have'} no limits.`)]
      : []),
    paint.dim(
      'Ranges allow for what the samples hide: the seconds between scrapes, and demand that a limit held back.',
    ),
  ]
}

function rowLines({ vm, group, advice }: Row, paint: Paint): readonly string[] {
  const format = advice.bucket.startsWith('bps')
    ? (value: number) => formatBps(value)
    : (value: number) => `${formatIops(value)} IOPS`
  const word = WORDS[advice.verdict].padEnd(10)
  const painted = advice.verdict === 'under' ? paint.bad(word) : advice.verdict === 'over' ? paint.warn(word) : word
  const place = `${vm}  ${printableName(group.group)} (${group.disks.map(printableName).join(', ')})`
  const change = advice.proposed === advice.limit ? 'stays' : `→ ${format(advice.proposed)}`
  const slack = advice.slack > 0 ? `, gives back ${formatShort(advice.slack * 100)} %` : ''
  const held = `at the limit ${formatShort(advice.atLimitShare * 100)} % of the time`
  const longest = advice.longestHeldS > 0 ? `, up to ${formatDurationNs(advice.longestHeldS * NS_PER_S)} in a row` : ''
  const lines = [
    `${painted}${place}  ${advice.bucket} ${format(advice.limit)} ${change}${slack}`,
    paint.dim(
      `          ${held}${longest}; 99 % of the seconds use ${shares(advice.useP99)}; demand ${range(advice.demand, format)}`,
    ),
  ]
  if (advice.verdict === 'unknown')
    lines.push(paint.dim(`          known for only ${formatShort(advice.known * 100)} % of the time`))
  if (group.changes > 0)
    lines.push(
      paint.warn(
        `          its limits were changed ${counted(group.changes, 'time')}; earlier figures are from other limits`,
      ),
    )
  return lines
}

function shares({ low, high }: Interval): string {
  return range({ low: low * 100, high: high === null ? null : high * 100 }, (value) => `${formatShort(value)} %`)
}

function range({ low, high }: Interval, format: (value: number) => string): string {
  if (high === null) return `${format(low)} or more`
  return format(low) === format(high) ? format(low) : `${format(low)} to ${format(high)}`
}
