import { joinedLines } from '../text/joined-lines.ts'
import { type Statement, shellStatements } from '../text/shell-statements.ts'
import {
  expandedWords,
  newShellVariables,
  noteAssignments,
  type ShellVariables,
  usedVariables,
} from '../text/shell-variables.ts'

// What a text says is in which file of which cgroup: the file's own content, with or without the heading that `grep`,
// `head` or `cat` puts to it, or the commands that write it.

export interface CgroupLine {
  /** `machine.slice/web01`; null: not said. */
  readonly folder: string | null
  /** `io.max`; null: not said. */
  readonly file: string | null
  /** What is in the file or shall go there. */
  readonly content: string
  readonly path: string
}

export interface CgroupText {
  readonly lines: readonly CgroupLine[]
  /** What is none of all that. */
  readonly strays: readonly { readonly path: string; readonly text: string }[]
  /** Comments by the number of their line. */
  readonly comments: ReadonlyMap<number, string>
}

const FILE = /(?:^|\/)((?:io\.(?:max|low|latency|weight|cost\.\w+|bfq\.weight))|blkio\.[\w.]+)$/
const PREFIXED = /^([^\s:]*(?:io\.max|blkio\.throttle\.\w+)):(.+)$/
/** Commands of such scripts that set nothing. */
const HARMLESS =
  /^(?:sudo\s+)?(?:mkdir|rmdir|cd|set|export|exit|sleep|cat|grep|head|ls|lsblk|fi|done|then|else|do|modprobe|mount)\b/

export function readCgroupText(text: string): CgroupText {
  const lines: CgroupLine[] = []
  const strays: { path: string; text: string }[] = []
  const comments = new Map<number, string>()
  const variables = newShellVariables()
  const used = usedVariables(text)
  let heading: Pick<CgroupLine, 'folder' | 'file'> = { folder: null, file: null }
  for (const { line: index, text: raw } of joinedLines(text)) {
    const path = `line ${index}`
    const line = raw.trim()
    const remark = /^#\s*(.*)$/.exec(line)
    const head = /^==> (.+) <==$/.exec(line) ?? /^(?:\S*[$#>]\s+)?cat\s+(\S+)$/.exec(line)
    const prefixed = PREFIXED.exec(line)
    if (line === '') continue
    if (remark) comments.set(index, remark[1] ?? '')
    else if (head?.[1] !== undefined) heading = splitPath(head[1])
    else if (/^(\d+:\d+|MAJ:MIN)(\s|$)/.test(line)) lines.push({ ...heading, content: line, path })
    else if (prefixed?.[1] !== undefined) lines.push({ ...splitPath(prefixed[1]), content: prefixed[2] ?? '', path })
    else {
      const commands = shellStatements(line).map((each) => wordsOf(each, variables))
      const found = commandLines(commands, path)
      const isUsed = commands.flat().every((word) => used.has(/^(\w+)=/.exec(word)?.[1] ?? ''))
      lines.push(...found)
      if (found.length === 0 && !isUsed && !HARMLESS.test(line)) strays.push({ path, text: line })
    }
  }
  return { lines, strays, comments }
}

/** Redirections are words of their own. */
function wordsOf(statement: Statement, variables: ShellVariables): readonly string[] {
  const { words } = expandedWords(statement.text.replace(/(>+)/g, ' $1 '), variables)
  noteAssignments(words, variables, statement)
  return words
}

/** `echo … > FILE`, `echo … | tee FILE`, `cgset -r NAME=… GROUP`. */
function commandLines(statements: readonly (readonly string[])[], path: string): readonly CgroupLine[] {
  return statements.flatMap((words, at): readonly CgroupLine[] => {
    const set = words.indexOf('cgset')
    if (set >= 0) return cgsetLines(words.slice(set + 1), path)
    const echo = words.findIndex((word) => word === 'echo' || word === 'printf')
    if (echo < 0) return []
    const to = words.findIndex((word) => /^>+$/.test(word))
    const next = statements[at + 1] ?? []
    const tee = to < 0 ? next.indexOf('tee') : -1
    const target =
      to >= 0 ? words[to + 1] : tee >= 0 ? next.slice(tee + 1).find((word) => !word.startsWith('-')) : undefined
    const file = splitPath(target ?? '')
    const content = words
      .slice(echo + 1, to < 0 ? undefined : to)
      .filter((word) => !/^-[neE]+$/.test(word))
      .join(' ')
      .replace(/\\n$/, '')
    return [{ ...file, content, path }]
  })
}

function cgsetLines(words: readonly string[], path: string): readonly CgroupLine[] {
  const folder = words.filter((word, at) => !word.startsWith('-') && words[at - 1] !== '-r').at(-1) ?? null
  return words.flatMap((word, at): readonly CgroupLine[] => {
    if (words[at - 1] !== '-r') return []
    const equals = word.indexOf('=')
    return equals < 0 ? [] : [{ folder, file: word.slice(0, equals), content: word.slice(equals + 1), path }]
  })
}

/** `/sys/fs/cgroup/blkio/machine/web01/io.max` → its cgroup and file. */
function splitPath(path: string): Pick<CgroupLine, 'folder' | 'file'> {
  const file = FILE.exec(path)?.[1] ?? null
  if (file === null) return { folder: null, file: path === '' ? null : path.slice(path.lastIndexOf('/') + 1) }
  const folder = path
    .slice(0, path.length - file.length)
    .replace(/\/+$/, '')
    .replace(/^\/sys\/fs\/cgroup(\/(blkio|unified))?\/?/, '')
    .replace(/\\x2d/gi, '-')
  return { folder: folder === '' ? null : folder, file }
}
