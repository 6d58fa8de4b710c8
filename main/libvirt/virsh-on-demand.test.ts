import { afterEach, expect, test } from 'vitest'
import { UnsentError } from '#main/engine-error.ts'
import { Host } from '#main/live/host/host.ts'
import type { HostLook } from '#shared/host-look.ts'
import { FRESH_MS, sendByVirsh } from './libvirt-domain.ts'
import { LibvirtLink } from './libvirt-link.ts'
import { LibvirtPort } from './libvirt-port.ts'
import { FakeVirsh } from './testing/fake-virsh.ts'
import { VirshOnDemand } from './virsh-on-demand.ts'

// One domain that hangs, beside others that wait for the same virsh.

/** Long enough for what answers on a busy machine; what hangs costs it once. */
const PATIENCE_MS = 2000

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(cases: string): Promise<FakeVirsh> {
  const fake = await FakeVirsh.start(cases)
  cleanups.push(() => fake.close())
  return fake
}

function writer(): VirshOnDemand {
  const virsh = new VirshOnDemand({ uri: 'test:///', access: 'write' })
  cleanups.push(() => virsh.close())
  return virsh
}

test('what waits behind a command that hangs begins in a fresh virsh; the one itself is not given again', async () => {
  const fake = await start(`'blkdeviotune web01 '*) hang ;; 'blkdeviotune '*) echo done ;;`)
  const virsh = writer()
  const run = (domain: string) => virsh.run(['blkdeviotune', domain, 'vda'], PATIENCE_MS)
  const all = await Promise.allSettled([run('db01'), run('web01'), run('db02'), run('db03')])
  expect(all.map((each) => (each.status === 'fulfilled' ? each.value.trim() : each.reason.code))).toEqual([
    'done',
    'qmp-timeout',
    'done',
    'done',
  ])
  expect(await run('db01')).toBe('done\n')
  expect(await fake.commands()).toEqual([
    '1 blkdeviotune db01 vda',
    '1 blkdeviotune web01 vda',
    '2 blkdeviotune db02 vda',
    '2 blkdeviotune db03 vda',
    '2 blkdeviotune db01 vda',
  ])
})

test('a virsh that dies takes along the command that it was given, and no other', async () => {
  const fake = await start(`'blkdeviotune web01 '*) exit 1 ;; 'blkdeviotune '*) echo done ;;`)
  const virsh = writer()
  const run = (domain: string) => virsh.run(['blkdeviotune', domain, 'vda'])
  const all = await Promise.allSettled([run('web01'), run('db01')])
  expect(all.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.code))).toEqual([
    'qmp-lost',
    'done\n',
  ])
  expect(await fake.commands()).toEqual(['1 blkdeviotune web01 vda', '2 blkdeviotune db01 vda'])
})

test('commands that wait when it is closed begin nowhere', async () => {
  const fake = await start(`'dumpxml '*) hang ;;`)
  const virsh = writer()
  const waiting = Promise.allSettled([virsh.run(['dumpxml', 'web01']), virsh.run(['dumpxml', 'db01'])])
  while ((await fake.commands()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  virsh.close()
  const [first, second] = (await waiting).map((each) => (each.status === 'rejected' ? each.reason : null))
  expect([first, second]).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }])
  expect([first instanceof UnsentError, second instanceof UnsentError]).toEqual([false, true])
  expect(await fake.commands()).toEqual(['1 dumpxml web01'])
})

test('a write whose end is not known is not sent again, what was to follow it is not sent, and both are said', async () => {
  const fake = await start(`${HANGING}
  'blkdeviotune '*' 2 --live') exit 1 ;;`)
  const link = await LibvirtLink.open({ kind: 'libvirt', uri: 'test:///', domain: 'db01' })
  cleanups.push(() => link.close())
  const steps = ['1', '2', '3'].map((iops) => ({
    command: { connect: 'test:///', virsh: ['blkdeviotune', 'db01', 'vda', '--total-iops-sec', iops, '--live'] },
    into: [],
    makes: null,
    empties: null,
  }))
  expect((await link.send(steps)).map(({ outcome }) => outcome)).toEqual(['done', 'unknown', 'unsent'])
  expect((await fake.commands()).filter((line) => line.includes('blkdeviotune'))).toEqual([
    '2 blkdeviotune db01 vda --total-iops-sec 1 --live',
    '2 blkdeviotune db01 vda --total-iops-sec 2 --live',
  ])
})

const FIGURES = ['rd.reqs=7', 'rd.bytes=7', 'rd.times=7', 'wr.reqs=7', 'wr.bytes=7', 'wr.times=7']
const stats = (domain: string, figures: readonly string[]) =>
  [
    `echo "Domain: '${domain}'"`,
    ...['state.state=1', 'block.count=1', 'block.0.name=vda'].map((line) => `echo ${line}`),
    ...figures.map((line) => `echo block.0.${line}`),
  ].join('; ')
const XML = (domain: string) =>
  `<domain type="qemu" id="1"><name>${domain}</name><uuid>${domain}</uuid><devices><disk device="disk"><source file="x"/><target dev="vda" bus="virtio"/></disk></devices></domain>`

const HUNG = ['1', '2', '3', '4', '5', '6', '7'].map((number) => `web0${number}`)

/** As libvirt does: the first domstats about a domain that hangs waits for its QEMU, later ones leave its figures out. */
const HANGING = `
  'list '*) printf '%s\\n' db01 ${HUNG.join(' ')} ;;
  'domstats '*'--list-active') for each in ${HUNG.join(' ')}; do
      [ -e "$LOG.$each" ] || { touch "$LOG.$each"; hang; }
    done
    ${stats('db01', FIGURES)}; ${HUNG.map((name) => stats(name, [])).join('; ')} ;;
  'domstats '*db01) ${stats('db01', FIGURES)} ;;
  'domstats '*web*) each=\${line##* }; [ -e "$LOG.$each" ] || { touch "$LOG.$each"; hang; }
    echo "Domain: '$each'"; ${stats('', []).replace(/^[^;]*; /, '')} ;;
  'dumpxml '*db01) echo '${XML('db01')}' ;;`

test('domains that hang are silent and asked for nothing more; their neighbour never fails', async () => {
  const fake = await start(HANGING)
  const port = new LibvirtPort('test:///', { patienceMs: PATIENCE_MS })
  const host = new Host({ ports: [port], periodMs: 50 })
  cleanups.push(() => host.close())
  await host.start()
  const { vms } = await new Promise<HostLook>((resolve) => {
    host.onLook((look) => {
      const silent = look.vms.filter(({ looks }) => looks.failed >= 1)
      const seen = look.vms.some(({ name, looks }) => name === 'db01' && looks.answered >= 2)
      if (silent.length === HUNG.length && seen) resolve(look)
    })
  })
  const silent = (name: string) => [name, 'silent', true, `libvirt reports no figures for ${name}.`]
  expect(vms.map(({ name, state, looks, problem }) => [name, state, looks.failed > 0, problem])).toEqual([
    ['db01', 'running', false, null],
    ...HUNG.map(silent),
  ])
  expect(vms[0]?.disks).toMatchObject([{ id: 'vda', counted: true, read: { requests: 7 } }])
  const asked = (await fake.commands()).filter((line) => line.includes('web0'))
  expect(asked.filter((line) => !/domstats .*--nowait web0\d$/.test(line))).toEqual([])
})

test('a domain that is busy is asked again, and nobody waits in libvirt for it', async () => {
  const fake = await start(`
  'domstats '*) echo >> "$LOG.asked"; [ "$(wc -l < "$LOG.asked")" -lt 3 ] && { ${stats('db01', [])}; } || { ${stats('db01', FIGURES)}; } ;;
  'dumpxml '*) echo '${XML('db01')}' ;;`)
  const link = await LibvirtLink.open({ kind: 'libvirt', uri: 'test:///', domain: 'db01' })
  cleanups.push(() => link.close())
  expect((await link.look(() => 0)).stats).toMatchObject([{ key: 'vda', counters: { read: { operations: 7 } } }])
  const asked = (await fake.commands()).filter((line) => line.includes('domstats'))
  expect(asked).toEqual(Array.from({ length: 4 }, () => '1 domstats --state --block --nowait db01'))
})

test('nor is a domain of a host silent that another command had for a moment', async () => {
  await start(`
  'list '*) echo db01 ;;
  'domstats '*'--list-active') echo >> "$LOG.asked"; [ "$(wc -l < "$LOG.asked")" = 1 ] && { ${stats('db01', FIGURES)}; } || { ${stats('db01', [])}; } ;;
  'domstats '*) ${stats('db01', FIGURES)} ;;
  'dumpxml '*) echo '${XML('db01')}' ;;`)
  const port = new LibvirtPort('test:///', { patienceMs: PATIENCE_MS })
  cleanups.push(() => port.close())
  const [place] = await port.list()
  const link = await port.open(place!, {})
  await new Promise((resolve) => setTimeout(resolve, FRESH_MS + 100)) // what opened it is old by then
  expect((await link.look(() => 0)).stats).toMatchObject([{ key: 'vda', counters: { read: { operations: 7 } } }])
})

test('beside one that hangs, a domain named by digits is asked by its UUID: the number is another one’s ID', async () => {
  const uuid = '11111111-1111-1111-1111-111111111111'
  const fake = await start(`
  'list '*--uuid*) printf '%s\\n' '${uuid} 7' ;;
  'list '*) printf '%s\\n' 7 web01 ;;
  'domstats '*'--list-active') hang ;;
  'domstats '*${uuid}) ${stats('7', FIGURES)} ;;
  'domstats '*web01) ${stats('web01', [])} ;;
  'dumpxml '*${uuid}) echo '${XML('7')}' ;;`)
  const port = new LibvirtPort('test:///', { patienceMs: PATIENCE_MS })
  cleanups.push(() => port.close())
  const link = await port.open({ id: 'libvirt:test:///#7', label: '7' }, {})
  expect((await link.look(() => 0)).stats).toMatchObject([{ key: 'vda', counters: { read: { operations: 7 } } }])
  expect((await fake.commands()).filter((line) => / 7$/.test(line))).toEqual([])
})

test('of a libvirt that lets nobody write, a command was never sent', async () => {
  await start(`uri) printf 'error: failed to connect to the hypervisor\\nerror: access denied\\n' >&2; exit 1 ;;`)
  const step = {
    command: { connect: 'test:///', virsh: ['blkdeviotune', 'web01', 'vda'] },
    into: [],
    makes: null,
    empties: null,
  }
  expect(await sendByVirsh(writer(), [step])).toMatchObject([{ outcome: 'unsent' }])
})
