import { FolderPort } from '#main/live/host/folder-port.ts'
import type { VmPort } from '#main/live/host/vm-port.ts'
import { failed, ok, type Result } from '#shared/issue.ts'

// Where a host's VMs are, as the user says it: a folder of QMP sockets.

/** `path` is where the text stands, for the issue. */
export function hostPort(text: string, path: string): Result<VmPort> {
  if (text.trim() === '') return failed([{ path, code: 'host-source', message: `it is empty; use ${FORMS}` }])
  if (/^(unix|tcp):/.test(text)) {
    const message = `${JSON.stringify(text)} is one VM, not a host; use ${FORMS}`
    return failed([{ path, code: 'host-source', message }])
  }
  return ok(new FolderPort(text))
}

const FORMS = 'a folder of QMP sockets'
