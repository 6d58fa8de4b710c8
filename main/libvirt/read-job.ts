import type { BlockJob } from '#shared/block-job.ts'

/** libvirt's words for a kind → QEMU's. */
const KINDS: Readonly<Record<string, string>> = {
  'Block Pull': 'stream',
  'Block Copy': 'mirror',
  'Block Commit': 'commit',
  'Active Block Commit': 'commit',
  Backup: 'backup',
}

/** What `blockjob DOMAIN TARGET --raw --bytes` prints; null: nothing, so no job runs on this disk. */
export function readJob(target: string, text: string): BlockJob | null {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^ *(\w+)=(.*)$/.exec(line) ?? []
      return name === '' ? [] : [[name, value] as const]
    }),
  )
  const kind = values.get('type')
  if (kind === undefined) return null
  const number = (name: string) => (/^\d+$/.test(values.get(name) ?? '') ? Number(values.get(name)) : null)
  return {
    id: target,
    kind: KINDS[kind] ?? kind,
    status: null,
    doneBytes: number('cur') ?? 0,
    totalBytes: number('end') ?? 0,
    speedBps: number('bandwidth'),
    error: null,
    nodes: null,
  }
}
