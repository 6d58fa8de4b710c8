import { expect, test } from 'vitest'
import { formatQmpAddress, parseQmpAddress } from './qmp-address.ts'

test.each([
  ['/run/vm.sock', 'unix:/run/vm.sock'],
  [' unix:/run/vm.sock ', 'unix:/run/vm.sock'],
  ['unix:/run/vm.sock,server=on,wait=off', 'unix:/run/vm.sock'],
  ['/run/a b,c.sock', 'unix:/run/a b,c.sock'],
  ['./vm.qmp', 'unix:./vm.qmp'],
  ['localhost:4444', 'tcp:localhost:4444'],
  ['tcp:10.0.0.1:4444', 'tcp:10.0.0.1:4444'],
  ['[::1]:4444', 'tcp:[::1]:4444'],
  ['tcp:127.0.0.1:4444,server,nowait', 'tcp:127.0.0.1:4444'],
])('%s is %s', (text, expected) => {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok ? formatQmpAddress(parsed.value) : parsed.issues).toBe(expected)
})

test.each([
  ['', 'it is empty'],
  ['unix:', 'the path is missing'],
  ['tcp:host', 'host and port are needed'],
  ['host:0', 'a port is from 1 to 65535'],
  ['host:70000', 'a port is from 1 to 65535'],
  [`/${'ü'.repeat(60)}`, 'the path has 121 bytes'],
])('%j is refused: %s', (text, why) => {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok ? 'taken' : parsed.issues[0]?.message).toContain(why)
})
