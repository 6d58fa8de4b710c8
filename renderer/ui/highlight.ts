// Light colouring of the texts Weir writes: enough to find a name and a value, in one pass per line and without a
// grammar engine (those compile code at run time, which the window's CSP refuses).

export type CodeLanguage = 'json' | 'xml' | 'shell' | 'ini' | 'csv' | 'text'
export type TokenKind = 'plain' | 'key' | 'name' | 'comment'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const MAX_LINE_CHARS = 4000

/**
 * What each language calls a key, as one pattern with the groups `comment`, `key` and `word`; what matches none is plain.
 * A `word` is a name where it is one of the names given.
 */
const PATTERNS: Readonly<Record<Exclude<CodeLanguage, 'text'>, RegExp>> = {
  json: /(?<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<word>"(?:[^"\\]|\\.)*")/g,
  xml: /(?<comment><!--.*?-->)|(?<key><\/?[\w:.-]+|\/?>|\?>)|(?<word>[^\s<>'"=]+)/g,
  shell:
    /(?<comment>(?<=^|\s)#.*$)|(?<key>(?<=^|\s)--?[A-Za-z][\w-]*|"[\w.-]+"(?=\s*:)|[\w.-]+(?==))|(?<word>[^\s,='":{}[\]]+)/g,
  ini: /(?<comment>^\s*#.*$)|(?<key>^\s*[\w.-]+(?=\s*[:=])|[\w.-]+(?==)|\[[^\]]*\])|(?<word>[^\s,=:]+)/g,
  csv: /(?<word>[^,"]+)/g,
}

/** One line of `text` as tokens; a line that is too long to draw is cut and says by how much. */
export function highlightLine(line: string, language: CodeLanguage, names: ReadonlySet<string>): readonly Token[] {
  const cut = line.length > MAX_LINE_CHARS
  const text = cut ? line.slice(0, MAX_LINE_CHARS) : line
  const tokens = language === 'text' ? [{ kind: 'plain' as const, text }] : tokensOf(text, PATTERNS[language], names)
  return cut
    ? [...tokens, { kind: 'comment', text: ` … ${line.length - MAX_LINE_CHARS} more characters in this line` }]
    : tokens
}

function tokensOf(text: string, pattern: RegExp, names: ReadonlySet<string>): readonly Token[] {
  const tokens: Token[] = []
  const push = (kind: TokenKind, part: string) => {
    const last = tokens.at(-1)
    if (part === '') return
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + part }
    else tokens.push({ kind, text: part })
  }
  let end = 0
  for (const match of text.matchAll(pattern)) {
    push('plain', text.slice(end, match.index))
    end = match.index + match[0].length
    push(kindOf(match, names), match[0])
  }
  push('plain', text.slice(end))
  return tokens
}

function kindOf(match: RegExpMatchArray, names: ReadonlySet<string>): TokenKind {
  if (match.groups?.comment !== undefined) return 'comment'
  if (match.groups?.key !== undefined) return 'key'
  const word = match[0].replace(/^"|"$/g, '')
  return names.has(word) ? 'name' : 'plain'
}
