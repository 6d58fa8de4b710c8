import type { CommandEntry, OptionEntry } from './command.ts'

// Every command of `weir`, in the order of the help. Keep this file light: it is loaded for `weir --help`.

/** Options of every command; the frame itself acts on `help`. */
export const COMMON_OPTIONS: readonly OptionEntry[] = [
  { name: 'json', about: 'one JSON object on stdout, for programs' },
  { name: 'help', about: 'this text' },
]

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    args: ['FILE'],
    summary: 'Say whether a workspace file is right, and if not, where and why',
    options: [],
    examples: ['weir check noisy-neighbour.weir.json', 'weir check broken.weir.json --json'],
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'replay',
    args: ['SCENARIO'],
    summary: 'Say what QEMU answers to a recorded scenario, to the nanosecond',
    options: [{ name: 'check', about: 'compare with the answer recorded in the file; exit 1 if they differ' }],
    examples: ['weir replay burst.json', 'weir replay --check burst.json'],
    load: async () => (await import('./replay.ts')).replay,
  },
]
