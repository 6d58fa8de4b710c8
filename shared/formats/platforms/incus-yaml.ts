// Incus' YAML in lines, cut into instances: `incus config show` of several one after the other, or `incus list -f yaml`.

export interface YamlLine {
  readonly text: string
  readonly path: string
  /** `- ` counts as two spaces. */
  readonly indent: number
  /** null: the line has none. */
  readonly key: string | null
  readonly value: string
}

interface YamlInstance {
  readonly name: string | null
  readonly lines: readonly YamlLine[]
}

/** An instance ends at `---`, at the next item of a list of them, and where one of its own keys is repeated. */
export function yamlInstances(text: string): readonly YamlInstance[] {
  const instances: YamlLine[][] = []
  let keys = new Set<string>()
  let isOver = true
  for (const [index, each] of text.split(/\r?\n/).entries()) {
    if (/^(---|\.\.\.)(\s|$)/.test(each)) isOver = true
    else if (!/^\s*(#|$)/.test(each)) {
      const line = yamlLine(each, `line ${index + 1}`)
      const first = instances.at(-1)?.find(({ key }) => key !== null)
      const isOwn = first !== undefined && line.key !== null && line.indent === first.indent
      const isNext = isOwn && (isItemLike(line, first) || keys.has(line.key ?? ''))
      if (isOver || isNext) {
        instances.push([])
        keys = new Set()
      }
      isOver = false
      instances.at(-1)?.push(line)
      if (line.key !== null && (isOwn || isNext || keys.size === 0)) keys.add(line.key)
    }
  }
  return instances.map((lines) => ({ name: nameOf(lines), lines }))
}

function yamlLine(text: string, path: string): YamlLine {
  const match = /^( *(?:- +)?)([\w./-]+):(?:\s+(.*?))?\s*$/.exec(text)
  const value = (match?.[3] ?? '').replace(/^(["'])(.*)\1$/, '$2')
  return { text, path, indent: match?.[1]?.length ?? 0, key: match?.[2] ?? null, value }
}

/** Of the list that the first line begins an item of; lists inside an instance stand elsewhere. */
function isItemLike(line: YamlLine, first: YamlLine): boolean {
  return /^ *- /.test(line.text) && /^ *- /.test(first.text)
}

function nameOf(lines: readonly YamlLine[]): string | null {
  const own = lines.find(({ key }) => key !== null)?.indent
  const name = lines.find(({ key, indent }) => key === 'name' && indent === own)?.value ?? ''
  return name === '' ? null : name
}
