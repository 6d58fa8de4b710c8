import { QUOTED, type ShellWords } from './shell-quoting.ts'
import { shellStatements } from './shell-statements.ts'
import { expandedWords, newShellVariables, noteAssignments, usedVariables } from './shell-variables.ts'

// A script command by command, as a shell would run it: the script's own variables put in, redirections gone.

export interface ShellCommand extends ShellWords {
  /** As it stands. */
  readonly text: string
  /** 1-based, of its first character. */
  readonly line: number
  /** It assigns, and nothing else. */
  readonly isAssignment: boolean
  /** It assigns what the script makes use of, so that its values are seen there. */
  readonly isUsed: boolean
}

/** `used`: the names that the whole makes use of, where `text` is a line of it. */
export function shellCommands(
  text: string,
  variables = newShellVariables(),
  used = usedVariables(text),
): readonly ShellCommand[] {
  return shellStatements(text).map((statement) => {
    const { words, problem } = expandedWords(withoutRedirections(statement.text), variables)
    const isAssignment = noteAssignments(words, variables, statement)
    const isUsed = isAssignment && words.every((word) => used.has(/^([A-Za-z_]\w*)\+?=/.exec(word)?.[1] ?? ''))
    return { text: statement.text, line: statement.line, words, problem, isAssignment, isUsed }
  })
}

/** What a shell takes out of a command, with its file; quotes and a placeholder such as `<image>` stay, in a group. */
const REDIRECTION = new RegExp(
  `(${QUOTED.source}|<[\\w.-]+>)|(?:(?<=\\s)\\d+|&)?(?:<<<|<>|[<>]&|>>|>\\||[<>])[ \\t]*(?:'[^']*'|"[^"]*"|[^\\s'"<>])*`,
  'g',
)

export function withoutRedirections(command: string): string {
  return command.replace(REDIRECTION, (_, plain?: string) => plain ?? ' ')
}
