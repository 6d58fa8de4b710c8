import { type Policy, parsePolicy } from '#main/policy/policy.ts'
import { readText } from '#main/workspace/read-text.ts'
import { failed, type Result } from '#shared/issue.ts'

/** Issues are led by the file. */
export async function readPolicy(file: string): Promise<Result<Policy>> {
  const text = await readText(file)
  if (!text.ok) return text
  const parsed = parsePolicy(text.value)
  if (parsed.ok) return parsed
  return failed(parsed.issues.map((issue) => ({ ...issue, path: issue.path === '' ? file : `${file}: ${issue.path}` })))
}
