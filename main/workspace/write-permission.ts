import fs from 'node:fs/promises'
import path from 'node:path'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { blockUse } from './mounted.ts'

// A workspace says which files its loads write to, and anybody may have written the workspace. So whoever runs it says it
// once more: in general for files of their own, by name for all others.

export interface WritePermission {
  /** Every file that the workspace names and the user owns. */
  readonly isGeneral: boolean
  /** These, whoever owns them; relative to the working folder. */
  readonly named: readonly string[]
}

/** Issues for each file of `workspace`, whose paths are absolute, that may not be written to. `uid`: who runs it. */
export async function checkWritePermission(
  { devices }: Workspace,
  permission: WritePermission,
  uid: number | undefined = process.getuid?.(),
): Promise<Result<null>> {
  const named = new Set(await Promise.all(permission.named.map((file) => realPath(path.resolve(file)))))
  const issues: Issue[] = []
  for (const [index, { disk }] of devices.entries()) {
    if (disk.kind !== 'file' || disk.write !== true || disk.path === undefined) continue
    const reason = await refusal(disk.path, { isGeneral: permission.isGeneral, named, uid })
    if (reason !== null) issues.push({ path: `devices[${index}].disk.write`, ...reason })
  }
  return issues.length > 0 ? failed(issues) : ok(null)
}

interface Asked {
  readonly isGeneral: boolean
  readonly named: ReadonlySet<string>
  readonly uid: number | undefined
}

async function refusal(file: string, { isGeneral, named, uid }: Asked): Promise<Omit<Issue, 'path'> | null> {
  const stat = await fs.stat(file).catch(() => null)
  // What is not there is refused, with its reason, where it is opened.
  if (stat === null) return null
  const use = stat.isBlockDevice() ? await blockUse(stat.rdev) : null
  if (use !== null) {
    return { code: 'device-in-use', message: `${file} is not written to: ${use}; take it out of use first` }
  }
  if (named.has(await realPath(file))) return null
  const byName = `allow it by name: --write-to ${file}`
  if (!isGeneral) {
    const message = `the load overwrites ${file}; allow that with --write (files of your own), or ${byName}`
    return { code: 'write-not-allowed', message }
  }
  if (stat.isBlockDevice()) return { code: 'write-not-allowed', message: `${file} is a device; ${byName}` }
  if (uid === 0) return { code: 'write-not-allowed', message: `root may write to any file; ${byName}` }
  if (uid !== undefined && stat.uid !== uid) {
    return { code: 'write-not-allowed', message: `${file} belongs to somebody else; ${byName}` }
  }
  return null
}

async function realPath(file: string): Promise<string> {
  return fs.realpath(file).catch(() => file)
}
