import type { Report } from './run-all.ts'

// The report as tables for people.

const dash = '–'

function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? dash : value.toFixed(digits)
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
    ...table(
      '1. Unthrottled, 4 KiB, one iothread, requests a second',
      ['', 'Weir', 'bare Node call', 'fio psync', 'Weir / fio'],
      report.unthrottled.map((row) => [
        row.name,
        whole(row.weirIops),
        whole(row.bareIops),
        whole(row.fioIops),
        fixed(row.ratio, 2),
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
        fixed(row.kept, 2),
      ]),
    ),
    `   added by Weir / added by QEMU: ${fixed(report.cost.vsQemuOne, 2)} on one iothread, ${fixed(report.cost.vsQemuTwo, 2)} on two that share a group`,
    ...table(
      '2a. A second level that never binds, null disk, ns per request',
      ['', 'without', 'one level', 'two levels', 'second / first'],
      report.levels.map((row) => [
        row.name,
        whole(row.freeNs),
        whole(row.oneNs),
        whole(row.twoNs),
        fixed(row.secondVsFirst, 2),
      ]),
    ),
    ...table(
      '3. Scaling, null disks, requests a second',
      ['iothreads', 'one group', 'own groups'],
      report.scaling.map((row) => [`${row.iothreads}`, whole(row.oneGroupIops), whole(row.ownGroupsIops)]),
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
          `6. ${report.idle.devices} devices at 10 IOPS each: ${percent(report.idle.cpuShare, 1)} of a core (${whole(report.idle.iops)} IOPS); two threads that wake up once per request and do nothing: ${percent(report.idle.bareShare, 1)}`,
        ]),
    ...(report.many === null
      ? []
      : [
          '',
          `7. ${report.many.devices} devices in ${report.many.groups} groups: ${whole(report.many.residentMiB)} MiB resident, main thread ${percent(report.many.mainShare, 1)} of a core at 10 Hz, ${fixed(report.many.snapshotMs, 1)} ms a snapshot, longest block ${fixed(report.many.worstBlockMs, 1)} ms (${whole(report.many.iops)} IOPS)`,
        ]),
    ...table(
      '8. Start, ms',
      ['', 'ms'],
      report.start.map((row) => [row.name, row.ms === null ? row.note : whole(row.ms)]),
    ),
    ...table(
      `Simulation, requests a second on one core (simjs: the bare queue, without buckets or statistics; C: ${report.noTwin ?? 'the same rules and statistics, cc -O2'})`,
      ['groups × members', 'Weir', 'simjs', 'of simjs', 'C', 'of C', 'from', 'to'],
      report.simulation.map(({ groups, members, weir, simjs, twin, vsTwin }) => [
        `${groups} × ${members}`,
        whole(weir),
        whole(simjs),
        fixed(weir / simjs, 1),
        twin === null ? '-' : whole(twin),
        ...[vsTwin?.median, vsTwin?.least, vsTwin?.most].map((ratio) => (ratio === undefined ? '-' : fixed(ratio, 2))),
      ]),
    ),
    ...(report.host === null
      ? []
      : [
          '',
          `9. weir exporter over ${report.host.vms} VMs with ${report.host.disks} disks, scraped every 15 s: ${percent(report.host.cpuShare, 1)} of a core, ${whole(report.host.residentMiB)} MiB resident, ${percent(report.host.kept, 1)} of a look each second kept, ${whole(report.host.series)} series, slowest scrape ${whole(report.host.scrapeMs)} ms`,
        ]),
    '',
    `Frontier: ${report.frontier.rates} rates over ${whole(report.frontier.requests)} requests, no-wait bucket and three percentiles: ${whole(report.frontier.ms)} ms on one core, ${fixed(report.frontier.vsPlainLoop, 2)} of a plain loop per rate without percentiles`,
  ]
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    `   ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2))).join('')}`
  return ['', title, line(head), ...rows.map(line)]
}
