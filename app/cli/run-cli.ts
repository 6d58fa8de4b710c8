import { readdir } from 'node:fs/promises'
import { usualLiftFolder } from '#main/state-folder.ts'
import type { Issue } from '#shared/issue.ts'
import { version } from '../../package.json'
import type { CommandEntry, ExitCode, OptionValues } from './command.ts'
import { COMMANDS } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'
import { parseArguments } from './parse-arguments.ts'
import { reportBroken, reportIssues } from './report.ts'
import type { Terminal } from './terminal.ts'

// Picks the command, tells its failures, gives the exit code.

export interface Surroundings {
  readonly terminal: Terminal
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal
}

/** Runs one command line and returns what the process should exit with. Ends nothing itself. */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal } = surroundings
  const [name, ...rest] = argv
  const [asked] = rest
  if (name === 'help' && asked !== undefined) return runCli([asked, '--help'], surroundings)
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.print(generalHelp(version))
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    terminal.print(version)
    return 0
  }
  const entry = COMMANDS.find((each) => each.name === name)
  if (entry) return runCommand(entry, rest, surroundings)
  reportIssues({ terminal, json: argv.includes('--json'), called: name }, [unknownCommand(name)])
  return 2
}

function unknownCommand(name: string): Issue {
  const names = COMMANDS.map((entry) => entry.name).join(', ')
  return { path: name, code: 'unknown-command', message: `unknown command; use one of ${names}` }
}

/** `http://anna:secret@host` as a message may show it. */
function withoutPassword(argument: string): string {
  return argument.replace(/(:\/\/[^/@:]*):[^/@]*@/, '$1:…@')
}

async function runCommand(entry: CommandEntry, argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal, signal } = surroundings
  const reporting = {
    terminal,
    json: argv.includes('--json'),
    called: [entry.name, ...argv.map(withoutPassword)].join(' '),
  }
  const parsed = parseArguments(entry, argv)
  if (!parsed.ok) {
    reportIssues(reporting, parsed.issues)
    return 2
  }
  const { args, options } = parsed.value
  if (options.help === true) {
    terminal.print(commandHelp(entry))
    return 0
  }
  try {
    await settleLifts(entry.name, options, terminal)
    const command = await entry.load()
    const done = await command({ args, options, json: options.json === true, terminal, signal })
    if (done.ok) return done.value
    reportIssues(reporting, done.issues)
    return 2
  } catch (error) {
    reportBroken(reporting, error)
    return 3
  }
}

/** What that needs is loaded only if something is lifted. */
async function settleLifts(name: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const found = await readdir(usualLiftFolder()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return []
  })
  if (found.length > 0) await (await import('./orphaned-lifts.ts')).settleOrphans(name, options, terminal)
}
