import type { BlockJob } from '#shared/block-job.ts'

/** What QEMU itself says of its block jobs, and of the nodes that each goes through. */
export interface OwnJobs {
  readonly jobs: readonly BlockJob[]
  readonly nodes: ReadonlyMap<string, readonly string[]>
}

/** QEMU's id of a job that libvirt began: kind, disk and node, as `copy-vda-libvirt-2-format`. */
const ID = /^[a-z]+-(.+)-libvirt-\d+-(?:format|storage|filter)$/
const FILTER = /^libvirt-\d+-filter$/

/** libvirt's job of a disk with what only QEMU tells: its kind and status in QEMU's words, and whether filters hold it. */
export function withOwnJob(job: BlockJob, own: OwnJobs): BlockJob {
  const found = own.jobs.find(({ id }) => ID.exec(id)?.[1] === job.id)
  if (found === undefined) return job
  const { kind, status, error } = found
  const nodes = own.nodes.get(found.id)
  return {
    ...job,
    ...{ kind, status, error, speedBps: job.speedBps ?? found.speedBps },
    ...(nodes === undefined ? {} : { throughFilters: nodes.some((node) => FILTER.test(node)) }),
  }
}
