import { QUOTED } from '../text/shell-quoting.ts'

// `ps` shows a command line without the quotes that it was started with, and people paste file names as they stand:
// `file=rbd:pool/a:mon_host=10.0.0.1;10.0.0.2,iops=5`, `-name guest=R&D`, `file=http://host/a?x=1&y=2`, `file=<path/to/image>`.
// A shell would end the command there. What is meant is told by what stands behind: a command has a name, and no more of
// this machine's disks follow it.

const PLACEHOLDER = /(?<=[=,:/>])<[^<>'"\\\n]*>/
/** An option and the value behind it, up to a quote. */
const OPTION_VALUE = new RegExp(
  `${QUOTED.source}|(?<!\\S)#.*|((?<!\\S)--?[A-Za-z][\\w-]*(?:=|(?:\\s|\\\\\\r?\\n)+))(?![-#])((?:${PLACEHOLDER.source}|\\\\\\S|[^\\s'"\\\\<]+|<)+)`,
  'g',
)
const OPERATOR = new RegExp(`(${PLACEHOLDER.source})|\\\\\\S|[;&<>|]+`, 'g')
const COMMAND = /^(?:[A-Za-z_~$/]|\.{1,2}\/)[\w./~$@%+{}-]*$/
const END_OF_LIST = /^[})]+$/
const PROGRAM = /^(?:\S*\/)?(?:qemu-[\w-]+|kvm)$/
/** Where disks follow, or a command or line ends. */
const NEXT =
  /(?<=\s)--?(?:drive|blockdev|object|device|set|hd[a-d])(?=[\s=])|(?<!\\|\\\r)\n|(?<=[\s/])(?:qemu-[\w-]+|kvm)(?=\s)/g

/** `text` with a backslash before each operator that is none. */
export function withPlainOperators(text: string): string {
  if (!/[^\s;&<>|][;&<>|]+\S/.test(text)) return text
  let next = { at: -1, isDisk: false }
  const hasDisksBehind = (at: number) => {
    if (next.at < at) {
      NEXT.lastIndex = at
      const found = NEXT.exec(text)
      next = { at: found?.index ?? Number.POSITIVE_INFINITY, isDisk: found?.[0].startsWith('-') === true }
    }
    return next.isDisk
  }
  return text.replace(OPTION_VALUE, (whole, option?: string, value?: string, at?: number) => {
    if (option === undefined || value === undefined || at === undefined) return whole
    return option + plainValue(value, () => hasDisksBehind(at + whole.length))
  })
}

function plainValue(value: string, hasDisksBehind: () => boolean): string {
  // `-nographic >log`, `-snapshot 2>&1`: a redirection, and no value.
  if (/^(\d|&)?[<>]/.test(value)) return value
  let end = value.length
  // From the end, since what is text has only text before it.
  for (const { 0: operator, 1: placeholder, index } of [...value.matchAll(OPERATOR)].reverse()) {
    if (operator.startsWith('\\')) continue
    if (placeholder !== undefined) break
    const isGlued = index > 0 && index + operator.length < value.length
    if (isGlued && isText(value, { from: index, to: index + operator.length, end }, hasDisksBehind)) break
    end = index
  }
  const plain = value.slice(0, end).replace(OPERATOR, (found, placeholder?: string) => {
    if (placeholder !== undefined) return `'${placeholder}'`
    return found.startsWith('\\') ? found : found.replace(/./g, '\\$&')
  })
  return plain + value.slice(end)
}

interface Piece {
  /** Of the operator. */
  readonly from: number
  readonly to: number
  /** Of what stands behind it. */
  readonly end: number
}

function isText(value: string, { from, to, end }: Piece, hasDisksBehind: () => boolean): boolean {
  const behind = value.slice(to, end)
  if (/[-=]>$/.test(value.slice(from - 1, to))) return true
  if (/^[<>]&$/.test(value.slice(from, to)) && /^[\d-]$/.test(behind)) return false
  if (PROGRAM.test(behind) || END_OF_LIST.test(behind)) return false
  return !COMMAND.test(behind) || hasDisksBehind()
}
