import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

/** What an option of `export` says of each disk. */
export interface PairedOption {
  readonly option: string
  /** Of a valid value: its name, an example, and how it looks. */
  readonly value: string
  readonly example: string
  readonly pattern: RegExp
  /** Whether two devices can have the same. */
  readonly isShared: boolean
}

/** `db=8:16,log=8:32` → by device id. */
export function devicePairs(
  text: string,
  { devices }: Workspace,
  { option, value: wanted, example, pattern, isShared }: PairedOption,
): Result<Map<string, string>> {
  const pairs = new Map<string, string>()
  const issues: Issue[] = []
  const refuse = (message: string) => issues.push({ path: option, code: `wrong-${option}`, message })
  for (const pair of text.split(/[,\s]+/).filter((each) => each !== '')) {
    const at = pair.lastIndexOf('=')
    const [id, value] = [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)]
    const before = pairs.get(id)
    const isTaken = !isShared && [...pairs].some(([other, each]) => each === value && other !== id)
    if (before !== undefined && before !== value) refuse(`${id} is given twice; leave one out`)
    else if (isTaken) refuse(`${value} is given twice; leave one out`)
    else if (pattern.test(value) && devices.some((device) => device.id === id)) pairs.set(id, value)
    else
      refuse(
        `${JSON.stringify(pair)} is not valid; use DEVICE=${wanted}, for example ${devices[0]?.id ?? 'db'}=${example}`,
      )
  }
  return issues.length > 0 ? failed(issues) : ok(pairs)
}
