import { expect, test } from 'vitest'
import { devicesOf, read, readMachine, told } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { guessFormat } from '../formats.ts'
import { libvirtXml } from './libvirt-xml.ts'

// What the reader makes of domains that people wrote or put together, and that libvirt takes otherwise or not at all.

const GROUP =
  '<throttlegroups><throttlegroup><group_name>g</group_name><total_iops_sec>5</total_iops_sec></throttlegroup></throttlegroups>'
const disk = (target: string, inside: string) => `<disk><target dev='${target}' bus='virtio'/>${inside}</disk>`
const iotune = (inside: string) => `<iotune>${inside}</iotune>`
const iops = (value: number) => `<total_iops_sec>${value}</total_iops_sec>`
const lossesOf = (text: string) => read('libvirt-xml', text).losses.map(formatLoss)

test('limits beside filters are a loss, since libvirt refuses both', () => {
  const filters = "<throttlefilters><throttlefilter group='g'/></throttlefilters>"
  const { workspace, losses } = read(
    'libvirt-xml',
    `<domain>${GROUP}${disk('vda', filters + iotune(iops(9)))}</domain>`,
  )
  expect(workspace.groups).toEqual({ g: { 'iops-total': 5 } })
  expect(losses.map(formatLoss)).toEqual([
    "vda iotune: not-understood: the limits here are left out: block 'throttlefilters' can't be used together with 'iotune', so libvirt refuses the domain",
  ])
})

test('of a limit that stands twice the first counts, as in libvirt', () => {
  const text = `<domain>${disk('vda', iotune(`${iops(5)}${iops(9)}`))}</domain>`
  expect(told(read('libvirt-xml', text)).groups).toEqual({ vda: { 'iops-total': 5 } })
  expect(lossesOf(text)).toEqual([
    'vda iotune: dropped: <total_iops_sec> is given twice; libvirt takes the first: 5 is kept, 9 is left out',
  ])
  expect(lossesOf(`<domain>${disk('vda', iotune(`${iops(5)}${iops(5)}`))}</domain>`)).toEqual([])
  const groups = GROUP.replace('</throttlegroups>', GROUP.replace('<throttlegroups>', '').replace('5', '9'))
  expect(lossesOf(`<domain>${groups}</domain>`)).toEqual([
    'throttlegroup g: not-understood: a second one of this name; libvirt refuses the domain',
  ])
})

test('the files of /etc/libvirt/qemu, one behind the other, and disks without a domain', () => {
  const file = (name: string, value: number) =>
    `<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n  virsh edit ${name}\n-->\n\n<domain type='kvm'><name>${name}</name>${disk('vda', iotune(iops(value)))}</domain>\n`
  const both = file('web', 5) + file('db', 7)
  expect(readMachine('libvirt-xml', both, 'web').workspace.groups).toEqual({ vda: { 'iops-total': 5 } })
  expect(readMachine('libvirt-xml', both, 'db').workspace.groups).toEqual({ vda: { 'iops-total': 7 } })
  const disks = `${disk('vda', iotune(iops(5)))}\n${disk('vdb', '')}`
  expect(devicesOf(read('libvirt-xml', disks).workspace)).toEqual([
    'vda in vda {"style":"legacy"}',
    'vdb in no group {}',
  ])
})

test.each([
  '$ virsh dumpxml ',
  'root@kvm:~# virsh dumpxml --inactive ',
  '[me@kvm ~]$ sudo virsh -c qemu:///system dumpxml ',
  'virsh # dumpxml ',
])('what a terminal shows is read: %s', (prompt) => {
  const domain = (name: string) =>
    `${prompt}${name}\n<domain><name>${name}</name>${disk('vda', iotune(iops(5)))}</domain>\n\n`
  const [end = ''] = /^.*?[$#] /.exec(prompt) ?? []
  expect(guessFormat(domain('web') + end)).toMatchObject({ ok: true, value: { id: 'libvirt-xml' } })
  expect(told(read('libvirt-xml', domain('web') + end))).toMatchObject({
    groups: { vda: { 'iops-total': 5 } },
    losses: [],
  })
  expect(readMachine('libvirt-xml', domain('web') + domain('db') + end, 'db').workspace.name).toBe('db')
})

test('another command in a terminal’s text is not passed over', () => {
  const text = `<domain>${disk('vda', '')}</domain>\n$ virsh blkdeviotune web vda --total-iops-sec 5\n`
  expect(libvirtXml.read?.(text, {})).toMatchObject({ ok: false, issues: [{ code: 'not-xml' }] })
})

test('a remark above the domain that names an element is no element', () => {
  const domain = `<domain type='kvm'><name>web</name><devices>${disk('vda', iotune(iops(5)))}</devices></domain>`
  const groups = { vda: { 'iops-total': 5 } }
  for (const above of ['<!-- see <disk> below -->', '<?xml version="1.0"?>\n<!-- a -->\n<!-- <disk> -->\n'])
    expect(told(read('libvirt-xml', above + domain))).toMatchObject({ name: 'web', groups, losses: [] })
  expect(told(read('libvirt-xml', `<!-- of <domain> web -->\n${disk('vda', iotune(iops(5)))}`)).groups).toEqual(groups)
})

test.each([
  ['q', "<q:commandline><q:arg value='-drive'/><q:arg value='if=none,id=d0,iops=50'/></q:commandline>"],
  ['qemu', "<qemu:commandline><qemu:arg value='-drive'/><qemu:arg value='if=none,id=d0,iops=50'/></qemu:commandline>"],
])('options for QEMU below the prefix %s', (prefix, commandline) => {
  const text = (uri: string) => `<domain type='kvm' xmlns:${prefix}='${uri}'>${commandline}${disk('vda', '')}</domain>`
  expect(read('libvirt-xml', text('http://libvirt.org/schemas/domain/qemu/1.0')).workspace.groups).toEqual({
    d0: { 'iops-total': 50 },
  })
  expect(read('libvirt-xml', text('http://libvirt.org/schemas/domain/xen/1.0')).workspace.groups).toEqual({})
})
