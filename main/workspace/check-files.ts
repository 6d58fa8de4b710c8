import { constants } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Issue } from '#shared/issue.ts'
import type { FileDisk, Workload, Workspace } from '#shared/workspace/workspace.ts'

/**
 * What the files named in a workspace lack: a disk's file must be there, be large enough, and be readable (writable, if
 * the workspace says `"write": true`); a trace must be readable. Only looks: nothing is created, opened for writing or grown.
 */
export async function checkWorkspaceFiles(workspace: Workspace, folder: string): Promise<readonly Issue[]> {
  const checks = workspace.devices.map(async (device, index) => {
    const issues: Issue[] = []
    const { disk, workload } = device
    if (disk.kind === 'file' && disk.path !== undefined) {
      const issue = await diskIssue(disk, path.resolve(folder, disk.path))
      if (issue) issues.push({ path: `devices[${index}].disk.path`, ...issue })
      const unasked = unaskedWrite(disk, workload)
      if (unasked) issues.push({ path: `devices[${index}].disk.write`, ...unasked })
    }
    if (workload.kind === 'trace') {
      const issue = await readableIssue(path.resolve(folder, workload.path))
      if (issue) issues.push({ path: `devices[${index}].workload.path`, ...issue })
    }
    return issues
  })
  const steps = workspace.script.map(async (step, index) => {
    if (!('setWorkload' in step) || step.setWorkload.workload.kind !== 'trace') return []
    const issue = await readableIssue(path.resolve(folder, step.setWorkload.workload.path))
    return issue ? [{ path: `script[${index}].setWorkload.workload.path`, ...issue }] : []
  })
  return (await Promise.all([...checks, ...steps])).flat()
}

type Complaint = Omit<Issue, 'path'>

async function diskIssue(disk: FileDisk, file: string): Promise<Complaint | null> {
  const unreadable = await readableIssue(file)
  if (unreadable) return unreadable
  if (disk.write === true && !(await may(file, constants.W_OK))) {
    return {
      code: 'permission',
      message: `${file} may not be written to; change its permissions, or take "write": true out to only read it`,
    }
  }
  const stat = await fs.stat(file)
  // A block device says size 0; how much it holds is found when it is opened.
  if (!stat.isFile() || stat.size >= disk.sizeBytes) return null
  const most = stat.size < 512 ? 'name a larger file' : `use "sizeBytes": ${stat.size - (stat.size % 512)} at most`
  return {
    code: 'file-too-small',
    message: `${file} holds ${stat.size} bytes, sizeBytes is ${disk.sizeBytes}; Weir never grows a file it did not make: ${most}`,
  }
}

/** A file of the user's is written to only where the workspace says so, so a load that writes cannot run on it. */
function unaskedWrite(disk: FileDisk, workload: Workload): Complaint | null {
  if (disk.write === true || workload.kind !== 'synthetic' || workload.readPercent === 100) return null
  return {
    code: 'write-not-allowed',
    message: `the load writes (readPercent ${workload.readPercent}) to ${disk.path}, a file of yours; say "write": true to let its content be overwritten, or use readPercent 100`,
  }
}

async function readableIssue(file: string): Promise<Complaint | null> {
  let kind: 'usable' | 'other'
  try {
    const stat = await fs.stat(file)
    kind = stat.isFile() || stat.isBlockDevice() ? 'usable' : 'other'
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // what node:fs rejects with
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return { code: 'file-missing', message: `${file} does not exist; fix the path, or leave it out` }
    }
    return { code: 'permission', message: `${file} cannot be looked at: ${message}` }
  }
  if (kind === 'other') return { code: 'not-a-file', message: `${file} is not a file; name a file or a block device` }
  if (await may(file, constants.R_OK)) return null
  return { code: 'permission', message: `${file} may not be read; change its permissions` }
}

async function may(file: string, mode: number): Promise<boolean> {
  try {
    await fs.access(file, mode)
    return true
  } catch {
    return false
  }
}
