import { expect, test } from 'vitest'
import { formatQmpAddress, parseQmpAddress } from './qmp-address.ts'

test.each([
  ['/run/vm.sock', 'unix:/run/vm.sock'],
  [' unix:/run/vm.sock ', 'unix:/run/vm.sock'],
  ['unix:/run/vm.sock,server=on,wait=off', 'unix:/run/vm.sock'],
  ['/run/a b,c.sock', 'unix:/run/a b,c.sock'],
  ['localhost:4444', 'tcp:localhost:4444'],
  ['tcp:10.0.0.1:4444', 'tcp:10.0.0.1:4444'],
  ['[::1]:4444', 'tcp:[::1]:4444'],
  ['tcp:127.0.0.1:4444,server,nowait', 'tcp:127.0.0.1:4444'],
])('%s is %s', (text, expected) => {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok ? formatQmpAddress(parsed.value) : parsed.issues).toBe(expected)
})

test.each([
  ['', 'empty'],
  ['unix:run/vm.sock', 'relative-path'],
  ['vm.sock', 'not-an-address'],
  ['host:', 'not-an-address'],
  ['host:0', 'port'],
  ['host:70000', 'port'],
  [`/${'ü'.repeat(60)}`, 'path-too-long'],
])('%s is refused: %s', (text, code) => {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok ? 'taken' : parsed.issues[0]?.code).toBe(code)
})
