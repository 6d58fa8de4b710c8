// What fio puts in while it reads a job file: `${NAME}` from the environment (nothing where it is not set), and its own
// words $ncpus, $pagesize and $mb_memory, of the machine it runs on, with which it also multiplies (`2*$ncpus`).

export interface FioPlace {
  /** By name, `$ncpus` among them; undefined: the environment is not known. */
  readonly variables: Readonly<Record<string, string>> | undefined
  /** A value that was put in, or that is missing (null). */
  readonly report: (name: string, value: string | null) => void
}

/** fio's own: the same on nearly every machine; the others differ. */
const PAGE_BYTES = '4096'

/** null: something is not known, so that the option says nothing. */
export function expandFioValue(text: string, { variables, report }: FioPlace): string | null {
  if (!text.includes('$')) return text
  let isKnown = true
  const lookUp = (name: string, otherwise: string | undefined): string => {
    const value = (variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined) ?? otherwise
    report(name, value ?? null)
    if (value === undefined) isKnown = false
    return value ?? ''
  }
  const filled = text
    .replace(/\$\{([^}]*)\}/g, (_, name: string) => lookUp(name, variables === undefined ? undefined : ''))
    .replace(/\$(ncpus|pagesize|mb_memory)/g, (word, name: string) => {
      return lookUp(word, name === 'pagesize' ? PAGE_BYTES : undefined)
    })
  if (!isKnown) return null
  return filled === text ? text : multiplied(filled)
}

function multiplied(text: string): string {
  if (!/^\d+(\*\d+)+$/.test(text)) return text
  return String(text.split('*').reduce((product, factor) => product * Number(factor), 1))
}
