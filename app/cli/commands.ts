import type { CommandEntry, OptionEntry } from './command.ts'
import { LIVE_COMMANDS, POLICY_OPTIONS, VM_OPTIONS } from './live-commands.ts'

// Every command of `weir`, in the order of the help. Keep this file light: it is loaded for `weir --help`.

/** Options of every command; the frame itself acts on `help`. */
export const COMMON_OPTIONS: readonly OptionEntry[] = [
  { name: 'json', about: 'one JSON object on stdout, for programs' },
  { name: 'help', about: 'show this help' },
]

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    args: ['[FILE]'],
    summary: 'Check a workspace file and say what is wrong and where; with --vm, say how a running VM differs from it',
    options: [...VM_OPTIONS, ...POLICY_OPTIONS],
    examples: [
      'weir check noisy-neighbour.weir.json',
      'weir check broken.weir.json --json',
      'weir check vm.weir.json --vm unix:/run/vm.qmp',
      'weir check --policy host.policy.json --from /run/qemu',
    ],
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'run',
    args: ['FILE'],
    summary: 'Run a workspace with real I/O and print what was measured',
    options: [
      { name: 'duration', value: 'TIME', about: 'how long, 10s by default; Ctrl-C ends it early' },
      {
        name: 'record',
        value: 'FILE',
        about: 'write every request to a trace, gzipped if the name ends in .gz, to play it again or for weir choose',
      },
      { name: 'data', value: 'FOLDER', about: 'where backing files go while it runs; by default a cache folder' },
      { name: 'write', about: 'overwrite your own files where the workspace says "write": true' },
      {
        name: 'write-to',
        value: 'FILE',
        about: 'overwrite this file or device, whoever owns it, if the workspace also says so',
        repeats: true,
      },
    ],
    examples: ['weir run noisy-neighbour.weir.json', 'weir run noisy-neighbour.weir.json --duration 1m --json'],
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'simulate',
    args: ['FILE'],
    summary: 'Run a workspace in virtual time, with modelled disks, and print what was measured',
    options: [
      { name: 'duration', value: 'TIME', about: 'how long in virtual time, 1m by default; Ctrl-C ends it early' },
      {
        name: 'trace',
        value: 'FILE',
        about: 'write every request to a CSV file: when it arrived, was let go and finished',
      },
      {
        name: 'threads',
        value: 'N',
        about: 'threads at most, one per processor by default; the answer is the same with any number',
      },
    ],
    examples: [
      'weir simulate noisy-neighbour.weir.json --duration 1h',
      'weir simulate noisy-neighbour.weir.json --json --trace requests.csv',
    ],
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    name: 'replay',
    args: ['SCENARIO'],
    summary: 'Work out what QEMU answers to a recorded scenario, to the nanosecond',
    options: [{ name: 'check', about: 'compare with the answer recorded in the file; exit 1 if they differ' }],
    examples: ['weir replay burst.json', 'weir replay --check burst.json'],
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    name: 'export',
    args: ['FILE'],
    summary:
      'Write the limits of a workspace as QMP commands or in another format, and report what that format cannot express',
    options: [
      {
        name: 'to',
        value: 'NAME',
        about:
          'the format: qmp, qmp-legacy, qmp-change, hmp, qemu-args, storage-daemon-args, libvirt-xml, virsh, proxmox, cinder-qos, nova-flavor, openstack, io-max, incus, cloud-hypervisor, firecracker, spdk, csv or json-schema',
      },
      { name: 'since', value: 'OLD', about: 'for qmp-change: the workspace that runs now' },
      {
        name: 'style',
        value: 'STYLE',
        about:
          'one form of several: json or shell for qmp; json, dotted or drive for qemu-args; iotune or throttlegroups for libvirt; auto, filter or legacy for qmp-change',
      },
      { name: 'split', value: 'HOW', about: 'what becomes of totals in io-max and incus: no (left out), half or each' },
      { name: 'numbers', value: 'LIST', about: 'numbers of the host disks for io-max: db=8:16,log=8:32' },
      {
        name: 'targets',
        value: 'LIST',
        about:
          'which disk is which for virsh: db=vda,log=sdb, or a file with the output of virsh domblklist or dumpxml',
      },
      { name: 'vm', value: 'NAME', about: 'name of the libvirt domain or Incus instance, or number of the Proxmox VM' },
      { name: 'out', value: 'FILE', about: 'write there instead of stdout' },
    ],
    examples: [
      'weir export noisy-neighbour.weir.json --to qmp-legacy',
      'weir export new.weir.json --to qmp-change --since old.weir.json',
      'weir export vm.weir.json --to virsh --vm web01 --out limits.sh',
    ],
    load: async () => (await import('./export.ts')).exportWorkspace,
  },
  {
    name: 'import',
    args: ['FILE'],
    summary: 'Make a workspace from QMP commands, a command line, a domain, a fio job or a trace; FILE - is stdin',
    options: [
      {
        name: 'from',
        value: 'NAME',
        about:
          'the format, guessed when not given: qmp, qmp-query, hmp, qemu-args, storage-daemon-args, libvirt-xml, virsh, libvirtd-log, proxmox, openstack, io-max, blkio, systemd, incus, cloud-hypervisor, firecracker, spdk, csv, fio, fio-iolog, blktrace, trace-msr, trace-alibaba, trace-tencent, trace-spc, trace-systor, trace-compactor, trace-csv or weir-recording',
      },
      { name: 'out', value: 'FILE', about: 'write the workspace there instead of to stdout; traces go beside it' },
      { name: 'machine', value: 'NAME', about: 'which machine, if the file has several: 102, web01' },
      {
        name: 'all',
        value: 'DIR',
        about: 'write a workspace for each machine into this folder; no other file is overwritten',
      },
    ],
    examples: [
      'virsh dumpxml web01 | weir import - > web01.weir.json',
      'weir import /proc/4711/cmdline --from qemu-args',
      'weir import randrw.fio --out randrw.weir.json',
      'weir import limits.sh --machine 102 --out web02.weir.json',
    ],
    load: async () => (await import('./import.ts')).importFile,
  },
  ...LIVE_COMMANDS,
  {
    name: 'advise',
    args: ['[FILE...]'],
    summary:
      'Say which limits to choose for a workspace, for recorded loads or for a fleet, or whether result B was better than A',
    options: [
      { name: 'group', value: 'NAME', about: 'only this group' },
      { name: 'wait', value: 'TIME', about: '99 of 100 requests should wait no longer than this, 10ms by default' },
      { name: 'goal', about: "take the wait from the workspace's goals for the group's devices" },
      { name: 'duration', value: 'TIME', about: 'virtual time to look at; 1m by default, all of a recorded load' },
      { name: 'tolerance', value: 'PERCENT', about: 'figures this close count as the same, 2 by default' },
      { name: 'fail-if-worse', about: 'exit 1 if a figure of B is worse' },
      {
        name: 'prometheus',
        value: 'URL',
        about: "judge every VM's limits by what weir exporter left in this Prometheus",
      },
      { name: 'over', value: 'TIME', about: 'how far back to look, 14d by default' },
      { name: 'step', value: 'TIME', about: 'step between figures of the history; 5m for 14d' },
      {
        name: 'out-dir',
        value: 'DIR',
        about: 'write the proposed limits of each VM there, a workspace for weir apply',
      },
    ],
    examples: [
      'weir advise --prometheus http://127.0.0.1:9090 --over 14d --out-dir proposals',
      'weir advise night-shift.weir.json --group day --wait 5ms',
      'weir advise monday.csv tuesday.csv',
      'weir advise before.json after.json --fail-if-worse',
    ],
    load: async () => (await import('./advise.ts')).advise,
  },
  {
    name: 'choose',
    args: ['FILE', '[FILE...]'],
    summary: 'Say which burst a recorded load or a workspace needs at every limit, so that few requests wait long',
    options: [
      { name: 'group', value: 'NAME', about: 'the group of a workspace whose devices share the limit' },
      {
        name: 'kind',
        value: 'KIND',
        about: 'iops-total (by default), iops-read, iops-write, bps-total, bps-read or bps-write',
      },
      { name: 'wait', value: 'TIME', about: 'the longest wait allowed, 10ms by default' },
      {
        name: 'percentile',
        value: 'PERCENT',
        about: 'for this many of 100 requests: 95, 99 (the default), 99.9 or 100',
      },
      { name: 'duration', value: 'TIME', about: 'virtual time of loads that are not recordings, 1m by default' },
    ],
    examples: [
      'weir choose web01.trace.csv',
      'weir choose web01.trace.gz web02.trace.gz',
      'weir choose web01.trace.gz --kind bps-total --wait 5ms --percentile 99.9',
      'weir choose night-shift.weir.json --group day --json',
    ],
    load: async () => (await import('./choose.ts')).choose,
  },
  {
    name: 'report',
    args: ['BEFORE', 'AFTER'],
    summary: 'Make an HTML report from two results: what changed, which goals are met, who gains and who pays',
    options: [
      { name: 'out', value: 'FILE', short: 'o', about: 'write it there instead of to stdout; -o is short for it' },
      { name: 'title', value: 'TEXT', about: 'the heading of the page' },
      { name: 'tolerance', value: 'PERCENT', about: 'figures this close count as the same, 2 by default' },
    ],
    examples: ['weir report before.json after.json -o report.html --title "etl moves to bulk"'],
    load: async () => (await import('./make-report.ts')).makeReport,
  },
]
