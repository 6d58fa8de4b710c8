import type { CommandEntry, OptionEntry } from './command.ts'
import { COMMANDS, COMMON_OPTIONS } from './commands.ts'

// The man page, made from the same table as `--help`, so that the two cannot tell different stories.

/** Text as roff prints it: backslashes and dashes literal, no line that starts like a request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
}

function option(entry: OptionEntry): string {
  const value = entry.value === undefined ? '' : ` \\fI${escaped(entry.value)}\\fR`
  return `.TP\n\\fB\\-\\-${escaped(entry.name)}\\fR${value}\n${escaped(sentence(entry.about))}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function command(entry: CommandEntry): string {
  const args = entry.args.map((arg) => ` \\fI${escaped(arg)}\\fR`).join('')
  const examples = entry.examples.map(escaped).join('\n')
  return [
    `.SS weir ${escaped(entry.name)}${args}`,
    `${escaped(entry.summary)}.`,
    ...entry.options.map(option),
    '.PP\nExamples:\n.PP\n.nf\n.RS',
    `${examples}\n.RE\n.fi`,
  ].join('\n')
}

const EXIT_STATUS: readonly (readonly [number, string])[] = [
  [0, 'Fine.'],
  [1, 'Not met: a check or comparison that was asked for failed.'],
  [2, 'Bad input. The place in the file, the value and what would be right are on stderr; nothing was changed.'],
  [3, 'Something broke: a disk is full, a socket is gone.'],
]

/** weir(1) as roff source. */
export function manPage(): string {
  return `${[
    '.TH WEIR 1 "" "Weir" "User Commands"',
    `.SH NAME\nweir \\- see, try, tune and export QEMU's disk I/O limits`,
    '.SH SYNOPSIS\n.B weir\n.I COMMAND\n[\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    escaped(
      'Weir shows and tunes the throttle groups of QEMU: leaky buckets for bandwidth and IOPS, bursts, and the turns that disks in one group take. It runs a workspace of groups and devices with real I/O on this machine, predicts it in virtual time, reads and writes the formats of other tools, and tunes a running VM over QMP.',
    ),
    '.SH OPTIONS\nEvery command takes these.',
    ...COMMON_OPTIONS.map(option),
    option({ name: 'version', about: 'the version of Weir' }),
    '.SH COMMANDS',
    ...COMMANDS.map(command),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.map(([code, text]) => `.TP\n.B ${code}\n${escaped(text)}`),
    '.SH UNITS',
    escaped(
      "Limits carry the names of QEMU's ThrottleLimits: iops-total, bps-read-max, bps-read-max-length and so on. bps is bytes per second. 0 is no limit. Durations are written 10s, 500ms, 5m, 1h.",
    ),
    '.SH FILES',
    '.TP\n\\fINAME\\fB.weir.json\\fR\nA workspace: groups with their limits, devices with their disks and loads, and a script of changes.',
    '.TP\n\\fB$XDG_CACHE_HOME/weir/disks\\fR\nBacking files while a workspace runs. They are removed with it, and after a crash at the next start.',
    '.SH SEE ALSO\n.BR qemu (1),\n.BR qemu\\-storage\\-daemon (1),\n.BR virsh (1),\n.BR fio (1)',
  ].join('\n')}\n`
}
