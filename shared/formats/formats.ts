import { failed, ok, type Result } from '../issue.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { jsonSchema } from './json-schema.ts'
import { libvirtXml } from './libvirt/libvirt-xml.ts'
import { libvirtdLog } from './libvirt/libvirtd-log.ts'
import { virsh } from './libvirt/virsh.ts'
import { blktrace } from './loads/blktrace.ts'
import { fio } from './loads/fio.ts'
import { fioIolog } from './loads/fio-iolog.ts'
import { traceCsv } from './loads/trace-csv.ts'
import { publishedTraces } from './loads/trace-published.ts'
import { weirRecording } from './loads/weir-recording.ts'
import { blkio } from './platforms/blkio.ts'
import { cloudHypervisor } from './platforms/cloud-hypervisor.ts'
import { firecracker } from './platforms/firecracker.ts'
import { incus } from './platforms/incus.ts'
import { ioMax } from './platforms/io-max.ts'
import { cinderQos, novaFlavor, openstack } from './platforms/openstack.ts'
import { proxmox } from './platforms/proxmox.ts'
import { spdk } from './platforms/spdk.ts'
import { systemd } from './platforms/systemd.ts'
import { hmp } from './qemu/hmp.ts'
import { qemuArgs, storageDaemonArgs } from './qemu/qemu-args.ts'
import { qmp, qmpChangeFormat, qmpLegacy, qmpQuery } from './qemu/qmp.ts'

/** Every format, in the order in which lists show them. */
export const FORMATS: readonly Format[] = [
  qmp,
  qmpLegacy,
  qmpChangeFormat,
  qmpQuery,
  hmp,
  qemuArgs,
  storageDaemonArgs,
  libvirtXml,
  virsh,
  libvirtdLog,
  proxmox,
  cinderQos,
  novaFlavor,
  openstack,
  ioMax,
  blkio,
  systemd,
  incus,
  cloudHypervisor,
  firecracker,
  spdk,
  csv,
  jsonSchema,
  fio,
  fioIolog,
  blktrace,
  ...publishedTraces,
  traceCsv,
  weirRecording,
]

export function findFormat(id: string): Format | null {
  return FORMATS.find((format) => format.id === id) ?? null
}

/** Below this a guess is no better than none. */
const SURE_ENOUGH = 0.2

/** The format that is surest that `text` is its own. */
export function guessFormat(text: string): Result<Format> {
  const guesses = FORMATS.flatMap((format) => {
    const sure = format.read && format.detect ? format.detect(text) : 0
    return sure > SURE_ENOUGH ? [{ format, sure }] : []
  }).sort((a, b) => b.sure - a.sure)
  const [best] = guesses
  if (best) return ok(best.format)
  return failed([
    {
      path: '',
      code: 'unknown-format',
      message: `this looks like none of the formats that Weir reads; say which it is: ${readableIds().join(', ')}`,
    },
  ])
}

export function readableIds(): readonly string[] {
  return FORMATS.filter((format) => format.read).map((format) => format.id)
}

export function writableIds(): readonly string[] {
  return FORMATS.filter((format) => format.write).map((format) => format.id)
}
