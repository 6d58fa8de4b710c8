import { expect, test } from 'vitest'
import { formatQmpAddress, parseQmpAddress } from './qmp-address.ts'

function check(text: string, expected: string) {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok ? formatQmpAddress(parsed.value) : parsed.issues[0]?.message).toBe(expected)
}

test('a path is a unix socket, with or without its prefix', () => {
  check('unix:/run/vm.qmp', 'unix:/run/vm.qmp')
  check('/run/vm.qmp', 'unix:/run/vm.qmp')
  check(' ./vm.qmp ', 'unix:./vm.qmp')
  check('vm.qmp', 'unix:vm.qmp')
  check('/run/odd:4444', 'unix:/run/odd:4444')
})

test('host and port are TCP, with or without the prefix', () => {
  check('tcp:localhost:4444', 'tcp:localhost:4444')
  check('127.0.0.1:4444', 'tcp:127.0.0.1:4444')
  check('[::1]:4444', 'tcp:[::1]:4444')
})

test('what is no address is told why', () => {
  const use = 'Use unix:PATH or tcp:HOST:PORT'
  check('', `"" is no QMP address: it is empty. ${use}`)
  check('unix:', `"unix:" is no QMP address: the path is missing. ${use}`)
  check('tcp:localhost', `"tcp:localhost" is no QMP address: host and port are needed. ${use}`)
  check('localhost:0', `"localhost:0" is no QMP address: a port is from 1 to 65535. ${use}`)
  check('localhost:70000', `"localhost:70000" is no QMP address: a port is from 1 to 65535. ${use}`)
  const long = `/${'x'.repeat(107)}`
  check(
    long,
    `"${long}" is no QMP address: the path has 108 bytes and a socket's has at most 107; use a link to it. ${use}`,
  )
})
