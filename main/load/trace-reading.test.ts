import { expect, test } from 'vitest'
import { TraceReading } from './trace-reading.ts'

test.each([',', ';', '\t'])('the columns of Weir’s own traces are read, parted by %j', (separator) => {
  const reading = new TraceReading(null)
  reading.push('time_s,op,offset,bytes\n0,read,0,512\n1,write,1024,4096\n'.replaceAll(',', separator))
  const read = reading.finish()
  expect(read).toMatchObject({ ok: true, value: { format: 'trace-csv', trace: { count: 2, skipped: new Map() } } })
})

test('only what is parted by commas is read as strictly as Weir’s own traces', () => {
  const read = (separator: string) => {
    const reading = new TraceReading(null)
    reading.push('time_s,op,offset,bytes\n0,read,0,512\n1,flush,0,512\n'.replaceAll(',', separator))
    return reading.finish()
  }
  expect(read(',')).toMatchObject({ ok: false, issues: [{ path: 'line 3', code: 'trace-op' }] })
  expect(read(';')).toMatchObject({ ok: true, value: { trace: { count: 1 } } })
})
