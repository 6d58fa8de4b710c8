import type { Result } from '#shared/issue.ts'
import type { Terminal } from './terminal.ts'

// How a command joins the command line: it exports a `Command` from a file of its own in app/cli/, and `commands.ts`
// gets an entry that describes it (arguments, options, examples) and loads that file when the command is called, so that
// `weir --help` and the small commands start without the big ones.

/** 0 fine · 1 not met (a check or an assertion the user asked for) · 2 bad input · 3 something broke. */
export type ExitCode = 0 | 1 | 2 | 3

export interface OptionEntry {
  /** Long name without dashes: `duration`. */
  readonly name: string
  /** What stands for the value in the help: `TIME`; left out: the option is a flag. */
  readonly value?: string
  readonly about: string
  /** May be given several times. */
  readonly repeats?: true
  /** One letter that stands for the name: `o` for `-o`. */
  readonly short?: string
}

export interface CommandEntry {
  readonly name: string
  /** Shown as they stand: `FILE`, `[FILE]`, `[FILE...]`; how many are required and allowed follows from the brackets. */
  readonly args: readonly string[]
  readonly summary: string
  readonly options: readonly OptionEntry[]
  readonly examples: readonly string[]
  readonly load: () => Promise<Command>
}

export interface CommandCall {
  readonly args: readonly string[]
  readonly options: OptionValues
  /** `--json`: one JSON object on stdout, nothing else. */
  readonly json: boolean
  readonly terminal: Terminal
  /** Aborted by the first Ctrl-C or SIGTERM: stop cleanly, print what there is. The second one ends the process. */
  readonly signal: AbortSignal
}

/**
 * Resolves to the exit code, or to the issues of a wrong input, which are printed with exit code 2. A wrong world is
 * thrown as EngineError and printed with exit code 3. Commands never call `process.exit`: output may still be on its way.
 */
export type Command = (call: CommandCall) => Promise<Result<ExitCode>>

/** What was given, exactly as typed; flags are `true`, options that repeat are lists. Typed readers are in options.ts. */
export type OptionValues = Readonly<Record<string, string | true | readonly string[]>>
