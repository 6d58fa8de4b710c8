import { expect, test } from 'vitest'
import { readListeningSockets } from './chardevs.ts'

test('the sockets on which QEMU listens, whoever is connected to them', () => {
  // As QEMU 7.2 answers, and a socket with a comma in its name.
  const answer = [
    { 'frontend-open': true, filename: 'unix:/run/q/a.qmp,server=on', label: 'compat_monitor1' },
    { 'frontend-open': true, filename: 'disconnected:unix:/run/q/a,b.qmp,server=on', label: 'compat_monitor0' },
    { 'frontend-open': true, filename: 'disconnected:unix:b.qmp,server=on', label: 'relative' },
    { 'frontend-open': true, filename: 'unix:/run/other,reconnect=1', label: 'client' },
    { 'frontend-open': true, filename: 'pty:/dev/pts/3', label: 'serial0' },
    { 'frontend-open': false, filename: 'null', label: 'parallel0' },
  ]
  expect(readListeningSockets(answer)).toEqual(['/run/q/a.qmp', '/run/q/a,b.qmp'])
  expect(readListeningSockets('odd')).toEqual([])
})
