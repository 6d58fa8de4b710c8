import { failed, ok, type Result } from '#shared/issue.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { devicePairs, type PairedOption } from '../device-pairs.ts'
import type { Loss } from '../format.ts'
import { shortQdev } from '../qemu/qemu-model.ts'
import { childOf, findElements, parseXml } from '../text/xml.ts'

// Which target of a domain a disk is. `vda` says so itself, and libvirt makes `virtio-diskN` of the N-th letter. Aliases of
// SCSI, SATA and IDE disks say where a disk is plugged in, not what its target is called: only `virsh domblklist` and the
// domain's XML know. Nothing is guessed; a command for the wrong disk would throttle somebody else.

export interface Target {
  readonly device: Device
  readonly path: string
  /** null: not known. */
  readonly target: string | null
}

const TARGET = /^(?:vd|sd|hd|xvd|fd|ubd)[a-z]{1,3}$/
const TARGETS_OPTION: PairedOption = {
  option: 'targets',
  value: 'TARGET',
  example: 'vda',
  pattern: TARGET,
  isShared: false,
}

/** What is said of the disks, by each name that a device may have. */
type Known = ReadonlyMap<string, string>

export function targetsOf(workspace: Workspace, given: string | undefined): Result<readonly Target[]> {
  const known = knownTargets(given ?? '', workspace)
  if (!known.ok) return known
  const taken = new Set<string>()
  // Who is named goes before who is told by QEMU's names.
  const sure = workspace.devices.map((device) =>
    take(taken, known.value.get(`id ${device.id}`) ?? ownTarget(device.id)),
  )
  const targets = workspace.devices.map((device, index): Target => {
    const target = sure[index] ?? take(taken, targetOf(device, known.value))
    return { device, path: `devices[${index}]`, target: target ?? null }
  })
  return ok(targets)
}

function take(taken: Set<string>, target: string | null): string | null {
  if (target === null || taken.has(target)) return null
  taken.add(target)
  return target
}

function ownTarget(name: string): string | null {
  return TARGET.test(name) ? name : null
}

function targetOf({ id, qemu, disk }: Device, known: Known): string | null {
  const alias = shortQdev(qemu.qdev ?? qemu.drive?.replace(/^drive-/, '') ?? '')
  const path = disk.kind === 'file' ? disk.path : undefined
  const number = /^virtio-disk(\d{1,4})$/.exec(alias)?.[1]
  return (
    known.get(`alias ${alias}`) ??
    known.get(`alias ua-${id}`) ??
    known.get(`source ${path}`) ??
    (number === undefined ? null : virtioTarget(Number(number)))
  )
}

/** 0 → vda, 25 → vdz, 26 → vdaa. */
export function virtioTarget(index: number): string {
  let letters = ''
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters
  }
  return `vd${letters}`
}

function knownTargets(given: string, workspace: Workspace): Result<Known> {
  if (given.trim() === '') return ok(new Map())
  if (given.trimStart().startsWith('<')) return targetsOfXml(given)
  if (/\bTarget\s+Source\b/.test(given)) return ok(targetsOfTable(given))
  const pairs = devicePairs(given, workspace, TARGETS_OPTION)
  return pairs.ok ? ok(new Map([...pairs.value].map(([id, target]) => [`id ${id}`, target]))) : pairs
}

function targetsOfXml(text: string): Result<Known> {
  const parsed = parseXml(text)
  if (!parsed.ok) return failed(parsed.issues.map((issue) => ({ ...issue, path: 'targets' })))
  const known = new Map<string, string>()
  for (const disk of findElements(parsed.value, 'disk')) {
    const target = childOf(disk, 'target')?.attributes.dev
    const alias = childOf(disk, 'alias')?.attributes.name
    const source = childOf(disk, 'source')?.attributes
    if (target === undefined) continue
    if (alias !== undefined) known.set(`alias ${alias}`, target)
    const path = source?.file ?? source?.dev
    if (path !== undefined) known.set(`source ${path}`, target)
  }
  return ok(known)
}

/** ` vda   /var/lib/x.img`, with or without the type and device in front. */
function targetsOfTable(text: string): Known {
  const rows = text.matchAll(/^\s(?:(?:file|block|network|dir|volume|nvme)\s+\w+\s+)?(\w+)\s+(\S.*)$/gm)
  return new Map(
    [...rows].flatMap(([, target = '', source = '']) =>
      TARGET.test(target) ? [[`source ${source.trimEnd()}`, target] as const] : [],
    ),
  )
}

/** What stands in place of a target that is not known. */
export const UNKNOWN_TARGET = 'TARGET'

export function targetLosses(targets: readonly Target[]): readonly Loss[] {
  return targets.flatMap(({ device, path, target }): readonly Loss[] => {
    if (target === device.id) return []
    if (target === null) {
      const message = `which disk of the domain ${device.id} is, is not known: its command is left as a comment to fill in. virsh domblklist shows the targets; give them as ${device.id}=vda`
      return [{ path, kind: 'dropped', message }]
    }
    const message = `virsh names disks by their target; ${device.id} is ${target}`
    return [{ path: `${path}.id`, kind: 'renamed', message, from: device.id, to: target }]
  })
}
