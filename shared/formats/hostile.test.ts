import { describe, expect, test } from 'vitest'
import { FORMATS, guessFormat } from './formats.ts'

// Texts made to hurt: each reader refuses them, or reads what there is, soon and without throwing.

const MEGA = 1024 * 1024
/** Large enough that anything quadratic would not end. */
const BIG = MEGA / 4
/** On an idle machine all are below a second; anything quadratic would take minutes. */
const SOON_MS = 20_000

/** Bytes as a file reader gives them: whatever is no UTF-8 is U+FFFD. */
function noise(length: number): string {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[index] = state >>> 24
  }
  return new TextDecoder().decode(bytes)
}

const BOMB = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY lol${index + 1} "${`&lol${index === 0 ? '' : index};`.repeat(10)}">`,
).join('')}]><domain><name>&lol9;</name><devices><disk><target dev="vda"/></disk></devices></domain>`

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /empty/],
  ['white space', ' \n\t'.repeat(1000), /empty/],
  ['one line of 10 MB', 'a'.repeat(10 * MEGA), /characters|most/],
  ['one line of 10 MB of JSON', `{"execute":"${'a'.repeat(10 * MEGA)}"}`, /characters/],
  ['binary data', noise(MEGA), /binary/],
  ['a NUL in the middle', `<domain>\0</domain>${'x'.repeat(100)}`, /binary|nothing|not/],
]

const readers = FORMATS.filter((format) => format.read)

function readSoon(id: string, text: string): string {
  const format = readers.find((each) => each.id === id)
  const start = performance.now()
  const result = format?.read?.(text, {})
  const tookMs = performance.now() - start
  expect(tookMs, `${id} took ${tookMs} ms`).toBeLessThan(SOON_MS)
  return result?.ok ? 'read' : (result?.issues.map((issue) => issue.message).join('; ') ?? '')
}

// No other reader takes a line as long, and the first to be given values one by one is enough.
test('many values of JSON in one line', () => {
  expect(readSoon('qmp', '-x {"a":1} '.repeat((7 * MEGA) / 12))).toMatch(/more than 200000 JSON values/)
}, 60_000)

describe.each(readers.map((format) => format.id))('%s', (id) => {
  test.each(REFUSED)(
    'refuses %s',
    (_, text, reason) => {
      expect(readSoon(id, text)).toMatch(reason)
    },
    60_000,
  )

  test.each([
    ['deeply nested JSON', `${'['.repeat(2 * BIG)}${']'.repeat(2 * BIG)}`],
    ['deeply nested objects', '{"a":'.repeat(BIG)],
    ['deeply nested XML', '<a>'.repeat(2 * BIG)],
    ['unclosed tags', '<a b="'.repeat(BIG)],
    ['unclosed comments', '<!--'.repeat(BIG)],
    ['many attributes', `<domain ${'a="b" '.repeat(BIG / 2)}><name>x</name></domain>`],
    ['many siblings', `<domain>${'<disk><target dev="vda"/></disk>'.repeat(BIG / 32)}</domain>`],
    ['many line ends', '\n'.repeat(7 * BIG)],
    ['many short lines', 'a=b\n'.repeat(BIG)],
    ['many sections', '[a]\nrw=read\n'.repeat(BIG / 8)],
    ['many drives', 'qemu-system-x86_64 '.concat('-drive id=d,if=none '.repeat(BIG / 4))],
    [
      'many different drives',
      `qemu-system-x86_64 ${Array.from({ length: 30_000 }, (_, index) => `-drive id=d${index},iops=1`).join(' ')}`,
    ],
    [
      'many nodes',
      Array.from(
        { length: 20_000 },
        (_, index) =>
          `{"execute":"blockdev-add","arguments":{"driver":"throttle","node-name":"t${index}","throttle-group":"g","file":"t${index + 1}"}}`,
      ).join('\n'),
    ],
    ['many replies', '{"execute":"query-block"}\n{"return":[]}\n'.repeat(20_000)],
    ['quotes', '"'.repeat(BIG)],
    ['single quotes', "'".repeat(BIG - 1)],
    ['backslashes', '\\'.repeat(BIG)],
    ['commas', ','.repeat(BIG)],
    ['spaces before a word', `${' '.repeat(BIG - 10)}x`],
    [
      'a long variable that is used often',
      ['qm set 100 --scsi0 ', 'virsh blkdeviotune a vda --total-iops-sec ', 'kvm -drive id=', 'fio --name=']
        .map((command) => `X=${'a'.repeat(4096)}\n${command}${'$X'.repeat(BIG * 0.55)}\n`)
        .join(''),
    ],
    ['operators in values', `kvm ${'-x a;b>c '.repeat(BIG / 8)}-drive id=d\n-x ${'a;'.repeat(BIG / 2)}`],
    ['many ifs', `${'if '.repeat(BIG / 8)}\nqm set 1 --scsi0 a:b\nvirsh blkdeviotune a vda\nkvm -drive id=d`],
    ['many VMs', Array.from({ length: 20_000 }, (_, index) => `name: v${index}\nscsi0: a:b,iops_rd=5`).join('\n')],
    ['dots', `-drive ${'a.'.repeat(BIG / 4)}b=c`],
    ['trace lines', `time_s,op,offset,bytes\n${'0,read,0,512\n'.repeat(BIG / 4)}`],
    ['blank blktrace', `${' \n'.repeat(3 * BIG)}8,0 1 1 0.0 1 Q R 1 + 1 [x]\n`],
  ])(
    'survives %s',
    (_, text) => {
      readSoon(id, text)
      guessFormat(text)
    },
    60_000,
  )

  test('leaves Object.prototype alone', () => {
    readSoon(
      id,
      '{"execute":"blockdev-add","arguments":{"__proto__":{"polluted":1},"node-name":"__proto__","driver":"throttle","throttle-group":"__proto__"}}',
    )
    readSoon(
      id,
      'qemu-system-x86_64 -drive id=__proto__,__proto__.polluted=1,iops=5 -blockdev throttle,node-name=x,__proto__.polluted=1,file.__proto__.polluted=1',
    )
    readSoon(
      id,
      '<domain><name>__proto__</name><__proto__><polluted>1</polluted></__proto__><devices><disk __proto__="1"><target dev="__proto__"/></disk></devices></domain>',
    )
    readSoon(id, '[__proto__]\nrw=read\n__proto__=polluted\nconstructor=1\n')
    readSoon(id, 'device,group,__proto__\n__proto__,__proto__,1\n')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

test('XML with entities of its own is refused before it is parsed', () => {
  expect(readSoon('libvirt-xml', BOMB)).toMatch(/document type or entities/)
  expect(readSoon('libvirt-xml', '<!DOCTYPE d SYSTEM "file:///etc/passwd"><domain/>')).toMatch(
    /document type or entities/,
  )
  const escaped =
    '<domain><name>a &amp; b &#60;c&#x3e; &lol; &#0; &#x110000;</name><devices><disk><target dev="vda"/></disk></devices></domain>'
  const result = readers.find((format) => format.id === 'libvirt-xml')?.read?.(escaped, {})
  expect(result?.ok ? result.value.workspace.name : result).toBe('a & b <c> &lol; &#0; &#x110000;')
})

test('more disks than a workspace holds are refused with their number', () => {
  const text = Array.from({ length: 1100 }, (_, index) => `block_set_io_throttle d${index} 0 0 0 5 0 0`).join('\n')
  expect(readSoon('hmp', text)).toMatch(/1025 disks; 1024 are the most/)
})

test('a tag without an end is said in plain words', () => {
  expect(readSoon('libvirt-xml', `<domain><devices><input type='='keyboard' bus='ps2'/></devices></domain>`)).toMatch(
    /not well-formed XML: Attribute.* \(line 1\)/,
  )
})
