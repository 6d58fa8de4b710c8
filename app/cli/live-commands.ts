import type { CommandEntry, OptionEntry } from './command.ts'

// The commands for running VMs. As light as commands.ts.

/** `--qmp` is the older name of `--vm`. */
export const VM_OPTIONS: readonly OptionEntry[] = [
  {
    name: 'vm',
    value: 'ADDR',
    about: 'the VM: unix:PATH or tcp:HOST:PORT of a QMP socket, libvirt:URI#DOMAIN, or proxmox:VMID',
  },
  { name: 'qmp', value: 'ADDR', about: 'the same as --vm' },
]

const PERCENTILES: OptionEntry = {
  name: 'percentiles',
  about: 'p50 and p99 of latency; sets latency histograms on disks that have none, and removes them at the end',
}

/** Never used unless it is said. */
const MONITOR_COMMAND: OptionEntry = {
  name: 'monitor-command',
  about:
    'with libvirt: ask QEMU itself by qemu-monitor-command; libvirt marks the domain as tainted, custom-monitor, until it is shut down',
}

/** For a whole host instead of one VM. */
export const POLICY_OPTIONS: readonly OptionEntry[] = [
  { name: 'policy', value: 'FILE', about: 'a policy instead of a workspace: limits of the VMs of a host, by patterns' },
  {
    name: 'from',
    value: 'HOST',
    about: 'with --policy: where the VMs are, as of weir top; may be repeated',
    repeats: true,
  },
]

export const LIVE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'capture',
    args: [],
    summary: 'Print the throttling of a running VM as a workspace',
    options: VM_OPTIONS,
    examples: ['weir capture --vm unix:/run/vm.qmp > vm.weir.json'],
    load: async () => (await import('./capture.ts')).capture,
  },
  {
    name: 'apply',
    args: ['[FILE]'],
    summary: 'Give a running VM the limits and groups of a workspace; what it already has is not sent again',
    options: [
      ...VM_OPTIONS,
      { name: 'dry-run', about: 'show the changes and commands without sending them' },
      { name: 'live-only', about: 'with libvirt and Proxmox: change the running VM only, not its next start' },
      ...POLICY_OPTIONS,
      { name: 'yes', about: 'with --policy: send the commands; without it they are only shown' },
    ],
    examples: [
      'weir apply vm.weir.json --vm unix:/run/vm.qmp --dry-run',
      'weir apply vm.weir.json --vm tcp:host:4444',
      'weir apply web01.weir.json --vm libvirt:qemu:///system#web01',
      'weir apply web01.weir.json --vm proxmox:101 --dry-run',
      'weir apply --policy host.policy.json --from /run/qemu --yes',
    ],
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'lift',
    args: ['[ADDR]', '[all]'],
    summary: 'Lift limits of a running VM for a while, and put them back: on time, at Ctrl-C, and after a crash',
    options: [
      { name: 'for', value: 'TIME', about: 'how long: 30m, 2h; Ctrl-C puts back at once' },
      { name: 'until-job', value: 'ID', about: 'until this block job has ended; with --for whichever comes first' },
      { name: 'group', value: 'NAME', about: 'only this throttle group; may be repeated', repeats: true },
      { name: 'device', value: 'NAME', about: 'only this disk; may be repeated', repeats: true },
      { name: 'restore', about: 'put back what a killed Weir had lifted; with ADDR, what is lifted there' },
      { name: 'force', about: 'with --restore: also limits that someone has changed since' },
      {
        name: 'forget',
        about: 'forget what is lifted in this VM, and leave it as it is: for one that is gone for good',
      },
      {
        name: 'print-timer',
        about: 'print a systemd timer that runs weir lift --restore every minute; nothing is installed',
      },
    ],
    examples: [
      'weir lift unix:/run/vm.qmp --for 30m',
      'weir lift libvirt:qemu:///system#web01 --group gold --until-job backup0 --for 4h',
      'weir lift --restore',
      'weir lift --print-timer',
    ],
    load: async () => (await import('./lift.ts')).lift,
  },
  {
    name: 'top',
    args: ['HOST'],
    summary:
      'Show every VM of a host, the noisiest first: rates, share of limits, latency, throttling; HOST is libvirt:URI, proxmox: or a folder of QMP sockets',
    options: [
      { name: 'sort', value: 'KEY', about: 'share (the default), iops, bps, limit, wait, throttled or name' },
      PERCENTILES,
      MONITOR_COMMAND,
    ],
    examples: [
      'weir top libvirt:qemu:///system',
      'weir top proxmox:',
      'weir top /run/qemu',
      'weir top /run/qemu --sort throttled',
      'weir top /run/qemu --json',
    ],
    load: async () => (await import('./top.ts')).top,
  },
  {
    name: 'watch',
    args: ['[ADDR]'],
    summary:
      'Say when an alarm of a VM or a whole host begins and ends, until Ctrl-C; with --json one JSON object a line',
    options: [
      ...VM_OPTIONS,
      {
        name: 'at-limit',
        value: 'TIME',
        about: 'alarm when a limit holds requests back for this long, 10s by default',
      },
      {
        name: 'latency',
        value: 'TIME',
        about: "alarm when a disk's reads or writes take longer on average, 100ms by default",
      },
      { name: 'burst', value: 'TIME', about: 'alarm when a burst will be spent within this time, 1m by default' },
      {
        name: 'only',
        value: 'KIND',
        about: 'at-limit, latency, failed, burst, drift or lost; may be repeated, all by default',
        repeats: true,
      },
      {
        name: 'workspace',
        value: 'FILE',
        about: 'what this VM should have; by default what it has when the watch begins',
      },
      { name: 'policy', value: 'FILE', about: 'what the VMs of a host should have' },
      PERCENTILES,
      MONITOR_COMMAND,
    ],
    examples: [
      'weir watch unix:/run/vm.qmp --latency 20ms',
      'weir watch libvirt:qemu:///system --json',
      'weir watch /run/qemu --only at-limit --only drift --policy host.policy.json',
    ],
    load: async () => (await import('./watch.ts')).watch,
  },
  {
    name: 'exporter',
    args: [],
    summary:
      'Export the throttling of every VM of a host to Prometheus, or write alert rules or a Grafana dashboard for it',
    options: [
      { name: 'qmp-dir', value: 'DIR', about: 'folder of QMP sockets; may be repeated', repeats: true },
      { name: 'from', value: 'HOST', about: 'where the VMs are, as of weir top; may be repeated', repeats: true },
      { name: 'listen', value: 'ADDR', about: 'where to listen, 127.0.0.1:9723 by default' },
      { name: 'policy', value: 'FILE', about: 'what limits the VMs should have: drift from it is a metric' },
      {
        name: 'percentiles',
        about: 'latency as a histogram; sets latency histograms on disks that have none, and removes them at the end',
      },
      MONITOR_COMMAND,
      { name: 'web-config', value: 'FILE', about: "TLS and basic auth, in the form of Prometheus' exporters" },
      { name: 'rules', about: 'write alert rules to stdout and exit' },
      { name: 'dashboard', about: 'write a Grafana dashboard to stdout and exit' },
    ],
    examples: [
      'weir exporter --qmp-dir /run/qemu',
      'weir exporter --qmp-dir /run/qemu --listen :9723 --web-config web.yml',
      'weir exporter --rules > weir.rules.yml',
    ],
    load: async () => (await import('./exporter.ts')).exporter,
  },
  {
    name: 'record',
    args: ['[ADDR]'],
    summary: "Record what a running VM's disks do, for weir choose; no limit is changed",
    options: [
      ...VM_OPTIONS,
      {
        name: 'duration',
        value: 'TIME',
        about: 'how long, 1h by default; Ctrl-C ends it early and keeps what there is',
      },
      { name: 'interval', value: 'TIME', about: 'how often its counters are read, 1s by default, at least 100ms' },
      {
        name: 'percentiles',
        about:
          'also record how long requests took; sets latency histograms on disks that have none, and removes them at the end',
      },
      MONITOR_COMMAND,
      { name: 'out', value: 'FILE', short: 'o', about: 'where the recording goes, gzipped; -o is short for it' },
      { name: 'force', about: 'overwrite an existing recording (refused otherwise)' },
    ],
    examples: ['weir record unix:/run/vm.qmp --duration 1h -o web01.trace.gz'],
    load: async () => (await import('./record.ts')).recordVm,
  },
]
