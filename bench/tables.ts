import type { GoalRow } from './goals.ts'
import type { Spread } from './numbers.ts'
import type { Report } from './run-all.ts'

// The report as tables for people.

const dash = '–'

function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? dash : value.toFixed(digits)
}

/** The median of the rounds, and from the least to the most of them. */
function spread(value: Spread | null | undefined): string {
  return value ? `${value.median.toFixed(2)} (${value.least.toFixed(2)}–${value.most.toFixed(2)})` : dash
}

function whole(value: number | null): string {
  return value === null ? dash : Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ')
}

function percent(value: number | null, digits = 3): string {
  return value === null ? dash : `${(value * 100).toFixed(digits)} %`
}

export function tables(report: Report): readonly string[] {
  const { machine, peers } = report
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}`,
    `load ${fixed(machine.loadBefore, 1)} before, ${fixed(machine.loadAfter, 1)} after; fio ${peers.fio ?? 'absent'}, qemu-img ${peers.qemuImg ?? 'absent'}`,
    ...(Math.max(machine.loadBefore, machine.loadAfter) > machine.cores
      ? ['Others kept the machine busy: take it again when they do not.']
      : []),
    ...goalTable(report.goals),
    ...costTables(report),
    ...limitTables(report),
    ...restTables(report),
  ]
}

/** What a request costs, with and without a throttle. */
function costTables(report: Report): readonly string[] {
  return [
    ...table(
      '1. Unthrottled, 4 KiB, one iothread, requests a second',
      ['', 'Weir', 'bare Node call', 'fio psync', 'Weir / fio'],
      report.unthrottled.map((row) => [
        row.name,
        whole(row.weirIops),
        whole(row.bareIops),
        whole(row.fioIops),
        spread(row.ratio),
      ]),
    ),
    ...table(
      '1a. Disks with depth, O_DIRECT, 4 KiB, one iothread, requests a second',
      ['', 'in flight', 'Weir', 'fio io_uring', 'Weir / io_uring', 'Weir / libaio'],
      report.depth.map((row) => [
        row.rw,
        whole(row.iodepth),
        whole(row.weirIops),
        whole(row.uringIops),
        spread(row.vsUring),
        spread(row.vsLibaio),
      ]),
    ),
    ...table(
      '2. A throttle that never binds, null disk, ns per request',
      ['', 'without', 'with', 'added', 'rate kept'],
      [...report.cost.weir, ...report.cost.qemu].map((row) => [
        row.name,
        whole(row.freeNs),
        whole(row.throttledNs),
        whole(row.addedNs),
        spread(row.kept),
      ]),
    ),
    `   added by Weir / added by QEMU: ${spread(report.cost.vsQemuOne)} on one iothread, ${spread(report.cost.vsQemuTwo)} on two that share a group`,
    ...table(
      '2a. A second level that never binds, null disk, ns per request',
      ['', 'without', 'one level', 'two levels', 'second / first', 'of the rounds'],
      report.levels.map((row) => [
        row.name,
        whole(row.freeNs),
        whole(row.oneNs),
        whole(row.twoNs),
        fixed(row.secondVsFirst, 2),
        spread(row.ofRounds),
      ]),
    ),
  ]
}

/** How limits are kept, and by how many at once. */
function limitTables(report: Report): readonly string[] {
  return [
    ...table(
      '3. Scaling, null disks, requests a second',
      ['iothreads', 'one group', 'own groups', 'one / own'],
      report.scaling.map((row) => [
        `${row.iothreads}`,
        whole(row.oneGroupIops),
        whole(row.ownGroupsIops),
        spread(row.kept),
      ]),
    ),
    ...table(
      '4. A slow member: 1 000 IOPS, two of four disks take 20 ms',
      ['', 'error', 'fast members get'],
      report.slowMember.map((row) => [row.name, percent(row.error), percent(row.fastShare, 1)]),
    ),
    ...table(
      '5. Accuracy: four members on two iothreads',
      ['IOPS', 'error', 'fairness', 'timer late p99, µs', 'QEMU error'],
      report.accuracy.map((row) => [
        whole(row.iops),
        percent(row.error, 4),
        fixed(row.fairness, 5),
        whole(row.lateP99Ns / 1000),
        percent(row.qemuError, 4),
      ]),
    ),
    ...(report.idle === null
      ? []
      : [
          '',
          `6. ${report.idle.devices} devices at 10 IOPS each: ${percent(report.idle.cpuShare, 1)} of a core (${whole(report.idle.iops)} IOPS); two threads that wake up once per request and do nothing: ${percent(report.idle.bareShare, 1)}; ratio ${spread(report.idle.vsBare)}`,
        ]),
    ...(report.many === null
      ? []
      : [
          '',
          `7. ${report.many.devices} devices in ${report.many.groups} groups: ${whole(report.many.residentMiB)} MiB resident, main thread ${percent(report.many.mainShare, 1)} of a core at 10 Hz, ${fixed(report.many.snapshotMs, 1)} ms a snapshot, longest piece ${fixed(report.many.worstBlockMs, 1)} ms (${whole(report.many.iops)} IOPS)`,
        ]),
  ]
}

/** The app, the simulator, the exporter and the frontier. */
function restTables(report: Report): readonly string[] {
  return [
    ...table(
      '8. Start, ms',
      ['', 'ms'],
      report.start.map((row) => [row.name, row.ms === null ? row.note : whole(row.ms)]),
    ),
    ...table(
      `Simulation, requests a second on one core (simjs: the bare queue, without buckets or statistics; C: ${report.noTwin ?? 'the same rules and statistics, cc -O2'})`,
      ['groups × members', 'Weir', 'simjs', 'of simjs', 'C', 'of C'],
      report.simulation.map(({ groups, members, weir, simjs, vsSimjs, twin, vsTwin }) => [
        `${groups} × ${members}`,
        whole(weir),
        whole(simjs),
        spread(vsSimjs),
        whole(twin),
        spread(vsTwin),
      ]),
    ),
    ...(report.host === null
      ? []
      : [
          '',
          `9. weir exporter over ${report.host.vms} VMs with ${report.host.disks} disks, scraped every 15 s: ${percent(report.host.cpuShare, 1)} of a core, ${whole(report.host.residentMiB)} MiB resident, ${percent(report.host.kept, 1)} of a look each second kept, ${whole(report.host.series)} series, slowest scrape ${whole(report.host.scrapeMs)} ms`,
        ]),
    '',
    `Frontier: ${report.frontier.rates} rates over ${whole(report.frontier.requests)} requests, no-wait bucket and three percentiles: ${whole(report.frontier.ms)} ms on one core, ${spread(report.frontier.vsPlainLoop)} of a plain loop per rate without percentiles`,
  ]
}

function goalTable(goals: readonly GoalRow[]): readonly string[] {
  return table(
    'Goals: the median of each round’s ratio, and from the least to the most',
    ['', 'ratio', 'beside', 'asked for', 'met'],
    goals.map(({ name, beside, needs, ratio, isMet }) => [
      name,
      spread(ratio),
      beside,
      'atLeast' in needs ? `at least ${needs.atLeast}` : `at most ${needs.atMost}`,
      isMet === null ? dash : isMet ? 'yes' : 'no',
    ]),
  )
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    `   ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2))).join('')}`
  return ['', title, line(head), ...rows.map(line)]
}
