import { afterEach, describe, expect, test } from 'vitest'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { read } from '../fixtures/read.ts'
import { absent, endAll, HAS_QEMU, SLOW_MS, start, type View } from '../fixtures/real-qemu.ts'
import { splitShellWords } from '../text/shell-quoting.ts'

// Command lines as people write them, given to a real QEMU: the disks, their names, groups and limits that Weir reads from
// the text are those that QEMU's `query-block` shows.

// A disk of which QEMU reads the first sector at its start, for its geometry, must not be held to a few bytes a second.
const NULL = 'driver=null-co,read-zeroes=on'

const LINES: readonly string[] = [
  `-M pc -drive ${NULL},iops=010 -drive ${NULL},bps=0x1000,media=cdrom -drive ${NULL},iops=+7 -drive ${NULL}`,
  `-M q35 -drive ${NULL},iops=5,iops=6,group=a,group=b -drive ${NULL},media=cdrom -drive ${NULL},bps_rd=900000,group=a,iops_rd=3`,
  `-M pc -drive ${NULL},index=2,iops=4 -drive ${NULL},bus=0,unit=1,iops=3 -drive if=virtio,${NULL},iops_wr=2 -drive if=virtio,index=5,${NULL}`,
  `-M q35 -cdrom null-co:// -hdb null-co:// null-co:// -snapshot -drive if=floppy,${NULL},iops=1`,
  `-M none -drive ${NULL},iops=1 -drive if=none,id=none5,${NULL},iops=2 -drive ${NULL},iops=3`,
  `-M pc -drive if=none,id=d0,${NULL},iops=7 -set drive.d0.iops=5 -set drive.d0.group=hh -drive if=none,id=d1,${NULL} -set drive.d1.throttling.bps-total=99`,
  `-M pc -device virtio-scsi,id=s -device scsi-hd,id=x0,drive=d0,bus=s.0 -drive if=none,id=d0,${NULL},iops=5,iops_max=50,throttling.iops-total-max-length=2,iops_size=512,group=a,,b -drive if=none,id=d1,${NULL},bps=3 -device virtio-blk-pci,id=x1,drive=d1 -device nec-usb-xhci -drive if=none,id=d2,${NULL},bps=4 -device usb-storage,id=x2,drive=d2`,
]

interface Shown {
  readonly qdev: string | null
  readonly group: string | null
  readonly limits: Readonly<Record<string, number>>
}

/** What the views show of each disk with a medium. Devices that QEMU names by their place in the machine have no fixed name. */
function shownByQemu(views: readonly View[]): Readonly<Record<string, Shown>> {
  return Object.fromEntries(
    views.flatMap(({ device, qdev, inserted }) => {
      if (inserted === undefined) return []
      const limits = Object.entries(inserted).filter(([key, value]) => /^(bps|iops)/.test(key) && value !== 0)
      const fixed = qdev === undefined || /unattached|peripheral-anon/.test(qdev) ? null : qdev
      const group = typeof inserted.group === 'string' ? inserted.group : null
      return [[device, { qdev: fixed, group, limits: Object.fromEntries(limits) as Record<string, number> }]]
    }),
  )
}

function shownByWeir(line: string): Readonly<Record<string, Shown>> {
  const { workspace } = read('qemu-args', `qemu-system-x86_64 ${line}`)
  return Object.fromEntries(
    workspace.devices.map(({ id, groups, qemu }) => {
      const [group = null] = groups
      const limits = group === null ? {} : (workspace.groups[group] ?? {})
      expect(group === null || hasAnyLimit(limits)).toBe(true)
      return [id, { qdev: qemu.qdev ?? null, group, limits: legacyNames(limits) }]
    }),
  )
}

/** `iops-read-max-length` → `iops_rd_max_length`. */
function legacyNames(limits: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const short = (key: string) =>
    key.replace('-total', '').replace('-read', '_rd').replace('-write', '_wr').replaceAll('-', '_')
  const bursts = Object.keys(limits).filter((key) => key.endsWith('-max'))
  const lengths = Object.fromEntries(bursts.map((key) => [`${key}-length`, 1]))
  return Object.fromEntries(Object.entries({ ...lengths, ...limits }).map(([key, value]) => [short(key), value]))
}

describe.runIf(HAS_QEMU)(`a real QEMU${absent('qemu-system-x86_64', HAS_QEMU)} shows what Weir reads of`, () => {
  afterEach(endAll)

  test.each(LINES)(
    '%s',
    async (line) => {
      const fixed = ['-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio']
      const qemu = await start('qemu-system-x86_64', [...fixed, ...splitShellWords(line).words])
      expect(shownByWeir(line)).toEqual(shownByQemu((await qemu.do('query-block')) as View[]))
    },
    SLOW_MS,
  )

  test.each([
    [`-M q35 -drive ${NULL},unit=1`, 'unit 1 too big (max is 0)'],
    [`-drive ${NULL},index=0 -drive ${NULL},index=0`, 'drive with bus=0, unit=0'],
    [`-drive if=none,id=d,${NULL},iops=5,throttling.iops-total=6`, "can't be used at the same time"],
    [`-drive if=none,id=d,${NULL},iops=5,iops_max_length=2`, "doesn't support the option 'iops_max_length'"],
    [`-drive if=none,id=d,${NULL},iops=08`, 'expects a number'],
    [`-drive if=none,id=d,${NULL},bps_max=5`, 'bps_max/iops_max require corresponding bps/iops values'],
    [`-drive if=none,id=d,${NULL} -drive if=none,id=d,${NULL}`, "Duplicate ID 'd' for drive"],
    ['-set drive.d.iops=5', 'there is no drive'],
    ['-object throttle-group,id=g,limits.iops-total=5', "Invalid parameter 'limits.iops-total'"],
  ])(
    'and it does not start with %s, of which Weir reports a loss',
    async (line, reason) => {
      const words = splitShellWords(line).words
      const fixed = ['-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio']
      const said = await start('qemu-system-x86_64', [...fixed, ...words]).then(
        () => 'it started',
        (cause: unknown) => String(cause),
      )
      expect(said).toContain(reason)
      // A line without anything else has nothing to import.
      const lossy = read('qemu-args', `qemu-system-x86_64 ${line} -drive if=none,id=other,${NULL}`)
      expect(lossy.losses.filter((loss) => loss.to === undefined || loss.kind !== 'converted')).not.toEqual([])
    },
    SLOW_MS,
  )
})
